import { type Arguments, type OptionKind, UsageError } from "../../data/arguments.ts";

/** What the command line of `deno task exchange` asks for. */
export interface CommandOptions {
  readonly host: string;
  readonly port: number;
  readonly speed: number;
  /** Trade files; with `klines` empty too, the market is simulated. */
  readonly trades: readonly string[];
  readonly klines: readonly string[];
  readonly seed: number;
  readonly symbols: readonly string[];
}

const DEFAULT_SYMBOLS = "BTCUSDT,ETHUSDT,SOLUSDT,BNBUSDT,XRPUSDT,DOGEUSDT,PEPEUSDT";

/** Text of `--help`. */
export const HELP = `Usage: deno task exchange [options]

A local exchange that speaks Binance's public spot WebSocket and REST.

Where to listen
  --host HOST           address to listen on (127.0.0.1)
  --port PORT           port of both WebSocket and REST, 0 for any free one (9443)

Replay of history files (Binance CSV, plain, .gz or .zip; a name begins with its symbol)
  --trades FILE...      trades to replay; the clock waits for the first subscriber
  --klines FILE...      one-minute klines before and around them
  --speed X             exchange time runs X times as fast as real time (1)

Simulated market, when no files are given
  --seed N              same seed, same market (1)
  --symbols A,B         markets that trade
                        (${DEFAULT_SYMBOLS})
  --speed X             as above

  --help                this text
`;

/** The options and how each is given. */
export const OPTIONS: Readonly<Record<string, OptionKind>> = {
  host: "value",
  port: "value",
  speed: "value",
  trades: "list",
  klines: "list",
  seed: "value",
  symbols: "value",
};

/**
 * Reads the command line of `deno task exchange`.
 *
 * @throws UsageError saying in one line what was given and what is allowed.
 */
export function readOptions(args: Arguments): CommandOptions {
  const trades = args.list("trades");
  const klines = args.list("klines");
  const simulated = args.value("seed") ?? args.value("symbols");
  if (trades.length + klines.length > 0 && simulated !== undefined) {
    throw new UsageError(
      "--seed and --symbols are for the simulated market: leave them out, or --trades and --klines",
    );
  }
  return {
    host: args.value("host") ?? "127.0.0.1",
    port: args.number("port", 9443, { min: 0, max: 65_535, integer: true }),
    speed: args.number("speed", 1, { min: 0.001, max: 100_000 }),
    trades,
    klines,
    seed: args.number("seed", 1, { min: 0, max: 2 ** 32 - 1, integer: true }),
    symbols: (args.value("symbols") ?? DEFAULT_SYMBOLS).split(",")
      .map((symbol) => symbol.trim().toUpperCase()),
  };
}
