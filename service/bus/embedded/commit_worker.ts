/**
 * The writer of a journal, in a thread of its own: commits and WAL checkpoints wait for the disk,
 * and nothing else waits for them.
 *
 * @module
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { errorMessage } from "../../../data/common/errors.ts";
import type { WorkerChannel } from "../../../data/common/worker.ts";
import type { Checkpoint, RecordKind } from "../event_log.ts";
import { checksumOf, checksumOfRecord } from "./checksum.ts";
import { FileIdentity } from "./file_identity.ts";
import { connect } from "./journal_file.ts";
import { numberOf, readEvent } from "./journal_row.ts";
import { insertDamage } from "./journal_tables.ts";
import { Mark } from "./mark.ts";
import type { Epoch } from "./positions.ts";
import { describeRebuilt, rebuild } from "./rebuild.ts";
import { StorageError, storageErrorOf, type StorageFault } from "./storage_error.ts";

/** A record on its way to the journal. */
export interface CommitRow {
  readonly kind: RecordKind;
  readonly symbol: string;
  readonly timestamp: number;
  readonly backfill: boolean;
  readonly json: string;
}

/** What is committed together. */
export interface Commit {
  readonly rows: readonly CommitRow[];
  readonly checkpoints: readonly Checkpoint[];
}

/**
 * What the worker is asked for: first to open a journal, then to commit, to check the rows behind
 * one, or to rewrite the journal, in the end to close it.
 */
export type CommitRequest =
  | { readonly open: string; readonly epoch: Epoch }
  | { readonly commit: Commit }
  | { readonly check: number }
  | { readonly rebuild: true }
  | { readonly close: true };

/**
 * The answer to each request; for a commit the rows' numbers, 0 for one that was there before. A
 * failure with a fault is the disk's: the request may be made again.
 */
export type CommitReply =
  | { readonly numbers: Float64Array }
  | { readonly message: string }
  | { readonly failure: string; readonly fault?: StorageFault };

/** The WAL is written back once it holds so many rows and no commit has come for a while. */
const CHECKPOINT_ROWS = 1000;
const QUIET_MS = 1500;
/** It is written back at once when it holds so many, some 20 MB. */
const MOST_ROWS = 20_000;

/** Rows that are checked at once: some milliseconds. */
const CHECKED_ROWS = 1000;

/** A journal that is open for writing. */
class Writer {
  /** Also the source when the journal is rewritten: it reads a file that was removed, too. */
  readonly database: DatabaseSync;
  readonly path: string;
  readonly #files: FileIdentity;
  readonly #mark: Mark;
  readonly #insert: StatementSync;
  readonly #live: StatementSync;
  readonly #save: StatementSync;
  readonly #trim: StatementSync;
  readonly #rowsAfter: StatementSync;
  /** This run's epoch until it is in the journal. */
  #epoch: Epoch | undefined;
  #rowsInWal = 0;
  #checkpoint: ReturnType<typeof setTimeout> | undefined;

