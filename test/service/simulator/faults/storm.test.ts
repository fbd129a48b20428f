import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import type { Simulator } from "../../../../service/simulator/simulator.ts";
import { parseFaults } from "../../../../service/simulator/faults/parse.ts";
import { recordedMarket } from "../../../../service/simulator/recorded/source.ts";
import { loadTrades } from "../../../support/history.ts";
import { realDataTest, sharedData } from "../../../support/shared_data.ts";
import { running } from "../running.ts";

const STORM = `
  seed=11
  drop 1%; duplicate 1%; reorder 1% within 8; delay 0.5% by 200ms..2s; garbage 0.1%
  truncate 0.1%; wrong-types 0.1%; absurd-prices 0.1%
  stall 30s every 1h; close 1000 every 10m; reset every 11m; shutdown every 59m lead 1m
  lifetime 9m
  refuse 429 5%; refuse 451 at 2h for 10m
  rest 500 10%; rest 429 10%; rest break 10%; rest timeout 1%; rest 418 5%; rest lag 3s
`;

const FILE = "trades/BTCUSDT-usdm-trades-2020-02-22.csv.gz";

const TRADE =
  /^\{"e":"aggTrade","E":\d+,"s":"BTCUSDT","a":(\d+),"p":"(\d+\.\d{8})","q":"(\d+\.\d{8})","f":\d+,"l":\d+,"T":(\d+),"m":(true|false),"M":true\}$/;

/** A client as simple as can be: it connects again whenever it is cut, and keeps what is a trade. */
class Listener {
  readonly received = new Map<number, string>();
  frames = 0;
  readonly #url: string;
  #socket: WebSocket | undefined;

  constructor(url: string) {
    this.#url = url;
    this.#connect();
    onTestFinished(() => {
      this.#socket?.removeAllListeners("close");
      this.#socket?.terminate();
    });
  }

  get open(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  #connect(): void {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.on("message", (data) => {
      this.frames++;
      const [, id, ...rest] = TRADE.exec(String(data)) ?? [];
      // 0 and -1 do not pass the expression; a price of zero does.
      if (id !== undefined && Number(rest[0]) > 0) this.received.set(Number(id), rest.join(" "));
    });
    socket.on("error", () => {});
    socket.on("close", () => this.#connect());
  }
}

/** A page of trades over a REST that fails often. */
async function page(exchange: Simulator, fromId: number): Promise<Map<number, string>> {
  for (;;) {
    const signal = AbortSignal.timeout(2000);
    const query = `symbol=BTCUSDT&limit=1000&fromId=${fromId}`;
    try {
      const response = await fetch(`${exchange.url}/api/v3/aggTrades?${query}`, { signal });
      const rows: unknown = await response.json();
      if (!response.ok || !Array.isArray(rows)) continue;
      return new Map(rows.map(({ a, p, q, T, m }) => [a, `${p} ${q} ${T} ${m}`]));
    } catch {
      continue;
    }
  }
}

realDataTest(
  "a real day in a storm: every valid frame is a recorded trade, and REST has the others",
  [FILE],
  async () => {
    const expected = new Map<number, string>();
    for (const { id, price, quantity, time, buyerIsMaker } of await loadTrades(sharedData(FILE))) {
      expected.set(id, `${price.toFixed(8)} ${quantity.toFixed(8)} ${time} ${buyerIsMaker}`);
    }
    expect(expected.size).toBe(137_988);
    const source = await recordedMarket({ trades: [sharedData(FILE)] });
    const { exchange, timers } = await running({
      source,
      speed: 1000,
      faults: parseFaults(STORM),
      limits: { pongTimeoutMs: Infinity },
    });
    const listener = new Listener(`${exchange.wsUrl}/ws/btcusdt@aggTrade`);
    while (!listener.open) await pause(1);
    for (let pass = 0; pass < 87_000 / 20; pass++) {
      timers.advance(20);
      // Not a wait for something, but a turn for the sockets, so that cut connections come back.
      await pause(1);
    }
    await expect.poll(() => listener.open).toBe(true);
    for (const [id, trade] of listener.received) expect(trade).toBe(expected.get(id));
    const { counts, disconnects } = exchange.faults;
    expect(disconnects).toBeGreaterThanOrEqual(200);
    for (const kind of ["drop", "duplicate", "reorder"]) {
      expect(counts[kind]).toBeGreaterThan(0.007 * listener.frames);
    }

    // The newest three seconds lag for ever, as the clock stands.
    const last =
      [...expected].findLast(([, trade]) =>
        Number(trade.split(" ")[2]) <= (source.recording?.to ?? NaN) - 3000
      )?.[0] ?? NaN;
    const missing = [...expected.keys()].filter((id) => id <= last && !listener.received.has(id));
    expect(missing.length).toBeGreaterThan(0.01 * expected.size);
    let rows = new Map<number, string>();
    for (const id of missing) {
      if (!rows.has(id)) rows = await page(exchange, id);
      expect(rows.get(id)).toBe(expected.get(id));
    }
    for (const [kind, count] of Object.entries(counts)) {
      expect([kind, count]).not.toEqual([
        kind,
        0,
      ]);
    }
  },
);
