import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import * as z from "zod/mini";
import { signalSchema } from "../../../data/schema/signal.ts";
import { FeedHub } from "../../../service/dashboard/client/feed_hub.ts";
import type { HubMessage, Link } from "../../../service/dashboard/client/link.ts";
import { ServiceProcess } from "../../support/service_process.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { until } from "../../support/until.ts";

const healthSchema = z.object({ subscribers: z.int() });

/** A page of a browser that shows one market. */
class FollowingPage {
  readonly messages: HubMessage[] = [];
  readonly #port: MessagePort;

  constructor(hub: FeedHub, symbol: string) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = ({ data }: MessageEvent<HubMessage>) => this.messages.push(data);
    hub.join(port2);
    this.follow(symbol);
    onTestFinished(() => this.leave());
  }

  follow(symbol: string): void {
    this.#port.postMessage(symbol);
  }

  leave(): void {
    this.#port.postMessage(null);
  }

  get links(): Link[] {
    return this.messages.flatMap((message) => message.kind === "link" ? [message.link] : []);
  }

  get opened(): number {
    return this.messages.filter(({ kind }) => kind === "opened").length;
  }

  /** Open times of the signals so far, ms UTC. */
  get minutes(): number[] {
    return this.messages.flatMap((message) =>
      message.kind === "event" && message.event === "signal"
        ? [signalSchema.parse(message.value).timestamp]
        : []
    );
  }

  /** Waits until the link is in a state. */
  linked(state: Link["state"]): Promise<Link> {
    return until(`the link to be ${state}`, () => {
      const link = this.links.at(-1);
      return link?.state === state ? link : undefined;
    });
  }
}

const STATUS = 'event: status\ndata: {"source":"binance"}\n\n';

/** An open stream of a server. */
interface ServedStream {
  readonly request: Request;
  send(text: string): void;
  end(): void;
  readonly cancelled: Promise<void>;
}

/** A server that refuses with the given answers in turn and streams from then on. */
function serve(...refusals: readonly (() => Response)[]) {
  const streams: ServedStream[] = [];
  const left = [...refusals];
  let requests = 0;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    requests++;
    const refusal = left.shift();
    if (refusal !== undefined) return refusal();
    const cancelled = Promise.withResolvers<void>();
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        const send = (text: string) => controller.enqueue(new TextEncoder().encode(text));
        const end = () => controller.close();
        streams.push({ request, send, end, cancelled: cancelled.promise });
        send(STATUS);
      },
      cancel: () => cancelled.resolve(),
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  });
  onTestFinished(() => server.shutdown());
  return {
    hub: new FeedHub(`http://127.0.0.1:${server.addr.port}`),
    streams,
    requests: () => requests,
    stream: (index: number) => until(`stream ${index}`, () => streams[index]),
  };
}

describe("the hub of a browser", () => {
  it("shares one connection and gives each page every minute of its market once", async () => {
    const symbols = ["BTCUSDT", "ETHUSDT", "PEPEUSDT"];
    const service = await ServiceProcess.start({
      SOURCE: "simulator",
      SIMULATOR_SPEED: "60",
      SYMBOLS: symbols.join(),
      DATA_DIR: temporaryFolder(),
    });
    const hub = new FeedHub(service.url);
    const pages: FollowingPage[] = [];
    for (const symbol of [...symbols, ...symbols]) {
      const page = new FollowingPage(hub, symbol);
      pages.push(page);
      await until(`two signals of ${symbol}`, () => page.minutes.length >= 2 || undefined);
    }
    pages[1]?.leave();
    pages[3]?.leave();
    const staying = pages.filter((_, index) => index !== 1 && index !== 3);
    const before = staying.map(({ minutes }) => minutes.length);
    await until(
      "more signals for those that stay",
      () =>
        staying.every(({ minutes }, at) => minutes.length >= (before[at] ?? 0) + 3) || undefined,
    );
    for (const { minutes, opened } of pages) {
      const first = minutes[0] ?? NaN;
      expect(minutes).toEqual(minutes.map((_, index) => first + index * 60_000));
      expect(opened).toBe(1);
    }
    // Those that stay are all served by one connection.
    await until("one subscriber", async () => {
      const { subscribers } = healthSchema.parse(await service.get("/healthz"));
      return subscribers === 1 || undefined;
    });
  });

  it("resumes after the last id when a page shows a further market", async () => {
    const { hub, stream } = serve();
    const first = new FollowingPage(hub, "BTCUSDT");
    const one = await stream(0);
    one.send('id: J:7\nevent: signal\ndata: {"symbol":"BTCUSDT"}\n\n');
    await until(
      "the signal",
      () =>
        first.messages.some((message) => message.kind === "event" && message.event === "signal") ||
        undefined,
    );
    const second = new FollowingPage(hub, "ETHUSDT");
    const two = await stream(1);
    await one.cancelled;
    expect(two.request.headers.get("last-event-id")).toBe("J:7");
    expect(new URL(two.request.url).searchParams.get("symbols")).toBe("BTCUSDT,ETHUSDT");
    await until("the second page to be open", () => second.opened === 1 || undefined);
    expect(first.opened).toBe(1);
  });

  it("has a page load again that may have missed an event without an id to resume from", async () => {
    const { hub, stream } = serve();
    const first = new FollowingPage(hub, "BTCUSDT");
    await stream(0);
    await until("the first page to be open", () => first.opened === 1 || undefined);
    new FollowingPage(hub, "ETHUSDT");
    expect((await stream(1)).request.headers.get("last-event-id")).toBeNull();
    await until("the first page to be open again", () => first.opened === 2 || undefined);
  });

  it("gives a page that joins the status at once, without another connection", async () => {
    const { hub, stream, requests } = serve();
    await new FollowingPage(hub, "BTCUSDT").linked("open");
    await stream(0);
    const second = new FollowingPage(hub, "BTCUSDT");
    await until("the status", () => second.messages.find(({ kind }) => kind === "event"));
    expect(second.opened).toBe(1);
    expect(requests()).toBe(1);
  });

  it("tells all pages when the service does not know a market", async () => {
    const { hub } = serve(() => new Response("", { status: 400 }));
    const pages = [new FollowingPage(hub, "BTCUSDT"), new FollowingPage(hub, "GONEUSDT")];
    await until(
      "both to be notified",
      () =>
        pages.every(({ messages }) => messages.some(({ kind }) => kind === "refused")) || undefined,
    );
  });

  it("ends its connection with the last page", async () => {
    const { hub, stream } = serve();
    const page = new FollowingPage(hub, "BTCUSDT");
    const { cancelled } = await stream(0);
    page.leave();
    await cancelled;
  });
});

