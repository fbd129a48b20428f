import { expect, test } from "vitest";
import { forecastRows } from "../../../../core-wasm/core.ts";
import { loadCore } from "../../../../core-wasm/load.ts";
import { largestMoves, shockAlarms } from "../../../../models/evaluation/volatility/shock.ts";
import { fitForecast, SHOCK } from "../../../../models/training/volatility/fit_forecast.ts";
import { prepareHistory } from "../../../../models/training/volatility/history.ts";
import { MINUTE_MS } from "../../../../data/schema/time.ts";
import { stormyBars } from "../support.ts";

test("alarms are those of the code that serves live, as many a day as aimed at", () => {
  const later = Date.UTC(2024, 0) + 30_000 * MINUTE_MS;
  const history = prepareHistory([
    { symbol: "A", runs: [stormyBars(20_000, 4), stormyBars(5_000, 5, later)] },
  ]);
  const { forecast } = fitForecast(history, () => true);
  const [market] = history.markets;
  if (market === undefined) throw new Error("Cannot test as there must be a market");
  const { isShock } = forecastRows(loadCore(), forecast, market.bars, "A");
  const alarms = shockAlarms(history.shock, history.have, SHOCK.alarms_a_day);
  expect(alarms).toEqual(isShock);
  const rate = alarms.subarray(4320, 20_000).reduce((sum, alarm) => sum + alarm, 0) / 15_680 * 1440;
  expect(rate).toBeGreaterThan(17);
  expect(rate).toBeLessThan(23);
});

test("the largest moves are in units of their day's deviation, an hour apart", () => {
  const start = Date.UTC(2024, 0);
  let price = 100;
  // The first day moves by 0.01 % a minute, the second by 0.1 %.
  const close = Float64Array.from({ length: 2880 }, (_, t) => {
    const step = t < 1440 ? 1e-4 : 1e-3;
    const jump = t === 700 ? 20 : t === 2000 ? 30 : t === 2050 ? 25 : 0;
    price *= 1 + step * ((t % 2 === 0 ? 1 : -1) + jump);
    return price;
  });
  const moves = largestMoves(start, close, 0);
  expect(moves).toHaveLength(20);
  const isOf = (jump: number) => (t: number | undefined) =>
    t !== undefined && t >= jump && t < jump + 5;
  expect(isOf(2000)(moves[0])).toBe(true);
  expect(isOf(700)(moves[1])).toBe(true);
  // The third jump is within an hour of a larger move.
  expect(moves.some((t) => t >= 2050 && t < 2055)).toBe(false);
  expect(largestMoves(start, new Float64Array(200).fill(5), 0)).toEqual([]);
});
