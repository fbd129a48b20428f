import { describe, expect, test } from "vitest";
import { recordedMarket } from "../../../service/simulator/recorded/source.ts";
import { Client } from "./client.ts";
import { exactRow } from "./exact_fold.ts";
import { realFile } from "./history_files.ts";
import { get, running } from "./running.ts";
import { DAY_MS } from "../../../data/schema/time.ts";
import { loadKlines, loadTrades } from "../../support/history.ts";

const TRADES = realFile("trades/BTCUSDT-spot-trades-20240808T235415-20240809T000505.csv.gz");
const KLINES = realFile("klines/BTCUSDT-spot-1m-ohlcv-20240808-capture.csv.gz");
const USDM = realFile("trades/BTCUSDT-usdm-trades-2020-02-22.csv.gz");
const PEPE = realFile("trades/PEPEUSDT-spot-aggTrades-2024-10-27.csv.gz");

/** The ten whole minutes of the capture. */
const FROM = Date.UTC(2024, 7, 8, 23, 55);
const TO = Date.UTC(2024, 7, 9, 0, 5);

test.skipIf(!TRADES)(
  "the capture of 2024-08-08 is played from its first whole minute to the last trade, in order",
  async () => {
    const rows = (await loadTrades(TRADES ?? "")).filter(({ time }) => time >= FROM);
    const source = await recordedMarket({ trades: [TRADES ?? ""] });
    const { exchange, timers } = await running({ source, speed: 20 });
    const client = await Client.connect(`${exchange.wsUrl}/ws/btcusdt@aggTrade`);
    for (let pass = 0; pass < 350; pass++) timers.advance(100);
    const events = await client.events(rows.length);
    expect(events).toMatchObject(rows.map((row) => ({
      a: row.id,
      p: row.price.toFixed(8),
      q: row.quantity.toFixed(8),
      T: row.time,
      m: row.buyerIsMaker,
    })));
    expect(client.frames).toHaveLength(rows.length);
  },
);

test.skipIf(!TRADES || !KLINES)(
  "its klines, built from trades, equal the exchange's: prices exactly, volume to 1e-8",
  async () => {
    const source = await recordedMarket({ trades: [TRADES ?? ""] });
    const { exchange, timers } = await running({ source });
    await Client.connect(`${exchange.wsUrl}/ws/btcusdt@aggTrade`);
    timers.advance(3_600_000);
    const query = `symbol=BTCUSDT&interval=1m&endTime=${TO - 1}`;
    const { body } = await get(exchange, `/api/v3/klines?${query}`);
    const expected = (await loadKlines(KLINES ?? ""))
      .filter(({ open_time }) => open_time >= FROM && open_time < TO);
    expect(expected).toHaveLength(10);
    expect(body).toEqual(expected.map((kline) => [
      kline.open_time,
      kline.open.toFixed(8),
      kline.high.toFixed(8),
      kline.low.toFixed(8),
      kline.close.toFixed(8),
      kline.volume.toFixed(8),
      kline.open_time + 59_999,
      ...Array(5).fill(expect.anything()),
    ]));
  },
);

test.skipIf(!PEPE)(
  "a whole day of aggregate trades has 1440 klines, quiet minutes too",
  async () => {
    const rows = await loadTrades(PEPE ?? "");
    const market = (await recordedMarket({ trades: [PEPE ?? ""] })).market("PEPEUSDT");
    const now = Date.UTC(2024, 9, 28);
    const klines = market?.klines({ from: 0, to: now - 1, now, limit: 2000, keep: "oldest" }) ?? [];
    expect(klines).toHaveLength(1440);
    const traded = klines.reduce((sum, { trades }) => sum + trades, 0);
    expect(traded).toBe(
      rows.reduce((sum, { firstTradeId, lastTradeId }) => sum + lastTradeId - firstTradeId + 1, 0),
    );
    const volume = klines.reduce((sum, kline) => sum + BigInt(kline.volume.replace(".", "")), 0n);
    expect(volume).toBe(rows.reduce((sum, row) => sum + BigInt(row.quantity), 0n) * 100_000_000n);
  },
);

describe.each([
  ["BTCUSDT", USDM, Date.UTC(2020, 1, 22)],
  ["PEPEUSDT", PEPE, Date.UTC(2024, 9, 27)],
])("over REST, the real day of %s", (symbol, file, day) => {
  test.skipIf(!file)("has every aggregate trade, page by page", async () => {
    const rows = await loadTrades(file ?? "");
    const source = await recordedMarket({ trades: [file ?? ""] });
    const { exchange } = await running({ source, start: day + DAY_MS });
    let position = 0;
    for (let fromId = rows[0]?.id; fromId !== undefined;) {
      const query = `symbol=${symbol}&fromId=${fromId}&limit=1000`;
      const { body } = await get(exchange, `/api/v3/aggTrades?${query}`);
      const expected = rows.slice(position, position + 1000);
      position += expected.length;
      expect(body).toEqual(expected.map((row) => ({
        a: row.id,
        p: row.price.toFixed(8),
        q: row.quantity.toFixed(8),
        f: row.firstTradeId,
        l: row.lastTradeId,
        T: row.time,
        m: row.buyerIsMaker,
        M: true,
      })));
      fromId = rows[position]?.id;
    }
    expect(position).toBe(rows.length);
  });

  test.skipIf(!file)("has klines that are exact in all twelve columns", async () => {
    const source = await recordedMarket({ trades: [file ?? ""] });
    const market = source.market(symbol);
    const trades = market?.trades(0, market.seek(Infinity)) ?? [];
    const minutes = Map.groupBy(trades, ({ time }) => Math.floor(time / 60_000) * 60_000);
    const { exchange } = await running({ source, start: day + DAY_MS });
    const klines: unknown[] = [];
    for (const from of [day, day + DAY_MS / 2]) {
      const query = `symbol=${symbol}&interval=1m&startTime=${from}&limit=720`;
      const { body } = await get(exchange, `/api/v3/klines?${query}`);
      if (Array.isArray(body)) klines.push(...body);
    }
    expect(klines).toHaveLength(1440);
    const traded = klines.filter((row) => Array.isArray(row) && row[8] > 0);
    expect(traded).toEqual([...minutes].map(([minute, some]) => exactRow(minute, some)));
  });
});
