import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import type { Schedule, ScheduledTrade } from "./schedule.ts";

/** What happened at the stand-in, times of `performance.now()`. */
export interface Observations {
  /** When the trade that proves a minute over was sent, by `SYMBOL MINUTE`. */
  readonly proven: Map<string, number>;
  /** When the kline of a minute was answered, by `SYMBOL MINUTE`; of several answers the last. */
  readonly answered: Map<string, number>;
  /** When pings were answered, and after how long, ms; none that the stand-in itself held up. */
  readonly pings: { readonly at: number; readonly ms: number }[];
}

const SEND_EVERY_MS = 2;
const PING_EVERY_MS = 2;
/** A timer of the stand-in that is later than this means that it held the answer up itself, ms. */
const OWN_STALL_MS = 3;

function tradeFrame(symbol: string, { id, time, price }: ScheduledTrade): string {
  const data = {
    ...{ e: "aggTrade", E: time, s: symbol, a: id, p: price.toFixed(2), q: "1.00000000" },
    ...{ f: id, l: id, T: time, m: id % 2 === 0, M: true },
  };
  return JSON.stringify({ stream: `${symbol.toLowerCase()}@aggTrade`, data });
}

/** An exchange that trades by a schedule and notes when it sent what proves a minute over. */
export class StandIn {
  readonly observations: Observations = { proven: new Map(), answered: new Map(), pings: [] };
  readonly #schedule: Schedule;
  readonly #server = createServer((request, response) => this.#answer(request, response));
  readonly #sockets = new Map<WebSocket, readonly string[]>();
  #sentUntil = Date.now();
  #timers: ReturnType<typeof setInterval>[] = [];
  #lastPing = performance.now();
  /** When the stand-in was last held up itself. */
  #lastStall = -Infinity;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  /** Listens on loopback; returns the port. */
  async start(): Promise<number> {
    new WebSocketServer({ server: this.#server, perMessageDeflate: false })
      .on("connection", (socket, request) => this.#connect(socket, request.url ?? ""));
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.#timers = [
      setInterval(() => this.#send(), SEND_EVERY_MS),
      setInterval(() => this.#ping(), PING_EVERY_MS),
    ];
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new TypeError("no TCP address");
    return address.port;
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const socket of this.#sockets.keys()) socket.terminate();
    this.#server.close();
  }

  #connect(socket: WebSocket, url: string): void {
    const streams = new URL(url, "http://localhost").searchParams.get("streams")?.split("/") ?? [];
    const symbols = streams.map((stream) => stream.split("@")[0]?.toUpperCase() ?? "");
    this.#sockets.set(socket, symbols);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {});
    socket.on("pong", (payload) => {
      const at = performance.now();
      const sent = Number(payload.toString());
      const stalled = this.#lastStall >= sent || at - this.#lastPing > PING_EVERY_MS + OWN_STALL_MS;
      if (!stalled) this.observations.pings.push({ at, ms: at - sent });
    });
  }

  #ping(): void {
    const now = performance.now();
    if (now - this.#lastPing > PING_EVERY_MS + OWN_STALL_MS) this.#lastStall = now;
    this.#lastPing = now;
    const [socket] = this.#sockets.keys();
    socket?.ping(String(now));
  }

  #send(): void {
    const from = this.#sentUntil;
    const to = this.#sentUntil = Date.now();
    const minute = to - to % MINUTE_MS;
    for (const [socket, symbols] of this.#sockets) {
      for (const symbol of symbols) {
        for (const trade of this.#schedule.tradesBetween(symbol, from, to)) {
          socket.send(tradeFrame(symbol, trade));
          const key = `${symbol} ${minute - MINUTE_MS}`;
          if (trade.time >= minute && !this.observations.proven.has(key)) {
            this.observations.proven.set(key, performance.now());
          }
        }
      }
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", "http://localhost");
    const query = (name: string) => url.searchParams.get(name);
    const symbol = query("symbol") ?? "";
    const body = url.pathname.endsWith("/time")
      ? { serverTime: Date.now() }
      : url.pathname.endsWith("/exchangeInfo")
      ? { symbols: this.#schedule.symbols.map((name) => ({ symbol: name, status: "TRADING" })) }
      : url.pathname.endsWith("/klines")
      ? this.#klines(symbol, Number(query("startTime")), Number(query("endTime")))
      : this.#trades(symbol, query("fromId"), query("startTime"), Number(query("limit")));
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(body));
  }

  #klines(symbol: string, from: number, to: number): unknown[] {
    const rows: unknown[] = [];
    const now = Date.now();
    const end = Math.min(to, now);
    for (let minute = from - from % MINUTE_MS; minute <= end && rows.length < 1000;) {
      const trades = this.#schedule.tradesOf(symbol, minute).filter(({ time }) => time <= now);
      const prices = trades.map(({ price }) => price);
      const [open = 100] = prices;
      const bought = trades.filter(({ id }) => id % 2 !== 0);
      const quote = (of: readonly ScheduledTrade[]) =>
        of.reduce((sum, { price }) => sum + Math.round(price * 100), 0) / 100;
      rows.push([
        minute,
        ...[open, Math.max(open, ...prices), Math.min(open, ...prices), prices.at(-1) ?? open],
        ...[trades.length, minute + MINUTE_MS - 1, quote(trades), trades.length],
        ...[bought.length, quote(bought), "0"],
      ]);
      minute += MINUTE_MS;
    }
    if (to < now + MINUTE_MS && to > now - 2 * MINUTE_MS) {
      this.observations.answered.set(`${symbol} ${from}`, performance.now());
    }
    return rows;
  }

  #trades(
    symbol: string,
    fromId: string | null,
    startTime: string | null,
    limit: number,
  ): unknown[] {
    const now = Date.now();
    const from = fromId !== null
      ? this.#schedule.minuteOfId(symbol, Number(fromId))
      : Number(startTime ?? now - 2 * MINUTE_MS);
    const trades = this.#schedule.tradesBetween(symbol, from, now)
      .filter(({ id }) => fromId === null || id >= Number(fromId));
    const wanted = fromId === null && startTime === null
      ? trades.slice(-limit)
      : trades.slice(0, limit);
    return wanted.map(({ id, time, price }) => ({
      ...{ a: id, p: price.toFixed(2), q: "1.00000000", f: id, l: id, T: time },
      ...{ m: id % 2 === 0, M: true },
    }));
  }
}
