import { existsSync, readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import {
  defineCommand,
  existingFile,
  filesOption,
  valueOption,
} from "../../data/common/command.ts";
import { errorMessage, UsageError } from "../../data/common/errors.ts";
import { numberIn, splitList, type ValueKind, wholeNumberIn } from "../../data/common/values.ts";
import { FAULTS_HELP } from "../simulator/faults/language.ts";
import { parseFaults } from "../simulator/faults/parse.ts";
import type { FaultPlan } from "../simulator/faults/plan.ts";

/** The options of `deno task exchange`. */
export interface ExchangeOptions {
  readonly host: string;
  readonly port: number;
  readonly speed: number;
  /** Trade files; without these and `klines` the market is simulated. */
  readonly trades?: readonly string[];
  readonly klines?: readonly string[];
  /** A capture, whose frames are sent instead of trades. */
  readonly capture?: string;
  readonly seed: number;
  readonly symbols: readonly string[];
  /** How many times as many trades as usual the simulated market has. */
  readonly activity: number;
  /** What goes wrong, if anything. */
  readonly faults?: FaultPlan;
}

const DEFAULT_SYMBOLS = "BTCUSDT,ETHUSDT,SOLUSDT,BNBUSDT,XRPUSDT,DOGEUSDT,PEPEUSDT";

const symbolList: ValueKind<readonly string[]> = {
  allowed: "market names such as BTCUSDT, separated by commas",
  parse: (text) => splitList(text.toUpperCase()),
};

/** Parses faults; `@FILE` names a file that holds them. */
function readFaults(spec: string): FaultPlan {
  const path = spec.startsWith("@") ? spec.slice(1) : undefined;
  if (path !== undefined && !existsSync(path)) {
    throw new UsageError(
      `--faults must name a file that exists: current value is ${JSON.stringify(spec)}`,
    );
  }
  try {
    return parseFaults(path === undefined ? spec : readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(`--faults: ${errorMessage(error)}`);
  }
}

/** Options of the recorded market, which exclude those of the simulated one. */
const RECORDED = ["trades", "klines", "capture"];

/** Defines the command line of `deno task exchange`. */
export function defineExchange(
  run: (options: ExchangeOptions) => void | Promise<void>,
): Command {
  return defineCommand(
    "exchange",
    "Runs a local exchange that speaks Binance's public spot WebSocket and REST. It replays " +
      "history files (Binance CSV, plain, .gz or .zip, with names that start with the symbol), " +
      "plays a capture of frames, or simulates a market.",
  )
    .optionsGroup("Listening:")
    .option("--host <host>", "address to listen on", "127.0.0.1")
    .addOption(
      valueOption(
        "--port <n>",
        "port of both WebSocket and REST; 0: any free one",
        wholeNumberIn({ min: 0, max: 65_535 }),
      ).default(9443),
    )
    .addOption(
      valueOption(
        "--speed <x>",
        "exchange time runs so many times as fast as real time",
        numberIn({ min: 0.001, max: 100_000 }),
      ).default(1),
    )
    .optionsGroup("Recorded market:")
    .addOption(
      filesOption(
        "--trades <file...>",
        "trades to replay; the clock waits for the first subscriber",
      ),
    )
    .addOption(filesOption("--klines <file...>", "one-minute klines before and around the trades"))
    .addOption(
      new Option(
        "--capture <file>",
        'captured frames to play, lines "<receive time, ns> <frame>": they go to every client as ' +
          "they are, at their receive times, regardless of its subscriptions; REST serves " +
          "--trades and --klines, if given",
      ).argParser(existingFile),
    )
    .optionsGroup("Simulated market, without files:")
    .addOption(
      valueOption(
        "--seed <n>",
        "the same seed gives the same market",
        wholeNumberIn({ min: 0, max: 2 ** 32 - 1 }),
      ).default(1).conflicts(RECORDED),
    )
    .addOption(
      valueOption("--symbols <list>", "markets that trade", symbolList)
        .default(splitList(DEFAULT_SYMBOLS), DEFAULT_SYMBOLS).conflicts(RECORDED),
    )
    .addOption(
      valueOption(
        "--activity <x>",
        "so many times as many trades as usual",
        numberIn({ min: 0.01, max: 100 }),
      ).default(1).conflicts(RECORDED),
    )
    .optionsGroup("Faults:")
    .addOption(
      new Option(
        "--faults <spec>",
        'what goes wrong, e.g. "seed=7; drop 1%; reset every 3m; rest 500 10%", or @FILE',
      ).argParser(readFaults),
    )
    .addHelpText("after", `\n${FAULTS_HELP}`)
    .action(run);
}
