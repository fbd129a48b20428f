import * as z from "zod/mini";
import { type DeepReadonly, fieldsOf, recordOf } from "./define.ts";
import { ABOUT } from "./about.ts";
import { feedSourceSchema } from "./origin.ts";

const count = () => z.int().check(z.nonnegative());
const text = () => z.nullable(z.string());
const time = () => z.nullable(z.int());

/**
 * The counters of a symbol, since the start. A line here is all that a new counter needs beside the
 * code that counts: the status, the metrics, OpenAPI and the dashboard follow.
 */
const countersShape = {
  trades: count().register(ABOUT, {
    description: "Trades folded into bars, in the order of their ids",
    "x-metric": "trades_total",
  }),
  gaps: count().register(ABOUT, {
    description: "Gaps in the trade ids that did not close by themselves",
    "x-metric": "trade_gaps_total",
  }),
  repaired_trades: count().register(ABOUT, {
    description: "Trades that did not arrive and were backfilled from the exchange's history",
    "x-metric": "trades_repaired_total",
  }),
  missing_trades: count().register(ABOUT, {
    description: "Trades that could not be backfilled; their minutes are taken from klines",
    "x-metric": "trades_missing_total",
  }),
  held: count().register(ABOUT, {
    description: "Trades that arrived before an earlier one and waited for it",
    "x-metric": "trades_held_total",
  }),
  duplicates: count().register(ABOUT, {
    description: "Trades received twice on one connection and dropped",
    "x-metric": "trades_duplicate_total",
  }),
  overlapped: count().register(ABOUT, {
    description: "Trades received twice while one connection took over from another",
    "x-metric": "trades_overlapped_total",
  }),
  raw_id_breaks: count().register(ABOUT, {
    description: "Aggregate trades whose raw trade ids do not continue those of the one before: " +
      "the exchange left raw trades out or counted them twice",
    "x-metric": "trade_raw_id_breaks_total",
  }),
  late: count().register(ABOUT, {
    description: "Trades that arrived after their minute was published",
    "x-metric": "trades_late_total",
  }),
  audited_bars: count().register(ABOUT, {
    description: "Bars compared with the exchange's own klines",
    "x-metric": "bars_audited_total",
  }),
  mismatched_bars: count().register(ABOUT, {
    description: "Audited bars that differed from the kline in some field",
    "x-metric": "bars_mismatched_total",
  }),
};

/** Name of a counter of a symbol. */
export type CounterName = keyof typeof countersShape;

/** The names of the counters of a symbol. */
export const COUNTER_NAMES: readonly CounterName[] = fieldsOf(countersShape);

/**
 * Whether a market trades, by what the exchange says of it.
 *
 * - `trading`: it trades
 * - `halted`: the exchange has stopped its trading; it may go on
 * - `delisted`: its trading has ended
 * - `unlisted`: the exchange does not know it, or it has not begun to trade
 */
export const marketStateSchema = z.literal(["trading", "halted", "delisted", "unlisted"]);

/** Whether a market trades; {@linkcode marketStateSchema} explains the words. */
export type MarketState = z.infer<typeof marketStateSchema>;

/** How far the loading of history is. */
const loadingSchema = z.object({
  have: count().register(ABOUT, { description: "Minutes that are done" }),
  need: count().register(ABOUT, { description: "Minutes that are wanted" }),
});

/** How far the loading of history is. */
export type Loading = Readonly<z.infer<typeof loadingSchema>>;

/** State of one market's feed. */
export const symbolStatusSchema = z.object({
  symbol: z.string(),
  last_trade_time: time().register(ABOUT, {
    description: "Exchange time of the last trade, ms UTC; null before the first",
    "x-metric": "last_trade_timestamp_seconds",
  }),
  last_bar: time().register(ABOUT, {
    description: "Open time of the last published bar, ms UTC; null before the first",
    "x-metric": "last_bar_timestamp_seconds",
  }),
  market: z.nullable(marketStateSchema).register(ABOUT, {
    description: "Whether the market trades, by what the exchange says of it: unlisted is not " +
      "known there, or has not begun to trade; null while it is not known",
  }),
  loading: z.nullable(loadingSchema).register(ABOUT, {
    description: "How far the loading of history is; null while none is loaded",
  }),
  ...countersShape,
  problem: text().register(ABOUT, {
    description: "Why this market's bars wait, for people; null while they do not, and while " +
      "the market does not trade or its history is loaded",
    "x-metric": "bars_held_up",
  }),
});

/** State of one market's feed; {@linkcode symbolStatusSchema} describes its fields. */
export type SymbolStatus = DeepReadonly<z.infer<typeof symbolStatusSchema>>;

