import type { DatabaseSync } from "node:sqlite";
import { checksumOf } from "./checksum.ts";
import { readCheckpoint } from "./journal_row.ts";

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

/**
 * A first minute that was live was made of trades; what lies before it came from klines and is
 * history.
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

/** Rows of earlier versions have no checksum; a column may be added, not changed. */
const DAMAGE = `
ALTER TABLE events ADD COLUMN checksum INTEGER;
ALTER TABLE checkpoints ADD COLUMN rebuilt INTEGER;
CREATE TABLE damage (time INTEGER NOT NULL, message TEXT NOT NULL) STRICT;
`;

/** The checkpoints that a journal has are kept and get their checksums. */
function addChecksums(database: DatabaseSync): void {
  const old = database.prepare(
    "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'checkpoints'",
  ).get();
  if (old !== undefined) database.exec("ALTER TABLE checkpoints RENAME TO old_checkpoints");
  database.exec(CHECKPOINTS);
  if (old === undefined) return;
  const insert = database.prepare("INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?)");
  for (const row of database.prepare("SELECT * FROM old_checkpoints").all()) {
    const checkpoint = readCheckpoint(row);
    if (checkpoint === undefined) continue;
    const { symbol, timestamp, models, state } = checkpoint;
    insert.run(symbol, timestamp, models, state, checksumOf(checkpoint));
  }
  database.exec("DROP TABLE old_checkpoints");
}

/**
 * The steps from one version of the tables to the next; the file keeps its version as
 * `user_version`.
 *
 * - 0: events, identity; checkpoints without a checksum, one a symbol
 * - 1: checkpoints with a checksum, the last two of each symbol
 * - 2: history distinguished from news; an epoch for each run instead of one identity
 * - 3: events with a checksum; what was found damaged; checkpoints say whether they were rebuilt
 */
const STEPS: readonly ((database: DatabaseSync) => void)[] = [
  (database) => {
    database.exec(EVENTS);
    addChecksums(database);
  },
  (database) => database.exec(HISTORY),
  (database) => database.exec(DAMAGE),
];

/**
 * Brings the tables of a journal up to date, in one transaction.
 *
 * @throws RangeError for a journal of a newer version, which is not written to.
 */
export function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
  const newest = STEPS.length;
  if (version > newest) {
    throw new RangeError(
      `its version is ${version} and must be at most ${newest}: a newer MicroStream wrote it; ` +
        "run that, or set another DATA_DIR",
    );
  }
  if (version === newest) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    for (const step of STEPS.slice(version)) step(database);
    database.exec(`PRAGMA user_version = ${newest}; COMMIT`);
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** Adds what was found damaged, now. */
export function insertDamage(database: DatabaseSync, message: string): void {
  database.prepare("INSERT INTO damage VALUES (?, ?)").run(Date.now(), message);
}
