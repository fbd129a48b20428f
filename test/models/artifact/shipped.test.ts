import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { Scorer } from "../../../core-wasm/core.ts";
import { loadCore } from "../../../core-wasm/load.ts";
import { parseArtifact, requireHmm } from "../../../models/artifact/read.ts";
import { hmmResult } from "../../core-wasm/support.ts";
import { loadKlines } from "../../support/history.ts";
import { realDataTest, sharedData } from "../../support/shared_data.ts";

const BLOCK = "klines/BTCUSDT-spot-1m-ohlcv-20250520-20250818.csv.gz";

realDataTest(
  "the classic model gives valid output on the longest real block",
  [BLOCK],
  async () => {
    const file = new URL("../../../models/classic.json", import.meta.url);
    const artifact = requireHmm(parseArtifact(readFileSync(file, "utf8"), "classic.json"));
    const scorer = Scorer.create(loadCore(), [artifact], 1);
    const slot = scorer.addSymbol();
    const bars = [0, 0, 0];
    let rows = 0;
    let anomalies = 0;
    for (const kline of await loadKlines(sharedData(BLOCK))) {
      scorer.step(slot, kline);
      const { state, isAnomaly, posterior } = hmmResult(scorer, 0);
      rows++;
      anomalies += Number(isAnomaly);
      bars[state] = (bars[state] ?? 0) + 1;
      if (!posterior.every((p) => p >= 0 && p <= 1)) throw new Error(`posterior ${posterior}`);
    }
    expect(rows).toBe(130_707);
    expect(anomalies / rows).toBeGreaterThan(0.03);
    expect(anomalies / rows).toBeLessThan(0.07);
    expect(Math.min(...bars)).toBeGreaterThan(0.1 * rows);
  },
);
