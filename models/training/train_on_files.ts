import { marketOfFile } from "../../data/files/file_name.ts";
import { readKlines } from "../../data/files/klines.ts";
import type { FittedArtifact } from "../artifact/read.ts";
import { fitModel, type FitOptions } from "./fit.ts";
import { type BarSequence, SequenceCutter } from "./sequences.ts";

/** A file of bars. */
export interface HistoryFile {
  readonly path: string;
  /** Market of the bars. */
  readonly symbol: string;
}

/** History for a fit. */
export interface History {
  readonly sequences: readonly BarSequence[];
  /** Number of dropped bars: duplicates, bars out of order and overlaps with the previous file. */
  readonly dropped: number;
}

/** Settings of a training on files. */
export interface TrainOptions extends Omit<FitOptions, "sequences" | "symbol" | "market"> {
  /** At least one. */
  readonly files: readonly HistoryFile[];
  /** Market of the bars; from the name of the first file when absent. */
  readonly market?: FitOptions["market"] | undefined;
  /** Called with the number of files read. */
  readonly onFile?: ((done: number) => void) | undefined;
}

/** A model and its training history. */
export interface Training extends History {
  readonly artifact: FittedArtifact;
}

/**
 * Reads files of bars one after the other and cuts them into sequences.
 *
 * @throws SyntaxError or RangeError with the file of an invalid row or bar.
 */
export async function readHistory(
  files: readonly HistoryFile[],
  onFile?: (done: number) => void,
): Promise<History> {
  const cutter = new SequenceCutter();
  for (const [i, { path, symbol }] of files.entries()) {
    cutter.startFile(path, symbol);
    for await (const klines of readKlines(path)) {
      for (const kline of klines) cutter.add(kline);
    }
    onFile?.(i + 1);
  }
  return { sequences: cutter.finish(), dropped: cutter.dropped };
}

/**
 * Trains a model on files of bars, for `deno task train` and notebooks. The same bars, seed and time
 * of creation give the same artifact.

 *
 * @throws RangeError for too few bars.
 */
export async function trainOnFiles(
  { files, market, onFile, ...options }: TrainOptions,
): Promise<Training> {
  const history = await readHistory(files, onFile);
  const artifact = await fitModel({
    ...options,
    sequences: history.sequences,
    symbol: [...new Set(files.map(({ symbol }) => symbol))].join(","),
    market: market ?? marketOfFile(files[0]?.path ?? ""),
  });
  return { artifact, ...history };
}
