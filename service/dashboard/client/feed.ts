import type { Signal } from "../../../data/schema/signal.ts";
import type { Status } from "../../../data/schema/status.ts";
import { decodeSignal, decodeStatus } from "./decode.ts";

/** State of the page's connection to the service. */
export type Link =
  | { readonly state: "connecting" }
  | { readonly state: "open" }
  /** `since`: when it was lost, ms UTC of this browser. */
  | { readonly state: "lost"; readonly since: number };

/** Receives the events of a feed. */
export interface FeedListener {
  /** The connection opened, for the first time or again: the history may have a gap. */
  opened(): void;
  /** The connection was lost. Called again on each failed attempt to reconnect. */
  lost(): void;
  signal(signal: Signal): void;
  nowcast(signal: Signal): void;
  status(status: Status): void;
}

/** A connection without an event for this long is dead: a status is due every five seconds. */
const SILENCE_MS = 20_000;
/** Delay before a new connection, ms. */
const REOPEN_MS = 2_000;
/** Time between two checks for silence, ms. */
const WATCHDOG_MS = 1_000;

/**
 * Subscribes to the live feed of a market until it is closed. The browser's EventSource
 * reconnects after most errors. When it gives up, or the connection is open but silent, this
 * opens a new one. Events of another shape are dropped.
 *
 * @returns Closes the feed.
 */
export function openFeed(symbol: string, listener: FeedListener): () => void {
  const query = new URLSearchParams({ symbols: symbol, events: "signal,nowcast,status" });
  let source: EventSource | undefined;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  let lastEvent = Date.now();

  function open(): void {
    reopening = undefined;
    lastEvent = Date.now();
    const opened = source = new EventSource(`/api/v1/stream?${query}`);
    opened.onopen = () => {
      lastEvent = Date.now();
      listener.opened();
    };
    opened.onerror = () => {
      listener.lost();
      if (opened.readyState === EventSource.CLOSED) reopen();
    };
    on(opened, "signal", decodeSignal, listener.signal);
    on(opened, "nowcast", decodeSignal, listener.nowcast);
    on(opened, "status", decodeStatus, listener.status);
  }

  function on<T>(
    from: EventSource,
    event: string,
    decode: (value: unknown) => T | undefined,
    handle: (value: T) => void,
  ): void {
    from.addEventListener(event, ({ data }: MessageEvent<string>) => {
      lastEvent = Date.now();
      const value = decode(JSON.parse(data));
      if (value !== undefined) handle(value);
    });
  }

  function reopen(): void {
    source?.close();
    reopening ??= setTimeout(open, REOPEN_MS);
  }

  const watchdog = setInterval(() => {
    if (reopening !== undefined || Date.now() - lastEvent < SILENCE_MS) return;
    listener.lost();
    reopen();
  }, WATCHDOG_MS);

  open();
  return () => {
    clearInterval(watchdog);
    clearTimeout(reopening);
    source?.close();
  };
}
