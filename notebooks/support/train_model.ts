import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { symbolOfFile } from "../../data/files/file_name.ts";
import { writeWhole } from "../../data/common/output_file.ts";
import { formatArtifact } from "../../models/artifact/read.ts";
import { readCreated, readParameters } from "../../models/training/parameters.ts";
import { type Training, trainOnFiles } from "../../models/training/train_on_files.ts";

/** A notebook's settings of a training; the others are those of `deno task train`. */
export interface NotebookTraining {
  /** Kline files, in order. */
  readonly bars: readonly string[];
  readonly seed: number;
  /** Whether the evaluation includes the last part of the history. */
  readonly final: boolean;
}

/**
 * Trains a classic model like `deno task train --bars ... --seed ...`, with the same artifact;
 * without `final`, like `--no-final`.
 */
export function trainModel({ bars, seed, final }: NotebookTraining): Promise<Training> {
  return trainOnFiles({
    files: bars.map((path) => ({ path, symbol: symbolOfFile(path) ?? "" })),
    seed,
    created: readCreated(),
    evaluation: { final },
    ...readParameters(),
  });
}

/**
 * Writes a model's file atomically, as a service may be watching it.
 *
 * @returns The path.
 */
export async function writeModel({ artifact }: Training, path: string): Promise<string> {
  if (!existsSync(dirname(path))) mkdirSync(dirname(path), { recursive: true });
  await writeWhole(path, formatArtifact(artifact));
  return path;
}
