import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import { z } from "zod";
import { computeFeatures, filterRows } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { parseArtifact, requireHmm } from "../../models/artifact/read.ts";
import {
  barCount,
  hashSequences,
  joinBars,
  lastTime,
  SequenceCutter,
} from "../../models/training/sequences.ts";
import { loadKlines } from "../support/history.ts";
import { realDataTest, sharedData } from "../support/shared_data.ts";

const BLOCK = /^BTCUSDT-spot-1m-ohlcv-\d{8}-\d{8}\.csv\.gz$/;

/** The shipped model's real training blocks. */
function listBlocks(): string[] {
  const folder = sharedData("klines");
  return existsSync(folder) ? readdirSync(folder).filter((file) => BLOCK.test(file)).sort() : [];
}

const fitSchema = z.object({ rows: z.int(), log_likelihood: z.number() });

/** The fits of hmmlearn_fits.py. */
function readFits() {
  const text = readFileSync(new URL("./hmmlearn_fits.jsonl", import.meta.url), "utf8");
  return text.trimEnd().split("\n").map((line) => fitSchema.parse(JSON.parse(line)));
}

async function readSequences() {
  const cutter = new SequenceCutter();
  for (const file of listBlocks()) {
    cutter.startFile(file, "BTCUSDT");
    for (const kline of await loadKlines(sharedData(`klines/${file}`))) cutter.add(kline);
  }
  return cutter.finish();
}

realDataTest(
  "the shipped classic HMM fits its real training bars better than the best of 10 hmmlearn fits",
  listBlocks().length > 0 ? [] : ["klines"],
  async () => {
    const file = new URL("../../models/classic.json", import.meta.url);
    const { features, hmm, training } = requireHmm(
      parseArtifact(readFileSync(file, "utf8"), "classic.json"),
    );
    const sequences = await readSequences();
    expect(training).toMatchObject({
      sha256: hashSequences(sequences),
      blocks: sequences.map((sequence) => ({
        from: new Date(sequence.start).toISOString(),
        to: new Date(lastTime(sequence)).toISOString(),
      })),
    });
    const lengths = sequences.map(barCount);
    const { normalized } = computeFeatures(
      loadCore(),
      features,
      joinBars(sequences),
      lengths,
    );
    const { logLikelihoods } = filterRows(loadCore(), hmm, normalized, lengths);
    const total = logLikelihoods.reduce((sum, value) => sum + value, 0);

    const fits = readFits();
    expect(fits).toHaveLength(10);
    expect(fits.map(({ rows }) => rows)).toEqual(fits.map(() => logLikelihoods.length));
    expect(total).toBeGreaterThan(Math.max(...fits.map((fit) => fit.log_likelihood)));
  },
);
