import fc from "fast-check";
import { expect, test } from "vitest";
import type { Trade } from "../../../../data/schema/trade.ts";
import { barsOfTrades } from "../../../../service/ingest/bars/trade_history.ts";
import { at, trade } from "../../world.ts";

async function fold(trades: readonly Trade[], chunk = trades.length) {
  async function* chunks() {
    for (let i = 0; i < trades.length; i += chunk) yield trades.slice(i, i + chunk);
  }
  return (await Array.fromAsync(barsOfTrades(chunks(), "replay"))).flat();
}

/** Two trades a minute, with ids and raw ids that continue. */
const all = Array.from({ length: 12 }, (_, i) => trade(i + 1, at(Math.floor(i / 2), 30 * (i % 2))));

test("the first and the last minute are incomplete, those between are whole", async () => {
  const bars = await fold(all);
  expect(bars.map(({ quality }) => quality)).toEqual([
    "incomplete",
    ...Array(4).fill("trades"),
    "incomplete",
  ]);
});

test("raw trades missing behind consecutive ids make their minute incomplete", async () => {
  const lossy = all.map((each) =>
    each.id < 6 ? each : { ...each, firstTradeId: each.id + 2, lastTradeId: each.id + 2 }
  );
  const bars = await fold(lossy);
  expect(bars.map(({ quality }) => quality)).toEqual([
    ...["incomplete", "trades", "incomplete", "trades", "trades", "incomplete"],
  ]);
});

test("minutes without a trade are empty between raw ids that continue, and absent at a gap", async () => {
  const quiet = [trade(1, at(0, 5)), trade(2, at(1, 5)), trade(3, at(4, 5)), trade(5, at(6, 5))];
  const bars = await fold(quiet);
  expect(bars.map(({ quality, timestamp }) => [quality, timestamp])).toEqual([
    ["incomplete", at(0, 0)],
    ["trades", at(1, 0)],
    ["empty", at(2, 0)],
    ["empty", at(3, 0)],
    ["incomplete", at(4, 0)],
    ["incomplete", at(6, 0)],
  ]);
});

test("how the trades are divided does not matter", async () => {
  const whole = await fold(all);
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 12 }), async (chunk) => {
    expect(await fold(all, chunk)).toEqual(whole);
  }));
});
