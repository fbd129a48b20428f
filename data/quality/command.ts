/** `deno task data:quality`: reports the quality of history files. */
import process from "node:process";
import { defineCommand, filesOption, runCommand } from "../common/command.ts";
import { UsageError } from "../common/errors.ts";
import { createProgress } from "../common/progress.ts";
import { readSource } from "../sql/history_source.ts";
import { repairBars } from "./bar_repair.ts";
import { formatBarsReport, formatTradesReport } from "./report_text.ts";
import { repairTrades } from "./trade_repair.ts";

/** The options of the command line. */
interface Options {
  readonly bars?: readonly string[];
  readonly trades?: readonly string[];
  readonly journal?: readonly string[];
  readonly symbol?: string;
  readonly json?: true;
}

async function report(options: Options): Promise<void> {
  const { bars = [], trades = [], journal: journals = [], symbol } = options;
  const files = bars.length + trades.length + journals.length;
  if (files === 0) throw new UsageError("--bars, --trades or --journal must be given");
  const progress = createProgress("history", files);
  let records;
  try {
    records = await readSource({
      bars,
      trades,
      journals,
      ...(symbol === undefined ? {} : { symbol }),
      onProgress: (done) => progress.update(done),
    });
  } finally {
    progress.end();
  }
  const ofBars = records.bars.map((rows) => repairBars(rows).report);
  const ofTrades = records.trades.map((rows) => repairTrades(rows).report);
  const text = options.json
    ? JSON.stringify({ bars: ofBars, trades: ofTrades }, null, 1)
    : [...ofBars.map(formatBarsReport), ...ofTrades.map(formatTradesReport)].join("\n\n");
  process.stdout.write(`${text}\n`);
}

const command = defineCommand(
  "data:quality",
  "Reports the quality of history, market by market: what is missing, what History and training " +
    "repair, and which rows they leave out and why.",
)
  .addOption(filesOption("--bars <file...>", "Binance kline files: CSV, plain, .gz or .zip"))
  .addOption(filesOption("--trades <file...>", "Binance aggTrades or trades files"))
  .addOption(filesOption("--journal <file...>", "journals of the service"))
  .option("--symbol <name>", "market of the files (default: from their names)")
  .option("--json", "print the reports as JSON")
  .action(report);

await runCommand(command);
