import * as z from "zod/mini";
import { feedSourceSchema } from "./bar.ts";
import { type DeepReadonly, describe, fieldsOf } from "./define.ts";

/** How a field of a symbol's status becomes a metric. */
interface MetricDefinition {
  /** Name in Prometheus, without the service's prefix. */
  readonly name: string;
  /**
   * - `counter`: the field is the value
   * - `time`: a gauge in seconds of a time in ms; no sample while it is null
   * - `presence`: a gauge that is 1 while the field is not null, else 0
   */
  readonly kind: "counter" | "time" | "presence";
  /** Its help line. */
  readonly help: string;
}

const METRICS = z.registry<MetricDefinition>();

/** A number of events since the start; `label` names it on the dashboard. */
function counter(name: string, label: string, description: string) {
  const schema = z.int().check(z.nonnegative());
  z.globalRegistry.add(schema, { title: label, description });
  METRICS.add(schema, { name, kind: "counter", help: description });
  return schema;
}

/** The time of the last of something, ms UTC; null before the first. */
function lastTime(name: string, description: string) {
  const schema = z.nullable(z.int());
  METRICS.add(schema, { name, kind: "time", help: `${description}.` });
  return describe(schema, `${description}, ms UTC; null before the first`);
}

/**
 * The counters of a symbol. This table is all that a counter needs beside the code that counts: the
 * status, OpenAPI, the metrics and the page's decoder follow it.
 */
const countersShape = {
  trades: counter("trades_total", "Trades", "Trades folded into bars, in the order of their ids."),
  gaps: counter(
    "trade_gaps_total",
    "Gaps in trade ids",
    "Gaps in the trade ids that did not close by themselves.",
  ),
  repaired_trades: counter(
    "trades_repaired_total",
    "Trades repaired",
    "Trades that did not arrive and were backfilled from the exchange's history.",
  ),
  missing_trades: counter(
    "trades_missing_total",
    "Trades lost",
    "Trades that could not be backfilled; their minutes are taken from klines.",
  ),
  held: counter(
    "trades_held_total",
    "Trades reordered",
    "Trades that arrived before an earlier one and waited for it.",
  ),
  duplicates: counter(
    "trades_duplicate_total",
    "Duplicate trades",
    "Trades received twice on one connection and dropped.",
  ),
  overlapped: counter(
    "trades_overlapped_total",
    "Overlapped trades",
    "Trades received twice while one connection took over from another.",
  ),
  late: counter(
    "trades_late_total",
    "Late trades",
    "Trades that arrived after their minute was published.",
  ),
  audited_bars: counter(
    "bars_audited_total",
    "Bars audited",
    "Bars compared with the exchange's own klines.",
  ),
  mismatched_bars: counter(
    "bars_mismatched_total",
    "Bars unlike klines",
    "Audited bars that differed from the kline in some field.",
  ),
};

/** Whether something waits, and why: a text for people; null while nothing does. */
function problem(name: string, help: string, description: string) {
  const schema = z.nullable(z.string());
  METRICS.add(schema, { name, kind: "presence", help });
  return describe(schema, description);
}

const countersSchema = z.object(countersShape);

/** Counters of a symbol since the start, to count on. */
export type SymbolCounters = z.infer<typeof countersSchema>;

/** Name of a counter of a symbol. */
export type CounterName = keyof SymbolCounters;

/** The names of the counters of a symbol, and what the dashboard calls them. */
export const SYMBOL_COUNTERS: readonly { readonly name: CounterName; readonly label: string }[] =
  fieldsOf(countersSchema).map((name) => ({
    name,
    label: z.globalRegistry.get(countersShape[name])?.title ?? name,
  }));

/** Counters that stand at 0. */
export function createSymbolCounters(): SymbolCounters {
  return countersSchema.parse(Object.fromEntries(SYMBOL_COUNTERS.map(({ name }) => [name, 0])));
}

