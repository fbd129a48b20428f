import { expect, onTestFinished, test } from "vitest";
import { RestClient } from "../../../../service/exchanges/binance/rest.ts";
import { VirtualClock } from "../../../support/virtual_clock.ts";

const START = Date.UTC(2024, 4, 1);
const MINUTE = 60_000;

type Answer = (url: URL, signal: AbortSignal) => Response | Promise<Response>;

function json(body: unknown, init: ResponseInit = {}): Response {
  return new Response(JSON.stringify(body), init);
}

/** A client whose requests a test answers, in virtual time. */
function createClient(answer: Answer) {
  const clock = new VirtualClock(START);
  const requests: URL[] = [];
  const rest = new RestClient({
    url: "http://exchange",
    clock,
    fetch: async (input, init) => {
      const url = new URL(String(input));
      requests.push(url);
      return await answer(url, init?.signal ?? new AbortController().signal);
    },
  });
  onTestFinished(() => rest.close());
  return { clock, requests, rest };
}

/** An answer that never comes. */
function never(_url: URL, signal: AbortSignal): Promise<Response> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

function klineRow(time: number): unknown[] {
  return [time, "1", "3", "1", "2", "10", time + MINUTE - 1, "20", 4, "6", "12", "0"];
}

/** The klines that a request asks for. */
function klineRows({ searchParams }: URL): unknown[] {
  const [from, to] = [Number(searchParams.get("startTime")), Number(searchParams.get("endTime"))];
  const rows: unknown[] = [];
  for (let time = from; time <= to && rows.length < 1000; time += MINUTE) rows.push(klineRow(time));
  return rows;
}

test("the exchange's time comes with the duration of the request", async () => {
  const { clock, rest } = createClient(async () => {
    await clock.sleep(80);
    return json({ serverTime: START + 500 });
  });
  const answer = rest.time();
  await clock.advance(80);
  expect(await answer).toEqual({ serverTime: START + 500, roundTripMs: 80 });
});

test("a range of klines is fetched page by page", async () => {
  const { requests, rest } = createClient((url) => json(klineRows(url)));
  const klines = await rest.klines("BTCUSDT", START, START + 2500 * MINUTE);
  expect(klines.map(({ open_time }) => open_time))
    .toEqual(Array.from({ length: 2500 }, (_, i) => START + i * MINUTE));
  expect(klines[0]).toEqual({
    ...{ open_time: START, open: 1, high: 3, low: 1, close: 2, volume: 10 },
    ...{ quote_volume: 20, num_trades: 4, taker_buy_volume: 6, taker_buy_quote_volume: 12 },
  });
  expect(requests).toHaveLength(3);
  expect(requests[1]?.searchParams.get("startTime")).toBe(String(START + 1000 * MINUTE));
});

test("trades are requested by id or by time, and void ones have quantity 0", async () => {
  const { requests, rest } = createClient(() =>
    json([
      { a: 7, p: "100.5", q: "2", f: 10, l: 11, T: START, m: true },
      { a: 8, p: "0", q: "0", f: -1, l: -1, T: START, m: false },
    ])
  );
  expect(await rest.aggTrades("BTCUSDT", { fromId: 7, limit: 2 })).toEqual([
    {
      ...{ symbol: "BTCUSDT", id: 7, price: 100.5, quantity: 2, firstTradeId: 10, lastTradeId: 11 },
      ...{ time: START, buyerIsMaker: true },
    },
    {
      ...{ symbol: "BTCUSDT", id: 8, price: 0, quantity: 0, firstTradeId: -1, lastTradeId: -1 },
      ...{ time: START, buyerIsMaker: false },
    },
  ]);
  await rest.aggTrades("BTCUSDT", { startTime: START, limit: 1 });
  expect(requests.map(({ search }) => search)).toEqual([
    "?symbol=BTCUSDT&fromId=7&limit=2",
    `?symbol=BTCUSDT&startTime=${START}&limit=1`,
  ]);
});

test("a request without an answer fails after five seconds", async () => {
  const { clock, rest } = createClient(never);
  const failure = rest.klines("BTCUSDT", START, START + MINUTE).catch((error: unknown) => error);
  await clock.advance(4999);
  await expect(Promise.race([failure, Promise.resolve("pending")])).resolves.toBe("pending");
  await clock.advance(1);
  expect(await failure).toMatchObject({ message: "no answer from http://exchange" });
});

test.each([
  ["no list", json({}), "the exchange sent no list"],
  ["a malformed kline", json([["x"]]), "the exchange sent a malformed kline"],
  ["a truncated body", new Response("[[1,"), "an answer of http://exchange broke off"],
  ["an empty body", new Response(""), "an answer of http://exchange broke off"],
  [
    "the page of a network's login",
    new Response("<html><body>Please log in</body></html>"),
    'http://exchange answered with something other than JSON ("<html><body>Please log in</body></html>"): a login page or a proxy may be in between',
  ],
])("%s is an error", async (_name, answer, message) => {
  const { rest } = createClient(() => answer);
  await expect(rest.klines("BTCUSDT", START, START + MINUTE)).rejects.toThrow(message);
});

test("an HTTP error carries its status and the exchange's reason", async () => {
  const { rest } = createClient(() =>
    json({ code: -1121, msg: "Invalid symbol." }, { status: 400 })
  );
  await expect(rest.klines("NONE", START, START + MINUTE)).rejects.toMatchObject({
    status: 400,
    message: "the exchange answered HTTP 400: Invalid symbol.",
  });
});

