import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { periodOfFile, symbolOfFile } from "./file_name.ts";

/** History that was found. */
export interface FoundHistory {
  /** Kline files of one spot market, in order of time and none within another. */
  readonly bars: readonly string[];
  /** Which history it is, for people. */
  readonly sentence: string;
}

/** Where real market data may lie beside the project. */
const BESIDE = "../shared/data/klines";

function list(folder: string, symbol: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => symbolOfFile(name) === symbol).sort();
}

/** Blocks of one market, as in `BTCUSDT-spot-1m-ohlcv-20230101-20230128.csv.gz`. */
function findBlocks(folder: string, symbol: string): readonly string[] {
  return list(folder, symbol).filter((name) => /-spot-1m-ohlcv-\d{8}-\d{8}\.csv\.gz$/.test(name));
}

/** What data:download wrote; days of which there is the whole month are left out. */
function findDownloads(folder: string, symbol: string): readonly string[] {
  const files = list(folder, symbol).flatMap((name) => {
    const period = periodOfFile(name);
    return period !== undefined && /-1m-.*\.zip$/.test(name) ? [{ name, ...period }] : [];
  }).sort((a, b) => a.from - b.from || b.to - a.to);
  let covered = -Infinity;
  return files.filter(({ to }) => {
    const more = to > covered;
    covered = Math.max(covered, to);
    return more;
  }).map(({ name }) => name);
}

/**
 * Says which history of a spot market there is: real market data beside the project, else what
 * `deno task data:download` wrote.
 *
 * @param root The project's folder.
 * @returns undefined when there is none: then there is still the simulated market.
 */
export function findHistory(root: string, symbol = "BTCUSDT"): FoundHistory | undefined {
  const places = [
    { folder: BESIDE, find: findBlocks, what: `real minutes of ${symbol} beside the project` },
    {
      folder: `data/store/${symbol}`,
      find: findDownloads,
      what: `downloaded minutes of ${symbol}`,
    },
  ];
  for (const { folder, find, what } of places) {
    const bars = find(join(root, folder), symbol).map((name) => join(root, folder, name));
    const files = bars.length === 1 ? "1 file" : `${bars.length} files`;
    if (bars.length > 0) return { bars, sentence: `These are ${what}: ${files} in ${folder}.` };
  }
}
