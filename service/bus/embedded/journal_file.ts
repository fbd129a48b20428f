import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { errorMessage } from "../../../data/common/errors.ts";
import { readCheckpoint } from "./journal_row.ts";
import { insertDamage, migrate } from "./journal_tables.ts";
import { readMark, removeMark } from "./mark.ts";
import { describeRebuilt, finishRebuild, putAside, rebuild, SMALL_TABLES } from "./rebuild.ts";
import { lastNumber } from "./salvage.ts";
import { isDamage, storageErrorOf } from "./storage_error.ts";

const PRAGMAS = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA busy_timeout = 5000;
PRAGMA wal_autocheckpoint = 0;
`;

/** Of a SQLite file: length of the header, and where it has the page's size and their number. */
const HEADER_BYTES = 100;
const PAGE_SIZE_AT = 16;
const PAGES_AT = 28;
/** A file that was cut off is given its length back up to so many times what is left. */
const MOST_GROWTH = 1000;

/** Opens a connection to a journal that {@linkcode prepareJournal} has prepared. */
export function connect(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec(PRAGMAS);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A journal that is ready to be opened. */
export interface PreparedJournal {
  /** To close in the end. */
  readonly lock: DatabaseSync;
  /** What was found damaged and what became of it, for people. */
  readonly damage: readonly string[];
}

/**
 * Takes the journal for this process until it ends, however it ends: a second writer would take
 * events from the first one's readers. The lock is SQLite's own, on a file beside the journal.
 *
 * @throws Error when another process has it.
 */
export function lockJournal(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true });
  const file = `${path}.lock`;
  for (let attempt = 0;; attempt++) {
    const database = new DatabaseSync(file);
    try {
      database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;");
      return database;
    } catch (cause) {
      database.close();
      if (String(cause).includes("locked")) {
        throw new Error(
          "it must have one writer, and another MicroStream is using it; set another DATA_DIR",
          { cause },
        );
      }
      // It holds nothing, so overwritten it is as good as new.
      if (attempt > 0 || !isDamage(cause)) throw cause;
      rmSync(file);
    }
  }
}

/**
 * Creates a journal, or brings one of an older version up to date, and locks it. A damaged one is
 * rewritten from what can be read of it.
 *
 * @param path The file; its folder is made when missing.
 * @throws Error naming the file when it is no file, is newer or in use, or cannot be written.
 */
export function prepareJournal(path: string): PreparedJournal {
  let lock: DatabaseSync | undefined;
  try {
    if (existsSync(path) && !statSync(path).isFile()) {
      throw new TypeError("it must be a file; move what is there away, or set another DATA_DIR");
    }
    lock = lockJournal(path);
    finishRebuild(path);
    if (!existsSync(path)) removeMark(path);
    const damage: string[] = [];
    const note = (text: string | undefined) => text !== undefined && damage.push(text);
    note(replaceEmpty(path));
    try {
      checkJournal(path, note);
    } catch (error) {
      if (!isDamage(error)) throw error;
      note(salvage(path));
      checkJournal(path, note);
    }
    noteDamage(path, damage);
    return { lock, damage };
  } catch (cause) {
    lock?.close();
    const why = storageErrorOf(cause)?.message ?? errorMessage(cause);
    throw new Error(`Cannot open the journal ${path}: ${why}`, { cause });
  }
}

/** Keeps what was found, so that the status of later runs says so too. */
function noteDamage(path: string, messages: readonly string[]): void {
  if (messages.length === 0) return;
  const database = connect(path);
  try {
    for (const message of messages) insertDamage(database, message);
  } finally {
    database.close();
  }
}

/** A file without a byte is a new journal to SQLite, which would discard the write-ahead log too. */
function replaceEmpty(path: string): string | undefined {
  if (!existsSync(path) || statSync(path).size > 0) return undefined;
  const wal = existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0;
  // A kill in the first moment of the first start leaves such a file.
  if (!wal && readMark(path) === 0) return undefined;
  const aside = putAside(path);
  removeMark(path);
  return `the journal ${path} was empty (0 bytes): a new one begins, and history is fetched again; ` +
    `what was there is kept as ${aside}; to have it back, stop the service and restore a backup`;
}

/** Reads what a start depends on; checkpoints that are damaged are removed. */
function checkJournal(path: string, note: (text: string | undefined) => void): void {
  const database = connect(path);
  try {
    migrate(database);
    for (const table of SMALL_TABLES) database.prepare(`SELECT * FROM ${table}`).all();
    note(dropDamagedCheckpoints(database, path));
    note(noticeLostEnd(database, path));
  } finally {
    database.close();
  }
}

function dropDamagedCheckpoints(database: DatabaseSync, path: string): string | undefined {
  const drop = database.prepare("DELETE FROM checkpoints WHERE rowid = ?");
  const symbols = new Set<string>();
  for (const row of database.prepare("SELECT rowid AS number, * FROM checkpoints").all()) {
    if (readCheckpoint(row) !== undefined) continue;
    symbols.add(String(row["symbol"]));
    drop.run(row["number"] ?? null);
  }
  if (symbols.size === 0) return undefined;
  return `saved states in the journal ${path} were damaged (${[...symbols].join(", ")}): the ` +
    "engine continues from an older state and the bars since, or from the bars alone";
}

/** A journal that ends before the last record that was ever durable has lost some. */
function noticeLostEnd(database: DatabaseSync, path: string): string | undefined {
  const last = lastNumber(database, "events");
  const mark = readMark(path);
  if (mark <= last) return undefined;
  // The epoch of the next run tells the numbers that are given again from those that are lost.
  removeMark(path);
  return `the journal ${path} ends at event ${last}, but ${mark} was written: its write-ahead log ` +
    `(${path}-wal) was removed or cut off, or an older copy was put in its place; the ` +
    `${mark - last} missing events' minutes are fetched again; to have them back, stop the ` +
    "service and put that file, or a newer backup, in its place";
}

/** SQLite reads nothing of a file that is shorter than its header says: zeros are damage of a page. */
function restoreLength(path: string): void {
  const file = openSync(path, "r");
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  try {
    readSync(file, header, 0, HEADER_BYTES, 0);
  } finally {
    closeSync(file);
  }
  const bytes = header.getUint16(PAGE_SIZE_AT) * header.getUint32(PAGES_AT);
  const { size } = statSync(path);
  // The length of a header that is damaged itself is no reason to take the disk.
  if (size < bytes && bytes <= MOST_GROWTH * size) truncateSync(path, bytes);
}

/** Rewrites a journal that cannot be opened as it is. */
function salvage(path: string): string {
  try {
    restoreLength(path);
    const source = new DatabaseSync(path);
    try {
      return describeRebuilt(path, rebuild(source, path));
    } finally {
      source.close();
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    const aside = putAside(path);
    removeMark(path);
    return `the journal ${path} is damaged and nothing of it can be read: a new one begins, and ` +
      `history is fetched again; what was there is kept as ${aside}; to have it back, stop the ` +
      "service and restore a backup";
  }
}
