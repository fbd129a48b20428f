import { basename } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Announcement } from "../../../data/schema/announcement.ts";
import type { Bar } from "../../../data/schema/bar.ts";
import type { Checkpoint, EventLog, LogEvent, LogRecord, RecordKind } from "../event_log.ts";
import type {
  BarVolumes,
  EventPage,
  HistoryQuery,
  RecordQuery,
  RecordStore,
} from "../record_store.ts";
import { CommitThread } from "./commit_thread.ts";
import type { Commit } from "./commit_worker.ts";
import { GroupCommit } from "./group_commit.ts";
import { HistoryThread } from "./history_thread.ts";
import { connect, prepareJournal } from "./journal_file.ts";
import { JournalReader, type JournalRow } from "./journal_reader.ts";
import { LogTail } from "./log_tail.ts";

/** Rows that a reader gets at once. */
const PAGE = 1000;

/**
 * The bus of one process: a SQLite file behind both ports, in WAL mode, so that others may read
 * along. Commits are made by a thread of its own; reads are synchronous.
 */
export class EmbeddedLog implements EventLog, RecordStore {
  readonly #lock: DatabaseSync;
  readonly #thread: CommitThread;
  readonly #commits: GroupCommit;
  readonly #reader: JournalReader;
  readonly #tail: LogTail;
  readonly #history: HistoryThread;
  readonly #listeners = new Set<(announcement: Announcement) => void>();
  /** Resolves with the next commit. */
  #committed = Promise.withResolvers<void>();
  /** Stands before every id; random, so that an id of another file is never taken for one of this. */
  readonly #name: string;

  /**
   * Opens or creates a journal.
   *
   * @param path The file; its folder is made when missing.
   * @throws Error naming the file when it is no journal, is newer or in use, or cannot be written.
   */
  constructor(path: string) {
    this.#lock = prepareJournal(path);
    this.#reader = new JournalReader(connect(path));
    this.#name = `${basename(path).replace(/\.\w+$/, "")}-${this.#reader.token}`;
    this.#tail = new LogTail(this.#reader.last);
    this.#thread = new CommitThread(path);
    this.#history = new HistoryThread(path);
    this.#commits = new GroupCommit((commit) => this.#commit(commit));
  }

  get start(): string {
    return this.#idOf(0);
  }

  get end(): string {
    return this.#idOf(this.#tail.last);
  }

  async append(
    records: readonly LogRecord[],
    checkpoints: readonly Checkpoint[] = [],
  ): Promise<void> {
    if (records.length === 0 && checkpoints.length === 0) return;
    const rows = records.map(({ kind, record }) => ({
      kind,
      symbol: record.symbol,
      timestamp: record.timestamp,
      json: JSON.stringify(record),
    }));
    await this.#commits.append({ rows, checkpoints });
  }

  async *read(
    from: string,
    signal: AbortSignal,
    kind?: RecordKind,
  ): AsyncGenerator<readonly LogEvent[]> {
    const aborted = Promise.withResolvers<void>();
    const end = () => aborted.resolve();
    signal.addEventListener("abort", end);
    try {
      let row = this.#rowOf(from);
      if (row === undefined) {
        throw new RangeError(`Cannot read from ${from} as it must be a position of ${this.#name}`);
      }
      while (!signal.aborted) {
        // Taken before the page: a commit in between must not be slept through.
        const committed = this.#committed.promise;
        const rows = this.#rowsAfter(row, PAGE);
        row = rows.at(-1)?.number ?? row;
        const wanted = rows.filter((each) => kind === undefined || each.kind === kind);
        if (wanted.length > 0) yield wanted.map((each) => this.#eventOf(each));
        if (rows.length === PAGE) await nextTurn();
        else if (rows.length === 0) await Promise.race([committed, aborted.promise]);
      }
    } finally {
      signal.removeEventListener("abort", end);
    }
  }

  announce(announcement: Announcement): void {
    for (const listener of this.#listeners) listener(announcement);
  }

  listen(listener: (announcement: Announcement) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  query(query: RecordQuery): readonly string[] {
    return this.#reader.query(query);
  }

  history(query: HistoryQuery): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    return this.#history.history(query);
  }

  bars(symbol: string, from: number, to?: number): Iterable<Bar> {
    return this.#reader.bars(symbol, from, to);
  }

  volumes(symbol: string, from: number, to?: number): Iterable<BarVolumes> {
    return this.#reader.volumes(symbol, from, to);
  }

  lastTime(kind: RecordKind, symbol: string): number | undefined {
    return this.#reader.lastTime(kind, symbol);
  }

  checkpoint(symbol: string): Checkpoint | undefined {
    return this.#reader.checkpoint(symbol);
  }

  page(position: string, limit: number): EventPage | undefined {
    const row = this.#rowOf(position);
    if (row === undefined) return undefined;
    const events = this.#rowsAfter(row, limit).map((each) => this.#eventOf(each));
    return { events, complete: events.length < limit };
  }

  /** Commits what was appended and closes the file; the log must not be used after. */
  async close(): Promise<void> {
    this.#listeners.clear();
    this.#history.close();
    try {
      await this.#commits.flush();
      await this.#thread.close();
    } finally {
      this.#reader.close();
      this.#lock.close();
    }
  }

  async #commit(commit: Commit): Promise<void> {
    const numbers = await this.#thread.commit(commit);
    this.#tail.push(
      commit.rows.map((row, i) => ({ number: numbers[i] ?? 0, ...row }))
        .filter(({ number }) => number > 0),
    );
    const committed = this.#committed;
    this.#committed = Promise.withResolvers();
    committed.resolve();
  }

  #idOf(row: number): string {
    return `${this.#name}:${row}`;
  }

  /** The row of a position; undefined for what is no position of this log, or behind its end. */
  #rowOf(position: string): number | undefined {
    const [, name, digits] = /^(.+):(\d+)$/.exec(position) ?? [];
    const row = Number(digits);
    return name === this.#name && row <= this.#tail.last ? row : undefined;
  }

  #rowsAfter(row: number, limit: number): readonly JournalRow[] {
    return this.#tail.after(row, limit) ?? this.#reader.after(row, limit);
  }

  #eventOf({ number, kind, symbol, timestamp, json }: JournalRow): LogEvent {
    return { id: this.#idOf(number), kind, symbol, timestamp, json };
  }
}
