import { CONTRIBUTIONS } from "../../core-wasm/core.ts";
import type { Replay } from "../../notebooks/support/replay.ts";

/** A replay of minutes in which nothing happens, but for the columns that are given. */
export function replayOf(columns: Partial<Replay> & Pick<Replay, "times" | "labels">): Replay {
  const count = columns.times.length;
  const floats = (value: number, width = 1) => new Float64Array(count * width).fill(value);
  const bytes = () => new Uint8Array(count);
  return {
    opens: floats(100),
    highs: floats(100),
    lows: floats(100),
    closes: floats(100),
    volumes: floats(1),
    scores: floats(-0.4),
    anomalous: bytes(),
    classicPath: bytes(),
    classicLabels: ["Normal Market"],
    path: bytes(),
    filtered: floats(1 / columns.labels.length, columns.labels.length),
    low: floats(1),
    median: floats(2),
    high: floats(3),
    contributions: floats(0, CONTRIBUTIONS.length),
    shockScores: floats(0),
    shocks: bytes(),
    ...columns,
  };
}
