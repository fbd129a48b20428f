import { type LoadedModel, loadModels } from "../../service/engine/loaded_model.ts";

/** The shipped volatility model, ready after 300 bars instead of three days. */
export function quickVolatility(): LoadedModel {
  const [shipped] = loadModels({ models: ["models/volatility.json"], expected: {} });
  if (shipped === undefined || !("forecast" in shipped.artifact)) {
    throw new Error("no volatility model");
  }
  const { artifact } = shipped;
  return {
    ...shipped,
    artifact: { ...artifact, forecast: { ...artifact.forecast, need: 300 } },
    fingerprint: "quick_volatility",
  };
}
