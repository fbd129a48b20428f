/**
 * Follows the feed and keeps every signal exactly once, whatever is restarted: this program, the
 * service or the network between them.
 *
 *   deno run --allow-net --allow-read=. --allow-write=. examples/consume.ts [URL] [FILE]
 *
 * URL is the service, by default http://localhost:8501. FILE is a SQLite database, by default
 * signals.sqlite. The program runs until it is stopped.
 *
 * How exactly once comes about: each signal has an id, and a stream that is asked for with the
 * Last-Event-ID header continues after that id. So the last id is written in the same transaction
 * as the effect of its event. After a crash either both are there or neither is. The database is in
 * WAL mode, so that others may read it meanwhile.
 *
 * To do something else with a signal, change `apply`. An effect outside of the database (an order,
 * a message) cannot be in the transaction: give it the event's id as its idempotency key.
 */
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";

/** The service sends a comment at least every 15 s; after three without one the line is dead. */
const QUIET_MS = 45_000;
/** Pause before the next attempt, ms. */
const RETRY_MS = 2_000;

/** An event that has an id. */
interface Event {
  readonly id: string;
  /** JSON. */
  readonly data: string;
}

/** A database with the effect of the events, and the place in the stream up to which it has them. */
class Store {
  readonly #database: DatabaseSync;

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA busy_timeout = 5000;
      CREATE TABLE IF NOT EXISTS signals (id TEXT PRIMARY KEY, json TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS place (row INTEGER PRIMARY KEY CHECK (row = 1), id TEXT NOT NULL);
    `);
  }

  /** Id of the last event whose effect is in the database; undefined before the first. */
  get lastId(): string | undefined {
    const id = this.#database.prepare("SELECT id FROM place").get()?.["id"];
    return typeof id === "string" ? id : undefined;
  }

  /** Applies an event and moves on behind it, both or neither. */
  take(event: Event): void {
    this.#database.exec("BEGIN IMMEDIATE");
    this.#apply(event);
    this.#database.prepare("INSERT OR REPLACE INTO place VALUES (1, ?)").run(event.id);
    this.#database.exec("COMMIT");
  }

  /** The effect. An id that is there already would be an error: it cannot come twice. */
  #apply({ id, data }: Event): void {
    this.#database.prepare("INSERT INTO signals VALUES (?, ?)").run(id, data);
  }
}

/** Parses a stream of server-sent events; a comment other than the heartbeat goes to stderr. */
async function* parseEvents(text: AsyncIterable<string>): AsyncGenerator<Event> {
  let rest = "";
  for await (const chunk of text) {
    const blocks = (rest + chunk).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = new Map<string, string>();
      for (const line of block.split("\n")) {
        const [, name = "", value = ""] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
        if (name !== "") fields.set(name, value);
        else if (value !== "heartbeat") console.error(`the service says: ${value}`);
      }
      const [id, data] = [fields.get("id"), fields.get("data")];
      if (id !== undefined && data !== undefined) yield { id, data };
    }
  }
}

/** Reads the stream behind an id until the connection ends. */
async function* readStream(url: string, lastId: string | undefined): AsyncGenerator<Event> {
  const silence = new AbortController();
  const abort = () =>
    silence.abort(new Error(`Cannot read the stream: no byte for ${QUIET_MS / 1000} s`));
  let watchdog = setTimeout(abort, QUIET_MS);
  try {
    const response = await fetch(url, {
      headers: lastId === undefined ? {} : { "last-event-id": lastId },
      signal: silence.signal,
    });
    // 429 says that this address has too many requests under way, which passes.
    if (response.status >= 400 && response.status < 500 && response.status !== 429) {
      console.error(`the service refuses the request: ${await response.text()}`);
      Deno.exit(1);
    }
    if (!response.ok || response.body === null) {
      throw new Error(`Cannot read the stream: HTTP ${response.status}`);
    }
    const text = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(
      new TransformStream<string, string>({
        transform(chunk, controller) {
          clearTimeout(watchdog);
          watchdog = setTimeout(abort, QUIET_MS);
          controller.enqueue(chunk);
        },
      }),
    );
    yield* parseEvents(text);
    throw new Error("Cannot read the stream: the service closed it");
  } finally {
    clearTimeout(watchdog);
  }
}

/** All events from where the store stands on, over as many connections as it takes. */
async function* follow(url: string, store: Store): AsyncGenerator<Event> {
  for (;;) {
    try {
      yield* readStream(url, store.lastId);
    } catch (error) {
      console.error(`${error instanceof Error ? error.message : error}; connecting again`);
      await delay(RETRY_MS);
    }
  }
}

const [service = "http://localhost:8501", file = "signals.sqlite"] = Deno.args;
const store = new Store(file);
for await (const event of follow(`${service}/api/v1/stream?events=signal`, store)) {
  store.take(event);
  console.log(event.data);
}
