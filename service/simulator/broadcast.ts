import type { VirtualClock } from "./clock.ts";
import type { Connection } from "./connection.ts";
import type { OutgoingFrame } from "./faults/frame_faults.ts";
import type { Feed } from "./feed.ts";
import { aggTradeFrame } from "./frames.ts";
import type { ExchangeTrade, Market, MarketSource } from "./source.ts";

/** About the most trades sent in one pass; the rest waits, so that REST and pings get their turn. */
const MAX_TRADES_A_PASS = 5000;

const encoder = new TextEncoder();

interface DueTrade {
  readonly symbol: string;
  readonly trade: ExchangeTrade;
}

/** Sends each trade, once its time has come, to the clients that subscribed to its market. */
export class Broadcast implements Feed {
  readonly #source: MarketSource;
  readonly #clock: VirtualClock;
  readonly #connections: ReadonlySet<Connection>;
  readonly #toldTime: (time: number) => number;
  /** Exchange time up to which (exclusive) every trade has been sent. */
  #sentUntil: number;

  /** @param toldTime The event time that frames tell at an exchange time. */
  constructor(
    source: MarketSource,
    clock: VirtualClock,
    connections: ReadonlySet<Connection>,
    toldTime: (time: number) => number,
  ) {
    this.#source = source;
    this.#clock = clock;
    this.#connections = connections;
    this.#toldTime = toldTime;
    this.#sentUntil = clock.now();
  }

  get sentUntil(): number {
    return this.#sentUntil;
  }

  /** Nothing happens while the clock stands. */
  pass(): void {
    if (!this.#clock.running) return;
    const now = this.#clock.now();
    const subscribers = this.#subscribers();
    const markets = [...subscribers.keys()].map((symbol) => this.#source.market(symbol))
      .filter((market) => market !== undefined);
    const until = this.#passEnd(markets, now + 1);
    const outbox = new Map<Connection, OutgoingFrame[]>();
    const eventTime = this.#toldTime(now);
    for (const due of this.#due(markets, until)) {
      addFrames(outbox, due, eventTime, subscribers.get(due.symbol) ?? []);
    }
    for (const connection of this.#connections) {
      connection.send(outbox.get(connection) ?? [], until - 1);
    }
    this.#sentUntil = until;
  }

  #subscribers(): Map<string, Connection[]> {
    const subscribers = new Map<string, Connection[]>();
    for (const connection of this.#connections) {
      for (const symbol of connection.symbols) {
        const others = subscribers.get(symbol);
        if (others) others.push(connection);
        else subscribers.set(symbol, [connection]);
      }
    }
    return subscribers;
  }

  /** How far a pass may go, given that trades come about evenly in time. */
  #passEnd(markets: readonly Market[], end: number): number {
    const start = this.#sentUntil;
    let trades = 0;
    for (const market of markets) trades += market.seek(end) - market.seek(start);
    if (trades <= MAX_TRADES_A_PASS) return Math.max(start, end);
    return start + Math.ceil((end - start) * MAX_TRADES_A_PASS / trades);
  }

  #due(markets: readonly Market[], until: number): DueTrade[] {
    const due: DueTrade[] = [];
    for (const market of markets) {
      const { symbol } = market.instrument;
      for (const trade of market.trades(market.seek(this.#sentUntil), market.seek(until))) {
        due.push({ symbol, trade });
      }
    }
    if (markets.length > 1) due.sort((a, b) => a.trade.time - b.trade.time);
    return due;
  }
}

/** Writes a trade once for all clients that want it in the same style. */
function addFrames(
  outbox: Map<Connection, OutgoingFrame[]>,
  { symbol, trade }: DueTrade,
  eventTime: number,
  connections: readonly Connection[],
): void {
  const written = new Map<string, OutgoingFrame>();
  for (const connection of connections) {
    const { combined, timeUnit } = connection.style;
    const key = `${combined} ${timeUnit}`;
    const frame = written.get(key) ?? {
      stream: symbol,
      time: trade.time,
      bytes: encoder.encode(aggTradeFrame(symbol, trade, eventTime, connection.style)),
    };
    written.set(key, frame);
    const frames = outbox.get(connection);
    if (frames) frames.push(frame);
    else outbox.set(connection, [frame]);
  }
}
