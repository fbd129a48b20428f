/** Kinds of damage to a journal: each is noticed, said with file and remedy, and survived. */
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { loadCore } from "../../../../core-wasm/load.ts";
import type { Bar } from "../../../../data/schema/bar.ts";
import { EmbeddedLog } from "../../../../service/bus/embedded/embedded_log.ts";
import { Engine } from "../../../../service/engine/engine.ts";
import { EngineRunner } from "../../../../service/engine/engine_runner.ts";
import { loadModels } from "../../../../service/engine/loaded_model.ts";
import { createLog } from "../../../../service/log.ts";
import { randomBars } from "../../../core-wasm/support.ts";
import { eventsOf } from "../../../support/log_events.ts";
import { barRecords, makeBar } from "../../../support/records.ts";
import { temporaryFolder } from "../../../support/temporary.ts";
import { until } from "../../../support/until.ts";

const PAGE = 4096;
const wasm = loadCore();
const MODELS = loadModels({ models: ["models/classic.json"], expected: {} });
const BARS = randomBars(600, 5).map(({ open, high, low, close, volume }, i): Bar => ({
  ...makeBar(i),
  ...{ open, high, low, close, volume },
}));
/** Bars of the first run; those after them come after the damage. */
const BEFORE = 500;
/** Bars that certainly come after it. */
const AFTER = 80;
/** A warm-up goes back so far. */
const MINUTES = 300;

const UNINTERRUPTED = (() => {
  const engine = new Engine(wasm, MODELS, ["BTCUSDT"]);
  return BARS.map((bar) => JSON.stringify(engine.push(bar)));
})();

/** A journal in use, with what it says. */
function open(path: string) {
  const lines: string[] = [];
  const log = new EmbeddedLog(path, { logger: createLog("INFO", (line) => lines.push(line)) });
  const runner = new EngineRunner(
    new Engine(wasm, MODELS, ["BTCUSDT"]),
    { log, store: log },
    MINUTES,
  );
  let closed = false;
  const close = async () => {
    if (!closed) await log.close();
    closed = true;
  };
  onTestFinished(close);
  const publish = async (bars: readonly Bar[]) => {
    const before = log.end;
    await log.append(barRecords(...bars));
    await runner.process(eventsOf(log, { after: before }).filter(({ kind }) => kind === "bar"));
  };
  return { log, runner, lines, close, publish };
}

/**
 * A journal of a run that ended.
 *
 * @param killed Leaves the write-ahead log as kill -9 does.
 */
async function makeJournal({ killed = false } = {}) {
  const folder = temporaryFolder();
  const path = join(folder, "binance.sqlite");
  const run = open(path);
  for (let i = 0; i < BEFORE; i += 10) await run.publish(BARS.slice(i, i + 10));
  const events = eventsOf(run.log);
  if (!killed) {
    await run.close();
    return { path, events };
  }
  const copy = join(temporaryFolder(), "binance.sqlite");
  // The journal as it was some time ago, and the log of all since.
  const { log } = run;
  const database = new DatabaseSync(path);
  database.exec("PRAGMA wal_checkpoint(FULL)");
  await log.append(barRecords(...BARS.slice(BEFORE, BEFORE + 20)));
  for (const suffix of ["", "-wal", "-shm", ".mark"]) copyFileSync(path + suffix, copy + suffix);
  database.close();
  return { path: copy, events: eventsOf(log) };
}

/** Overwrites a part of a file. */
function overwrite(path: string, position: number, bytes: Uint8Array): void {
  const file = openSync(path, "r+");
  writeSync(file, bytes, 0, bytes.length, position);
  closeSync(file);
}

/** Number of a page in the middle of a tree. */
function pageOf(path: string, tree: string): number {
  const database = new DatabaseSync(path, { readOnly: true });
  const pages = database.prepare(
    "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY pageno",
  ).all(tree).map(({ pageno }) => Number(pageno));
  database.close();
  const page = pages[Math.floor(pages.length / 2)];
  if (page === undefined) throw new Error(`no page of ${tree}`);
  return page;
}

const zeroPage = (tree: string) => (path: string) =>
  overwrite(path, (pageOf(path, tree) - 1) * PAGE, new Uint8Array(PAGE));

const checkpoints = (sql: string) => (path: string) => {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
};

const LATEST = "WHERE timestamp = (SELECT max(timestamp) FROM checkpoints)";

interface Damage {
  readonly name: string;
  readonly killed?: boolean;
  readonly make: (path: string) => void;
  /** What log and status say, beside the file. */
  readonly said: RegExp | undefined;
  /** Events that may be lost of all that were there, at the most. */
  readonly lost: number;
  readonly rebuilt?: boolean;
}

