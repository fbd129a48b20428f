import fc from "fast-check";
import { expect, test } from "vitest";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import { parseFaults } from "../../../service/simulator/faults/parse.ts";
import { simulatedMarket } from "../../../service/simulator/simulated/source.ts";
import type { ExchangeTrade } from "../../../service/simulator/source.ts";
import { type Stop, StoppedMarket } from "../../../service/simulator/stopped_market.ts";
import { exactRow } from "./exact_fold.ts";
import { get, running } from "./running.ts";

/** Early in the market's life, so that a test need not work years out. */
const START = Date.UTC(2025, 0, 2, 12);
const MINUTES = 30;
const at = (minute: number) => START + minute * MINUTE_MS;

const whole = simulatedMarket({ seed: 1, symbols: ["TRXUSDT"], activity: 0.1 }).market("TRXUSDT");
if (whole === undefined) throw new Error("there is no market");
const all = whole.trades(0, whole.seek(at(MINUTES)));

/** The trades that are left when those of some minutes never happened. */
function leave(stops: readonly Stop[]): ExchangeTrade[] {
  const left: ExchangeTrade[] = [];
  let rawIds = all[0]?.firstTradeId ?? 0;
  for (const trade of all) {
    if (stops.some(({ from, to }) => from <= trade.time && trade.time < to)) continue;
    const count = trade.lastTradeId - trade.firstTradeId;
    left.push({
      ...trade,
      id: left.length,
      firstTradeId: rawIds,
      lastTradeId: rawIds + count,
    });
    rawIds += count + 1;
  }
  return left;
}

const stopsOf = fc.uniqueArray(fc.integer({ min: 0, max: MINUTES }), { minLength: 2, maxLength: 6 })
  .chain((minutes) =>
    fc.record({ never: fc.boolean(), ends: fc.boolean() }).map(({ never, ends }) => {
      const sorted = minutes.toSorted((a, b) => a - b);
      const stops: Stop[] = [];
      for (let i = 0; i + 1 < sorted.length; i += 2) {
        const isFirst = never && i === 0;
        const isLast = ends && i + 3 >= sorted.length;
        stops.push({
          from: isFirst ? -Infinity : at(sorted[i] ?? 0),
          to: isLast ? Infinity : at(sorted[i + 1] ?? 0),
        });
      }
      return stops;
    })
  );

test("the market is that of the trades that are left, at any time", () => {
  fc.assert(
    fc.property(stopsOf, fc.array(fc.integer({ min: 1, max: MINUTES * 60 })), (stops, looks) => {
      const market = new StoppedMarket(whole, (until) => stops.filter(({ from }) => from <= until));
      const left = leave(stops);
      for (const second of looks.toSorted((a, b) => a - b)) {
        const now = START + second * 1000;
        const known = left.filter(({ time }) => time < now);
        const end = market.seek(now);
        expect(end).toBe(known.length);
        const from = Math.max(0, end - 50);
        expect(market.trades(from, end)).toEqual(known.slice(from));
        expect(market.count(0, end)).toBe(known.length);
        const id = known.at(-7)?.id ?? 0;
        expect(market.find(id)).toBe(Math.min(id, known.length));
      }
    }),
    { numRuns: 50 },
  );
});

test("there are klines of the minutes in which it trades, made of the trades that are left", () => {
  fc.assert(
    fc.property(stopsOf, fc.constantFrom("oldest", "newest"), (stops, keep) => {
      const market = new StoppedMarket(whole, (until) => stops.filter(({ from }) => from <= until));
      const left = leave(stops);
      const minutes = Array.from({ length: MINUTES }, (_, i) => at(i))
        .filter((minute) => !stops.some(({ from, to }) => from <= minute && minute < to));
      const now = at(MINUTES) - 1;
      const klines = market.klines({ from: START, to: now, now, limit: 12, keep });
      const expected = keep === "oldest" ? minutes.slice(0, 12) : minutes.slice(-12);
      expect(klines.map(({ openTime }) => openTime)).toEqual(expected);
      for (const { openTime, trades, close, volume } of klines) {
        const own = left.filter(({ time }) => time >= openTime && time < openTime + MINUTE_MS);
        const last = left.findLast(({ time }) => time < openTime + MINUTE_MS);
        if (own.length > 0) expect(volume).toBe(exactRow(openTime, own)[5]);
        else expect(trades).toBe(0);
        if (last !== undefined) expect(close).toBe(last.price);
      }
    }),
    { numRuns: 50 },
  );
});

test("exchangeInfo says which market is halted; one that is not listed is not known at all", async () => {
  const { exchange, timers } = await running({
    source: simulatedMarket({ seed: 1, symbols: ["BTCUSDT", "ETHUSDT", "SOLUSDT"] }),
    start: START,
    faults: parseFaults("halt ETHUSDT at 80s for 90s; unlist SOLUSDT at 0:00 for 3m"),
  });
  const states = async () => {
    const { body } = await get(exchange, "/api/v3/exchangeInfo");
    return JSON.stringify(body).match(/"(?:\w+USDT","status":"\w+)"/g);
  };
  const statusOf = async (target: string) => (await get(exchange, target)).status;
  expect(await states()).toEqual(['"BTCUSDT","status":"TRADING"', '"ETHUSDT","status":"TRADING"']);
  expect(await statusOf("/api/v3/exchangeInfo?symbol=SOLUSDT")).toBe(400);
  expect(await statusOf("/api/v3/klines?symbol=SOLUSDT&interval=1m")).toBe(400);
  timers.advance(60_000);
  expect(await states()).toEqual(['"BTCUSDT","status":"TRADING"', '"ETHUSDT","status":"BREAK"']);
  timers.advance(130_000);
  expect(await states()).toHaveLength(3);
  expect(await get(exchange, "/api/v3/ticker/price")).toMatchObject({
    body: [{ symbol: "BTCUSDT" }, { symbol: "ETHUSDT" }, { symbol: "SOLUSDT" }],
  });
  const { body } = await get(exchange, "/api/v3/aggTrades?symbol=SOLUSDT&fromId=0&limit=1");
  expect(body).toMatchObject([{ a: 0 }]);
  const klines = await get(
    exchange,
    `/api/v3/klines?symbol=ETHUSDT&interval=1m&startTime=${START}`,
  );
  expect(Array.isArray(klines.body) && klines.body.map(([time]) => time)).toEqual([at(0), at(3)]);
});
