import type { Signal } from "../../../data/schema/signal.ts";
import type { Status } from "../../../data/schema/status.ts";
import { decodeSignal, decodeStatus } from "./decode.ts";
import { FeedHub } from "./feed_hub.ts";
import type { HubMessage, Link } from "./link.ts";

/** Receives the events of a feed. */
export interface FeedListener {
  /** The state of the connection changed. */
  link(link: Link): void;
  /** The connection opened, for the first time or again: the history may have a gap. */
  opened(): void;
  /** The service does not know one of the markets that the pages of this browser show. */
  refused(): void;
  signal(signal: Signal): void;
  nowcast(signal: Signal): void;
  status(status: Status): void;
}

/** A hub without a sign of life for this long is gone, ms: its process may have ended. */
const HUB_GONE_MS = 15_000;
/** Time between two looks, ms. */
const LOOK_MS = 1_000;

/** The hub of this page alone, where the browser has no shared workers. */
let ownHub: FeedHub | undefined;

/**
 * Connects to the hub of this browser.
 *
 * @param onFailure Called when its script cannot be loaded; the next call gives a hub of this page.
 */
function connectHub(onFailure: () => void): MessagePort {
  const script = document.querySelector<HTMLMetaElement>('meta[name="feed-worker"]')?.content;
  if (ownHub === undefined && script !== undefined && typeof SharedWorker !== "undefined") {
    const worker = new SharedWorker(script);
    worker.onerror = () => {
      ownHub ??= new FeedHub(location.origin);
      onFailure();
    };
    return worker.port;
  }
  const { port1, port2 } = new MessageChannel();
  ownHub ??= new FeedHub(location.origin);
  ownHub.join(port2);
  return port1;
}

/**
 * Subscribes to the live feed of a market until it is closed. Events of another shape are dropped.
 *
 * @returns Closes the feed.
 */
export function openFeed(symbol: string, listener: FeedListener): () => void {
  let port: MessagePort | undefined;
  let heard = 0;

  function open(): void {
    close();
    heard = Date.now();
    const opened = port = connectHub(() => {
      if (port === opened) open();
    });
    opened.onmessage = ({ data }: MessageEvent<HubMessage>) => take(data);
    opened.postMessage(symbol);
  }

  function close(): void {
    if (port === undefined) return;
    port.onmessage = null;
    port.postMessage(null);
    port = undefined;
  }

  function take(message: HubMessage): void {
    heard = Date.now();
    if (message.kind === "link") return listener.link(message.link);
    if (message.kind === "opened") return listener.opened();
    if (message.kind === "refused") {
      port?.postMessage(symbol);
      return listener.refused();
    }
    if (message.kind === "beat") return;
    const { event, value } = message;
    if (event === "status") {
      const status = decodeStatus(value);
      if (status !== undefined) listener.status(status);
      return;
    }
    const signal = decodeSignal(value);
    if (signal === undefined) return;
    if (event === "signal") listener.signal(signal);
    else if (event === "nowcast") listener.nowcast(signal);
  }

  const watchdog = setInterval(() => {
    if (port !== undefined && Date.now() - heard > HUB_GONE_MS) open();
  }, LOOK_MS);
  // A page in the browser's history must not hold its place, and needs a new one when it is back.
  const onShow = ({ persisted }: PageTransitionEvent) => {
    if (persisted) open();
  };
  addEventListener("pagehide", close);
  addEventListener("pageshow", onShow);

  open();
  return () => {
    clearInterval(watchdog);
    removeEventListener("pagehide", close);
    removeEventListener("pageshow", onShow);
    close();
  };
}
