import process from "node:process";
import { type Arguments, runCommand, UsageError } from "../../data/arguments.ts";
import { type Exchange, startExchange } from "./exchange.ts";
import { type CommandOptions, HELP, OPTIONS, readOptions } from "./options.ts";
import { recordedMarket } from "./recorded/source.ts";
import { simulatedMarket } from "./simulated/source.ts";
import type { MarketSource } from "./source.ts";

function openSource(options: CommandOptions): Promise<MarketSource> | MarketSource {
  const { trades, klines, seed, symbols } = options;
  if (trades.length + klines.length > 0) return recordedMarket({ trades, klines });
  return simulatedMarket({ seed, symbols });
}

function describe(source: MarketSource, { trades, seed, speed }: CommandOptions): string {
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

async function open(source: MarketSource, options: CommandOptions): Promise<Exchange> {
  const { host, port, speed } = options;
  const log = (message: string) => console.log(message);
  const exchange = await startExchange({ source, host, port, speed, log });
  console.log(`Exchange stand-in on ${exchange.url} (${describe(source, options)})`);
  console.log(
    `Point the service at it: SOURCE=binance BINANCE_WS_URL=${exchange.wsUrl} ` +
      `BINANCE_REST_URL=${exchange.url} deno task serve`,
  );
  return exchange;
}

async function run(args: Arguments): Promise<void> {
  const options = readOptions(args);
  let source: MarketSource;
  try {
    source = await openSource(options);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  let exchange: Exchange;
  try {
    exchange = await open(source, options);
  } catch (error) {
    throw new Error(explain(error, options), { cause: error });
  }
  const end = () => void exchange.close().then(() => process.exit(0));
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
}

await runCommand(HELP, OPTIONS, run);
