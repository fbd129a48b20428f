import type { Clock } from "../../data/common/clock.ts";
import type { ConnectionState } from "../../data/schema/status.ts";
import type { SocketEnd } from "../exchanges/exchange.ts";

/** Tracks the sockets of all symbols; the worst one determines the state of the connection. */
export class ConnectionTracker {
  readonly #origin: string;
  readonly #symbols: number;
  readonly #clock: Pick<Clock, "now">;
  /** The symbols of each open socket. */
  readonly #up = new Set<readonly string[]>();
  /** The symbols without an open socket, and why theirs ended or could not be opened. */
  readonly #down = new Map<readonly string[], SocketEnd>();
  #state: ConnectionState = "connecting";
  #message: string;
  #since: number;
  #disconnects = 0;
  /** When the next attempt of each group without an open socket is due, ms UTC of this machine. */
  readonly #attempts = new Map<readonly string[], number>();

  /**
   * @param origin Where the sockets connect to, for people.
   * @param symbols Number of symbols on all sockets together.
   */
  constructor(origin: string, symbols: number, clock: Pick<Clock, "now">) {
    this.#origin = origin;
    this.#symbols = symbols;
    this.#clock = clock;
    this.#message = `connecting to ${origin}`;
    this.#since = clock.now();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The state in one line, for people. */
  get message(): string {
    return this.#message;
  }

  /** Time of the last change of the state, ms UTC of this machine. */
  get since(): number {
    return this.#since;
  }

  /** Open sockets lost since the construction; failed attempts do not count. */
  get disconnects(): number {
    return this.#disconnects;
  }

  /** When the next attempt to connect is due, ms UTC of this machine; null while all are up. */
  get nextAttempt(): number | null {
    return this.#attempts.size === 0 ? null : Math.round(Math.min(...this.#attempts.values()));
  }

  /** The groups of symbols with an open socket. */
  get up(): Iterable<readonly string[]> {
    return this.#up;
  }

  /** A group of symbols has an open socket. */
  connected(symbols: readonly string[]): void {
    this.#up.add(symbols);
    this.#down.delete(symbols);
    this.#attempts.delete(symbols);
    this.#update();
  }

  /** A group of symbols has no open socket. */
  disconnected(symbols: readonly string[], end: SocketEnd): void {
    if (this.#up.delete(symbols)) this.#disconnects++;
    this.#down.set(symbols, end);
    this.#attempts.set(symbols, this.#clock.now() + end.retryMs);
    this.#update();
  }

  #update(): void {
    const ends = [...this.#down.values()];
    const end = ends.find(({ silent }) => !silent) ?? ends[0];
    if (end !== undefined) {
      const affected = Array.from(this.#down.keys()).flat();
      const share = affected.length === this.#symbols
        ? ""
        : ` (${affected.length} of ${this.#symbols} symbols: ${named(affected)})`;
      this.#set(end.silent ? "silent" : "disconnected", `${end.reason}; reconnecting${share}`);
    } else if (count(this.#up) === this.#symbols) {
      this.#set("live", `live from ${this.#origin}`);
    }
  }

  #set(state: ConnectionState, message: string): void {
    if (state !== this.#state) this.#since = this.#clock.now();
    this.#state = state;
    this.#message = message;
  }
}

/** Most symbols that a message names. */
const MAX_NAMED = 3;

function named(symbols: readonly string[]): string {
  const names = symbols.slice(0, MAX_NAMED).join(", ");
  return symbols.length > MAX_NAMED ? `${names} and others` : names;
}

function count(groups: Iterable<readonly string[]>): number {
  let symbols = 0;
  for (const group of groups) symbols += group.length;
  return symbols;
}
