/** What the notebooks use of the service; they import nothing else of it. */
export { Engine } from "../engine/engine.ts";
export { loadModels } from "../engine/loaded_model.ts";
export { DYNAMICS, keptOf } from "../simulator/simulated/dynamics.ts";
export * from "../simulator/simulated/regimes.ts";
export * from "../simulator/simulated/seasonality.ts";
export { simulatedMarket } from "../simulator/simulated/source.ts";
export { type TrueMinute, trueMinutes } from "../simulator/simulated/truth.ts";
export { replayHistory, Skipped } from "./replay_history.ts";
