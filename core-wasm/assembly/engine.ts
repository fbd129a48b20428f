/**
 * The live engine: the state of every symbol for every model, and one call per bar.
 *
 * A slot is the state of one symbol: for each model the state of its features, then of its filter.
 */
import { Bar } from "./features/bar";
import { Forest, MAX_DIMS } from "./forest/forest";
import { scoreRows } from "./forest/score";
import { Hmm, MAX_STATES } from "./hmm/hmm";
import {
  filterArgmax,
  filterBars,
  filterBegun,
  filterPosterior,
  filterSkip,
  filterStateBytes,
  filterStep,
  filterUnobserved,
} from "./hmm/filter";
import { allocate } from "./memory";
import {
  beginPreset,
  neededBars,
  presetBars,
  presetDims,
  presetStateBytes,
  skipPreset,
  stepPreset,
} from "./features/presets";

@unmanaged
class Model {
  preset: usize;
  forest: usize;
  hmm: usize;
  /** Offset of the features' state in a slot, bytes. */
  features: usize;
  /** Offset of the filter's state in a slot, bytes. */
  filter: usize;
}

/** A model's output for one bar, all f64; raw features, normalized features and posterior follow. */
@unmanaged
class Result {
  score: f64;
  anomaly: f64;
  state: f64;
  bars: f64;
  logLikelihood: f64;
  /** Bars of the features' windows that the state has. */
  have: f64;
}

const RAW: usize = offsetof<Result>();
const NORMALIZED: usize = RAW + (MAX_DIMS << 3);
const POSTERIOR: usize = NORMALIZED + (MAX_DIMS << 3);
const RESULT_BYTES: usize = POSTERIOR + (MAX_STATES << 3);

// Layout of a result for the host, in f64.
export const RESULT_SCORE: usize = offsetof<Result>("score") >> 3;
export const RESULT_ANOMALY: usize = offsetof<Result>("anomaly") >> 3;
export const RESULT_STATE: usize = offsetof<Result>("state") >> 3;
export const RESULT_BARS: usize = offsetof<Result>("bars") >> 3;
export const RESULT_LOG_LIKELIHOOD: usize = offsetof<Result>("logLikelihood") >> 3;
export const RESULT_HAVE: usize = offsetof<Result>("have") >> 3;
export const RESULT_RAW: usize = RAW >> 3;
export const RESULT_NORMALIZED: usize = NORMALIZED >> 3;
export const RESULT_POSTERIOR: usize = POSTERIOR >> 3;
export const RESULT_LENGTH: usize = RESULT_BYTES >> 3;

const bar: usize = allocate(offsetof<Bar>());

let modelCount: i32 = 0;
let models: usize = 0;
let results: usize = 0;
let slots: usize = 0;
let slotSize: usize = 0;
/** A copy of a slot, which {@link peek} steps instead. */
let shadow: usize = 0;

/**
 * Allocates an engine for a number of models.
 *
 * @returns address of the results; 0 when memory ran out
 */
export function newEngine(count: i32): usize {
  models = allocate(offsetof<Model>() * (count as usize));
  results = allocate(RESULT_BYTES * (count as usize));
  return results;
}

/** Adds a model: addresses of its preset, forest and HMM. */
export function addModel(preset: usize, forest: usize, hmm: usize): void {
  const model = changetype<Model>(models + offsetof<Model>() * (modelCount as usize));
  model.preset = preset;
  model.forest = forest;
  model.hmm = hmm;
  model.features = slotSize;
  model.filter = slotSize + presetStateBytes(preset);
  slotSize = model.filter + filterStateBytes(hmm);
  modelCount += 1;
}

/**
 * Allocates the slots, after all models were added.
 *
 * @returns address of the first slot; 0 when memory ran out
 */
export function allocateSlots(capacity: i32): usize {
  shadow = allocate(slotSize);
  slots = allocate(slotSize * (capacity as usize));
  return slots;
}

/** Bytes of a slot. */
export function slotBytes(): usize {
  return slotSize;
}

/** Address of the `Bar` that {@link step} and {@link peek} take; the host writes it. */
export function inputBar(): usize {
  return bar;
}

function stepState(state: usize): void {
  for (let m = 0; m < modelCount; m++) {
    const model = changetype<Model>(models + offsetof<Model>() * (m as usize));
    const address = results + RESULT_BYTES * (m as usize);
    const result = changetype<Result>(address);
    const x = address + NORMALIZED;
    const ready = stepPreset(model.preset, state + model.features, bar, address + RAW, x);
    scoreRows(model.forest, x, 1, presetDims(model.preset), address + offsetof<Result>("score"));
    const forest = changetype<Forest>(model.forest);
    result.anomaly = ready && result.score < forest.offset ? 1.0 : 0.0;
    const filter = state + model.filter;
    result.logLikelihood = ready ? filterStep(model.hmm, filter, x) : 0.0;
    if (!ready) filterUnobserved(model.hmm, filter);
    result.state = filterArgmax(filter) as f64;
    result.bars = filterBars(filter) as f64;
    const have = presetBars(model.preset, state + model.features);
    // Before its first observation the filter holds its prior, which is no opinion.
    const most = neededBars(model.preset) - (filterBegun(filter) ? 0 : 1);
    result.have = min(have, most) as f64;
    memory.copy(
      address + POSTERIOR,
      filterPosterior(filter),
      changetype<Hmm>(model.hmm).states << 3,
    );
  }
}

/** Adds the bar at {@link inputBar} to a slot and writes the results. */
export function step(slot: i32): void {
  stepState(slots + slotSize * (slot as usize));
}

/** Writes the results of {@link step} without changing the slot. */
export function peek(slot: i32): void {
  memory.copy(shadow, slots + slotSize * (slot as usize), slotSize);
  stepState(shadow);
}

/** Sets the minute since 1970 at which an empty slot's first bar opens. */
export function begin(slot: i32, minute: i32): void {
  const state = slots + slotSize * (slot as usize);
  for (let m = 0; m < modelCount; m++) {
    const model = changetype<Model>(models + offsetof<Model>() * (m as usize));
    beginPreset(model.preset, state + model.features, minute);
  }
}

/** Skips missing bars of a slot. */
export function skip(slot: i32, minutes: i32): void {
  const state = slots + slotSize * (slot as usize);
  for (let m = 0; m < modelCount; m++) {
    const model = changetype<Model>(models + offsetof<Model>() * (m as usize));
    skipPreset(model.preset, state + model.features, minutes);
    filterSkip(model.hmm, state + model.filter, minutes);
  }
}
