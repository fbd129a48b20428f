import type { OnRead } from "./lines.ts";
import { RowBuffer } from "./row_buffer.ts";
import { RowErrorLog, RowFault } from "./row_errors.ts";
import { minuteOf } from "../schema/time.ts";
import { isVoid, readTradeRows, type TradeRow } from "./trades.ts";

/** Trades that are held to put them in order: 120 MB in all. */
const HELD = 1 << 19;
/** Trades that are handed on at once. */
const BLOCK = 1 << 13;
/** Places without trades that are named one by one. */
const EXAMPLES = 20;

/** A place at which raw trades are missing. */
export interface MissingTrades {
  /** File and 1-based line of the trade after them. */
  readonly file: string;
  readonly line: number;
  /** First missing raw trade id. */
  readonly from: number;
  /** Last missing raw trade id. */
  readonly to: number;
}

/** What reading trades in order found, beside the rows that were left out. */
export class TradeOrderLog {
  /** Rows that repeat an earlier one and were passed over. */
  repeated = 0;
  /** Raw trades that no row holds, between the first and the last. */
  missing = 0;
  /** Places at which they are missing. */
  places = 0;
  /** The first of these places. */
  readonly examples: MissingTrades[] = [];

  /** Records that raw trades are missing. */
  add(place: MissingTrades): void {
    this.missing += place.to - place.from + 1;
    this.places++;
    if (this.examples.length < EXAMPLES) this.examples.push(place);
  }
}

/**
 * Describes what is missing and what was passed over, in lines of text.
 *
 * @param examples How many places are named; at most 20.
 */
export function describeTradeOrder(
  { repeated, missing, places, examples: found }: TradeOrderLog,
  examples = 3,
): readonly string[] {
  const count = (n: number, noun: string) =>
    `${n.toLocaleString("en-US")} ${noun}${n === 1 ? "" : "s"}`;
  const named = found.slice(0, examples);
  return [
    ...(repeated === 0 ? [] : [`passed over: ${count(repeated, "row")}, repeating an earlier one`]),
    ...(places === 0 ? [] : [
      `missing: ${count(missing, "raw trade")} at ${count(places, "place")}; ` +
      "the minutes there are incomplete",
    ]),
    ...named.map(({ file, line, from, to }) =>
      `  ${file}:${line}: raw trades ${from} to ${to} are missing before it`
    ),
    ...(places > named.length ? [`  ... and ${places - named.length} more`] : []),
  ];
}

/** A trade and where it was read. */
interface PlacedTrade extends TradeRow {
  readonly file: string;
  readonly line: number;
}

/** Columns of a held trade. */
const FIRST = 3;
const WIDTH = 10;

/** Trades that wait until those before them are read. Numbers alone take a third of the memory. */
class HeldTrades {
  readonly #files: string[] = [];
  #rows = new RowBuffer(WIDTH);
  /** Takes the rows that remain, in turn. */
  #spare = new RowBuffer(WIDTH);

  get length(): number {
    return this.#rows.length;
  }

  add(file: string, rows: readonly TradeRow[], lines: readonly number[]): void {
    if (this.#files.at(-1) !== file) this.#files.push(file);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      if (row === undefined || isVoid(row)) continue;
      this.#rows.push([
        row.id,
        row.price,
        row.quantity,
        row.firstTradeId,
        row.lastTradeId,
        row.time,
        row.microseconds,
        Number(row.buyerIsMaker),
        this.#files.length - 1,
        lines[i] ?? NaN,
      ]);
    }
  }

  /** Removes the trades with the lowest raw ids; those of one id come in the order of reading. All are taken before more are added. */
  *take(count: number): Generator<PlacedTrade> {
    const rows = this.#rows;
    const ordered = rows.sortedBy(FIRST);
    this.#rows = this.#spare;
    this.#spare = rows;
    this.#rows.clear();
    for (const row of ordered.subarray(count)) this.#rows.pushFrom(rows, row);
    for (const row of ordered.subarray(0, count)) {
      yield {
        id: rows.at(row, 0),
        price: rows.at(row, 1),
        quantity: rows.at(row, 2),
        firstTradeId: rows.at(row, FIRST),
        lastTradeId: rows.at(row, 4),
        time: rows.at(row, 5),
        microseconds: rows.at(row, 6),
        buyerIsMaker: rows.at(row, 7) === 1,
        file: this.#files[rows.at(row, 8)] ?? "",
        line: rows.at(row, 9),
      };
    }
  }
}

/** Columns in which a repeated row is equal. */
const EQUAL = [
  "id",
  "price",
  "quantity",
  "firstTradeId",
  "lastTradeId",
  "time",
  "microseconds",
  "buyerIsMaker",
] as const;

/** Decides which trades, sorted but for late ones, follow one another. */
class TradeSequence {
  readonly #errors: RowErrorLog;
  readonly #order: TradeOrderLog;
  /** Raw ids that were passed on, as ascending ranges that do not touch. */
  readonly #covered: { from: number; to: number }[] = [];
  #last: PlacedTrade | undefined;
  #minute = -Infinity;

  constructor(errors: RowErrorLog, order: TradeOrderLog) {
    this.#errors = errors;
    this.#order = order;
  }

