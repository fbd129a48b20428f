import { marketOfFile } from "../../../data/files/file_name.ts";
import type { VolatilityArtifact } from "../../artifact/read.ts";
import { type Block, type History, type HistoryFile, readHistory } from "../train_on_files.ts";
import { fitVolatility, type VolatilityFitOptions } from "./fit_volatility.ts";
import type { Market } from "./markets.ts";

/** How a volatility model is trained on files. */
export interface VolatilityTrainOptions
  extends Omit<VolatilityFitOptions, "sequences" | "markets" | "market" | "tests"> {
  /** In their order; at least one. */
  readonly files: readonly HistoryFile[];
  /** Files of markets and periods that are only tested. */
  readonly testFiles: readonly HistoryFile[];
  /** The market that the bars are of; as the name of the first file says when absent. */
  readonly market?: VolatilityFitOptions["market"] | undefined;
  /** Minutes that are used for training; all when absent. */
  readonly blocks?: readonly Block[] | undefined;
  /** Called with the number of files that are read. */
  readonly onFile?: ((done: number) => void) | undefined;
}

/** A volatility model, and what it was trained on. */
export interface VolatilityTraining extends History {
  readonly artifact: VolatilityArtifact;
}

/** Groups files by a key, in the order of each key's first file. */
function groupFiles(
  files: readonly HistoryFile[],
  keyOf: (file: HistoryFile) => string,
): readonly (readonly HistoryFile[])[] {
  return [...new Set(files.map(keyOf))].map((key) => files.filter((file) => keyOf(file) === key));
}

/**
 * Trains a volatility model on files of bars: what `deno task train --preset volatility` does, and a
 * notebook like it. The same bars and time of making give the same artifact.
 *
 * @throws RangeError for too few bars, or bars of a market that overlap.
 */
export async function trainVolatilityOnFiles(
  { files, testFiles, market, blocks, onFile, ...options }: VolatilityTrainOptions,
): Promise<VolatilityTraining> {
  let read = 0;
  const readGroup = async (group: readonly HistoryFile[], used?: readonly Block[]) => {
    const history = await readHistory(group, (done) => onFile?.(read + done), used);
    read += group.length;
    const runs = [...history.sequences].sort((a, b) => a.start - b.start);
    return { history, market: { symbol: group[0]?.symbol ?? "", runs } satisfies Market };
  };
  const trained = [];
  for (const group of groupFiles(files, ({ symbol }) => symbol)) {
    trained.push(await readGroup(group, blocks));
  }
  const tests = [];
  for (const group of groupFiles(testFiles, (f) => `${f.symbol} ${marketOfFile(f.path)}`)) {
    const found = await readGroup(group);
    tests.push({ ...found, segment: marketOfFile(group[0]?.path ?? "") });
  }
  const sequences = trained.flatMap(({ history }) => history.sequences);
  const artifact = fitVolatility({
    ...options,
    sequences,
    markets: trained.map((group) => group.market),
    market: market ?? marketOfFile(files[0]?.path ?? ""),
    tests: tests.map((test) => ({ market: test.segment, of: test.market })),
  });
  const histories = [...trained, ...tests].map(({ history }) => history);
  return {
    artifact,
    sequences,
    dropped: histories.reduce((sum, { dropped }) => sum + dropped, 0),
    rowErrors: histories.flatMap(({ rowErrors }) => rowErrors),
  };
}
