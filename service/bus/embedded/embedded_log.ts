import { basename } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Clock, systemClock } from "../../../data/common/clock.ts";
import type { Announcement } from "../../../data/schema/announcement.ts";
import type { Bar } from "../../../data/schema/bar.ts";
import type { DamageStatus } from "../../../data/schema/status.ts";
import { parseBar } from "../../../data/schema/parse.ts";
import { DAY_MINUTES, MINUTE_MS } from "../../../data/schema/time.ts";
import type { Log } from "../../log.ts";
import type { Checkpoint, EventLog, LogEvent, LogRecord, RecordKind } from "../event_log.ts";
import type {
  BarVolumes,
  EventFilter,
  EventPage,
  EventRange,
  HistoryQuery,
  RecordQuery,
  RecordStore,
} from "../record_store.ts";
import { CommitThread } from "./commit_thread.ts";
import type { Commit } from "./commit_worker.ts";
import { FileIdentity } from "./file_identity.ts";
import { GroupCommit } from "./group_commit.ts";
import { HistoryThread } from "./history_thread.ts";
import { connect, lockJournal, prepareJournal } from "./journal_file.ts";
import { searchTail } from "./event_search.ts";
import { JournalReader } from "./journal_reader.ts";
import type { JournalRow } from "./journal_row.ts";
import { LogTail } from "./log_tail.ts";
import { newEpoch, Positions } from "./positions.ts";
import { ReadPositions } from "./read_positions.ts";
import { StorageError } from "./storage_error.ts";

/** Rows that a reader gets at once. */
const PAGE = 1000;
/** Interval at which the file is looked for, and at which a fault is announced, ms. */
const WATCH_MS = 1000;
/** So long is shown what was found damaged, ms. */
const DAMAGE_SHOWN_MS = 7 * DAY_MINUTES * MINUTE_MS;

/** What a log works with. */
export interface EmbeddedLogOptions {
  readonly clock?: Clock;
  /** Receives what is wrong with the file, and what becomes of it. */
  readonly logger?: Log;
}

function lockFileOf(path: string): FileIdentity {
  return new FileIdentity([`${path}.lock`]);
}

/**
 * The bus of one process: a SQLite file behind both ports, in WAL mode, so that others may read
 * along. Commits are made by a thread of its own; reads are synchronous.
 */
export class EmbeddedLog implements EventLog, RecordStore {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #logger: Log | undefined;
  readonly #thread: CommitThread;
  readonly #commits: GroupCommit;
  readonly #watch: ReturnType<typeof setInterval>;
  /** Why the journal could not be written since it last could. */
  readonly #reasons = new Set<string>();
  #lock: DatabaseSync;
  #lockFile: FileIdentity;
  #reader: JournalReader;
  #damage: DamageStatus | null = null;
  /** Number of the last event that was checked in this run; undefined when all of them were. */
  #checked: number | undefined = 0;
  /** Whether something could not be read since the journal was last rewritten. */
  #damaged = false;
  readonly #tail: LogTail;
  readonly #history: HistoryThread;
  readonly #readers = new ReadPositions();
  readonly #listeners = new Set<(announcement: Announcement) => void>();
  /** Resolves with the next commit. */
  #committed = Promise.withResolvers<void>();
  readonly #positions: Positions;

