import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { DAY_MINUTES, MINUTE_MS } from "../../data/schema/time.ts";
import type { FaultPlan } from "../../service/simulator/faults/plan.ts";
import { recordedMarket } from "../../service/simulator/recorded/source.ts";
import { type Simulator, startSimulator } from "../../service/simulator/simulator.ts";
import { temporaryFolder } from "../support/temporary.ts";

/** The recorded market of the tests. */
export interface Recording {
  readonly symbols?: readonly string[];
  /** Exchange time of the first trade, ms UTC, a whole minute; by default two minutes ago. */
  readonly from?: number;
  /** Minutes of klines before the first trade; by default more than the models need. */
  readonly history?: number;
  /** Minutes in which each second has a trade. */
  readonly minutes?: number;
  readonly faults?: FaultPlan;
  /** Exchange milliseconds per real millisecond. */
  readonly speed?: number;
}

/** Deterministic prices that wander about 100. */
function* wander(seed: number): Generator<number, never> {
  let state = seed;
  let price = 100;
  for (;;) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    price *= 1 + (state / 2 ** 31 - 0.5) * 2e-3 + (100 - price) * 1e-5;
    yield Math.round(price * 100) / 100;
  }
}

function writeRows(name: string, rows: readonly (readonly (string | number)[])[]): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, rows.map((row) => `${row.join(",")}\n`).join(""));
  return path;
}

function writeKlines(symbol: string, from: number, minutes: number, prices: Iterator<number>) {
  let open = Number(prices.next().value);
  const rows = Array.from({ length: minutes }, (_, index) => {
    const time = from + index * MINUTE_MS;
    const [close, a, b] = [prices.next(), prices.next(), prices.next()].map(({ value }) =>
      Number(value)
    );
    const path = [open, close ?? open, a ?? open, b ?? open];
    const row = [
      ...[time, open, Math.max(...path), Math.min(...path), close ?? open, 12],
      ...[time + MINUTE_MS - 1, 1200, 60, 6, 600, 0],
    ];
    open = close ?? open;
    return row;
  });
  return writeRows(`${symbol}-1m-history.csv`, rows);
}

function writeTrades(symbol: string, from: number, minutes: number, prices: Iterator<number>) {
  const rows = Array.from({ length: minutes * 60 }, (_, index) => {
    const id = index + 1;
    return [
      id,
      Number(prices.next().value),
      0.2,
      id,
      id,
      // The first one is at the start of its minute, which so counts as recorded whole.
      from + index * 1000,
      "False",
      "True",
    ];
  });
  return writeRows(`${symbol}-aggTrades-recorded.csv`, rows);
}

/** Starts a stand-in for the exchange on a recording; it ends with the test at the latest. */
export async function startExchange(
  {
    symbols = ["BTCUSDT"],
    from = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 2 * MINUTE_MS,
    history = 8 * DAY_MINUTES,
    minutes = 60,
    faults,
    speed = 1,
  }: Recording = {},
): Promise<Simulator> {
  const files = symbols.map((symbol, index) => {
    const prices = wander(index + 1);
    return {
      klines: writeKlines(symbol, from - history * MINUTE_MS, history, prices),
      trades: writeTrades(symbol, from, minutes, prices),
    };
  });
  const source = await recordedMarket({
    trades: files.map(({ trades }) => trades),
    klines: history === 0 ? [] : files.map(({ klines }) => klines),
  });
  const exchange = await startSimulator({ source, speed, ...(faults && { faults }) });
  onTestFinished(() => exchange.close());
  return exchange;
}

/** An answer of the exchange on its way through a relay. */
export interface Relayed {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly status: number;
  readonly text: string;
}

/**
 * Starts a relay before the REST of an exchange, which can hold answers back or change them.
 *
 * @returns Its base URL.
 */
export function startRelay(
  exchange: Simulator,
  change: (answer: Relayed) => Promise<Pick<Relayed, "status" | "text">>,
): string {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { pathname: path, search, searchParams: query } = new URL(request.url);
    const answer = await fetch(`${exchange.url}${path}${search}`);
    const { status, text } = await change({
      path,
      query,
      status: answer.status,
      text: await answer.text(),
    });
    return new Response(text, { status, headers: answer.headers });
  });
  onTestFinished(() => server.shutdown());
  return `http://127.0.0.1:${server.addr.port}`;
}

/** Settings of a service that takes its market from a stand-in. */
export function settingsFor(exchange: Simulator, rest = exchange.url): Record<string, string> {
  return {
    SOURCE: "binance",
    SYMBOLS: "BTCUSDT",
    BINANCE_WS_URL: exchange.wsUrl,
    BINANCE_REST_URL: rest,
  };
}
