import { marketOfFile } from "../../data/files/file_name.ts";
import { readKlinesInOrder } from "../../data/files/kline_order.ts";
import { type RowErrorCount, RowErrorLog } from "../../data/files/row_errors.ts";
import type { FittedArtifact } from "../artifact/read.ts";
import { fitModel, type FitOptions } from "./fit.ts";
import { type BarSequence, SequenceCutter } from "./sequences.ts";

/** A file of bars. */
export interface HistoryFile {
  readonly path: string;
  /** The market that they are of. */
  readonly symbol: string;
}

/** History as a model is fitted on it. */
export interface History {
  readonly sequences: readonly BarSequence[];
  /** Bars left out: not later than the one before them, or in the file before theirs. */
  readonly dropped: number;
  /** Rows left out because they cannot be used. */
  readonly rowErrors: readonly RowErrorCount[];
}

/** A run of minutes: open times of the first and of the last one, ms UTC. */
export interface Block {
  readonly from: number;
  readonly to: number;
}

/** How a model is trained on files. */
export interface TrainOptions extends Omit<FitOptions, "sequences" | "symbol" | "market"> {
  /** In their order; at least one. */
  readonly files: readonly HistoryFile[];
  /** The market that the bars are of; as the name of the first file says when absent. */
  readonly market?: FitOptions["market"] | undefined;
  /** Minutes that are used; all when absent. */
  readonly blocks?: readonly Block[] | undefined;
  /** Called with the number of files that are read. */
  readonly onFile?: ((done: number) => void) | undefined;
}

/** A model, and what it was trained on. */
export interface Training extends History {
  readonly artifact: FittedArtifact;
}

/**
 * Reads files of bars, one after the other, and cuts them into sequences. A row that cannot be used
 * is left out, as if its minute were missing.
 *
 * @throws SyntaxError naming a file that holds something else, or too many unusable rows.
 */
export async function readHistory(
  files: readonly HistoryFile[],
  onFile?: (done: number) => void,
  blocks?: readonly Block[],
): Promise<History> {
  const isUsed = (time: number) =>
    blocks === undefined || blocks.some(({ from, to }) => from <= time && time <= to);
  const cutter = new SequenceCutter();
  const errors = new RowErrorLog();
  for (const [i, { path, symbol }] of files.entries()) {
    cutter.startFile(path, symbol);
    for await (const rows of readKlinesInOrder(path, errors)) {
      for (const kline of rows) {
        if (isUsed(kline.open_time)) cutter.add(kline);
      }
    }
    onFile?.(i + 1);
  }
  return { sequences: cutter.finish(), dropped: cutter.dropped, rowErrors: errors.counts() };
}

/**
 * Trains a model on files of bars: what `deno task train` does, and a notebook like it. The same
 * bars, seed and time of making give the same artifact.
 *
 * @throws RangeError for too few bars.
 */
export async function trainOnFiles(
  { files, market, onFile, blocks, ...options }: TrainOptions,
): Promise<Training> {
  const history = await readHistory(files, onFile, blocks);
  const artifact = await fitModel({
    ...options,
    sequences: history.sequences,
    symbol: [...new Set(files.map(({ symbol }) => symbol))].join(","),
    market: market ?? marketOfFile(files[0]?.path ?? ""),
  });
  return { artifact, ...history };
}
