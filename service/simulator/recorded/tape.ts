import { readTrades } from "../../../data/files/trades.ts";
import { decimalsOf } from "../decimal.ts";
import { copyTrades, makeTradeColumns, type TradeColumns } from "../trade_columns.ts";
import { unbroken, unite } from "./coverage.ts";
import { type Period, periodOfFile } from "../../../data/files/file_name.ts";

/** The recorded trades of one market. */
export interface Tape {
  /** Aggregate trade ids, increasing. */
  readonly ids: Float64Array;
  readonly columns: TradeColumns;
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
  /** Stretches of time of which every trade is on the tape, in order. */
  readonly covered: readonly Period[];
}

/** The rows of one file by column. */
interface Reel {
  readonly path: string;
  readonly id: number[];
  readonly time: number[];
  readonly price: number[];
  readonly quantity: number[];
  readonly firstTradeId: number[];
  readonly lastTradeId: number[];
  readonly buyerIsMaker: boolean[];
}

async function readReel(path: string): Promise<Reel> {
  const reel: Reel = {
    path,
    id: [],
    time: [],
    price: [],
    quantity: [],
    firstTradeId: [],
    lastTradeId: [],
    buyerIsMaker: [],
  };
  let last = { id: -Infinity, time: -Infinity };
  for await (const rows of readTrades(path)) {
    for (const row of rows) {
      if (row.id <= last.id || row.time < last.time) {
        throw new SyntaxError(
          `${path}: trades must be in order of id and time: trade ${row.id} of ${row.time} ` +
            `stands after trade ${last.id} of ${last.time}`,
        );
      }
      last = row;
      reel.id.push(row.id);
      reel.time.push(row.time);
      reel.price.push(row.price);
      reel.quantity.push(row.quantity);
      reel.firstTradeId.push(row.firstTradeId);
      reel.lastTradeId.push(row.lastTradeId);
      reel.buyerIsMaker.push(row.buyerIsMaker);
    }
  }
  if (reel.id.length === 0) throw new SyntaxError(`${path}: a trade file must hold trades`);
  return reel;
}

function decimalsOfAll(columns: readonly (readonly number[])[]): number {
  let decimals = 0;
  for (const column of columns) {
    for (const value of column) decimals = decimalsOf(value, decimals);
  }
  return decimals;
}

/** A dump that is named after its period tells also of the time before its first trade. */
function namedPeriods({ path, time }: Reel): Period[] {
  const period = periodOfFile(path);
  const first = time[0];
  const last = time.at(-1);
  if (period === undefined || first === undefined || last === undefined) return [];
  return [{ from: period.from, to: first + 1 }, { from: last, to: period.to }]
    .filter(({ from, to }) => from < to);
}

/**
 * Reads the trades of one market into memory (about 50 bytes a trade).
 *
 * @param paths Binance trade files of that market, in any order; trades that two files share are
 *   taken once.
 * @throws SyntaxError naming the file for a row that cannot be understood or is out of order.
 */
export async function readTape(paths: readonly string[]): Promise<Tape> {
  const reels: Reel[] = [];
  for (const path of paths) reels.push(await readReel(path));
  reels.sort((a, b) => (a.id[0] ?? 0) - (b.id[0] ?? 0));

  const capacity = reels.reduce((sum, reel) => sum + reel.id.length, 0);
  const priceDecimals = decimalsOfAll(reels.map((reel) => reel.price));
  const quantityDecimals = decimalsOfAll(reels.map((reel) => reel.quantity));
  const ids = new Float64Array(capacity);
  const columns = makeTradeColumns(capacity);
  let length = 0;
  let last = { id: -Infinity, time: -Infinity, path: "" };
  for (const reel of reels) {
    for (const [i, id] of reel.id.entries()) {
      const time = reel.time[i] ?? NaN;
      if (id <= last.id) continue;
      if (time < last.time) {
        throw new SyntaxError(
          `${reel.path}: trade ${id} of ${time} must not be older than ` +
            `trade ${last.id} of ${last.time} in ${last.path}`,
        );
      }
      last = { id, time, path: reel.path };
      ids[length] = id;
      columns.time[length] = time;
      columns.price[length] = Math.round((reel.price[i] ?? NaN) * 10 ** priceDecimals);
      columns.quantity[length] = Math.round((reel.quantity[i] ?? NaN) * 10 ** quantityDecimals);
      columns.firstTradeId[length] = reel.firstTradeId[i] ?? NaN;
      columns.lastTradeId[length] = reel.lastTradeId[i] ?? NaN;
      columns.buyerIsMaker[length] = reel.buyerIsMaker[i] ? 1 : 0;
      length++;
    }
  }
  const taken = { ids: ids.slice(0, length), columns: copyTrades(columns, 0, length) };
  const covered = unite([
    ...unbroken(taken.ids, taken.columns.time),
    ...reels.flatMap(namedPeriods),
  ]);
  return { ...taken, priceDecimals, quantityDecimals, covered };
}
