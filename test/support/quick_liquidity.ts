import { type LoadedModel, loadModels } from "../../service/engine/loaded_model.ts";

/** The shipped liquidity model with windows of hours: ready after 300 bars instead of a week. */
export function quickLiquidity(): LoadedModel {
  const [shipped] = loadModels({ models: ["models/liquidity.json"], expected: {} });
  const features = shipped?.artifact.features;
  if (shipped === undefined || features?.preset !== "liquidity") {
    throw new Error("no liquidity model");
  }
  const windows = { ...features.windows, block: 30, blocks: 10, least_blocks: 4 };
  return {
    ...shipped,
    artifact: { ...shipped.artifact, features: { ...features, windows } },
    fingerprint: "quick_liquidity",
  };
}
