import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findHistory, type FoundHistory } from "../../data/files/find_history.ts";
import { DAY_MS } from "../../data/schema/time.ts";
import { simulatedMarket } from "../../service/commands/notebooks.ts";

/** The project's folder. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const SEED = 1;
const START = Date.UTC(2025, 0, 1);
const DAYS = 120;

/** A file with klines of the simulated market in Binance's format, written once. */
function simulate(symbol: string): string {
  const path = join(ROOT, "data/store/simulated", `${symbol}-1m-seed-${SEED}-${DAYS}-days.csv`);
  if (existsSync(path)) return path;
  const market = simulatedMarket({ seed: SEED, symbols: [symbol] }).market(symbol);
  const lines = ["open_time,open,high,low,close,volume"];
  const [to, limit] = [START + DAYS * DAY_MS, DAYS * 1440];
  for (
    const k of market?.klines({ from: START, to: to - 1, now: to, limit, keep: "oldest" }) ?? []
  ) {
    lines.push([k.openTime, k.open, k.high, k.low, k.close, k.volume].join(","));
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.part`, lines.join("\n") + "\n");
  renameSync(`${path}.part`, path);
  return path;
}

/**
 * The history for a notebook: real market data beside the project, otherwise the files of
 * `deno task data:download`, otherwise the simulated market.
 */
export function chooseHistory(symbol: string): FoundHistory {
  return findHistory(ROOT, symbol) ?? {
    bars: [simulate(symbol)],
    sentence: `No history of ${symbol} was found, so these are ${DAYS} days of the ` +
      "**simulated market**: the results say nothing about real markets.",
  };
}
