import { expect, onTestFinished, test } from "vitest";
import type { Announcement } from "../../../data/schema/announcement.ts";
import type { Bar } from "../../../data/schema/bar.ts";
import { DAY_MINUTES, DAY_MS, MINUTE_MS } from "../../../data/schema/time.ts";
import type { Exchange, StreamSink } from "../../../service/exchanges/exchange.ts";
import { emptyBar } from "../../../service/ingest/bars/bar_builder.ts";
import { Vpin } from "../../../service/ingest/bars/microstructure/vpin.ts";
import { IngestRole } from "../../../service/ingest/ingest.ts";
import { createLog } from "../../../service/log.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";
import { at, contextWith, klinesOf, START, trade, TRAITS } from "../world.ts";

const SYMBOLS = ["BTCUSDT", "ETHUSDT"];
const DOWN = { reason: "cannot reach ws://exchange", silent: false, retryMs: 1000 };

/** A role in virtual time; the test is the exchange and the bus. */
function createRole(options: { symbols?: readonly string[]; stored?: readonly Bar[] } = {}) {
  const { symbols = SYMBOLS, stored = [] } = options;
  const clock = new VirtualClock(START);
  const streams: { readonly symbols: readonly string[]; readonly sink: StreamSink }[] = [];
  const bars: Bar[] = [];
  const announced: Announcement[] = [];
  const listeners = new Set<(announcement: Announcement) => void>();
  const messages: string[] = [];
  const state = { reachable: true, history: true, writable: true, closed: false };
  const answer = <Answer>(make: () => Answer): Promise<Answer> =>
    state.reachable ? Promise.resolve(make()) : Promise.reject(new Error("no answer"));
  const { exchange: { rest } } = contextWith({
    rest: {
      time: () => answer(() => ({ serverTime: clock.now(), roundTripMs: 0 })),
      aggTrades: () => answer(() => [trade(1, START)]),
      klines: (_symbol, from, to) => {
        if (!state.history) return Promise.reject(new Error("no answer"));
        return answer(() =>
          klinesOf([trade(0, from - MINUTE_MS)], from, Math.min(to, clock.now() + MINUTE_MS))
        );
      },
    },
    clock,
  });
  const storedBars = (symbol: string, from: number, to = Infinity) =>
    stored.filter((bar) => bar.symbol === symbol && bar.timestamp >= from && bar.timestamp <= to);
  const exchange: Exchange = {
    origin: "ws://exchange",
    advice: "Check the network",
    traits: { ...TRAITS, symbolsPerSocket: 1 },
    rest,
    stream: (group, sink) => void streams.push({ symbols: group, sink }),
    probe: () => Promise.resolve(),
    close: () => state.closed = true,
  };
  const role = new IngestRole({
    exchange,
    source: "binance",
    requested: "auto",
    symbols,
    bus: {
      log: {
        room: () => Promise.resolve(),
        append: (records) => {
          if (!state.writable) return Promise.reject(new Error("the disk is full"));
          for (const { kind, record } of records) if (kind === "bar") bars.push(record);
          return Promise.resolve();
        },
        announce: (announcement) => void announced.push(announcement),
        listen: (heard) => {
          listeners.add(heard);
          return () => void listeners.delete(heard);
        },
        drained: () => Promise.resolve(),
      },
      store: {
        bars: storedBars,
        volumes: storedBars,
        lastTime: (_kind, symbol) => stored.findLast((bar) => bar.symbol === symbol)?.timestamp,
        firstLive: (symbol) =>
          stored.find((bar) => bar.symbol === symbol && !bar.backfill)?.timestamp,
      },
    },
    historyMinutes: 10,
    clock,
    logger: createLog("INFO", (line) => messages.push(JSON.parse(line).message)),
  });
  onTestFinished(() => role.close());
  return {
    ...{ role, clock, streams, bars, announced, messages, state },
    hear: (announcement: Announcement) => {
      for (const listener of listeners) listener(announcement);
    },
    connect: () => {
      for (const stream of streams) stream.sink.connected(stream.symbols);
    },
    count: (message: string) => messages.filter((other) => other === message).length,
  };
}

test("each group of symbols gets a stream, and the connection is live once all are connected", async () => {
  const { role, streams } = createRole();
  expect(role.status).toMatchObject({ connection: "connecting", source: "binance", symbols: [] });
  await role.start();
  expect(streams.map(({ symbols }) => symbols)).toEqual([["BTCUSDT"], ["ETHUSDT"]]);
  streams[0]?.sink.connected(["BTCUSDT"]);
  expect(role.status.connection).toBe("connecting");
  streams[1]?.sink.connected(["ETHUSDT"]);
  expect(role.status).toMatchObject({ connection: "live", message: "live from ws://exchange" });
  expect(role.status.symbols.map(({ symbol }) => symbol)).toEqual(SYMBOLS);
});