  /** Whether a trade is the next one; if not, it is recorded why. */
  accept(trade: PlacedTrade): boolean {
    const range = this.#covered.at(-1);
    const fault = range !== undefined && trade.firstTradeId <= range.to
      ? this.#findOverlap(trade)
      : this.#cover(trade, range);
    if (fault === "repeated") this.#order.repeated++;
    else if (fault !== undefined) this.#errors.add(fault, trade.file, trade.line);
    if (fault !== undefined) return false;
    this.#last = trade;
    this.#minute = minuteOf(trade.time);
    return true;
  }

  #findOverlap(trade: PlacedTrade): RowFault | "repeated" {
    const { id, firstTradeId, lastTradeId } = trade;
    const last = this.#last;
    if (last !== undefined && EQUAL.every((name) => trade[name] === last[name])) return "repeated";
    const raw = `raw trades ${firstTradeId} to ${lastTradeId} of id ${id}`;
    const touched = this.#covered.findLast(({ from }) => from <= lastTradeId);
    if (touched === undefined || touched.to < firstTradeId) {
      return new RowFault("order", `${raw} are too far behind their place to be sorted`);
    }
    // Of a row far behind the one that it repeats only the ids are known any longer.
    const isFar = last !== undefined && last.firstTradeId > firstTradeId;
    if (isFar && touched.from <= firstTradeId && touched.to >= lastTradeId) return "repeated";
    return new RowFault("conflict", `${raw} are, in whole or in part, in an earlier row`);
  }

  /** Notes the raw ids of a trade behind all others, and what is missing before it. */
  #cover(
    trade: PlacedTrade,
    range: { from: number; to: number } | undefined,
  ): RowFault | undefined {
    const { firstTradeId: from, lastTradeId: to, file, line, time } = trade;
    if (range?.to === from - 1) range.to = to;
    else {
      if (range !== undefined) this.#order.add({ file, line, from: range.to + 1, to: from - 1 });
      this.#covered.push({ from, to });
    }
    if (minuteOf(time) >= this.#minute) return undefined;
    const earlier = new Date(this.#minute).toISOString();
    return new RowFault(
      "order",
      `id ${trade.id} is of ${
        new Date(time).toISOString()
      }, after a trade of the minute ${earlier}`,
    );
  }
}

/** The lowest raw id at the beginning of a file. */
async function firstIdOf(path: string, errors: RowErrorLog): Promise<number> {
  for await (const { rows } of readTradeRows(path, errors)) {
    const ids = rows.filter((row) => !isVoid(row)).map(({ firstTradeId }) => firstTradeId);
    if (ids.length > 0) return ids.reduce((lowest, id) => Math.min(lowest, id));
  }
  return Infinity;
}

/** Files in the order of the trades that they begin with. */
async function sortFiles(paths: readonly string[]): Promise<readonly string[]> {
  if (paths.length < 2) return paths;
  const begun: { path: string; id: number }[] = [];
  // The rows at the beginning are read again, and their errors recorded then.
  for (const path of paths) begun.push({ path, id: await firstIdOf(path, new RowErrorLog()) });
  return begun.sort((a, b) => a.id === b.id ? 0 : a.id - b.id).map(({ path }) => path);
}

/** How trades are read in order. */
export interface TradeOrderOptions {
  /** Receives the rows that were left out. */
  readonly errors: RowErrorLog;
  /** Receives what is missing and what was passed over. */
  readonly order: TradeOrderLog;
  readonly onRead?: OnRead | undefined;
  /** Rows that one may be away from its place and is sorted still; about a million. */
  readonly held?: number;
}

/**
 * Reads the trades of one market in the order of their raw trade ids, each raw trade once, in
 * whichever order the files and their rows are. Raw ids are taken rather than aggregate ids: they
 * alone show what is missing or there twice where an aggregate id is used again or one lacks its
 * trades.
 *
 * Rows that repeat an earlier one are passed over. Left out are those that hold raw trades of a
 * different earlier row (`conflict`), those of an earlier minute than the trade before, and those
 * too far behind their place (`order`). Void rows are dropped.
 *
 * @param paths Files of aggregate or raw trades.
 * @throws As {@linkcode readTradeRows} does.
 */
export async function* readTradesInOrder(
  paths: readonly string[],
  { errors, order, onRead, held: bound = HELD }: TradeOrderOptions,
): AsyncGenerator<readonly TradeRow[]> {
  const sequence = new TradeSequence(errors, order);
  const held = new HeldTrades();
  for (const path of await sortFiles(paths)) {
    for await (const { file, rows, lines } of readTradeRows(path, errors, onRead)) {
      for (let i = 0; i < rows.length; i += bound) {
        held.add(file, rows.slice(i, i + bound), lines.slice(i, i + bound));
        if (held.length >= 2 * bound) yield* blocksOf(sequence, held.take(bound));
      }
    }
  }
  yield* blocksOf(sequence, held.take(held.length));
}

function* blocksOf(
  sequence: TradeSequence,
  trades: Iterable<PlacedTrade>,
): Generator<readonly TradeRow[]> {
  let block: TradeRow[] = [];
  for (const trade of trades) {
    if (sequence.accept(trade)) block.push(trade);
    if (block.length < BLOCK) continue;
    yield block;
    block = [];
  }
  if (block.length > 0) yield block;
}
