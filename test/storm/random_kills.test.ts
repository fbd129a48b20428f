/** Thirty kills at random moments: nothing that was published is lost or doubled. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { MINUTE_MS } from "../../data/schema/time.ts";
import { EmbeddedLog } from "../../service/bus/embedded/embedded_log.ts";
import { simulatedMarket } from "../../service/simulator/simulated/source.ts";
import { startSimulator } from "../../service/simulator/simulator.ts";
import { readEvents } from "../support/event_stream.ts";
import { expectWholeJournal, type ReceivedEvent } from "../support/journal.ts";
import { eventsOf, everythingOf } from "../support/log_events.ts";
import { ServiceProcess } from "../support/service_process.ts";
import { CAN_MOUNT, SmallDisk } from "../support/small_disk.ts";
import { computeBars, exact } from "../support/storm.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const SYMBOLS = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];
/** Five minutes of the market a second. */
const SPEED = 300;
const KILLS = { firstStart: 8, midMinute: 8, midBackfill: 7, fullDisk: 7 };

/** Uniform numbers from 0 to 1 (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A client that resumes by id whenever it is cut off, as a careful consumer does. */
class Subscriber {
  readonly received: ReceivedEvent[] = [];
  readonly #query: string;
  readonly #urlOf: () => string | undefined;
  readonly #running: Promise<void>;
  #ended = false;

  constructor(query: string, urlOf: () => string | undefined) {
    this.#query = query;
    this.#urlOf = urlOf;
    this.#running = this.#run();
  }

  /** Waits until the service has ended its stream, for good. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#ended) {
      const url = this.#urlOf();
      try {
        if (url === undefined) throw new Error("not up");
        const from = this.received.at(-1)?.id;
        for await (const { id, data } of readEvents(`${url}/api/v1/stream?${this.#query}`, from)) {
          if (id !== undefined) this.received.push({ id, data });
        }
      } catch {
        // It was killed, or is not up again.
      }
      await sleep(20);
    }
  }
}

test("30 kills in a first start, in mid-minute, in mid-backfill and on a full disk lose and double nothing", async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  console.log(`seed ${seed}`);
  const random = randomOf(seed);
  const between = (least: number, most: number) => sleep(least + (most - least) * random());
  const source = simulatedMarket({ seed: 7, symbols: SYMBOLS });
  const exchange = await startSimulator({ source, speed: SPEED });
  onTestFinished(() => exchange.close());
  const began = exchange.now();
  const disk = CAN_MOUNT ? new SmallDisk(96) : undefined;
  const folder = join(disk?.folder ?? temporaryFolder(), "store");
  const env = {
    ...{ SOURCE: "binance", HISTORY_DAYS: "1", DATA_DIR: folder, LOG_LEVEL: "ERROR" },
    ...{ SYMBOLS: SYMBOLS.join(","), BINANCE_WS_URL: exchange.wsUrl },
    BINANCE_REST_URL: exchange.url,
  };
  let service: ServiceProcess | undefined;
  const urlOf = () => service?.url;
  const start = async () => service = await ServiceProcess.start(env);
  const ready = async () => {
    const running = service ?? await start();
    await until("readiness", async () => (await fetch(`${running.url}/readyz`)).ok || undefined);
  };
  let kills = 0;
  const kill = async () => {
    const output = service?.output ?? "";
    await service?.kill("SIGKILL").catch(() => {
      throw new Error(`the service had ended by itself: ${output}`);
    });
    service = undefined;
    kills++;
  };
  const all = new Subscriber("events=bar,signal&since=0", urlOf);
  const news = new Subscriber("events=bar,signal", urlOf);
  const signals = new Subscriber("events=signal&symbols=ETHUSDT", urlOf);

  for (let i = 0; i < KILLS.firstStart; i++) {
    await start();
    await between(0, 1500);
    await kill();
  }
  await ready();
  for (let i = 0; i < KILLS.midMinute; i++) {
    await ready();
    await between(0, 3000);
    await kill();
  }
  for (let i = 0; i < KILLS.midBackfill; i++) {
    // Up to half an hour without the service.
    await between(1000, 6000);
    await start();
    await between(0, 1500);
    await kill();
  }
  for (let i = 0; i < (disk === undefined ? 0 : KILLS.fullDisk); i++) {
    await ready();
    disk?.fill();
    // What is free inside of the journal's own files lasts for a while.
    const { url } = service ?? await start();
    await until("the full disk", async () => (await fetch(`${url}/readyz`)).ok ? undefined : true);
    await between(0, 3000);
    await kill();
    // Half of the time the next start finds the disk still full, and may not be able to begin.
    if (i % 2 === 0) await start().then(() => between(0, 1000)).then(kill, () => {});
    disk?.makeRoom();
  }
  await ready();
  await between(2000, 3000);
  const running = service ?? await start();
  expect(await running.kill("SIGTERM")).toBe(0);
  await Promise.all([all, news, signals].map((each) => each.end()));
  console.log(
    `${kills} kills; received: ${[all, news, signals].map(({ received }) => received.length)}`,
  );
  expect(kills).toBeGreaterThanOrEqual(disk === undefined ? 23 : 30);

  const path = join(folder, "binance.sqlite");
  for (const { received } of [all, news, signals]) {
    await expectWholeJournal(path, received, SYMBOLS);
  }
  const journal = new EmbeddedLog(path);
  onTestFinished(() => journal.close());
  const filter = everythingOf(...SYMBOLS);
  const wanted = (filter: Parameters<typeof eventsOf>[1]) =>
    eventsOf(journal, { limit: 1000, ...filter }).map(({ id }) => id);
  const idsOf = ({ received }: Subscriber) => received.map(({ id }) => id);
  // Each client has every event that is for it, in order, once, from its first one on.
  const expectAll = (subscriber: Subscriber, expected: readonly string[]) => {
    const [first] = idsOf(subscriber);
    expect(idsOf(subscriber)).toEqual(expected.slice(expected.indexOf(first ?? "")));
  };
  expectAll(all, wanted({ filter }));
  expectAll(news, wanted({ filter: { ...filter, since: undefined } }));
  expectAll(
    signals,
    wanted({
      filter: { kinds: new Set(["signal"]), symbols: new Set(["ETHUSDT"]), since: undefined },
    }),
  );
  // And the bars are the market's.
  for (const symbol of SYMBOLS) {
    const bars = [...journal.bars(symbol, began + MINUTE_MS)];
    const last = bars.at(-1)?.timestamp ?? 0;
    const truth = computeBars(source, symbol, bars[0]?.timestamp ?? 0, last + MINUTE_MS);
    const withoutIds = { first_trade_id: undefined, last_trade_id: undefined };
    expect(bars.map((bar) => ({ ...exact(bar), ...(bar.quality === "kline" && withoutIds) })))
      .toEqual(truth.map((bar, i) => ({
        ...bar,
        ...(bars[i]?.quality === "kline" && withoutIds),
      })));
    const counts = Object.groupBy(bars, ({ quality }) => quality);
    console.log(symbol, Object.entries(counts).map(([name, list]) => `${name} ${list?.length}`));
  }
});