test("an outage is logged when it starts and when it ends; failed attempts lose no connection", async () => {
  const { role, clock, streams, state, connect, count } = createRole();
  const disconnect = () => {
    for (const { symbols, sink } of streams) sink.disconnected(symbols, DOWN);
  };
  state.reachable = false;
  await role.start();
  disconnect();
  expect(role.status.symbols[0]?.problem).toBe("bars wait for the exchange's time: no answer");
  expect(role.status).toMatchObject({
    connection: "disconnected",
    message: "cannot reach ws://exchange; reconnecting. Check the network",
    disconnects: 0,
  });
  await clock.advance(3000);
  state.reachable = true;
  connect();
  await clock.advance(500);
  expect(role.status.symbols[0]?.problem).toBeNull();
  expect(count("the feed is live again")).toBe(1);
  expect(count("cannot get the exchange's time; retrying")).toBe(1);
  expect(count("the exchange's time is available again")).toBe(1);
  expect(role.status.disconnects).toBe(0);

  disconnect();
  expect(role.status.disconnects).toBe(2);
  expect(count("the feed is live again")).toBe(1);
});

test("a partial outage says how many symbols are affected", async () => {
  const { role, streams, connect } = createRole();
  await role.start();
  connect();
  const [, stream] = streams;
  stream?.sink.disconnected(stream.symbols, DOWN);
  expect(role.status.message).toContain("reconnecting (1 of 2 symbols: ETHUSDT)");
  stream?.sink.disconnected(stream.symbols, { ...DOWN, silent: true });
  expect(role.status.connection).toBe("silent");
});

test("the first bars are the klines before the first minute, and then come the trades", async () => {
  const { role, clock, streams, bars, connect } = createRole({ symbols: ["BTCUSDT"] });
  await role.start();
  connect();
  await clock.advance(2100);
  expect(bars.map(({ timestamp, quality }) => [timestamp - START, quality])).toEqual(
    Array.from({ length: 10 }, (_, i) => [(i - 10) * MINUTE_MS, "kline"]),
  );
  for (const t of [trade(1, START), trade(2, at(0, 5)), trade(3, at(1, 5))]) {
    streams[0]?.sink.trade(t, false);
  }
  await clock.advance(0);
  expect(bars.at(-1)).toMatchObject({ timestamp: START, num_trades: 2 });
});

test("bars resume after the last one in the store", async () => {
  const stored = [2, 1].map((minutes) =>
    emptyBar("BTCUSDT", "binance", START - minutes * MINUTE_MS, 100)
  );
  const { role, clock, streams, bars, connect } = createRole({ symbols: ["BTCUSDT"], stored });
  await role.start();
  expect(role.status.symbols[0]?.last_bar).toBe(START - MINUTE_MS);
  connect();
  await clock.advance(2100);
  for (const t of [trade(1, START), trade(2, at(1, 5))]) streams[0]?.sink.trade(t, false);
  await clock.advance(0);
  expect(bars.map(({ timestamp }) => timestamp)).toEqual([START]);
});

test("VPIN continues after a restart as if there had been none", async () => {
  const stored = Array.from({ length: 3 * DAY_MINUTES }, (_, i): Bar => ({
    ...emptyBar("BTCUSDT", "binance", START - 3 * DAY_MS + i * MINUTE_MS, 100),
    ...{ volume: 5 + i % 7, taker_buy_volume: 1 + i % 5, taker_sell_volume: 4 + i % 7 - i % 5 },
  }));
  const { role, clock, streams, bars, connect } = createRole({ symbols: ["BTCUSDT"], stored });
  await role.start();
  connect();
  await clock.advance(2100);
  for (const t of [trade(1, START), trade(2, at(1, 5))]) streams[0]?.sink.trade(t, false);
  await clock.advance(0);
  const uninterrupted = new Vpin();
  for (const bar of [...stored, ...bars]) uninterrupted.push(bar);
  expect(uninterrupted.value).toBeGreaterThan(0);
  expect(bars.map(({ microstructure }) => microstructure?.vpin)).toEqual([uninterrupted.value]);
});

test("the state is announced on every change and every second, forming bars with new trades", async () => {
  const { role, clock, streams, announced, connect } = createRole({ symbols: ["BTCUSDT"] });
  const kinds = () => announced.splice(0).map(({ kind }) => kind);
  await role.start();
  expect(kinds()).toEqual(["feed"]);
  connect();
  expect(kinds()).toEqual(["feed"]);
  await clock.advance(2500);
  kinds();
  streams[0]?.sink.trade(trade(2, at(0, 3)), false);
  await clock.advance(500);
  const [feed, forming] = announced;
  expect(feed).toMatchObject({ kind: "feed", status: { connection: "live" } });
  expect(forming).toMatchObject({ kind: "forming", bar: { timestamp: START, num_trades: 2 } });
  kinds();
  await clock.advance(1000);
  expect(kinds()).toEqual(["feed"]);
});