describe("the hub's connection", () => {
  beforeEach(() => {
    vi.useFakeTimers({
      toFake: ["Date", "setTimeout", "clearTimeout", "setInterval", "clearInterval"],
    });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Waits for a state while virtual time passes. */
  async function pass(ms: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(ms);
  }

  it("is tried again after any refusal, and not before the service wants it", async () => {
    const { hub, requests } = serve(
      () => new Response("", { status: 503, headers: { "retry-after": "30" } }),
      () => new Response("", { status: 429 }),
      () => new Response("", { status: 404 }),
      () => new Response("<html>", { headers: { "content-type": "text/html" } }),
    );
    const page = new FollowingPage(hub, "BTCUSDT");
    expect(await page.linked("lost")).toMatchObject({ reason: "the service answered 503" });
    await pass(29_900);
    expect(requests()).toBe(1);
    const reasons = [
      "the service answered 429",
      "the service answered 404",
      "something else than the service answered",
    ];
    for (const reason of reasons) {
      await pass(5_000);
      await until(
        reason,
        () => page.links.find((link) => link.state === "lost" && link.reason === reason),
      );
    }
    await pass(12_000);
    await page.linked("open");
    await until("the page to be notified", () => page.opened === 1 || undefined);
    expect(requests()).toBe(5);
  });

  it("does without the market of a page that ended without a word", async () => {
    const { hub, stream } = serve(() => new Response("", { status: 400 }));
    const [page, gone] = [new FollowingPage(hub, "BTCUSDT"), new FollowingPage(hub, "GONEUSDT")];
    await gone.linked("lost");
    page.follow("BTCUSDT");
    await until("the page to be back", () => page.links.length >= 3 || undefined);
    await pass(2_000);
    const { request } = await stream(0);
    expect(new URL(request.url).searchParams.get("symbols")).toBe("BTCUSDT");
  });

  it("is silent after eight seconds without a byte, and replaced after twenty", async () => {
    const { hub, stream, requests } = serve();
    const page = new FollowingPage(hub, "BTCUSDT");
    const first = await stream(0);
    await until("the status", () => page.messages.find(({ kind }) => kind === "event"));
    await pass(7_000);
    expect(page.links.at(-1)).toEqual({ state: "open" });
    await pass(2_000);
    await page.linked("silent");
    // A comment is a sign of life.
    first.send(": heartbeat\n\n");
    await page.linked("open");
    await pass(21_000);
    expect(await page.linked("lost")).toMatchObject({ reason: "the service is silent" });
    await pass(2_000);
    await stream(1);
    await page.linked("open");
    expect(requests()).toBe(2);
  });

  it("ends with the service's goodbye, and comes back when it was asked to", async () => {
    const { hub, stream, requests } = serve();
    const page = new FollowingPage(hub, "BTCUSDT");
    const first = await stream(0);
    first.send('event: goodbye\ndata: {"reason":"shutdown","retry":20000}\n\n');
    expect(await page.linked("lost")).toMatchObject({ reason: "the service is shutting down" });
    await pass(19_900);
    expect(requests()).toBe(1);
    await pass(1_000);
    await stream(1);
    await page.linked("open");
  });

  it("starts over after a loss, with one message to each page to load what it missed", async () => {
    const { hub, stream } = serve();
    const pages = [new FollowingPage(hub, "BTCUSDT"), new FollowingPage(hub, "BTCUSDT")];
    const first = await stream(0);
    first.send('id: J:7\nevent: signal\ndata: {"symbol":"BTCUSDT"}\n\n');
    await until("both to be open", () => pages.every(({ opened }) => opened === 1) || undefined);
    first.end();
    await pages[0]?.linked("lost");
    await pass(2_000);
    expect((await stream(1)).request.headers.get("last-event-id")).toBeNull();
    await until(
      "both to be open again",
      () => pages.every(({ opened }) => opened === 2) || undefined,
    );
  });
});
