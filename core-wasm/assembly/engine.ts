/**
 * The live engine: the state of every symbol for every model, and one call per bar.
 *
 * A slot is the state of one symbol: the state of each model, one after the other.
 */
import { Bar } from "./features/bar";
import {
  beginVolatility,
  Borders,
  skipVolatility,
  stepVolatility,
  VOLATILITY_LENGTH,
  volatilityStateBytes,
} from "./forecast/volatility";
import { HMM_RESULT_BYTES, hmmModelStateBytes, skipHmmModel, stepHmmModel } from "./hmm_model";
import { allocate } from "./memory";

const HMM: i32 = 0;
const VOLATILITY: i32 = 1;

/** A model in the engine. A new kind of model adds a line to each function that tells them apart. */
@unmanaged
class Model {
  kind: i32;
  address: usize;
  /** Offset of its state in a slot, bytes. */
  state: usize;
  /** Address of its output for the last bar. */
  result: usize;
  /** Volatility: address of the absolute borders of each slot. */
  borders: usize;
}

const bar: usize = allocate(offsetof<Bar>());

let modelCount: i32 = 0;
let models: usize = 0;
let slots: usize = 0;
let slotSize: usize = 0;
/** A copy of a slot, which {@link peek} steps instead. */
let shadow: usize = 0;

/**
 * Allocates an engine for a number of models.
 *
 * @returns its address; 0 when memory ran out
 */
export function newEngine(count: i32): usize {
  models = allocate(offsetof<Model>() * (count as usize));
  return models;
}

function modelAt(index: i32): Model {
  return changetype<Model>(models + offsetof<Model>() * (index as usize));
}

function addModel(kind: i32, address: usize, stateBytes: usize, resultBytes: usize): usize {
  const model = modelAt(modelCount);
  model.kind = kind;
  model.address = address;
  model.state = slotSize;
  model.result = allocate(resultBytes);
  slotSize += stateBytes;
  modelCount += 1;
  return model.result;
}

/**
 * Adds a model of a forest and an HMM.
 *
 * @returns address of its results; 0 when memory ran out
 */
export function addHmmModel(address: usize): usize {
  return addModel(HMM, address, hmmModelStateBytes(address), HMM_RESULT_BYTES);
}

/**
 * Adds a volatility model.
 *
 * @returns address of its results; 0 when memory ran out
 */
export function addVolatilityModel(address: usize): usize {
  return addModel(VOLATILITY, address, volatilityStateBytes(address), VOLATILITY_LENGTH << 3);
}

/**
 * Allocates the slots, after all models were added.
 *
 * @returns address of the first slot; 0 when memory ran out
 */
export function allocateSlots(capacity: i32): usize {
  shadow = allocate(slotSize);
  for (let m = 0; m < modelCount; m++) {
    const model = modelAt(m);
    if (model.kind != VOLATILITY) continue;
    model.borders = allocate(offsetof<Borders>() * (capacity as usize));
    if (model.borders == 0) return 0;
  }
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

/** Address of a slot's absolute borders for a volatility model; the host writes them. */
export function slotBorders(index: i32, slot: i32): usize {
  return modelAt(index).borders + offsetof<Borders>() * (slot as usize);
}

function slotAt(slot: i32): usize {
  return slots + slotSize * (slot as usize);
}

function stepState(slot: i32, state: usize): void {
  for (let m = 0; m < modelCount; m++) {
    const model = modelAt(m);
    const own = state + model.state;
    if (model.kind == VOLATILITY) {
      const b = changetype<Bar>(bar);
      const borders = slotBorders(m, slot);
      stepVolatility(model.address, own, borders, b.open, b.close, b.volume, model.result);
    } else stepHmmModel(model.address, own, bar, model.result);
  }
}

/** Adds the bar at {@link inputBar} to a slot and writes the results. */
export function step(slot: i32): void {
  stepState(slot, slotAt(slot));
}

/** Writes the results of {@link step} without changing the slot. */
export function peek(slot: i32): void {
  memory.copy(shadow, slotAt(slot), slotSize);
  stepState(slot, shadow);
}

/** Sets the minute since 1970 at which an empty slot's first bar opens. */
export function begin(slot: i32, minute: i32): void {
  for (let m = 0; m < modelCount; m++) {
    const model = modelAt(m);
    if (model.kind != VOLATILITY) continue;
    beginVolatility(slotAt(slot) + model.state, minute as i64);
  }
}

/** Skips missing bars of a slot. */
export function skip(slot: i32, minutes: i32): void {
  for (let m = 0; m < modelCount; m++) {
    const model = modelAt(m);
    const own = slotAt(slot) + model.state;
    if (model.kind == VOLATILITY) skipVolatility(model.address, own, minutes);
    else skipHmmModel(model.address, own, minutes);
  }
}
