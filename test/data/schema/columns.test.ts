import { expect, test } from "vitest";
import * as z from "zod/mini";
import { BAR_COLUMNS, columnsOf } from "../../../data/schema/columns.ts";
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
