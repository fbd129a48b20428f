import type { FittedArtifact } from "../artifact/read.ts";
import { barCount, type BarSequence, hashSequences, lastTime } from "./sequences.ts";

/** The bars of a fit in the training record of an artifact. */
export function describeBars(
  sequences: readonly BarSequence[],
  symbol: string,
  market: "spot" | "usdm",
): Omit<FittedArtifact["training"], "origin" | "seed" | "version"> {
  const first = Math.min(...sequences.map((sequence) => sequence.start));
  const last = Math.max(...sequences.map(lastTime));
  return {
    symbol,
    market,
    period: { from: new Date(first).toISOString(), to: new Date(last).toISOString() },
    rows: sequences.reduce((sum, sequence) => sum + barCount(sequence), 0),
    sequences: sequences.length,
    blocks: sequences.map((sequence) => ({
      from: new Date(sequence.start).toISOString(),
      to: new Date(lastTime(sequence)).toISOString(),
    })),
    sha256: hashSequences(sequences),
  };
}
