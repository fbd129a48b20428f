import { parseArgs } from "node:util";

/** What the command line of `deno task exchange` asks for. */
export interface CommandOptions {
  readonly help: boolean;
  readonly host: string;
  readonly port: number;
  readonly speed: number;
  /** Trade files; with `klines` empty too, the market is simulated. */
  readonly trades: readonly string[];
  readonly klines: readonly string[];
  readonly seed: number;
  readonly symbols: readonly string[];
}

/** A command line that cannot be obeyed; the message is one line for the user. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const DEFAULT_SYMBOLS = "BTCUSDT,ETHUSDT,SOLUSDT,BNBUSDT,XRPUSDT,DOGEUSDT,PEPEUSDT";

/** Text of `--help`. */
export const USAGE = `A local exchange that speaks Binance's public spot WebSocket and REST.

  deno task exchange [options]

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

const OPTIONS = {
  help: { type: "boolean" },
  host: { type: "string" },
  port: { type: "string" },
  speed: { type: "string" },
  trades: { type: "string", multiple: true },
  klines: { type: "string", multiple: true },
  seed: { type: "string" },
  symbols: { type: "string" },
} as const;

function parseTokens(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, tokens: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Files of an option: those given with it and the bare words that follow it. */
function filesByOption(tokens: ReturnType<typeof parseTokens>["tokens"]) {
  const files = { trades: new Array<string>(), klines: new Array<string>() };
  let last: "trades" | "klines" | undefined;
  for (const token of tokens) {
    if (token.kind === "option") {
      last = token.name === "trades" || token.name === "klines" ? token.name : undefined;
      if (last && token.value !== undefined) files[last].push(token.value);
    } else if (token.kind === "positional") {
      if (last === undefined) {
        throw new UsageError(`unexpected argument "${token.value}": see --help`);
      }
      files[last].push(token.value);
    }
  }
  return files;
}

function numberOption(
  name: string,
  text: string | undefined,
  fallback: number,
  allowed: string,
  isAllowed: (value: number) => boolean,
): number {
  if (text === undefined) return fallback;
  const value = text.trim() === "" ? NaN : Number(text);
  if (isAllowed(value)) return value;
  throw new UsageError(`--${name} must be ${allowed}: given is "${text}"`);
}

/**
 * Reads the command line of `deno task exchange`.
 *
 * @throws UsageError saying in one line what was given and what is allowed.
 */
export function parseCommandLine(args: readonly string[]): CommandOptions {
  const { values, tokens } = parseTokens(args);
  const files = filesByOption(tokens);
  const recorded = files.trades.length + files.klines.length > 0;
  if (recorded && (values.seed !== undefined || values.symbols !== undefined)) {
    throw new UsageError(
      "--seed and --symbols are for the simulated market: leave them out, or --trades and --klines",
    );
  }
  return {
    help: values.help ?? false,
    host: values.host ?? "127.0.0.1",
    port: numberOption(
      "port",
      values.port,
      9443,
      "a whole number from 0 to 65535",
      (value) => Number.isInteger(value) && value >= 0 && value <= 65_535,
    ),
    speed: numberOption(
      "speed",
      values.speed,
      1,
      "a number above 0",
      (value) => value > 0 && Number.isFinite(value),
    ),
    ...files,
    seed: numberOption(
      "seed",
      values.seed,
      1,
      "a whole number from 0 to 4294967295",
      (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32,
    ),
    symbols: (values.symbols ?? DEFAULT_SYMBOLS).split(",").map((symbol) =>
      symbol.trim().toUpperCase()
    ),
  };
}
