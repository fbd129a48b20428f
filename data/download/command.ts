import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { parseEnv } from "node:util";
import { type Arguments, runCommand, UsageError } from "../common/arguments.ts";
import { isSymbol } from "../schema/symbol.ts";
import { DownloadClient } from "./client.ts";
import { KINDS, MARKETS, type Series } from "./dump.ts";
import { monthsOf, parsePeriod } from "./period.ts";
import { createDownloadProgress } from "./progress.ts";
import { describeFailures, describeResult } from "./report.ts";
import { download } from "./run.ts";

const BASE_URL = "https://data.binance.vision";

const HELP = `Usage: deno task data:download --symbol NAME --from DATE --to DATE [options]

Downloads Binance's public history into DATA_DIR/NAME/ (futures: DATA_DIR/NAME/usdm/), verified by
checksum: whole months as monthly files, single days where there is no monthly file. Run it again
to go on after an interruption and to replace files that Binance has published anew.

  --symbol NAME   market, e.g. BTCUSDT
  --from DATE     first month or day, YYYY-MM or YYYY-MM-DD
  --to DATE       last month or day, included
  --kind KIND     klines (one minute) or aggTrades          klines
  --market MARKET spot or usdm (USD-M futures)              spot
  --url BASE      where the files are                       ${BASE_URL}

Environment: DATA_DIR, also from .env                       data
`;

function choice<T extends string>(args: Arguments, name: string, allowed: readonly [T, ...T[]]): T {
  const given = args.value(name) ?? allowed[0];
  const found = allowed.find((value) => value === given);
  if (found !== undefined) return found;
  throw new UsageError(
    `--${name} must be ${allowed.join(" or ")}: current value is ${JSON.stringify(given)}`,
  );
}

function symbolOf(args: Arguments): string {
  const given = args.required("symbol");
  const symbol = given.toUpperCase();
  if (isSymbol(symbol)) return symbol;
  throw new UsageError(
    `--symbol must be a market's name such as BTCUSDT: current value is ${JSON.stringify(given)}`,
  );
}

function baseUrlOf(args: Arguments): string {
  const given = args.value("url") ?? BASE_URL;
  if (URL.canParse(given) && /^https?:\/\/[^?#]+$/.test(given)) return given.replace(/\/+$/, "");
  throw new UsageError(
    `--url must be a URL that starts with https:// or http://, without a query: ` +
      `current value is ${JSON.stringify(given)}`,
  );
}

/** Spot and futures files bear the same names, so the two must not share a folder. */
function folderOf({ symbol, market }: Series): string {
  const file = existsSync(".env") ? parseEnv(readFileSync(".env", "utf8")) : {};
  const dataDir = process.env.DATA_DIR?.trim() || file.DATA_DIR?.trim() || "data";
  return join(dataDir, symbol, market === "spot" ? "" : market);
}

async function run(args: Arguments): Promise<void> {
  const series: Series = {
    symbol: symbolOf(args),
    kind: choice(args, "kind", KINDS),
    market: choice(args, "market", MARKETS),
  };
  const months = monthsOf(parsePeriod(args.required("from"), args.required("to")));
  const baseUrl = baseUrlOf(args);
  const folder = folderOf(series);
  await mkdir(folder, { recursive: true });
  const progress = createDownloadProgress();
  const started = performance.now();
  const order = { series, months, baseUrl, folder, now: Date.now() };
  let result;
  try {
    result = await download(new DownloadClient(), order, progress.update);
  } finally {
    progress.end();
  }
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(`${describeResult(series, result, seconds)}, in ${folder}\n`);
  if (result.failed.length > 0) throw new Error(describeFailures(result));
}

await runCommand(
  HELP,
  {
    symbol: "value",
    from: "value",
    to: "value",
    kind: "value",
    market: "value",
    url: "value",
  },
  run,
);
