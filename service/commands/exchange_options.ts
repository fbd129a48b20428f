import { existsSync, readFileSync } from "node:fs";
import { type Arguments, type OptionKind, UsageError } from "../../data/common/arguments.ts";
import { FAULTS_HELP } from "../simulator/faults/language.ts";
import { parseFaults } from "../simulator/faults/parse.ts";
import type { FaultPlan } from "../simulator/faults/plan.ts";
import { errorMessage } from "../../data/common/errors.ts";

/** What the command line of `deno task exchange` asks for. */
export interface CommandOptions {
  readonly host: string;
  readonly port: number;
  readonly speed: number;
  /** Trade files; with `klines` empty too, the market is simulated. */
  readonly trades: readonly string[];
  readonly klines: readonly string[];
  /** A capture whose frames are sent instead of trades. */
  readonly capture: string | undefined;
  readonly seed: number;
  readonly symbols: readonly string[];
  /** How many times as many trades as usual the simulated market has. */
  readonly activity: number;
  /** What goes wrong, if anything. */
  readonly faults: FaultPlan | undefined;
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

Playback of a capture (lines "<receive time, ns> <frame>", plain, .gz or .zip)
  --capture FILE        its frames go to every client as they are, whatever it subscribed to, at
                        their receive times; REST tells of --trades and --klines, if given
  --speed X             as above

Simulated market, when no files are given
  --seed N              same seed, same market (1)
  --symbols A,B         markets that trade
                        (${DEFAULT_SYMBOLS})
  --activity X          X times as many trades as usual (1)
  --speed X             as above

What goes wrong
  --faults SPEC         e.g. "seed=7; drop 1%; reorder 1% within 8; reset every 3m; rest 500 10%"
  --faults @FILE        the same from a file

  --help                this text

${FAULTS_HELP}`;

/** The options and how each is given. */
export const OPTIONS: Readonly<Record<string, OptionKind>> = {
  host: "value",
  port: "value",
  speed: "value",
  trades: "list",
  klines: "list",
  capture: "value",
  faults: "value",
  seed: "value",
  symbols: "value",
  activity: "value",
};

/** The faults that are asked for; `@FILE` names a file that holds them. */
function readFaults(spec: string | undefined): FaultPlan | undefined {
  if (spec === undefined) return undefined;
  const path = spec.startsWith("@") ? spec.slice(1) : undefined;
  if (path !== undefined && !existsSync(path)) {
    throw new UsageError(`--faults: there is no file ${JSON.stringify(path)}`);
  }
  try {
    return parseFaults(path === undefined ? spec : readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(`--faults: ${errorMessage(error)}`);
  }
}

/**
 * Reads the command line of `deno task exchange`.
 *
 * @throws UsageError saying in one line what was given and what is allowed.
 */
export function readOptions(args: Arguments): CommandOptions {
  const trades = args.list("trades");
  const klines = args.list("klines");
  const capture = args.value("capture");
  const simulated = args.value("seed") ?? args.value("symbols") ?? args.value("activity");
  if ((trades.length + klines.length > 0 || capture !== undefined) && simulated !== undefined) {
    throw new UsageError(
      "--seed, --symbols and --activity are for the simulated market: leave them out, or all files",
    );
  }
  return {
    host: args.value("host") ?? "127.0.0.1",
    port: args.number("port", 9443, { min: 0, max: 65_535, integer: true }),
    speed: args.number("speed", 1, { min: 0.001, max: 100_000 }),
    trades,
    klines,
    capture,
    faults: readFaults(args.value("faults")),
    seed: args.number("seed", 1, { min: 0, max: 2 ** 32 - 1, integer: true }),
    symbols: (args.value("symbols") ?? DEFAULT_SYMBOLS).split(",")
      .map((symbol) => symbol.trim().toUpperCase()),
    activity: args.number("activity", 1, { min: 0.01, max: 100 }),
  };
}