test("during a short ban requests wait; during a long one they fail without being sent", async () => {
  let retryAfter = "3";
  let banned = true;
  const { clock, requests, rest } = createClient((url) =>
    banned
      ? new Response("{}", { status: 429, headers: { "retry-after": retryAfter } })
      : json(klineRows(url))
  );
  await expect(rest.klines("BTCUSDT", START, START + MINUTE)).rejects.toThrow("too many requests");
  banned = false;
  const delayed = rest.klines("BTCUSDT", START, START + MINUTE);
  await clock.advance(2999);
  expect(requests).toHaveLength(1);
  await clock.advance(1);
  expect(await delayed).toHaveLength(1);

  banned = true;
  retryAfter = "120";
  await expect(rest.klines("BTCUSDT", START, START + MINUTE)).rejects.toThrow("too many requests");
  const { length } = requests;
  banned = false;
  await expect(rest.klines("BTCUSDT", START, START + MINUTE)).rejects.toThrow("too many requests");
  expect(requests).toHaveLength(length);
  await clock.advance(120_000);
  expect(await rest.klines("BTCUSDT", START, START + MINUTE)).toHaveLength(1);
});

test("when the weight of the minute is used up, requests wait for the next one", async () => {
  const { clock, requests, rest } = createClient((url) =>
    json(klineRows(url), { headers: { "x-mbx-used-weight-1m": "3999" } })
  );
  await rest.klines("BTCUSDT", START, START + MINUTE);
  expect(rest.usedWeight).toBe(3999);
  await clock.advance(10_000);
  const delayed = rest.klines("BTCUSDT", START, START + MINUTE);
  await clock.advance(49_999);
  expect(requests).toHaveLength(1);
  await clock.advance(1);
  expect(await delayed).toHaveLength(1);
});

test("a repair does not wait behind requests for history", async () => {
  const { rest } = createClient((url, signal) =>
    url.pathname.endsWith("klines") ? never(url, signal) : json([])
  );
  const history = Array.from(
    { length: 100 },
    () => rest.klines("BTCUSDT", START, START + MINUTE).catch(() => {}),
  );
  expect(await rest.aggTrades("BTCUSDT", { limit: 1 })).toEqual([]);
  rest.close();
  await Promise.all(history);
});

test("a close aborts requests under way and fails later ones", async () => {
  const { rest } = createClient(never);
  const failure = expect(rest.time()).rejects.toThrow("no answer");
  await Promise.resolve();
  rest.close();
  await failure;
  await expect(rest.time()).rejects.toThrow("no answer");
});

const STATES: Readonly<Record<string, string>> = {
  BTCUSDT: "TRADING",
  ETHUSDT: "BREAK",
  LUNAUSDT: "HALT",
  OLDUSDT: "END_OF_DAY",
};

/** Answers like Binance: one unknown symbol fails the request for all. */
function exchangeInfo({ searchParams }: URL): Response {
  const symbols: string[] = JSON.parse(searchParams.get("symbols") ?? "[]");
  if (symbols.some((symbol) => STATES[symbol] === undefined)) {
    return json({ code: -1121, msg: "Invalid symbol." }, { status: 400 });
  }
  return json({
    symbols: symbols.map((symbol) => ({ symbol, status: STATES[symbol], filters: [] })),
  });
}

function markets(url: URL): Response {
  if (url.pathname === "/api/v3/exchangeInfo") return exchangeInfo(url);
  return json(Object.keys(STATES).map((symbol) => ({ symbol, price: "1.00" })));
}

test("one request says which markets trade and which are stopped", async () => {
  const { requests, rest } = createClient(markets);
  const listings = await rest.listings(Object.keys(STATES));
  expect(Object.fromEntries(listings)).toEqual({
    ...{ BTCUSDT: "trading", ETHUSDT: "stopped", LUNAUSDT: "stopped", OLDUSDT: "stopped" },
  });
  expect(requests).toHaveLength(1);
  expect(rest.usedWeight).toBe(20);
});

test("unknown markets do not hide the state of the others, at a bounded weight", async () => {
  const { requests, rest } = createClient(markets);
  const unknown = Array.from({ length: 90 }, (_, i) => `NO${i}USDT`);
  const listings = await rest.listings([...unknown, "BTCUSDT", "ETHUSDT"]);
  expect(listings.get("BTCUSDT")).toBe("trading");
  expect(listings.get("ETHUSDT")).toBe("stopped");
  expect(unknown.map((symbol) => listings.get(symbol))).toEqual(Array(90).fill("unknown"));
  expect(requests).toHaveLength(3);
  expect(rest.usedWeight).toBe(44);
});

test("without a list of names, markets are asked for one by one where one is unknown", async () => {
  const { rest } = createClient((url) =>
    url.pathname === "/api/v3/exchangeInfo" ? exchangeInfo(url) : new Response("", { status: 404 })
  );
  const listings = await rest.listings(["BTCUSDT", "NOUSDT"]);
  expect(Object.fromEntries(listings)).toEqual({ BTCUSDT: "trading", NOUSDT: "unknown" });
});

test("an exchange that does not say which markets trade is an error, not an unknown market", async () => {
  const absent = createClient(() => new Response("<html>", { status: 404 }));
  await expect(absent.rest.listings(["BTCUSDT"])).rejects.toThrow("HTTP 404 at http://exchange");
  const malformed = createClient(() => json({ symbols: [{ symbol: "BTCUSDT" }] }));
  await expect(malformed.rest.listings(["BTCUSDT"])).rejects.toThrow("a market without a status");
});

test("the names of all markets cost little", async () => {
  const { rest } = createClient(markets);
  expect(await rest.names()).toEqual(Object.keys(STATES));
  expect(rest.usedWeight).toBe(4);
});
