import type { Signal } from "../../../data/schema/signal.ts";
import type { Status } from "../../../data/schema/status.ts";
import { isSignal, isStatus } from "./decode.ts";

/** State of the page's own line to the service. */
export type Link =
  | { readonly state: "connecting" }
  | { readonly state: "open" }
  | { readonly state: "lost"; readonly since: number };

/** What a feed tells. */
export interface FeedListener {
  /** The line opened, for the first time or again: history may have a hole to fill. */
  opened(): void;
  lost(): void;
  signal(signal: Signal): void;
  nowcast(signal: Signal): void;
  status(status: Status): void;
}

/** A status comes every five seconds, so a line this long without an event is dead. */
const SILENCE_MS = 20_000;
const REOPEN_MS = 2_000;

/**
 * Subscribes to the live feed of a market and stays subscribed: the browser's
 * EventSource reconnects by itself after most errors; where it gives up, or the line
 * stays open but silent, a new one is opened. Returns the function that ends it.
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
    on(opened, "signal", isSignal, listener.signal);
    on(opened, "nowcast", isSignal, listener.nowcast);
    on(opened, "status", isStatus, listener.status);
  }

  function on<T>(
    from: EventSource,
    event: string,
    isValid: (value: unknown) => value is T,
    tell: (value: T) => void,
  ): void {
    from.addEventListener(event, ({ data }: MessageEvent<string>) => {
      lastEvent = Date.now();
      const value: unknown = JSON.parse(data);
      if (isValid(value)) tell(value);
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
  }, 1_000);

  open();
  return () => {
    clearInterval(watchdog);
    clearTimeout(reopening);
    source?.close();
  };
}
