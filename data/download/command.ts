/** `deno task data:download`: Binance's public history. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { defineCommand, runCommand, valueOption } from "../common/command.ts";
import { type Environment, readEnvironment } from "../common/environment.ts";
import { errorMessage, UsageError } from "../common/errors.ts";
import { createProgress } from "../common/progress.ts";
import { fetchVariables, readProxies } from "../common/proxy.ts";
import { SETTINGS } from "../common/settings.ts";
import { format as formatBytes } from "../common/std/bytes.ts";
import { oneOf, symbolName, type ValueKind } from "../common/values.ts";
import { DownloadClient } from "./client.ts";
import { KINDS, MARKETS, type Series } from "./dump.ts";
import { monthsOf, parsePeriod } from "./period.ts";
import { describeFailures, describeResult } from "./report.ts";
import { download } from "./run.ts";

/** The options of the command line. */
interface Options extends Series {
  readonly from: string;
  readonly to: string;
  readonly url: string;
  readonly allowUnverified?: boolean;
}

const baseUrl: ValueKind<string> = {
  allowed: "a URL that starts with https:// or http://, without a query",
  parse: (text) =>
    URL.canParse(text) && /^https?:\/\/[^?#]+$/.test(text) ? text.replace(/\/+$/, "") : undefined,
};

/** Spot and futures files have the same names, so the two must not share a folder. */
function folderOf({ symbol, market }: Series, environment: Environment): string {
  const dataDir = environment.get(SETTINGS.dataDir);
  return join(dataDir, symbol, market === "spot" ? "" : market);
}

async function run(
  { symbol, kind, market, from, to, url, allowUnverified = false }: Options,
): Promise<void> {
  const series: Series = { symbol, kind, market };
  const now = Date.now();
  const months = monthsOf(parsePeriod(from, to, now));
  const environment = readEnvironment();
  const folder = folderOf(series, environment);
  Object.assign(process.env, fetchVariables(readProxies(environment), url));
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new UsageError(`Cannot download into ${folder}: ${errorMessage(error)}`);
  }
  const progress = createProgress("download", 1);
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const order = { series, months, baseUrl: url, folder, allowUnverified, now };
  let result;
  try {
    result = await download(new DownloadClient(), order, ({ share, bytes, files }) => {
      const rate = formatBytes(Math.round(bytes / Math.max(seconds(), 0.001)));
      progress.update(share, `${files} files  ${formatBytes(bytes)}  ${rate}/s`);
    });
  } finally {
    progress.end();
  }
  process.stdout.write(`${describeResult(series, result, seconds())}, in ${folder}\n`);
  if (result.failed.length > 0) throw new Error(describeFailures(result));
}

const command = defineCommand(
  "data:download",
  "Downloads Binance's public history into DATA_DIR/SYMBOL/ (futures: DATA_DIR/SYMBOL/usdm/), " +
    "verified by checksum: whole months as monthly files, single days where there is no monthly " +
    "file. Run it again to resume after an interruption and to replace files that Binance has " +
    "republished.",
)
  .addOption(
    valueOption("--symbol <name>", "market, e.g. BTCUSDT", symbolName).makeOptionMandatory(),
  )
  .requiredOption("--from <date>", "first month or day, YYYY-MM or YYYY-MM-DD")
  .requiredOption("--to <date>", "last month or day, included")
  .addOption(
    valueOption("--kind <kind>", "one-minute klines, or trades", oneOf(KINDS))
      .default("klines"),
  )
  .addOption(
    valueOption("--market <market>", "spot, or USD-M futures", oneOf(MARKETS))
      .default("spot"),
  )
  .addOption(
    valueOption("--url <base>", "where the files are", baseUrl)
      .default("https://data.binance.vision"),
  )
  .option(
    "--allow-unverified",
    "download files that have no .CHECKSUM too, again each time; the report names them",
  )
  .action(run);

await runCommand(command);
