/** `deno task exchange`: a local stand-in for the exchange. */
import process from "node:process";
import { runCommand } from "../../data/common/command.ts";
import { errorMessage, UsageError } from "../../data/common/errors.ts";
import { describeRowErrors } from "../../data/files/row_errors.ts";
import { type Capture, readCapture } from "../simulator/capture/capture.ts";
import { type RecordedFiles, recordedMarket } from "../simulator/recorded/source.ts";
import { simulatedMarket } from "../simulator/simulated/source.ts";
import { type Simulator, startSimulator } from "../simulator/simulator.ts";
import { type MarketSource, NO_MARKET } from "../simulator/source.ts";
import { defineExchange, type ExchangeOptions } from "./exchange_options.ts";

async function openRecording(files: RecordedFiles): Promise<MarketSource> {
  const source = await recordedMarket(files);
  for (const line of describeRowErrors(source.rowErrors)) console.error(line);
  return source;
}

function openSource(options: ExchangeOptions): Promise<MarketSource> | MarketSource {
  const { trades = [], klines = [], capture, seed, symbols, activity } = options;
  if (trades.length + klines.length > 0) return openRecording({ trades, klines });
  if (capture !== undefined) return NO_MARKET;
  return simulatedMarket({ seed, symbols, activity });
}

function describe(
  source: MarketSource,
  capture: Capture | undefined,
  { trades, seed, speed }: ExchangeOptions,
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
  if (trades === undefined) return `recorded klines, the clock is stopped at ${to}: ${symbols}`;
  const from = new Date(recording.from).toISOString();
  return `recorded trades from ${from} to ${to}, speed ${speed}: ${symbols}; ` +
    "the clock starts with the first subscriber";
}

/** A failure to listen in one line, with what to do about it. */
function explain(error: unknown, { host, port }: ExchangeOptions): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "EADDRINUSE":
      return `Cannot listen on port ${port} of ${host} as it is in use: ` +
        "stop the program that uses it, or choose another --port";
    case "EACCES":
      return `Cannot listen on port ${port} of ${host} as this user may not: choose another --port`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `--host must be an address of this machine: current value is ${JSON.stringify(host)}`;
    default:
      return errorMessage(error);
  }
}

async function start(
  source: MarketSource,
  capture: Capture | undefined,
  options: ExchangeOptions,
): Promise<Simulator> {
  const { host, port, speed, faults } = options;
  const exchange = await startSimulator({
    source,
    host,
    port,
    speed,
    ...(capture && { capture }),
    ...(faults && { faults }),
    log: (message) => console.log(message),
  });
  console.log(`Exchange stand-in on ${exchange.url} (${describe(source, capture, options)})`);
  const symbols = source.instruments.map(({ symbol }) => symbol).join(",");
  console.log(
    `Point the service at it: SOURCE=binance ${symbols === "" ? "" : `SYMBOLS=${symbols} `}` +
      `BINANCE_WS_URL=${exchange.wsUrl} BINANCE_REST_URL=${exchange.url} DATA_DIR=data/store/replay ` +
      "deno task serve",
  );
  return exchange;
}

async function run(options: ExchangeOptions): Promise<void> {
  let source: MarketSource;
  let capture: Capture | undefined;
  try {
    source = await openSource(options);
    if (options.capture !== undefined) capture = await readCapture(options.capture);
  } catch (error) {
    throw new UsageError(errorMessage(error));
  }
  let exchange: Simulator;
  try {
    exchange = await start(source, capture, options);
  } catch (error) {
    throw new Error(explain(error, options), { cause: error });
  }
  const end = () => void exchange.close().then(() => process.exit(0));
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
}

await runCommand(defineExchange(run));
