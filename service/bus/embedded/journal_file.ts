import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { errorMessage } from "../../../data/common/errors.ts";
import { checksumOf } from "./checksum.ts";

/**
 * Version of the tables, kept in the file as `user_version`.
 *
 * - 0: events, identity; checkpoints without a checksum, one a symbol
 * - 1: checkpoints with a checksum, the last two of each symbol
 * - 2: history told from news; an epoch for each run instead of one identity
 */
const VERSION = 2;

const PRAGMAS = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA busy_timeout = 5000;
PRAGMA wal_autocheckpoint = 0;
`;

const EVENTS = `
CREATE TABLE IF NOT EXISTS events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('bar', 'signal')),
  symbol TEXT NOT NULL,
  timestamp INTEGER NOT NULL,
  json TEXT NOT NULL,
  UNIQUE (kind, symbol, timestamp)
) STRICT;
CREATE INDEX IF NOT EXISTS events_by_time ON events (kind, timestamp);
CREATE TABLE IF NOT EXISTS identity (token TEXT NOT NULL) STRICT;
INSERT INTO identity SELECT lower(hex(randomblob(4))) WHERE NOT EXISTS (SELECT 1 FROM identity);
`;

const CHECKPOINTS = `
CREATE TABLE checkpoints (
  symbol TEXT NOT NULL,
  timestamp INTEGER NOT NULL,
  models TEXT NOT NULL,
  state BLOB NOT NULL,
  checksum INTEGER NOT NULL,
  PRIMARY KEY (symbol, timestamp)
) STRICT;
`;

/** Version 0 to 1: the checkpoints that a journal has are kept and get their checksums. */
function addChecksums(database: DatabaseSync): void {
  const old = database.prepare(
    "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'checkpoints'",
  ).get();
  if (old !== undefined) database.exec("ALTER TABLE checkpoints RENAME TO old_checkpoints");
  database.exec(CHECKPOINTS);
  if (old === undefined) return;
  const insert = database.prepare("INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?)");
  for (const row of database.prepare("SELECT * FROM old_checkpoints").all()) {
    const { symbol, timestamp, models, state } = row;
    if (
      typeof symbol === "string" && typeof timestamp === "number" && typeof models === "string" &&
      state instanceof Uint8Array
    ) {
      insert.run(symbol, timestamp, models, state, checksumOf(symbol, models, timestamp, state));
    }
  }
  database.exec("DROP TABLE old_checkpoints");
}

/**
 * Version 1 to 2. A first minute that was live was made of trades; what lies before it came from
 * klines and is history.
 */
const HISTORY = `
ALTER TABLE events ADD COLUMN backfill INTEGER NOT NULL DEFAULT 0;
CREATE TABLE first_live (symbol TEXT PRIMARY KEY, timestamp INTEGER NOT NULL) STRICT;
INSERT INTO first_live SELECT symbol, min(timestamp) FROM events
  WHERE kind = 'bar' AND json ->> 'quality' <> 'kline' GROUP BY symbol;
UPDATE events SET backfill = 1, json = json_insert(json, '$.backfill', json('true'))
  WHERE NOT EXISTS (
    SELECT 1 FROM first_live AS live
    WHERE live.symbol = events.symbol AND live.timestamp <= events.timestamp
  );
CREATE INDEX events_by_symbol ON events (kind, symbol, backfill);
CREATE TABLE epochs (token TEXT NOT NULL, after INTEGER NOT NULL) STRICT;
INSERT INTO epochs SELECT token, 0 FROM identity;
DROP TABLE identity;
`;

function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
  if (version > VERSION) {
    throw new RangeError(
      `its version is ${version} and must be at most ${VERSION}: a newer MicroStream wrote it; ` +
        "run that, or set another DATA_DIR",
    );
  }
  if (version === VERSION) return;
  database.exec("BEGIN IMMEDIATE");
  if (version < 1) {
    database.exec(EVENTS);
    addChecksums(database);
  }
  database.exec(HISTORY);
  database.exec(`PRAGMA user_version = ${VERSION}; COMMIT`);
}

/** Opens a connection to a journal that {@linkcode prepareJournal} has prepared. */
export function connect(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec(PRAGMAS);
  return database;
}

/**
 * Takes the journal for this process until it ends, however it ends: a second writer would take
 * events from the first one's readers. The lock is SQLite's own, on a file beside the journal.
 */
function lock(path: string): DatabaseSync {
  const database = new DatabaseSync(`${path}.lock`);
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;");
    return database;
  } catch (cause) {
    database.close();
    if (!String(cause).includes("locked")) throw cause;
    throw new Error(
      "it must have one writer, and another MicroStream is using it; set another DATA_DIR",
      { cause },
    );
  }
}

/**
 * Creates a journal, or brings one of an older version up to date, and locks it.
 *
 * @param path The file; its folder is made when missing.
 * @returns The lock, to close in the end.
 * @throws Error naming the file when it is no journal, is newer or in use, or cannot be written.
 */
export function prepareJournal(path: string): DatabaseSync {
  let held: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    held = lock(path);
    const database = connect(path);
    try {
      migrate(database);
    } finally {
      database.close();
    }
    return held;
  } catch (cause) {
    held?.close();
    throw new Error(`Cannot open the journal ${path}: ${errorMessage(cause)}`, { cause });
  }
}
