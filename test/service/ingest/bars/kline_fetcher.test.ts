import { expect, test } from "vitest";
import type { Kline } from "../../../../data/schema/kline.ts";
import { MINUTE_MS } from "../../../../data/schema/time.ts";
import { KlineFetcher, type KlineRange } from "../../../../service/ingest/bars/kline_fetcher.ts";
import { VirtualClock } from "../../../support/virtual_clock.ts";
import { at, contextWith } from "../../world.ts";

const FAILS = new Error("HTTP 500");

function kline(minute: number, volume = 10): Kline {
  return { open_time: at(minute, 0), open: 1, high: 3, low: 1, close: 2, volume };
}

/** Fetches minute 0 with answers that a test prepares; the last one is repeated. */
function fetch(
  start: number,
  answers: readonly (readonly Kline[] | Error | "silence")[],
  range: Partial<KlineRange> = {},
) {
  const clock = new VirtualClock(start);
  const closing = new AbortController();
  const requestedAt: number[] = [];
  const context = contextWith({
    rest: {
      klines: () => {
        const answer = answers[requestedAt.length] ?? answers.at(-1) ?? FAILS;
        requestedAt.push(clock.now() - at(1, 0));
        if (answer === "silence") return new Promise(() => {});
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      },
    },
    clock,
    signal: closing.signal,
  });
  const fetcher = new KlineFetcher(context, "BTCUSDT");
  const outcome: { klines?: readonly Kline[] | undefined; done: boolean } = { done: false };
  const fetched = fetcher.fetch({ from: at(0, 0), to: at(1, 0), ...range }).then((klines) => {
    outcome.klines = klines;
    outcome.done = true;
  });
  return { clock, closing, fetcher, fetched, outcome, requestedAt };
}

test("the request waits until the minute is final", async () => {
  const { clock, outcome, requestedAt } = fetch(at(0, 58), [[kline(0), kline(1, 0)]]);
  await clock.advance(3999);
  expect(requestedAt).toEqual([]);
  await clock.advance(1);
  expect(requestedAt).toEqual([2000]);
  expect(outcome).toEqual({ done: true, klines: [kline(0)] });
});

test("an answer that does not go beyond the minute is requested again", async () => {
  const { clock, outcome, requestedAt } = fetch(at(1, 2), [[], [kline(0)], [kline(0), kline(1)]]);
  await clock.advance(1500);
  expect(requestedAt).toEqual([2000, 2500, 3500]);
  expect(outcome.klines).toEqual([kline(0)]);
});

test("a kline with less volume than known trades lags and is requested again", async () => {
  const lagging = [kline(0, 4), kline(1)];
  const { clock, outcome } = fetch(at(1, 2), [lagging, [kline(0, 7), kline(1)]], {
    leastVolume: 7,
  });
  await clock.advance(500);
  expect(outcome.klines).toEqual([kline(0, 7)]);
});

test("a minute that stays missing is believed after 30 s and three answers", async () => {
  const { clock, outcome, requestedAt } = fetch(at(1, 2), [[kline(1)]]);
  await clock.advance(29_000);
  expect(outcome.done).toBe(false);
  await clock.advance(2500);
  expect(outcome).toEqual({ done: true, klines: [] });
  expect(requestedAt.length).toBeGreaterThanOrEqual(3);
});

test("what is long past is believed at once", async () => {
  const { clock, outcome } = fetch(at(12, 0), [[]]);
  await clock.advance(0);
  expect(outcome).toEqual({ done: true, klines: [] });
});

test("failed requests are repeated with growing waits, and reported from the second on", async () => {
  const { clock, fetcher, outcome, requestedAt } = fetch(at(1, 2), [
    ...Array<Error>(7).fill(FAILS),
    [kline(0), kline(1)],
  ]);
  await clock.advance(0);
  expect(fetcher.problem).toBeNull();
  await clock.advance(500);
  expect(fetcher.problem).toBe("bars wait for klines: HTTP 500");
  await clock.advance(60_000);
  const waits = requestedAt.slice(1).map((time, i) => time - (requestedAt[i] ?? 0));
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  expect(outcome.klines).toEqual([kline(0)]);
  expect(fetcher.problem).toBeNull();
});

test.each([["a wait", FAILS], ["a request", "silence"]] as const)(
  "klines that are moot end %s at once",
  async (_name, answer) => {
    const moot = new AbortController();
    const { clock, outcome } = fetch(at(1, 2), [answer], { moot: moot.signal });
    await clock.advance(200);
    moot.abort();
    await clock.advance(0);
    expect(outcome).toEqual({ done: true, klines: undefined });
    expect(clock.sleeping).toBe(0);
  },
);

test("without an answer within the patience the klines are given up", async () => {
  const { clock, outcome } = fetch(at(1, 2), [FAILS], { patienceMs: 3000 });
  await clock.advance(3499);
  expect(outcome.done).toBe(false);
  await clock.advance(1);
  expect(outcome).toEqual({ done: true, klines: undefined });
});

test("malformed, foreign and repeated klines are left out", async () => {
  const answer = [
    kline(-1),
    kline(0),
    kline(0, 99),
    { ...kline(1), low: 5 },
    kline(2),
    kline(3),
  ];
  const { clock, outcome } = fetch(at(4, 0), [answer], { to: at(3, 0) });
  await clock.advance(0);
  expect(outcome.klines).toEqual([kline(0), kline(2)]);
});

test("the end of ingestion ends the waiting", async () => {
  const { clock, closing, fetched } = fetch(at(1, 2), [FAILS]);
  await clock.advance(0);
  const ended = expect(fetched).rejects.toThrow("closed");
  closing.abort(new Error("closed"));
  await ended;
  expect(clock.sleeping).toBe(0);
});

test("klines of a range are those of its minutes", async () => {
  const answer = Array.from({ length: 11 }, (_, i) => kline(i));
  const { clock, outcome } = fetch(at(30, 0), [answer], { to: at(0, 0) + 10 * MINUTE_MS });
  await clock.advance(0);
  expect(outcome.klines).toEqual(answer.slice(0, 10));
});
