/** `deno task data:quality`: what history files are like. */
import process from "node:process";
import { type Arguments, runCommand, UsageError } from "../common/arguments.ts";
import { repairBars } from "./bar_repair.ts";
import { readSource } from "../sql/history_source.ts";
import { createProgress } from "../common/progress.ts";
import { formatBarsReport, formatTradesReport } from "./report_text.ts";
import { repairTrades } from "./trade_repair.ts";

const HELP = `Usage: deno task data:quality [--bars FILE...] [--trades FILE...] [--journal FILE...]

Says what history is like, market by market: what is missing, what History and training repair, and
which rows they leave out and why.

  --bars FILE...     Binance kline files: CSV, plain, .gz or .zip
  --trades FILE...   Binance aggTrades or trades files
  --journal FILE...  journals of the service
  --symbol S         market of the files                  from their names
  --json             the reports as JSON
  --help             this text
`;

async function run(args: Arguments): Promise<void> {
  const bars = args.files("bars");
  const trades = args.files("trades");
  const journals = args.files("journal");
  const files = bars.length + trades.length + journals.length;
  if (files === 0) throw new UsageError("--bars, --trades or --journal is missing");
  const symbol = args.value("symbol");
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
  const text = args.flag("json")
    ? JSON.stringify({ bars: ofBars, trades: ofTrades }, null, 1)
    : [...ofBars.map(formatBarsReport), ...ofTrades.map(formatTradesReport)].join("\n\n");
  process.stdout.write(`${text}\n`);
}

await runCommand(
  HELP,
  { bars: "list", trades: "list", journal: "list", symbol: "value", json: "flag" },
  run,
);
