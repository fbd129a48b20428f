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
import { checksumOf } from "./checksum.ts";
import { connect } from "./journal_file.ts";
import type { Epoch } from "./positions.ts";

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

/** What the worker is asked for: first to open a journal, then to commit, in the end to close it. */
export type CommitRequest =
  | { readonly open: string; readonly epoch: Epoch }
  | { readonly commit: Commit }
  | { readonly close: true };

/** The answer to each request; for a commit the rows' numbers, 0 for one that was there before. */
export type CommitReply = { readonly numbers: Float64Array } | { readonly failure: string };

/** The WAL is written back once it holds so many rows and no commit has come for a while. */
const CHECKPOINT_ROWS = 1000;
const QUIET_MS = 1500;
/** It is written back at once when it holds so many, some 20 MB. */
const MOST_ROWS = 20_000;

/** A journal that is open for writing. */
class Writer {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #live: StatementSync;
  readonly #save: StatementSync;
  readonly #trim: StatementSync;
  /** This run's epoch until it is in the journal. */
  #epoch: Epoch | undefined;
  #rowsInWal = 0;
  #checkpoint: ReturnType<typeof setTimeout> | undefined;

  constructor(path: string, epoch: Epoch) {
    this.#database = connect(path);
    this.#epoch = epoch;
    this.#insert = this.#database.prepare(
      "INSERT INTO events (kind, symbol, timestamp, backfill, json) VALUES (?, ?, ?, ?, ?) " +
        "ON CONFLICT DO NOTHING",
    );
    this.#live = this.#database.prepare(
      "INSERT INTO first_live VALUES (?, ?) ON CONFLICT DO NOTHING",
    );
    this.#save = this.#database.prepare(
      "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?)",
    );
    // An older checkpoint remains, in case the newer one is damaged.
    this.#trim = this.#database.prepare(
      "DELETE FROM checkpoints WHERE symbol = ? AND timestamp NOT IN " +
        "(SELECT timestamp FROM checkpoints WHERE symbol = ? ORDER BY timestamp DESC LIMIT 2)",
    );
  }

  commit({ rows, checkpoints }: Commit): Float64Array {
    const numbers = new Float64Array(rows.length);
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      if (this.#epoch !== undefined) {
        const { token, after } = this.#epoch;
        this.#database.prepare("INSERT INTO epochs VALUES (?, ?)").run(token, after);
      }
      for (const [i, row] of rows.entries()) {
        const { kind, symbol, timestamp, backfill, json } = row;
        const { changes, lastInsertRowid } = this.#insert.run(
          ...[kind, symbol, timestamp, Number(backfill), json],
        );
        if (Number(changes) === 1) numbers[i] = Number(lastInsertRowid);
        if (kind === "bar" && !backfill) this.#live.run(symbol, timestamp);
      }
      for (const { symbol, models, timestamp, state } of checkpoints) {
        const checksum = checksumOf(symbol, models, timestamp, state);
        this.#save.run(symbol, timestamp, models, state, checksum);
        this.#trim.run(symbol, symbol);
      }
      this.#database.exec("COMMIT");
    } catch (error) {
      // SQLite has rolled back by itself when the disk is full.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
    this.#epoch = undefined;
    this.#rowsInWal += rows.length;
    this.#schedule();
    return numbers;
  }

  close(): void {
    clearTimeout(this.#checkpoint);
    this.#database.close();
  }

  #schedule(): void {
    clearTimeout(this.#checkpoint);
    if (this.#rowsInWal < CHECKPOINT_ROWS) return;
    const wait = this.#rowsInWal < MOST_ROWS ? QUIET_MS : 0;
    this.#checkpoint = setTimeout(() => {
      this.#database.exec("PRAGMA wal_checkpoint(PASSIVE)");
      this.#rowsInWal = 0;
    }, wait);
  }
}

declare const self: WorkerChannel<CommitRequest, CommitReply>;

let writer: Writer | undefined;

function answer(request: CommitRequest): CommitReply {
  try {
    if ("commit" in request) {
      if (writer === undefined) throw new Error("Cannot commit as the journal must be open");
      return { numbers: writer.commit(request.commit) };
    }
    if ("open" in request) writer = new Writer(request.open, request.epoch);
    else writer?.close();
    return { numbers: new Float64Array() };
  } catch (error) {
    return { failure: errorMessage(error) };
  }
}

self.addEventListener("message", ({ data }) => {
  self.postMessage(answer(data));
});