const ALL = Infinity;

const KINDS: readonly Damage[] = [
  {
    name: "a file without a byte",
    make: (path) => writeFileSync(path, ""),
    said: /was empty \(0 bytes\).*history is fetched again.*kept as .*damaged.*restore a backup/,
    lost: ALL,
  },
  {
    name: "a file that is cut off",
    make: (path) => truncateSync(path, Math.floor(statSync(path).size / 2 / PAGE) * PAGE + 100),
    said: /rewritten with \d+ events: \d+ cannot be read.*kept as .*damaged.*restore a backup/,
    lost: 900,
  },
  {
    name: "a header that is overwritten",
    make: (path) => overwrite(path, 0, new TextEncoder().encode("nothing that SQLite knows")),
    said: /nothing of it can be read.*history is fetched again.*kept as .*restore a backup/,
    lost: ALL,
  },
  {
    name: "a page of zeros among the events",
    make: zeroPage("events"),
    said: /rewritten with \d+ events: \d+ cannot be read and are passed over \(number \d+-\d+\)/,
    lost: 12,
  },
  {
    name: "a page of zeros in the index",
    make: zeroPage("sqlite_autoindex_events_1"),
    said: /rewritten with 1000 events: nothing is lost/,
    lost: 0,
  },
  {
    name: "a page of zeros in the index of the stream",
    make: zeroPage("events_by_symbol"),
    said: /rewritten with 1000 events: nothing is lost/,
    lost: 0,
  },
  {
    name: "zeros in the middle of a record",
    make: (path) => {
      const file = readFileSync(path);
      const at = file.indexOf(`"timestamp":${BARS[250]?.timestamp}`);
      overwrite(path, at, new Uint8Array(30));
    },
    said: /rewritten with 999 events: 1 cannot be read and are passed over \(number \d+\)/,
    lost: 1,
  },
  {
    name: "a digit of a record that is another",
    make: (path) => {
      const file = readFileSync(path);
      const at = file.indexOf(`"timestamp":${BARS[250]?.timestamp}`);
      const high = file.indexOf('"high":', at) + 8;
      overwrite(path, high, new Uint8Array([file[high] === 0x31 ? 0x32 : 0x31]));
    },
    said: /rewritten with 999 events: 1 cannot be read and are passed over/,
    lost: 1,
  },
  {
    name: "a write-ahead log that was deleted",
    killed: true,
    make: (path) => {
      rmSync(`${path}-wal`);
      rmSync(`${path}-shm`);
    },
    said: /ends at event 1000, but 1020 was written: its write-ahead log \(.*-wal\) was removed/,
    lost: 20,
  },
  {
    name: "a write-ahead log that is cut off",
    killed: true,
    make: (path) => truncateSync(`${path}-wal`, 3 * (PAGE + 24)),
    said: /ends at event 1000, but 1020 was written: .*minutes are fetched again.*newer backup/,
    lost: 20,
  },
  {
    name: "a checkpoint of zeros",
    make: checkpoints(`UPDATE checkpoints SET state = zeroblob(length(state)) ${LATEST}`),
    said: /saved states .* were damaged \(BTCUSDT\).*older state and the bars since/,
    lost: 0,
  },
  {
    name: "a checkpoint of random bytes",
    make: checkpoints(`UPDATE checkpoints SET state = randomblob(length(state)) ${LATEST}`),
    said: /saved states .* were damaged/,
    lost: 0,
  },
  {
    name: "a checkpoint of another length",
    make: checkpoints(`UPDATE checkpoints SET state = randomblob(7) ${LATEST}`),
    said: /saved states .* were damaged/,
    lost: 0,
  },
  {
    name: "both checkpoints damaged",
    make: checkpoints("UPDATE checkpoints SET state = randomblob(length(state))"),
    said: /saved states .* were damaged/,
    lost: 0,
    rebuilt: true,
  },
  {
    name: "both checkpoints gone",
    make: checkpoints("DELETE FROM checkpoints"),
    said: undefined,
    lost: 0,
    rebuilt: true,
  },
  {
    name: "a lock file of garbage",
    make: (path) => writeFileSync(`${path}.lock`, "garbage".repeat(200)),
    said: undefined,
    lost: 0,
  },
];

