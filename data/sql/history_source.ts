import { UsageError } from "../common/errors.ts";
import { marketOfFile, symbolOfFile } from "../files/file_name.ts";
import { type JournalSignals, readJournal } from "./journal_records.ts";
import { KlineRows, type MarketRows, TradeRows } from "../files/market_rows.ts";

/** Where a history comes from; files are read in the order given. */
export interface HistorySource {
  /** Kline files: CSV, plain, `.gz` or `.zip`, with or without header, 6 or 12 columns, ms or us. */
  readonly bars?: readonly string[];
  /** Files of aggregate or raw trades, in the same forms. */
  readonly trades?: readonly string[];
  /** Journals of the service, which may be running. */
  readonly journals?: readonly string[];
  /** Symbol of the files' market; by default the one that their names begin with. */
  readonly symbol?: string;
  /** Called after each file. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** The records of a source, as they were read. */
export interface SourceRecords {
  /** Bars, by market. */
  readonly bars: readonly KlineRows[];
  /** Trades, by market. */
  readonly trades: readonly TradeRows[];
  readonly journals: readonly JournalSignals[];
}

/** Rows by market. */
class Markets<Rows extends MarketRows> {
  readonly #markets = new Map<string, Rows>();
  readonly #Rows: new (symbol: string, market: string) => Rows;

  constructor(Rows: new (symbol: string, market: string) => Rows) {
    this.#Rows = Rows;
  }

  get(symbol: string, market: string): Rows {
    const key = `${symbol} ${market}`;
    const rows = this.#markets.get(key) ?? new this.#Rows(symbol, market);
    this.#markets.set(key, rows);
    return rows;
  }

  /** @throws UsageError when the symbol is neither given nor in the file's name. */
  ofFile(path: string, given: string | undefined): Rows {
    const symbol = given ?? symbolOfFile(path);
    if (symbol !== undefined) return this.get(symbol, marketOfFile(path));
    throw new UsageError(
      `Cannot tell the market of ${path} as its name must begin with the symbol: give the symbol`,
    );
  }

  all(): readonly Rows[] {
    return [...this.#markets.values()];
  }
}

/**
 * Reads all of a source.
 *
 * @throws SyntaxError naming the file when it cannot be read or is of another format.
 * @throws UsageError naming the file when its market is unknown.
 */
export async function readSource(source: HistorySource): Promise<SourceRecords> {
  const { bars: barFiles = [], trades: tradeFiles = [], journals = [], symbol } = source;
  const total = barFiles.length + tradeFiles.length + journals.length;
  let done = 0;
  const finishFile = () => source.onProgress?.(++done, total);

  const bars = new Markets(KlineRows);
  const trades = new Markets(TradeRows);
  for (const path of barFiles) {
    await bars.ofFile(path, symbol).readFile(path);
    finishFile();
  }
  for (const path of tradeFiles) {
    await trades.ofFile(path, symbol).readFile(path);
    finishFile();
  }
  const signals = journals.map((path) => {
    const records = readJournal(path, (symbol, market) => bars.get(symbol, market));
    finishFile();
    return records;
  });
  return { bars: bars.all(), trades: trades.all(), journals: signals };
}
