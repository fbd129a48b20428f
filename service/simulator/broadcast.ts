import type { VirtualClock } from "./clock.ts";
import type { ClientConnection } from "./client_connection.ts";
import type { OutgoingFrame } from "./faults/frame_faults.ts";
import { aggTradeFrame } from "./frames.ts";
import type { ExchangeTrade, Market, MarketSource } from "./source.ts";

/** Sends clients the events of the exchange as its clock runs. */
export interface Feed {
  /** Exchange time up to which (exclusive) everything has been sent, ms UTC. */
  readonly sentUntil: number;
  /** Sends the events since the last pass. */
  pass(): void;
}

/** Approximate limit of trades in one pass, so that REST and pings are not delayed. */
const MAX_TRADES_A_PASS = 5000;

const encoder = new TextEncoder();

interface DueTrade {
  readonly symbol: string;
  readonly trade: ExchangeTrade;
}

/** Sends each trade at its time to the clients that subscribed to its market. */
export class Broadcast implements Feed {
  readonly #source: MarketSource;
  readonly #clock: VirtualClock;
  readonly #connections: ReadonlySet<ClientConnection>;
  readonly #reportedTime: (time: number) => number;
  /** Exchange time up to which (exclusive) every trade has been sent. */
  #sentUntil: number;

  /** @param reportedTime The event time in frames at an exchange time. */
  constructor(
    source: MarketSource,
    clock: VirtualClock,
    connections: ReadonlySet<ClientConnection>,
    reportedTime: (time: number) => number,
  ) {
    this.#source = source;
    this.#clock = clock;
    this.#connections = connections;
    this.#reportedTime = reportedTime;
    this.#sentUntil = clock.now();
  }

  get sentUntil(): number {
    return this.#sentUntil;
  }

  /** Sends nothing before the clock runs. */
  pass(): void {
    if (!this.#clock.running) return;
    const now = this.#clock.now();
    const subscribers = this.#subscribers();
    const markets = [...subscribers.keys()].map((symbol) => this.#source.market(symbol))
      .filter((market) => market !== undefined);
    const until = this.#passEnd(markets, now + 1);
    const outbox = new Map<ClientConnection, OutgoingFrame[]>();
    const eventTime = this.#reportedTime(now);
    for (const due of this.#due(markets, until)) {
      addFrames(outbox, due, eventTime, subscribers.get(due.symbol) ?? []);
    }
    for (const connection of this.#connections) {
      connection.send(outbox.get(connection) ?? [], until - 1);
    }
    this.#sentUntil = until;
  }

  #subscribers(): Map<string, ClientConnection[]> {
    const subscribers = new Map<string, ClientConnection[]>();
    for (const connection of this.#connections) {
      for (const symbol of connection.symbols) {
        const others = subscribers.get(symbol);
        if (others) others.push(connection);
        else subscribers.set(symbol, [connection]);
      }
    }
    return subscribers;
  }

  /** End of a pass, on the assumption that trades are spread evenly in time. */
  #passEnd(markets: readonly Market[], end: number): number {
    const start = this.#sentUntil;
    let trades = 0;
    for (const market of markets) trades += market.count(market.seek(start), market.seek(end));
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

/** Encodes a trade once for all clients with the same style. */
function addFrames(
  outbox: Map<ClientConnection, OutgoingFrame[]>,
  { symbol, trade }: DueTrade,
  eventTime: number,
  connections: readonly ClientConnection[],
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
