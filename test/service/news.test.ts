import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { MINUTE_MS } from "../../data/schema/time.ts";
import { simulatedMarket } from "../../service/simulator/simulated/source.ts";
import { startSimulator } from "../../service/simulator/simulator.ts";
import { readEvents } from "../support/event_stream.ts";
import { ServiceProcess } from "../support/service_process.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const record = z.looseObject({
  symbol: z.string(),
  timestamp: z.int(),
  backfill: z.literal(true).optional(),
});
type Received = z.infer<typeof record> & { readonly event: string };

async function setUp() {
  const exchange = await startSimulator({
    source: simulatedMarket({ seed: 5, symbols: ["BTCUSDT", "ETHUSDT"] }),
    speed: 300,
  });
  onTestFinished(() => exchange.close());
  const env = {
    SOURCE: "binance",
    BINANCE_WS_URL: exchange.wsUrl,
    BINANCE_REST_URL: exchange.url,
    DATA_DIR: temporaryFolder(),
  };
  return (symbols = "BTCUSDT") => ServiceProcess.start({ ...env, SYMBOLS: symbols });
}

/** Follows bars and signals, over restarts too, and keeps all of them. */
class Follower {
  readonly received: Received[] = [];
  readonly ids = new Set<string>();
  readonly #query: string;
  readonly #twice: string[] = [];
  #last: string | undefined;

  constructor(query = "") {
    this.#query = query;
  }

  /** Follows a service until that ends; it resumes when it is dropped for being slow. */
  follow(service: ServiceProcess): void {
    let ended = false;
    service.ended.then(() => ended = true);
    const follow = async () => {
      while (!ended) {
        // It breaks off when the service is killed.
        await this.#read(service.url).catch(() => {});
        await sleep(100);
      }
    };
    void follow();
  }

  async #read(url: string): Promise<void> {
    const path = `/api/v1/stream?events=bar,signal${this.#query}`;
    for await (const { id = "", event, data } of readEvents(url + path, this.#last)) {
      if (this.ids.has(id)) this.#twice.push(id);
      this.ids.add(id);
      this.#last = id;
      this.received.push({ event, ...record.parse(JSON.parse(data)) });
    }
  }

  /** What it has of a kind and a market. */
  of(event: "bar" | "signal", market = "BTCUSDT"): readonly Received[] {
    return this.received.filter((each) => each.event === event && each.symbol === market);
  }

  /** Waits until it has some more live signals of a market, and so their bars. */
  async more(count: number, market?: string): Promise<void> {
    const live = () => this.of("signal", market).filter(({ backfill }) => !backfill).length;
    const start = live();
    await until("live signals", () => live() >= start + count || undefined);
    expect(this.#twice).toEqual([]);
  }
}

/** Minutes in order without a gap; those before a first one are history, and no others. */
function expectRun(received: readonly Received[], firstLive: number): void {
  const first = received[0]?.timestamp ?? NaN;
  expect(received.map(({ timestamp }) => timestamp)).toEqual(
    received.map((_, i) => first + i * MINUTE_MS),
  );
  for (const { timestamp, backfill } of received) {
    expect(backfill).toBe(timestamp < firstLive ? true : undefined);
  }
}

test(
  "a first start brings live clients no history; who asks for it gets all of it, marked",
  async () => {
    const start = await setUp();
    const service = await start();
    const [live, all] = [new Follower(), new Follower("&since=0")];
    for (const follower of [live, all]) follower.follow(service);
    await Promise.all([live.more(5), all.more(5)]);
    const firstLive = live.received[0]?.timestamp ?? NaN;
    for (const kind of ["bar", "signal"] as const) {
      expectRun(live.of(kind), firstLive);
      expectRun(all.of(kind), firstLive);
      expect(live.of(kind)[0]?.timestamp).toBe(firstLive);
      expect(all.of(kind).filter(({ backfill }) => backfill)).toHaveLength(8 * 1440);
    }
    const kept = z.array(record).parse(await service.get("/api/v1/bars?limit=20"));
    expectRun(kept.map((bar) => ({ event: "bar", ...bar })), firstLive);
  },
  600_000,
);

test(
  "killed while it loads history, and again later: history stays history, what was missed is news, all once",
  async () => {
    const start = await setUp();
    const [live, all] = [new Follower(), new Follower("&since=0")];
    let service = await start();
    for (const follower of [live, all]) follower.follow(service);
    await until("the first history", () => all.received.length > 0 || undefined);
    await service.kill("SIGKILL");
    expect(live.received).toEqual([]);
    for (let run = 0; run < 2; run++) {
      service = await start();
      for (const follower of [live, all]) follower.follow(service);
      await Promise.all([live.more(4), all.more(4)]);
      await service.kill("SIGKILL");
    }
    const firstLive = live.received[0]?.timestamp ?? NaN;
    for (const kind of ["bar", "signal"] as const) {
      expectRun(live.of(kind), firstLive);
      expectRun(all.of(kind), firstLive);
      expect(live.of(kind)[0]?.timestamp).toBe(firstLive);
    }
  },
  600_000,
);

test("a market that is added later has a history of its own", async () => {
  const start = await setUp();
  const [live, all] = [new Follower(), new Follower("&since=0")];
  const first = await start();
  for (const follower of [live, all]) follower.follow(first);
  await Promise.all([live.more(2), all.more(2)]);
  await first.kill("SIGKILL");
  const second = await start("BTCUSDT,ETHUSDT");
  for (const follower of [live, all]) follower.follow(second);
  for (const market of ["BTCUSDT", "ETHUSDT"]) {
    await Promise.all([live.more(2, market), all.more(2, market)]);
    const firstLive = live.of("bar", market)[0]?.timestamp ?? NaN;
    for (const kind of ["bar", "signal"] as const) {
      expectRun(live.of(kind, market), firstLive);
      expectRun(all.of(kind, market), firstLive);
      expect(live.of(kind, market)[0]?.timestamp).toBe(firstLive);
      expect(all.of(kind, market)[0]?.backfill).toBe(true);
    }
  }
}, 600_000);
