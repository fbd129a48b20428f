import fc from "fast-check";
import { expect, test } from "vitest";
import { HistoryQueue } from "../../../service/ingest/history_queue.ts";

const SYMBOLS = Array.from({ length: 40 }, (_, i) => `S${i}USDT`);

/** A queue whose requests the test answers. */
function setUp(ready: () => Promise<void> = () => Promise.resolve()) {
  const queue = new HistoryQueue(SYMBOLS, ready);
  const running: { symbol: string; purpose: string; end: (error?: Error) => void }[] = [];
  const started: string[] = [];
  const ask = (symbol: string) =>
    queue.run(symbol, (purpose) => {
      started.push(symbol);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      running.push({ symbol, purpose, end: (error) => error ? reject(error) : resolve() });
      return promise;
    });
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  return { queue, running, started, ask, settle };
}

test("markets are loaded in their order, some requests at once", async () => {
  const { running, started, ask, settle } = setUp();
  for (const symbol of SYMBOLS.toReversed()) void ask(symbol);
  await settle();
  expect(running).toHaveLength(8);
  running[0]?.end();
  await settle();
  expect(started).toEqual(SYMBOLS.slice(0, 9));
});

test("a market with a viewer comes at once, though all places are taken, and for its own purpose", async () => {
  const { queue, running, started, ask, settle } = setUp();
  for (const symbol of SYMBOLS) void ask(symbol);
  await settle();
  queue.prefer(["S30USDT", "S39USDT"]);
  await settle();
  expect(started.slice(8)).toEqual(["S30USDT", "S39USDT"]);
  expect(running.slice(8).map(({ purpose }) => purpose)).toEqual(["viewed", "viewed"]);
  expect(new Set(running.slice(0, 8).map(({ purpose }) => purpose))).toEqual(new Set(["history"]));
  queue.prefer([]);
  void ask("S30USDT");
  await settle();
  expect(started).toHaveLength(10);
});

test("a market with a viewer does not wait for room either", async () => {
  const { queue, started, ask, settle } = setUp(() => new Promise(() => {}));
  void ask("S0USDT");
  queue.prefer(["S7USDT"]);
  void ask("S7USDT");
  await settle();
  expect(started).toEqual(["S7USDT"]);
});

test("whoever looks at everything gets no more than a few markets first", async () => {
  const { queue, running, started, ask, settle } = setUp(() => new Promise(() => {}));
  for (const symbol of SYMBOLS) void ask(symbol);
  queue.prefer(SYMBOLS.toReversed());
  for (let answered = 0; answered < running.length; answered++) {
    await settle();
    running[answered]?.end();
    await settle();
  }
  expect(started.toSorted()).toEqual(SYMBOLS.slice(-16).toSorted());
});

test("a request that fails frees its place and fails for whoever made it", async () => {
  const { running, started, ask, settle } = setUp();
  const failing = expect(ask("S0USDT")).rejects.toThrow("no answer");
  for (const symbol of SYMBOLS.slice(1)) void ask(symbol);
  await settle();
  running[0]?.end(new Error("no answer"));
  await failing;
  await settle();
  expect(started).toHaveLength(9);
});

test("under any order of asking, viewing and answering each request is made once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 39 }), { minLength: 1, maxLength: 60 }),
      fc.array(fc.integer({ min: 0, max: 39 }), { maxLength: 10 }),
      async (asks, views) => {
        const { queue, running, started, ask, settle } = setUp();
        const answers = asks.map((i) => ask(SYMBOLS[i] ?? ""));
        for (let round = 0; round < 200 && running.length > 0 || round === 0; round++) {
          const view = views[round];
          if (view !== undefined) queue.prefer([SYMBOLS[view] ?? ""]);
          await settle();
          running.shift()?.end();
          await settle();
        }
        await Promise.all(answers);
        expect(started.toSorted()).toEqual(asks.map((i) => SYMBOLS[i] ?? "").toSorted());
      },
    ),
    { numRuns: 30 },
  );
});

test("a request that cannot have its turn fails with the reason, and the next one is asked again", async () => {
  const refused = new Error("closing");
  let fails = true;
  const { ask, running, settle } = setUp(() => fails ? Promise.reject(refused) : Promise.resolve());
  const asked = await Promise.allSettled([ask("S1USDT"), ask("S2USDT")]);
  expect(asked).toEqual(asked.map(() => ({ status: "rejected", reason: refused })));
  fails = false;
  void ask("S3USDT");
  await settle();
  expect(running.map(({ symbol }) => symbol)).toEqual(["S3USDT"]);
});