/** A model that scores the markets. */
export const modelStatusSchema = z.object({
  name: z.string(),
  fingerprint: z.string().register(ABOUT, {
    description: "Names what the artifact computes: 12 hexadecimal digits",
  }),
  loaded: z.int().register(ABOUT, {
    description: "When it was loaded, ms UTC of the service's machine",
  }),
});

/** A model that scores the markets; {@linkcode modelStatusSchema} describes its fields. */
export type ModelStatus = DeepReadonly<z.infer<typeof modelStatusSchema>>;

/**
 * State of the connection to the exchange.
 *
 * - `connecting`: not up yet
 * - `live`: trades arrive
 * - `silent`: up, but no trades arrive
 * - `disconnected`: down; it is tried again
 */
export const connectionStateSchema = z.literal(["connecting", "live", "silent", "disconnected"]);

/** State of the connection to the exchange; {@linkcode connectionStateSchema} explains the words. */
export type ConnectionState = z.infer<typeof connectionStateSchema>;

/** State of the feed: what ingestion knows. */
export const feedStatusSchema = z.object({
  source: feedSourceSchema,
  requested: z.literal(["auto", "binance", "simulator"]).register(ABOUT, {
    description: "The setting SOURCE",
  }),
  connection: connectionStateSchema,
  message: z.string().register(ABOUT, {
    description: "One line for people about the connections as a whole: what happens and, on a " +
      "fault, what to do; what concerns one market is its problem",
  }),
  since: z.int().register(ABOUT, {
    description: "When connection last changed, ms UTC of the service's machine",
  }),
  next_attempt: time().register(ABOUT, {
    description: "When the next attempt to connect is due, ms UTC of the service's machine; " +
      "null while none is planned",
  }),
  clock_offset: z.nullable(z.number()).register(ABOUT, {
    description: "Exchange clock minus this machine's clock, ms; null before it was measured",
  }),
  disconnects: count().register(ABOUT, {
    description: "Established connections that were lost, since the start",
  }),
  handovers: count().register(ABOUT, {
    description: "Connections replaced by a new one without a break, since the start",
  }),
  invalid_frames: count().register(ABOUT, {
    description: "Frames refused since the start: not decodable, or with values out of range",
  }),
  invalid_frames_by_kind: recordOf(z.int()).register(ABOUT, {
    description: "The refused frames by what was wrong with them",
  }),
  rest_weight: z.int().register(ABOUT, {
    description: "Request weight used at the exchange in the current minute",
  }),
  symbols: z.array(symbolStatusSchema),
});

/** State of the feed; {@linkcode feedStatusSchema} describes its fields. */
export type FeedStatus = DeepReadonly<z.infer<typeof feedStatusSchema>>;

/** Why records wait for the disk. */
export const storageStatusSchema = z.object({
  since: z.int().register(ABOUT, {
    description: "Since when the journal cannot be written, ms UTC of the service's machine",
  }),
  reason: z.string().register(ABOUT, { description: "Why, and what to do; one line for people" }),
  waiting: count().register(ABOUT, {
    description: "Bars and signals that wait in memory; they are published once they are durable",
  }),
});

/** Why records wait for the disk; {@linkcode storageStatusSchema} describes its fields. */
export type StorageStatus = DeepReadonly<z.infer<typeof storageStatusSchema>>;

/** What was found damaged. */
export const damageStatusSchema = z.object({
  time: z.int().register(ABOUT, {
    description: "When it was found, ms UTC of the service's machine",
  }),
  message: z.string().register(ABOUT, {
    description: "The file, what is lost, and the remedy; one line for people",
  }),
});

/** What was found damaged; {@linkcode damageStatusSchema} describes its fields. */
export type DamageStatus = DeepReadonly<z.infer<typeof damageStatusSchema>>;

/** State of the service; the SSE event `status` and the heart of `/healthz`. */
export const statusSchema = z.object({
  ...feedStatusSchema.shape,
  models: z.array(modelStatusSchema).register(ABOUT, {
    description: "The live models, the primary first",
  }),
  models_problem: text().register(ABOUT, {
    description: "Why the artifact files are not, or not fully, what is live; null while they " +
      "are",
  }),
  storage: z.nullable(storageStatusSchema).register(ABOUT, {
    description: "Since when and why the journal cannot be written, and how many records wait; " +
      "null while it can",
  }),
  damage: z.nullable(damageStatusSchema).register(ABOUT, {
    description: "What was last found damaged in the journal, and what became of it; null when " +
      "nothing was in the last 7 days",
  }),
}).register(ABOUT, { description: "State of the service; the SSE event `status`" });

/** State of the service; {@linkcode statusSchema} describes its fields. */
export type Status = DeepReadonly<z.infer<typeof statusSchema>>;
