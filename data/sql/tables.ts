import { type Column, columnsOf } from "../schema/columns.ts";
import { klineSchema } from "../schema/kline.ts";
import { modelOutputSchema, signalSchema } from "../schema/signal.ts";
import { tradeSchema } from "../schema/trade.ts";

/** A table of the history: a record's fields in the order of its schema. */
export interface Table {
  readonly name: string;
  /** The columns that its rows come in; SQL adds a `time` behind each of {@linkcode TIMES}. */
  readonly columns: readonly Column[];
}

/** Columns of times in ms UTC, fractions included. */
export const TIMES: readonly string[] = ["open_time", "trade_time"];

const text = (name: string): Column => ({ name, kind: "text" });
const openTime: Column = { name: "open_time", kind: "integer" };

/** Names of a trade's fields as columns: `firstTradeId` becomes `first_trade_id`. */
function toColumnName(field: string): string {
  return field === "time"
    ? "trade_time"
    : field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const tradeColumns = columnsOf(tradeSchema)
  .map(({ name, kind }): Column => ({ name: toColumnName(name), kind }))
  .filter(({ name }) => name !== "symbol");
const isPlace = ({ name }: Column) => name === "id" || name === "trade_time";

/** Fields of a signal that are the same in all of a journal's, or say the open time again. */
const OMITTED = new Set(["schema", "final", "datetime"]);

/** The tables of a history. */
export const TABLES = {
  bars: {
    name: "bars",
    columns: [text("symbol"), text("market"), ...columnsOf(klineSchema)],
  },
  trades: {
    name: "trades",
    columns: [
      text("symbol"),
      text("market"),
      ...tradeColumns.filter(isPlace),
      ...tradeColumns.filter((column) => !isPlace(column)),
    ],
  },
  signals: {
    name: "signals",
    columns: columnsOf(signalSchema)
      .filter(({ name }) => !OMITTED.has(name))
      .map((column) => column.name === "timestamp" ? openTime : column),
  },
  model_outputs: {
    name: "model_outputs",
    columns: [
      text("symbol"),
      text("source"),
      openTime,
      text("model"),
      ...columnsOf(modelOutputSchema),
    ],
  },
} as const satisfies Readonly<Record<string, Table>>;