test("invalid frames are counted by kind and logged once a minute", async () => {
  const { role, clock, streams, count } = createRole();
  await role.start();
  const [stream] = streams;
  for (const reason of ["JSON", "price", "JSON"]) stream?.sink.invalid(reason);
  expect(role.status.invalid_frames).toBe(3);
  expect(role.status.invalid_frames_by_kind).toEqual({ JSON: 2, price: 1 });
  expect(count("invalid frames from the exchange")).toBe(1);
  await clock.advance(60_000);
  stream?.sink.invalid("JSON");
  expect(count("invalid frames from the exchange")).toBe(2);
});

test("a notice replaces the message and is announced", async () => {
  const { role, announced } = createRole();
  await role.start();
  role.setNotice("Simulated market");
  expect(announced.at(-1)).toMatchObject({ status: { message: "Simulated market" } });
  role.setNotice(null);
  expect(role.status.message).toBe("connecting to ws://exchange");
});

test("a bar that cannot be appended is the failure of the role", async () => {
  const { role, clock, state, connect } = createRole();
  const failure = expect(role.failure).rejects.toThrow("the disk is full");
  state.writable = false;
  await role.start();
  connect();
  await clock.advance(2100);
  await failure;
});

test("a close ends everything, and is no failure", async () => {
  const { role, clock, state, streams, bars, announced } = createRole();
  let failed = false;
  role.failure.catch(() => failed = true);
  await role.start();
  role.close();
  expect(state.closed).toBe(true);
  announced.length = 0;
  streams[0]?.sink.trade(trade(2, at(0, 3)), false);
  await clock.advance(10 * MINUTE_MS);
  expect({ failed, bars, announced }).toEqual({ failed: false, bars: [], announced: [] });
  expect(clock.sleeping).toBe(0);
});

test.each([
  [{ contiguousTradeIds: false }, "trade ids must be contiguous"],
  [{ decimals: 18 }, "decimals must be at most 8: current value is 18"],
])("an exchange with the traits %j is refused", (traits, message) => {
  const { exchange } = contextWith({ rest: {}, clock: new VirtualClock() });
  const create = () =>
    new IngestRole({
      exchange: {
        ...{ origin: "ws://other", advice: "", rest: exchange.rest },
        traits: { ...TRAITS, ...traits },
        stream: () => {},
        probe: () => Promise.resolve(),
        close: () => {},
      },
      source: "binance",
      requested: "binance",
      symbols: SYMBOLS,
      bus: {
        log: {
          append: () => Promise.resolve(),
          room: () => Promise.resolve(),
          announce: () => {},
          listen: () => () => {},
          drained: () => Promise.resolve(),
        },
        store: {
          bars: () => [],
          volumes: () => [],
          lastTime: () => undefined,
          firstLive: () => undefined,
        },
      },
      historyMinutes: 1500,
      clock: new VirtualClock(),
      logger: createLog("ERROR", () => {}),
    });
  expect(create).toThrow(message);
});

test("nowcasts do not wait for history: forming bars are announced while it is loaded", async () => {
  const { role, clock, streams, announced, bars, state, connect } = createRole({
    symbols: ["BTCUSDT"],
  });
  state.history = false;
  await role.start();
  connect();
  await clock.advance(2500);
  streams[0]?.sink.trade(trade(2, at(0, 3)), false);
  await clock.advance(3000);
  const forming = announced.filter(({ kind }) => kind === "forming");
  expect(bars).toEqual([]);
  expect(forming.at(-1)).toMatchObject({ bar: { timestamp: START, num_trades: 2 }, loading: true });
  state.history = true;
  await clock.advance(20_000);
  streams[0]?.sink.trade(trade(3, at(0, 20)), false);
  await clock.advance(1000);
  expect(bars).toHaveLength(10);
  const last = announced.findLast(({ kind }) => kind === "forming");
  expect(last).toMatchObject({ bar: { num_trades: 3 } });
  expect(last).not.toHaveProperty("loading");
});

test("markets that somebody looks at are loaded first", async () => {
  const symbols = Array.from({ length: 30 }, (_, i) => `S${i}USDT`);
  const { role, clock, bars, hear, connect } = createRole({ symbols });
  await role.start();
  hear({ kind: "viewed", symbols: ["S25USDT"] });
  connect();
  await clock.advance(2500);
  const order = [...new Set(bars.map(({ symbol }) => symbol))];
  expect(order).toHaveLength(30);
  expect(order.indexOf("S25USDT")).toBeLessThan(2);
  expect(order.filter((symbol) => symbol !== "S25USDT").slice(1, 10)).toEqual(
    symbols.slice(1, 10),
  );
});