  constructor(path: string, epoch: Epoch) {
    this.path = path;
    this.database = connect(path);
    const known = this.database.prepare("SELECT 1 FROM epochs WHERE token = ?").get(epoch.token);
    this.#epoch = known === undefined ? epoch : undefined;
    this.#mark = new Mark(path);
    this.#insert = this.database.prepare(
      "INSERT INTO events (kind, symbol, timestamp, backfill, json, checksum) " +
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    );
    this.#live = this.database.prepare(
      "INSERT INTO first_live VALUES (?, ?) ON CONFLICT DO NOTHING",
    );
    this.#save = this.database.prepare(
      "INSERT OR REPLACE INTO checkpoints (symbol, timestamp, models, state, checksum, rebuilt) " +
        "VALUES (?, ?, ?, ?, ?, ?)",
    );
    // An older checkpoint remains, in case the newer one is damaged.
    this.#trim = this.database.prepare(
      "DELETE FROM checkpoints WHERE symbol = ? AND timestamp NOT IN " +
        "(SELECT timestamp FROM checkpoints WHERE symbol = ? ORDER BY timestamp DESC LIMIT 2)",
    );
    this.#rowsAfter = this.database.prepare(
      "SELECT * FROM events WHERE id > ? ORDER BY id LIMIT ?",
    );
    this.#files = new FileIdentity([path, `${path}-wal`]);
  }

  commit({ rows, checkpoints }: Commit): Float64Array {
    const gone = this.#files.changed();
    if (gone !== undefined) {
      throw new StorageError(
        "removed",
        `${gone} was removed or replaced while it was in use; it is written again`,
      );
    }
    const numbers = new Float64Array(rows.length);
    if (rows.length === 0 && checkpoints.length === 0) return numbers;
    this.database.exec("BEGIN IMMEDIATE");
    try {
      if (this.#epoch !== undefined) {
        const { token, after } = this.#epoch;
        this.database.prepare("INSERT INTO epochs VALUES (?, ?)").run(token, after);
      }
      for (const [i, row] of rows.entries()) {
        const { kind, symbol, timestamp, backfill, json } = row;
        const { changes, lastInsertRowid } = this.#insert.run(
          ...[kind, symbol, timestamp, Number(backfill), json],
          checksumOfRecord(json),
        );
        if (Number(changes) === 1) numbers[i] = Number(lastInsertRowid);
        if (kind === "bar" && !backfill) this.#live.run(symbol, timestamp);
      }
      for (const checkpoint of checkpoints) {
        const { symbol, models, timestamp, state, rebuilt = null } = checkpoint;
        this.#save.run(symbol, timestamp, models, state, checksumOf(checkpoint), rebuilt);
        this.#trim.run(symbol, symbol);
      }
      this.database.exec("COMMIT");
    } catch (error) {
      // SQLite has rolled back by itself when the disk is full.
      if (this.database.isTransaction) this.database.exec("ROLLBACK");
      throw error;
    }
    this.#epoch = undefined;
    const last = numbers.findLast((number) => number > 0);
    if (last !== undefined) this.#mark.write(last);
    this.#rowsInWal += rows.length;
    this.#schedule();
    return numbers;
  }

  /** Reads some rows behind one; the number of the last, none at the end. */
  check(after: number): Float64Array {
    const rows = this.#rowsAfter.all(after, CHECKED_ROWS);
    if (rows.some((row) => readEvent(row) === undefined)) {
      throw new StorageError("damaged", "the checksum of an event is wrong");
    }
    const last = rows.at(-1);
    return last === undefined ? new Float64Array() : Float64Array.of(numberOf(last, "id"));
  }

  close(): void {
    clearTimeout(this.#checkpoint);
    this.#mark.close();
    this.database.close();
  }

  #schedule(): void {
    clearTimeout(this.#checkpoint);
    if (this.#rowsInWal < CHECKPOINT_ROWS) return;
    const wait = this.#rowsInWal < MOST_ROWS ? QUIET_MS : 0;
    this.#checkpoint = setTimeout(() => {
      try {
        this.database.exec("PRAGMA wal_checkpoint(PASSIVE)");
        this.#rowsInWal = 0;
      } catch {
        // The log keeps what was committed, and the next commit meets the same disk and reports it.
      }
    }, wait);
  }
}

declare const self: WorkerChannel<CommitRequest, CommitReply>;

let opening: Extract<CommitRequest, { readonly open: string }> | undefined;
let writer: Writer | undefined;

/** The journal, opened again if the disk refused it before. */
function opened(): Writer {
  if (opening === undefined) throw new Error("Cannot commit as the journal must be open");
  return writer ??= new Writer(opening.open, opening.epoch);
}

/** Rewrites the journal; the writer continues on the new file. */
function rebuildOpened(): string {
  const { database, path } = opened();
  const message = describeRebuilt(path, rebuild(database, path));
  writer?.close();
  writer = undefined;
  insertDamage(opened().database, message);
  return message;
}

function answer(request: CommitRequest): CommitReply {
  try {
    if ("commit" in request) return { numbers: opened().commit(request.commit) };
    if ("check" in request) return { numbers: opened().check(request.check) };
    if ("rebuild" in request) return { message: rebuildOpened() };
    if ("open" in request) {
      opening = request;
      opened();
    } else writer?.close();
    return { numbers: new Float64Array() };
  } catch (error) {
    const refused = storageErrorOf(error);
    if (refused === undefined) return { failure: errorMessage(error) };
    return { failure: refused.message, fault: refused.fault };
  }
}

self.addEventListener("message", ({ data }) => {
  self.postMessage(answer(data));
});
