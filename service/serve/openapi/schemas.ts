import { z } from "zod";
import { barSchema } from "../../../data/schema/bar_schema.ts";

const share = z.number().min(0).max(1);
const openTime = z.int().describe("Open time of the minute, ms UTC");
const wallTime = z.int().describe("ms UTC of the service's machine");

const opinion = z.strictObject({
  state: z.int().describe("Index of the most probable regime, in canonical order"),
  name: z.string(),
  confidence: share.describe("Filtered posterior of that regime"),
  probabilities: z.record(z.string(), share).describe("Filtered posterior by regime"),
  seconds_in_state: z.number(),
  log_likelihood: z.number().describe("ln p of this bar given those before it, nats"),
});

const signal = z.strictObject({
  schema: z.literal(1),
  symbol: z.string(),
  source: z.enum(["binance", "simulator", "replay"]),
  quality: z.enum(["trades", "repaired", "kline", "empty", "incomplete"]),
  final: z.boolean().describe("False for a nowcast, which a final signal replaces"),
  timestamp: openTime,
  datetime: z.iso.datetime(),
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  volume: z.number(),
  features: z.record(z.string(), z.number()),
  normalized: z.record(z.string(), z.number()),
  anomaly_score: z.number().describe("-1 (anomalous) to 0; scikit-learn's score_samples"),
  is_anomaly: z.boolean(),
  regime_state: z.int(),
  regime_name: z.string(),
  confidence: share,
  regime_probabilities: z.record(z.string(), share),
  seconds_in_state: z.number(),
  log_likelihood: z.number(),
  models: z.record(z.string(), opinion).describe("The models beside the primary one, by name"),
}).describe("The regime of one market in one minute; the top level is the primary model");

const symbol = z.strictObject({
  symbol: z.string(),
  last_trade_time: z.int().nullable(),
  last_bar: z.int().nullable(),
  trades: z.int(),
  gaps: z.int(),
  repaired_trades: z.int().describe("Trades that came from the exchange's history instead"),
  missing_trades: z.int().describe("Trades that could not be had"),
  held: z.int().describe("Trades that waited for an earlier one"),
  duplicates: z.int(),
  overlapped: z.int().describe("Trades doubled while one connection took over from another"),
  late: z.int(),
  audited_bars: z.int().describe("Bars compared with the exchange's own klines"),
  mismatched_bars: z.int(),
  problem: z.string().nullable().describe("Why its bars are held up; null while they are not"),
});

const liveModel = z.strictObject({
  name: z.string(),
  fingerprint: z.string().regex(/^[0-9a-f]{12}$/),
  loaded: wallTime,
});

const status = z.strictObject({
  source: z.enum(["binance", "simulator"]),
  requested: z.enum(["auto", "binance", "simulator"]),
  connection: z.enum(["connecting", "live", "silent", "disconnected"]),
  message: z.string(),
  since: wallTime,
  clock_offset: z.number().nullable(),
  disconnects: z.int().describe("Connections that stood and were lost"),
  handovers: z.int().describe("Connections replaced without a break"),
  invalid_frames: z.int(),
  invalid_frames_by_kind: z.record(z.string(), z.int()),
  models: z.array(liveModel).describe("The models that are live, the primary first"),
  models_problem: z.string().nullable().describe("Why the artifact files are not what is live"),
  rest_weight: z.int().describe("Request weight used at the exchange in this minute"),
  symbols: z.array(symbol),
});

/** The shapes of what the service answers, by the names that its description gives them. */
export const SCHEMAS = {
  Bar: barSchema.describe("A one-minute bar"),
  Signal: signal,
  // A market that no session knows yet has a name only.
  Symbol: symbol.partial().required({ symbol: true }),
  Status: status.describe("How the service is; the SSE event `status`"),
  Health: status.extend({ status: z.enum(["ok", "degraded"]), subscribers: z.int() }),
  Readiness: z.strictObject({
    ready: z.boolean(),
    connection: z.string(),
    message: z.string(),
    problems: z.record(z.string(), z.string())
      .describe("Why markets are not ready, by symbol; 10 of them at most"),
  }),
  Model: z.looseObject({
    name: z.string(),
    created: z.iso.datetime(),
    fingerprint: z.string(),
    loaded: z.iso.datetime().describe("When the service loaded it"),
    primary: z.boolean(),
    features: z.looseObject({ preset: z.string(), names: z.array(z.string()) }),
    forest: z.looseObject({ trees: z.int(), contamination: z.unknown(), offset: z.number() }),
    hmm: z.looseObject({ labels: z.array(z.string()), transmat: z.array(z.array(z.number())) }),
    training: z.looseObject({}),
    scorecard: z.looseObject({}).describe("What was measured of the model"),
  }).describe("A model artifact, with the number of its trees in their place"),
  Reload: z.strictObject({ models: z.array(liveModel), problem: z.string().nullable() }),
  Problem: z.strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
  }).describe("RFC 9457"),
} as const;

/** Name of a shape. */
export type SchemaName = keyof typeof SCHEMAS;
