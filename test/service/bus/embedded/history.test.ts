import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { toCsv } from "../../../../data/files/csv.ts";
import type { RecordQuery } from "../../../../service/bus/record_store.ts";
import { EmbeddedLog } from "../../../../service/bus/embedded/embedded_log.ts";
import { HistoryThread } from "../../../../service/bus/embedded/history_thread.ts";
import { barRecords, makeBar, makeSignal, signalRecords, START } from "../../../support/records.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

const MINUTES = 1200;

/** A journal with bars of two markets and signals of one, those of the second half of another model. */
async function setUp() {
  const path = join(temporaryFolder(), "binance.sqlite");
  const log = new EmbeddedLog(path);
  onTestFinished(() => log.close());
  const minutes = Array.from({ length: MINUTES }, (_, i) => i);
  const signals = minutes.map((i) => ({
    ...makeSignal(i),
    features: i < MINUTES / 2 ? { momentum: 0.001 } : { jump_share: 0.5 },
  }));
  await log.append([
    ...barRecords(...minutes.map((i) => makeBar(i, "ETHUSDT"))),
    ...barRecords(...minutes.map((i) => makeBar(i))),
    ...signalRecords(...signals),
  ]);
  const text = async (query: RecordQuery, columns?: readonly string[], gzip = false) => {
    const body = await log.history({ ...query, gzip, ...(columns && { columns }) });
    return await new Response(gzip ? body.pipeThrough(new DecompressionStream("gzip")) : body)
      .text();
  };
  return { path, log, text };
}

const QUERIES: readonly RecordQuery[] = [
  { kind: "bar", limit: 10_000 },
  { kind: "bar", limit: 333 },
  { kind: "bar", symbol: "BTCUSDT", limit: 1 },
  { kind: "bar", symbol: "ETHUSDT", limit: 700, from: START + 60_000, to: START + 900 * 60_000 },
  // Fewer match than are allowed, and there are earlier ones.
  { kind: "bar", limit: 10_000, from: START + 700 * 60_000 },
  { kind: "bar", symbol: "BTCUSDT", limit: 500, from: START + 1100 * 60_000 + 1 },
  { kind: "signal", symbol: "BTCUSDT", limit: 1000 },
  { kind: "signal", symbol: "ETHUSDT", limit: 1000 },
  { kind: "signal", limit: 10, from: START + 10 ** 12 },
];

test.each(QUERIES)("the blocks of %j are its records, oldest first", async (query) => {
  const { log, text } = await setUp();
  const expected = `[${log.query(query).join(",\n")}]`;
  expect(await text(query)).toBe(expected);
  expect(await text(query, undefined, true)).toBe(expected);
});

test.each(QUERIES)("the blocks of %j are its table", async (query) => {
  const { log, text } = await setUp();
  const records = log.query(query).map((json): unknown => JSON.parse(json));
  expect(await text(query, ["symbol", "timestamp"])).toBe(toCsv(records, ["symbol", "timestamp"]));
});

test("any query has the same records as one that is read at once", async () => {
  const { log, text } = await setUp();
  const minute = fc.integer({ min: -10, max: MINUTES + 10 });
  const query = fc.record({
    kind: fc.constantFrom("bar", "signal"),
    symbol: fc.constantFrom("BTCUSDT", "ETHUSDT"),
    limit: fc.integer({ min: 1, max: 2 * MINUTES }),
    from: minute.map((i) => START + i * 60_000),
    to: minute.map((i) => START + i * 60_000),
  }, { requiredKeys: ["kind", "limit"] });
  await fc.assert(
    fc.asyncProperty(query, async (query) => {
      expect(await text(query)).toBe(`[${log.query(query).join(",\n")}]`);
    }),
    { numRuns: 50 },
  );
});

test("a table has the columns of its last record in its first line", async () => {
  const { text } = await setUp();
  const header = (await text({ kind: "signal", limit: 10_000 }, ["schema"])).split("\n")[0];
  expect(header).toMatch(/features_momentum/);
  expect(header).toMatch(/features_jump_share/);
});

test("what becomes durable while a client reads is not in its answer", async () => {
  const { log } = await setUp();
  const body = await log.history({ kind: "bar", symbol: "BTCUSDT", limit: 10_000, gzip: false });
  await log.append(barRecords(makeBar(MINUTES), makeBar(MINUTES + 1)));
  const bars: unknown = JSON.parse(await new Response(body).text());
  expect(bars).toHaveLength(MINUTES);
});

