import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { readCheckpoint, readEvent, type SqlRow } from "./journal_row.ts";
import { migrate } from "./journal_tables.ts";
import { checksumOf, checksumOfRecord } from "./checksum.ts";
import { readMark } from "./mark.ts";
import { lastNumber, readableRows } from "./salvage.ts";
import { isDamage } from "./storage_error.ts";

/** Tables beside events and checkpoints, a row a symbol, a run or an incident. */
export const SMALL_TABLES: readonly string[] = ["epochs", "first_live", "damage"];

const FIRST_LIVE = `
INSERT OR IGNORE INTO first_live
  SELECT symbol, min(timestamp) FROM events WHERE kind = 'bar' AND backfill = 0 GROUP BY symbol
`;

/** What of a journal could be rewritten. */
export interface Rebuilt {
  readonly events: number;
  /** The numbers that are missing: first and last of each run. */
  readonly lost: readonly (readonly [first: number, last: number])[];
  /** Where the files are that were replaced; undefined when there were none. */
  readonly aside: string | undefined;
}

/**
 * Rewrites a journal, beside its path, from what can be read of an open one, and puts it in place.
 * Events keep their numbers, so positions stay valid. A kill at any moment leaves the old journal or
 * the new one.
 *
 * @param source The journal, however damaged, and though its file be removed.
 * @throws Error when the disk refuses the new one, or when no table of the old one can be read.
 */
export function rebuild(source: DatabaseSync, path: string): Rebuilt {
  const building = `${path}.rebuilding`;
  mkdirSync(dirname(path), { recursive: true });
  rmSync(building, { force: true });
  const target = new DatabaseSync(building);
  let copied: Omit<Rebuilt, "aside">;
  try {
    // Synced as a whole, in the end.
    target.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;");
    migrate(target);
    target.exec("BEGIN IMMEDIATE");
    copied = copyEvents(source, target, readMark(path));
    copyCheckpoints(source, target);
    for (const table of SMALL_TABLES) copyTable(source, target, table);
    // Where the table is lost, minutes that were missed would become history.
    target.exec(FIRST_LIVE);
    target.exec("COMMIT");
  } catch (error) {
    target.close();
    rmSync(building, { force: true });
    throw error;
  }
  target.close();
  sync(building);
  renameSync(building, rebuiltFile(path));
  return { ...copied, aside: finishRebuild(path) };
}

/**
 * Puts a journal that was rewritten in the place of the old one, if there is one. Called at each
 * opening too: a kill may have come in between.
 *
 * @returns Where the old files are, if there were any.
 */
export function finishRebuild(path: string): string | undefined {
  if (!existsSync(rebuiltFile(path))) return undefined;
  const aside = putAside(path);
  renameSync(rebuiltFile(path), path);
  sync(dirname(path));
  return aside;
}

/** Renames the files of a journal, so that a new one may take the place; undefined without files. */
export function putAside(path: string): string | undefined {
  const aside = `${path}.damaged-${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}`;
  let any = false;
  // The write-ahead log first: with another journal it would be replayed into that one.
  for (const suffix of ["-wal", "-shm", ""]) {
    if (!existsSync(path + suffix)) continue;
    renameSync(path + suffix, aside + suffix);
    any = true;
  }
  return any ? aside : undefined;
}

/** What became of a damaged journal, for people. */
export function describeRebuilt(path: string, { events, lost, aside }: Rebuilt): string {
  const count = lost.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  const runs = lost.slice(0, 3).map(([first, last]) => first === last ? first : `${first}-${last}`)
    .join(", ");
  const which = count === 0 ? "nothing is lost" : `${count} cannot be read and are passed over (` +
    `number ${runs}${lost.length > 3 ? ", ..." : ""})`;
  const kept = aside === undefined ? "" : `; what was there is kept as ${aside}`;
  const remedy = count === 0 ? "" : "; to have them back, stop the service and restore a backup";
  return `the journal ${path} was rewritten with ${events} events: ${which}${kept}${remedy}`;
}

function rebuiltFile(path: string): string {
  return `${path}.rebuilt`;
}

function sync(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The values of a row for the columns of a table, by their names. */
function inserter(target: DatabaseSync, table: string): (row: SqlRow) => void {
  const columns = target.prepare(`PRAGMA table_info(${table})`).all()
    .map(({ name }) => String(name));
  const insert = target.prepare(
    `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
  );
  return (row) => void insert.run(...columns.map((column) => row[column] ?? null));
}

function copyEvents(
  source: DatabaseSync,
  target: DatabaseSync,
  mark: number,
): Omit<Rebuilt, "aside"> {
  const insert = inserter(target, "events");
  const last = Math.max(mark, lastNumber(source, "events"));
  const lost: (readonly [number, number])[] = [];
  let events = 0;
  let next = 1;
  const reach = (number: number) => {
    if (number > next) lost.push([next, number - 1]);
    next = number + 1;
  };
  for (const row of readableRows(source, "events")) {
    const event = readEvent(row);
    if (event === undefined) continue;
    reach(event.number);
    insert({ ...row, checksum: checksumOfRecord(event.json) });
    events++;
  }
  reach(last + 1);
  setSequence(target, last);
  return { events, lost };
}

function copyCheckpoints(source: DatabaseSync, target: DatabaseSync): void {
  const insert = inserter(target, "checkpoints");
  for (const row of readableRows(source, "checkpoints")) {
    const checkpoint = readCheckpoint(row);
    if (checkpoint !== undefined) insert({ ...row, checksum: checksumOf(checkpoint) });
  }
}

/** Copies a small table as a whole, if it can be read. */
function copyTable(source: DatabaseSync, target: DatabaseSync, table: string): void {
  const insert = inserter(target, table);
  try {
    const rows = source.prepare(`SELECT * FROM ${table}`).all();
    target.exec(`DELETE FROM ${table}`);
    for (const row of rows) insert(row);
  } catch (error) {
    if (!isDamage(error) && !String(error).includes("no such table")) throw error;
  }
}

/** Numbers up to this one are not given out again. */
function setSequence(database: DatabaseSync, last: number): void {
  const set = database.prepare(
    "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'events'",
  );
  if (Number(set.run(last).changes) > 0) return;
  database.prepare("INSERT INTO sqlite_sequence VALUES ('events', ?)").run(last);
}
