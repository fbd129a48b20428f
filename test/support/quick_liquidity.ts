import { requireHmm } from "../../models/artifact/read.ts";
import { type LoadedModel, loadModels } from "../../service/engine/loaded_model.ts";

/** The shipped liquidity model with windows of hours: ready after 300 bars instead of a week. */
export function quickLiquidity(): LoadedModel {
  const [shipped] = loadModels({ models: ["models/liquidity.json"], expected: {} });
  if (shipped === undefined) throw new Error("no liquidity model");
  const artifact = requireHmm(shipped.artifact);
  const { features } = artifact;
  if (features.preset !== "liquidity") throw new Error("no liquidity model");
  const windows = { ...features.windows, block: 30, blocks: 10, least_blocks: 4 };
  return {
    ...shipped,
    artifact: { ...artifact, features: { ...features, windows } },
    fingerprint: "quick_liquidity",
  };
}