/** State of one market's feed. */
export const symbolStatusSchema = z.object({
  symbol: z.string(),
  last_trade_time: lastTime("last_trade_timestamp_seconds", "Exchange time of the last trade"),
  last_bar: lastTime("last_bar_timestamp_seconds", "Open time of the last published bar"),
  ...countersShape,
  problem: problem(
    "bars_held_up",
    "1 while bars wait for something.",
    "Why this market's bars wait, for people; null while they do not",
  ),
});

/** State of one market's feed; {@linkcode symbolStatusSchema} describes its fields. */
export type SymbolStatus = DeepReadonly<z.infer<typeof symbolStatusSchema>>;

/** A metric of each symbol. */
export interface SymbolMetric {
  /** Name in Prometheus, without the service's prefix. */
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  /** Its value for a symbol; null where there is none yet. */
  value(status: SymbolStatus): number | null;
}

function sampleOf(kind: MetricDefinition["kind"], value: string | number | null): number | null {
  if (kind === "presence") return value === null ? 0 : 1;
  if (typeof value !== "number") return null;
  return kind === "time" ? value / 1000 : value;
}

/** The metrics of each symbol, as far as its status tells them. */
export const SYMBOL_METRICS: readonly SymbolMetric[] = fieldsOf(symbolStatusSchema)
  .flatMap((field) => {
    const metric = METRICS.get(symbolStatusSchema.shape[field]);
    if (metric === undefined) return [];
    const { name, kind, help } = metric;
    return {
      name,
      help,
      type: kind === "counter" ? "counter" : "gauge",
      value: (status) => sampleOf(kind, status[field]),
    };
  });

/** A market as `/api/v1/symbols` lists it; one that no feed has reported on yet has only a name. */
export const symbolSchema = z.required(z.partial(symbolStatusSchema), { symbol: true });

/** A model that scores the markets. */
export const modelStatusSchema = z.object({
  name: z.string(),
  fingerprint: describe(
    z.string().check(z.regex(/^[0-9a-f]{12}$/)),
    "Names what the artifact computes",
  ),
  loaded: describe(z.int(), "When it was loaded, ms UTC of the service's machine"),
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
export const connectionStateSchema = z.enum(["connecting", "live", "silent", "disconnected"]);

/** State of the connection to the exchange; {@linkcode connectionStateSchema} explains the words. */
export type ConnectionState = z.infer<typeof connectionStateSchema>;

const count = (description: string) =>
  describe(z.int().check(z.nonnegative()), `${description}, since the start`);

/** State of the feed: what ingestion knows. */
export const feedStatusSchema = z.object({
  source: describe(feedSourceSchema, "Where the data comes from now"),
  requested: describe(z.enum(["auto", ...feedSourceSchema.options]), "The setting SOURCE"),
  connection: connectionStateSchema,
  message: describe(z.string(), "One line for people: what happens and, on a fault, what to do"),
  since: describe(z.int(), "When connection last changed, ms UTC of the service's machine"),
  clock_offset: describe(
    z.nullable(z.number()),
    "Exchange clock minus this machine's clock, ms; null before it was measured",
  ),
  disconnects: count("Established connections that were lost"),
  handovers: count("Connections replaced by a new one without a break"),
  invalid_frames: count("Frames refused: not decodable, or with values out of range"),
  invalid_frames_by_kind: describe(
    z.record(z.string(), z.int()),
    "The refused frames by what was wrong with them",
  ),
  rest_weight: describe(z.int(), "Request weight used at the exchange in the current minute"),
  symbols: z.array(symbolStatusSchema),
});

/** State of the feed; {@linkcode feedStatusSchema} describes its fields. */
export type FeedStatus = DeepReadonly<z.infer<typeof feedStatusSchema>>;

/** State of the service; the SSE event `status` and the heart of `/healthz`. */
export const statusSchema = describe(
  z.extend(feedStatusSchema, {
    models: describe(z.array(modelStatusSchema), "The live models, the primary first"),
    models_problem: describe(
      z.nullable(z.string()),
      "Why the artifact files are not, or not fully, what is live; null while they are",
    ),
  }),
  "State of the service; the SSE event `status`",
);

/** State of the service; {@linkcode statusSchema} describes its fields. */
export type Status = DeepReadonly<z.infer<typeof statusSchema>>;