  /**
   * Opens or creates a journal.
   *
   * @param path The file; its folder is made when missing.
   * @throws Error naming the file when it is no file, is newer or in use, or cannot be written.
   */
  constructor(path: string, { clock = systemClock, logger }: EmbeddedLogOptions = {}) {
    const { lock, damage } = prepareJournal(path);
    for (const message of damage) logger?.error(message);
    this.#path = path;
    this.#clock = clock;
    this.#logger = logger;
    this.#lock = lock;
    this.#lockFile = lockFileOf(path);
    this.#reader = this.#openReader();
    const { last, epochs } = this.#reader;
    const epoch = newEpoch(last);
    this.#positions = new Positions(basename(path).replace(/\.\w+$/, ""), [...epochs, epoch]);
    this.#tail = new LogTail(last);
    this.#thread = new CommitThread(path, epoch);
    this.#history = new HistoryThread(path, () => this.#damaged = true);
    this.#commits = new GroupCommit({
      commit: (commit) => this.#commit(commit),
      clock,
      onChange: () => this.#report(),
    });
    this.#watch = setInterval(() => {
      // What fails here fails the next append too, and that is reported.
      this.#look().catch(() => {});
    }, WATCH_MS);
  }

  get damage(): DamageStatus | null {
    if (this.#damage === null) return null;
    return this.#clock.now() - this.#damage.time < DAMAGE_SHOWN_MS ? this.#damage : null;
  }

  get start(): string {
    return this.#positions.of(0);
  }

  get end(): string {
    return this.#positions.of(this.#tail.last);
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
      backfill: record.backfill ?? false,
      json: JSON.stringify(record),
    }));
    await this.#commits.append({ rows, checkpoints });
  }

  room(): Promise<void> {
    return this.#commits.room();
  }

  waiting(symbol: string, after: number): readonly Bar[] {
    if (this.#commits.problem === null) return [];
    const bars: Bar[] = [];
    for (const { kind, symbol: of, timestamp, json } of this.#commits.rows()) {
      if (kind === "bar" && of === symbol && timestamp > after) bars.push(parseBar(json));
    }
    return bars;
  }

  async *read(
    from: string,
    signal: AbortSignal,
    kind?: RecordKind,
  ): AsyncGenerator<readonly LogEvent[]> {
    const reader = Symbol();
    const aborted = Promise.withResolvers<void>();
    const end = () => aborted.resolve();
    signal.addEventListener("abort", end);
    try {
      let row = this.#rowOf(from);
      while (!signal.aborted) {
        this.#readers.set(reader, row);
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
      this.#readers.delete(reader);
      signal.removeEventListener("abort", end);
    }
  }

  async drained(): Promise<void> {
    await this.#commits.settled();
    await this.#readers.reached(this.#tail.last);
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

  firstLive(symbol: string): number | undefined {
    return this.#reader.firstLive(symbol);
  }

  has(position: string): boolean {
    return this.#positions.rowOf(position, this.#tail.last) !== undefined;
  }

  page({ after, until, limit }: EventRange, filter: EventFilter): EventPage {
    const range = { after: this.#rowOf(after), until: this.#rowOf(until), limit };
    const { rows, reached } = searchTail(this.#tail, range, filter) ??
      this.#reader.search(range, filter);
    return {
      events: rows.map((row) => this.#eventOf(row)),
      position: this.#positions.of(reached),
    };
  }

  /**
   * Commits what was appended and closes the file; the log must not be used after. What the disk
   * refuses even now is given up: nobody has seen it, and a next start fetches it again.
   */
  async close(): Promise<void> {
    clearInterval(this.#watch);
    this.#listeners.clear();
    this.#history.close();
    try {
      const lost = await this.#commits.close();
      if (lost > 0) {
        const message =
          "the journal cannot be written; what waited is fetched again at the next start";
        this.#logger?.error(message, { file: this.#path, records: lost });
      }
      await this.#thread.close();
    } finally {
      this.#reader.close();
      this.#lock.close();
    }
  }

  async #commit(commit: Commit): Promise<void> {
    const numbers = await this.#write(commit);
    const rows = commit.rows.map((row, i) => ({ number: numbers[i] ?? 0, ...row }))
      .filter(({ number }) => number > 0);
    if (rows.length === 0) return;
    this.#tail.push(rows);
    const committed = this.#committed;
    this.#committed = Promise.withResolvers();
    committed.resolve();
  }

  /** Commits; a journal that is damaged or was removed is rewritten first. */
  async #write(commit: Commit): Promise<Float64Array> {
    if (this.#damaged) await this.#rebuild();
    try {
      return await this.#thread.commit(commit);
    } catch (error) {
      if (!(error instanceof StorageError) || error.fault === "refused") throw error;
      this.#logger?.error(error.message);
      await this.#rebuild();
      return await this.#thread.commit(commit);
    }
  }

  async #rebuild(): Promise<void> {
    this.#commits.report(`the journal ${this.#path} is rewritten`);
    if (this.#lockFile.changed() !== undefined) {
      const lock = lockJournal(this.#path);
      this.#lock.close();
      this.#lock = lock;
      this.#lockFile = lockFileOf(this.#path);
    }
    const message = await this.#thread.rebuild();
    const reader = this.#openReader();
    this.#reader.close();
    this.#reader = reader;
    this.#history.close();
    this.#damaged = false;
    this.#logger?.error(message);
  }

  #openReader(): JournalReader {
    const reader = new JournalReader(connect(this.#path), () => this.#damaged = true);
    this.#damage = reader.damage;
    return reader;
  }

  /**
   * Notices a file that was removed, and has a damaged one rewritten, between the commits. Each
   * time some events that nobody may have read for long are checked, all of them once a run.
   */
  async #look(): Promise<void> {
    if (this.#commits.problem !== null) return this.#announceProblem();
    if (!this.#commits.idle) return;
    if (this.#checked !== undefined && !this.#damaged) await this.#check(this.#checked);
    await this.#commits.append({ rows: [], checkpoints: [] });
  }

  async #check(after: number): Promise<void> {
    try {
      this.#checked = await this.#thread.check(after);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      // Anything else is met again by the next commit.
      if (error.fault === "damaged") this.#damaged = true;
    }
  }

  #report(): void {
    const { problem } = this.#commits;
    if (problem === null) {
      this.#logger?.info("the journal can be written again", { file: this.#path });
      this.#reasons.clear();
    } else if (!this.#reasons.has(problem.reason)) {
      const { reason: why, waiting } = problem;
      this.#logger?.error("bars and signals wait for the disk", { why, waiting });
      // Each attempt may end with another of a few reasons.
      this.#reasons.add(why);
    }
    this.#announceProblem();
  }

  #announceProblem(): void {
    this.announce({ kind: "storage", status: this.#commits.problem });
  }

  #rowOf(position: string): number {
    const row = this.#positions.rowOf(position, this.#tail.last);
    if (row !== undefined) return row;
    throw new RangeError(
      `Cannot read from ${position} as it must be a position of this journal: its end is ${this.end}`,
    );
  }

  #rowsAfter(row: number, limit: number): readonly JournalRow[] {
    return this.#tail.after(row, limit) ?? this.#reader.after(row, limit);
  }

  #eventOf({ number, ...record }: JournalRow): LogEvent {
    return { id: this.#positions.of(number), ...record };
  }
}
