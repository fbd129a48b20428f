import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { symbolOfFile } from "../../data/files/file_name.ts";
import { writeWhole } from "../../data/common/output_file.ts";
import { type Artifact, formatArtifact } from "../../models/artifact/read.ts";
import { readCreated, readParameters } from "../../models/training/parameters.ts";
import type { BarSequence } from "../../models/training/sequences.ts";
import {
  type HistoryFile,
  readHistory,
  type Training,
  trainOnFiles,
} from "../../models/training/train_on_files.ts";
import {
  trainVolatilityOnFiles,
  type VolatilityTraining,
} from "../../models/training/volatility/train_on_files.ts";

/** A notebook's settings of a training; the others are those of `deno task train`. */
export interface NotebookTraining {
  /** Kline files, in order. */
  readonly bars: readonly string[];
  /** Whether the evaluation includes the last part of the history. */
  readonly final: boolean;
}

/** Files of bars with the market that their names start with. */
export function toHistoryFiles(bars: readonly string[]): readonly HistoryFile[] {
  return bars.map((path) => ({ path, symbol: symbolOfFile(path) ?? "" }));
}

/** The sequences of a notebook's history. */
export async function readSequences(bars: readonly string[]): Promise<readonly BarSequence[]> {
  return (await readHistory(toHistoryFiles(bars))).sequences;
}

/**
 * Trains a model like `deno task train --bars ... --preset classic --seed ...`, with the same
 * artifact; without `final`, like `--no-final`.
 */
export function trainClassic(
  { bars, seed, final }: NotebookTraining & { readonly seed: number },
): Promise<Training> {
  return trainOnFiles({
    files: toHistoryFiles(bars),
    seed,
    created: readCreated(),
    evaluation: { final },
    ...readParameters(),
  });
}

/** Trains a model like `deno task train --bars ... --preset volatility`; nothing in it is drawn. */
export function trainVolatility({ bars, final }: NotebookTraining): Promise<VolatilityTraining> {
  return trainVolatilityOnFiles({
    files: toHistoryFiles(bars),
    testFiles: [],
    created: readCreated(),
    evaluation: { final },
  });
}

/**
 * Writes a model's file atomically, as a service may be watching it.
 *
 * @returns The path.
 */
export async function writeModel(
  { artifact }: { readonly artifact: Artifact },
  path: string,
): Promise<string> {
  if (!existsSync(dirname(path))) mkdirSync(dirname(path), { recursive: true });
  await writeWhole(path, formatArtifact(artifact));
  return path;
}
