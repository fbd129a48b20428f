import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { REJECTIONS } from "../../../../../service/exchanges/binance/decode/frame.ts";
import { realFrames } from "../../../../fuzz/captured.ts";
import { fuzzDecoder } from "../../../../fuzz/fuzz.ts";
import { sharedData } from "../../../../support/shared_data.ts";

const CAPTURE = "ws/BTCUSDT-spot-20240808.jsonl.gz";

/** `deno task fuzz` does the same with a million. */
const CASES = 20_000;

test("distorted frames: no crash, no invented trade, every rejection counted by kind", async () => {
  const real = existsSync(sharedData(CAPTURE)) ? await realFrames(sharedData(CAPTURE)) : [];
  const { verdicts } = fuzzDecoder(CASES, 7, real);
  expect(Object.values(verdicts).reduce((a, b) => a + b)).toBe(CASES);
  const kinds = REJECTIONS.map((reason) => `invalid: ${reason}`);
  expect(Object.keys(verdicts).sort()).toEqual([...kinds, "other", "shutdown", "trade"].sort());
});
