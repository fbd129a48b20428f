/**
 * The live engine: every model's state of every symbol, and one call a bar.
 *
 * A slot is the state of one symbol: for each model its features' state, then its filter's.
 */
import { Bar } from "./features/bar";
import { Forest, MAX_DIMS } from "./forest/forest";
import { scoreRows } from "./forest/score";
import { Hmm, MAX_STATES } from "./hmm/hmm";
import {
  filterArgmax,
  filterBars,
  filterPosterior,
  filterSkip,
  filterStateBytes,
  filterStep,
  filterWait,
} from "./hmm/filter";
import { allocate } from "./memory";
import {
  beginPreset,
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
  /** Where the features' state stands in a slot, bytes. */
  features: usize;
  /** Where the filter's state stands in a slot, bytes. */
  filter: usize;
}

/** What one model says of one bar; read by the host, all f64. */
@unmanaged
class Result {
  score: f64;
  anomaly: f64;
  state: f64;
  bars: f64;
  logLikelihood: f64;
}

const RESULT_BYTES: usize = offsetof<Result>() + ((MAX_DIMS + MAX_DIMS + MAX_STATES) << 3);
const RAW: usize = offsetof<Result>();
const NORMALIZED: usize = RAW + (MAX_DIMS << 3);
const POSTERIOR: usize = NORMALIZED + (MAX_DIMS << 3);

const bar: usize = allocate(offsetof<Bar>());

let modelCount: i32 = 0;
let models: usize = 0;
let results: usize = 0;
let slots: usize = 0;
let slotSize: usize = 0;
/** A slot's state is copied here to be stepped without a trace. */
let shadow: usize = 0;

/**
 * Starts an engine for a number of models.
 *
 * @returns address of the results; 0 when memory ran out
 */
export function newEngine(count: i32): usize {
  models = allocate(offsetof<Model>() * (count as usize));
  results = allocate(RESULT_BYTES * (count as usize));
  return results;
}

/** Adds a model. */
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
 * Takes the memory of the slots, when all models are added.
 *
 * @returns address of the first slot; 0 when memory ran out
 */
export function openSlots(capacity: i32): usize {
  shadow = allocate(slotSize);
  slots = allocate(slotSize * (capacity as usize));
  return slots;
}

/** Bytes of a slot. */
export function slotBytes(): usize {
  return slotSize;
}

/** Bytes of a model's result. */
export function resultBytes(): usize {
  return RESULT_BYTES;
}

/** Address of the bar that {@link step} and {@link peek} take; the host writes it. */
export function nextBar(): usize {
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
    if (!ready) filterWait(model.hmm, filter);
    result.state = filterArgmax(filter) as f64;
    result.bars = filterBars(filter) as f64;
    memory.copy(
      address + POSTERIOR,
      filterPosterior(filter),
      changetype<Hmm>(model.hmm).states << 3,
    );
  }
}

/** Takes the bar at {@link nextBar} into a slot; the results are those of this bar. */
export function step(slot: i32): void {
  stepState(slots + slotSize * (slot as usize));
}

/** The results of {@link step}, without a change of the slot. */
export function peek(slot: i32): void {
  memory.copy(shadow, slots + slotSize * (slot as usize), slotSize);
  stepState(shadow);
}

/** Tells an empty slot at which minute since 1970 its first bar opens. */
export function begin(slot: i32, minute: i32): void {
  const state = slots + slotSize * (slot as usize);
  for (let m = 0; m < modelCount; m++) {
    const model = changetype<Model>(models + offsetof<Model>() * (m as usize));
    beginPreset(model.preset, state + model.features, minute);
  }
}

/** Tells a slot that bars are missing. */
export function skip(slot: i32, minutes: i32): void {
  const state = slots + slotSize * (slot as usize);
  for (let m = 0; m < modelCount; m++) {
    const model = changetype<Model>(models + offsetof<Model>() * (m as usize));
    skipPreset(model.preset, state + model.features, minutes);
    filterSkip(model.hmm, state + model.filter, minutes);
  }
}
