import { expect, test } from "vitest";
import * as z from "zod/mini";
import { BAR_COLUMNS, columnsOf, signalColumns } from "../../../data/schema/columns.ts";
import { recordOf } from "../../../data/schema/define.ts";
import { ABOUT, type KeyKind } from "../../../data/schema/about.ts";

function byName<V extends z.ZodMiniType>(value: V, keys: KeyKind) {
  return recordOf(value).register(ABOUT, { description: "by name", "x-keys": keys });
}

test("bars have a column a field, nested names joined", () => {
  expect(BAR_COLUMNS.join()).toBe(
    "symbol,timestamp,close_time,open,high,low,close,volume,quote_volume,num_trades," +
      "taker_buy_volume,taker_sell_volume,taker_buy_quote_volume,first_trade_id,last_trade_id," +
      "microstructure_vwap,microstructure_volume_imbalance,microstructure_trade_intensity," +
      "microstructure_realized_variance,microstructure_bipower_variation," +
      "microstructure_jump_share,microstructure_roll_spread,microstructure_kyle_lambda," +
      "microstructure_amihud_illiquidity,microstructure_vpin,quality,source,backfill",
  );
});

test("a column says what its values are", () => {
  const schema = z.object({
    price: z.nullable(z.number()),
    count: z.exactOptional(z.int()),
    version: z.literal(1),
    final: z.boolean(),
    backfill: z.exactOptional(z.literal(true)),
    name: z.string(),
    side: z.literal(["buy", "sell"]),
  });
  expect(columnsOf(schema).map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    "price number",
    "count integer",
    "version integer",
    "final flag",
    "backfill flag",
    "name text",
    "side text",
  ]);
});

test("records have a column a key; those inside a model's record get its keys", () => {
  const output = z.object({
    state: z.int(),
    probabilities: byName(z.number(), "regime"),
  });
  const schema = z.object({
    features: byName(z.number(), "feature"),
    models: byName(output, "model"),
  });
  const keys = {
    feature: () => ["momentum"],
    regime: (model: string | undefined) => [`${model}_calm`, `${model}_wild`],
    model: () => ["a", "b"],
  };
  expect(
    columnsOf(schema, { keysOf: (kind, model) => keys[kind](model), isOf: () => true }).map((
      { name },
    ) => name),
  ).toEqual([
    "features_momentum",
    "models_a_state",
    "models_a_probabilities_a_calm",
    "models_a_probabilities_a_wild",
    "models_b_state",
    "models_b_probabilities_b_calm",
    "models_b_probabilities_b_wild",
  ]);
});

test("a field that has no place in a table is refused", () => {
  expect(() => columnsOf(z.object({ list: z.array(z.number()) }))).toThrow(
    "Cannot make a column of list as it must be a plain value: current value is array",
  );
  expect(() => columnsOf(z.object({ any: recordOf(z.number()) }))).toThrow(
    "Cannot make columns of any",
  );
});

const CLASSIC = {
  name: "classic",
  features: { preset: "classic", names: ["momentum"] },
  labels: ["Bearish", "Bullish"],
};
const VOLATILITY = {
  name: "volatility",
  features: { preset: "volatility", names: ["volatility_5", "week"] },
  labels: ["Calm", "Normal", "Turbulent"],
};

/** The columns behind those of the bar. */
const after = (columns: readonly string[]) => columns.slice(columns.indexOf("volume") + 1).join();

const FORECAST = ["basis,against_week_state,against_week_name,against_week_level"]
  .concat(["calm", "normal", "turbulent"].map((key) => `against_week_probabilities_${key}`))
  .concat(["15", "60"].flatMap((minutes) => [
    `forecast_${minutes}_volatility_bp`,
    ...["2_5", "10", "25", "50", "75", "90", "97_5"].map((level) =>
      `forecast_${minutes}_quantiles_${level}`
    ),
  ]))
  .concat(["change_within_60_minutes", "shock_score", "is_shock"])
  .concat(
    ["short", "hour", "day", "week", "season", "volume", "momentum", "bias"].map((part) =>
      `contributions_${part}`
    ),
  ).join().split(",");

test("a volatility model beside another has columns of its own, quantiles in ascending order", () => {
  expect(after(signalColumns([CLASSIC, VOLATILITY]))).toBe([
    "features_momentum,normalized_momentum,anomaly_score,is_anomaly,regime_state,regime_name",
    "confidence,regime_probabilities_bearish,regime_probabilities_bullish,seconds_in_state",
    "log_likelihood,ready,have,need",
    ...[
      ...["ready", "have", "need", "state", "name", "confidence", "probabilities_calm"],
      ...["probabilities_normal", "probabilities_turbulent", "seconds_in_state", ...FORECAST],
    ].map((name) => `models_volatility_${name}`),
  ].join());
});

test("a volatility model that is the primary one has them at the top level", () => {
  expect(after(signalColumns([VOLATILITY, CLASSIC]))).toBe([
    "features_volatility_5,features_week,anomaly_score,is_anomaly,regime_state,regime_name",
    "confidence,regime_probabilities_calm,regime_probabilities_normal",
    "regime_probabilities_turbulent,seconds_in_state,log_likelihood,ready,have,need",
    ...FORECAST,
    ...["ready", "have", "need", "state", "name", "confidence", "probabilities_bearish"]
      .concat(["probabilities_bullish", "seconds_in_state", "log_likelihood"])
      .map((name) => `models_classic_${name}`),
  ].join());
});