test("a client that does not read keeps no transaction open and has one block made", async () => {
  const { path, log } = await setUp();
  const body = await log.history({ kind: "bar", limit: 10_000, gzip: false });
  const reader = body.getReader();
  const first = await reader.read();
  expect(first.value?.length).toBeLessThan(1 << 17);
  await log.append(barRecords(makeBar(MINUTES)));
  const database = new DatabaseSync(path);
  onTestFinished(() => database.close());
  // A reader's transaction would leave frames that cannot be written back.
  const row = database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
  expect(row).toMatchObject({ busy: 0, log: 0, checkpointed: 0 });
  await reader.cancel();
});

test("a journal that cannot be read is an error that names it, and the thread goes on", async () => {
  const path = join(temporaryFolder(), "binance.sqlite");
  writeFileSync(path, "no journal".repeat(1000));
  const thread = new HistoryThread(path, () => {});
  onTestFinished(() => thread.close());
  const query = { kind: "bar", limit: 1, gzip: false } as const;
  for (let i = 0; i < 2; i++) {
    await expect(thread.history(query)).rejects.toThrow(`Cannot read the journal ${path}: `);
  }
});

test("answers end with an error when their thread dies, and the next one has a new thread", async () => {
  const { path } = await setUp();
  const module = join(temporaryFolder(), "worker.ts");
  const real = new URL("../../../../service/bus/embedded/history_worker.ts", import.meta.url);
  // The real worker, which dies of the request after one with the limit 666.
  writeFileSync(
    module,
    `import ${JSON.stringify(real.href)};
     let isDying = false;
     self.addEventListener("message", ({ data }) => {
       if (isDying) throw new Error("out of memory");
       isDying = data.begin?.limit === 666;
     });`,
  );
  const thread = new HistoryThread(path, () => {}, pathToFileURL(module));
  onTestFinished(() => thread.close());
  const begin = (limit: number) => thread.history({ kind: "bar", limit, gzip: false });
  const long = (await begin(2000)).getReader();
  await long.read();
  const dying = await begin(666);
  const broken = async () => {
    const text = await new Response(dying).text();
    // The whole answer can be there before the thread dies; then the thread is asked until it is.
    JSON.parse(text);
    while (true) await (await begin(1)).cancel();
  };
  // A thread that dies between two blocks is no longer there for the second.
  await expect(broken()).rejects.toThrow(/Cannot read the journal .*(out of memory|it has ended)/);
  const rest = async () => {
    while (!(await long.read()).done) { /* on to the block that the new thread does not know */ }
  };
  await expect(rest()).rejects.toThrow(/Cannot read the journal/);
  expect(JSON.parse(await new Response(await begin(3)).text())).toHaveLength(3);
});

test("damaged records are passed over, and a damaged page with what it held", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "binance.sqlite");
  const log = new EmbeddedLog(path);
  await log.append(barRecords(...Array.from({ length: MINUTES }, (_, i) => makeBar(i))));
  await log.close();

  const database = new DatabaseSync(path);
  database.exec("UPDATE events SET json = replace(json, '100', '900') WHERE id = 1");
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
  let damages = 0;
  const thread = new HistoryThread(path, () => damages++);
  onTestFinished(() => thread.close());
  const bars = async (limit: number): Promise<unknown> =>
    new Response(await thread.history({ kind: "bar", limit, gzip: false })).json();
  expect(await bars(10_000)).toEqual(
    Array.from({ length: MINUTES - 1 }, (_, i) => makeBar(i + 1)),
  );
  expect(damages).toBeGreaterThan(0);

  thread.close();
  const pages = readFileSync(path);
  const { index } = /"timestamp":1714550400000/.exec(pages.toString("latin1")) ?? { index: 0 };
  pages.fill(0, index - index % 4096, index - index % 4096 + 4096);
  writeFileSync(path, pages);
  damages = 0;
  const left = await bars(10_000);
  expect(left).toEqual(expect.arrayContaining([makeBar(1), makeBar(MINUTES - 1)]));
  expect(left).not.toContainEqual(makeBar(480));
  expect(damages).toBeGreaterThan(0);
});
