import type { DatabaseSync } from "node:sqlite";
import { checksumOf } from "./checksum.ts";
import { readCheckpoint } from "./journal_rows.ts";

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
 * - 2: events with a checksum; what was found damaged; checkpoints say whether they were rebuilt
 */
const STEPS: readonly ((database: DatabaseSync) => void)[] = [
  (database) => {
    database.exec(EVENTS);
    addChecksums(database);
  },
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