for (const { name, killed = false, make, said, lost, rebuilt = false } of KINDS) {
  test(`${name}: what can be read is served in order, and the signals go on`, async () => {
    const { path, events } = await makeJournal({ killed });
    make(path);
    const { log, runner, lines, publish, close } = open(path);
    const symbols = await runner.recover();
    // Reads every row by its number, by index and by time.
    const served = eventsOf(log);
    for (const kind of ["bar", "signal"] as const) log.query({ kind, limit: 10_000 });
    const known = new Map(events.map(({ id, json }) => [id, json]));
    const kept = served.filter(({ id }) => known.has(id));
    for (const { id, json } of kept) expect(json).toBe(known.get(id));
    expect(known.size - kept.length).toBeLessThanOrEqual(lost);
    expect(kept.map(({ id }) => id)).toEqual(
      [...known.keys()].filter((id) => kept.some((each) => each.id === id)),
    );
    // It can be written to again: bars behind the last one are fetched again. It says what it found.
    const last = log.lastTime("bar", "BTCUSDT") ?? 0;
    await publish(BARS.filter(({ timestamp }) => timestamp > last));
    if (said === undefined) expect(log.damage).toBeNull();
    else {
      const message = await until("the notice", () => log.damage?.message, 10_000);
      expect(message).toMatch(said);
      expect(message).toContain(path);
      expect(lines.map((line) => JSON.parse(line).message)).toContain(message);
    }
    const signals = log.query({ kind: "signal", limit: AFTER });
    expect(symbols).toEqual(rebuilt ? ["BTCUSDT"] : []);
    if (rebuilt) {
      expect(signals.map((json) => JSON.parse(json).state)).toEqual(Array(AFTER).fill("rebuilt"));
    } else expect(signals).toEqual(UNINTERRUPTED.slice(-AFTER));
    // The next start finds nothing wrong.
    await close();
    const again = open(path);
    await again.runner.recover();
    expect(again.lines).toEqual([]);
    const before = eventsOf(again.log).length;
    await again.publish([{ ...makeBar(600) }]);
    expect(eventsOf(again.log)).toHaveLength(before + 2);
  });
}

test("a resuming client passes over a page of zeros, in one live run", async () => {
  const { path, events } = await makeJournal();
  const { log } = open(path);
  // The file is damaged under the open journal; what SQLite has in memory is little of it.
  zeroPage("events")(path);
  const served = eventsOf(log, { after: events[0]?.id ?? "" });
  expect(served.length).toBeGreaterThan(980);
  await until("the journal to be rewritten", () => log.damage ?? undefined, 10_000);
  expect(eventsOf(log, { after: events[0]?.id ?? "" }).map(({ id }) => id))
    .toEqual(served.map(({ id }) => id));
  expect(log.has(events.at(-1)?.id ?? "")).toBe(true);
});

test("damage is noticed though nobody reads the damaged events", async () => {
  const { path } = await makeJournal();
  zeroPage("events")(path);
  const { log } = open(path);
  const message = await until("the notice", () => log.damage?.message, 60_000);
  expect(message).toMatch(/cannot be read and are passed over/);
});

test.each(["epochs", "first_live", "damage", "sqlite_sequence", "checkpoints"])(
  "a page of zeros in the table %s costs no event",
  async (table) => {
    const { path, events } = await makeJournal();
    zeroPage(table)(path);
    const { log, runner, publish } = open(path);
    await runner.recover();
    await publish(BARS.slice(BEFORE, BEFORE + 10));
    expect(log.damage?.message).toMatch(/rewritten with 1000 events: nothing is lost/);
    expect(eventsOf(log).slice(0, 1000).map(({ json }) => json))
      .toEqual(events.map(({ json }) => json));
    expect(log.has(events.at(-1)?.id ?? "")).toBe(table !== "epochs");
    expect(log.firstLive("BTCUSDT")).toBe(BARS[0]?.timestamp);
  },
);

test("a kill while a journal is rewritten leaves the old one or the new one", async () => {
  const { path } = await makeJournal();
  // Complete, and not in place yet; the write-ahead log is the old journal's.
  copyFileSync(path, `${path}.rebuilt`);
  writeFileSync(path, "the damaged one");
  appendFileSync(`${path}-wal`, "the damaged one's");
  const { log } = open(path);
  expect(eventsOf(log)).toHaveLength(1000);
  expect(existsSync(`${path}.rebuilt`)).toBe(false);
});

test("a folder in its place is refused by name", () => {
  const path = join(temporaryFolder(), "binance.sqlite");
  mkdirSync(path);
  expect(() => new EmbeddedLog(path)).toThrow(
    `Cannot open the journal ${path}: it must be a file; move what is there away, or set another DATA_DIR`,
  );
});
