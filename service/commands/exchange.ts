import process from "node:process";
import { type Arguments, runCommand, UsageError } from "../../data/common/arguments.ts";
import { type Capture, readCapture } from "../simulator/capture/capture.ts";
import { type Exchange, startExchange } from "../simulator/simulator.ts";
import { type CommandOptions, HELP, OPTIONS, readOptions } from "./exchange_options.ts";
import { recordedMarket } from "../simulator/recorded/source.ts";
import { simulatedMarket } from "../simulator/simulated/source.ts";
import { type MarketSource, NO_MARKET } from "../simulator/source.ts";
import { errorMessage } from "../../data/common/errors.ts";

function openSource(options: CommandOptions): Promise<MarketSource> | MarketSource {
  const { trades, klines, capture, seed, symbols, activity } = options;
  if (trades.length + klines.length > 0) return recordedMarket({ trades, klines });
  if (capture !== undefined) return NO_MARKET;
  return simulatedMarket({ seed, symbols, activity });
}

function describe(
  source: MarketSource,
  capture: Capture | undefined,
  { trades, seed, speed }: CommandOptions,
): string {
  if (capture) {
    const [from, to] = [capture.from, capture.to].map((time) => new Date(time).toISOString());
    return `capture of ${capture.frames.length} frames from ${from} to ${to}, speed ${speed}; ` +
      "the clock starts with the first client";
  }
  const symbols = source.instruments.map(({ symbol }) => symbol).join(", ");
  const { recording } = source;
  if (!recording) return `simulated market, seed ${seed}, speed ${speed}: ${symbols}`;
  const to = new Date(recording.to).toISOString();
  if (trades.length === 0) return `recorded klines, the clock stands at ${to}: ${symbols}`;
  const from = new Date(recording.from).toISOString();
  return `recorded trades from ${from} to ${to}, speed ${speed}: ${symbols}; ` +
    "the clock starts with the first subscriber";
}

/** A failure the user can do something about, in one line. */
function explain(error: unknown, { host, port }: CommandOptions): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") {
    return `port ${port} of ${host} is in use: stop the program that has it, or give another --port`;
  }
  if (code === "EACCES") return `port ${port} of ${host} is not allowed to this user: give another`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return `--host must be an address of this machine: given is "${host}"`;
  }
  return error.message;
}

async function open(
  source: MarketSource,
  capture: Capture | undefined,
  options: CommandOptions,
): Promise<Exchange> {
  const { host, port, speed, faults } = options;
  const exchange = await startExchange({
    source,
    host,
    port,
    speed,
    ...(capture && { capture }),
    ...(faults && { faults }),
    log: (message) => console.log(message),
  });
  console.log(`Exchange stand-in on ${exchange.url} (${describe(source, capture, options)})`);
  console.log(
    `Point the service at it: SOURCE=binance BINANCE_WS_URL=${exchange.wsUrl} ` +
      `BINANCE_REST_URL=${exchange.url} deno task serve`,
  );
  return exchange;
}

async function run(args: Arguments): Promise<void> {
  const options = readOptions(args);
  let source: MarketSource;
  let capture: Capture | undefined;
  try {
    source = await openSource(options);
    if (options.capture !== undefined) capture = await readCapture(options.capture);
  } catch (error) {
    throw new UsageError(errorMessage(error));
  }
  let exchange: Exchange;
  try {
    exchange = await open(source, capture, options);
  } catch (error) {
    throw new Error(explain(error, options), { cause: error });
  }
  const end = () => void exchange.close().then(() => process.exit(0));
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
}

await runCommand(HELP, OPTIONS, run);
