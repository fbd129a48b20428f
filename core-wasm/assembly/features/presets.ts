/**
 * Dispatch to the feature presets. A preset has a number of features, a state per symbol, a step for
 * a bar and a skip for missing bars. A new preset adds a line to each function below.
 */
import {
  CLASSIC_DIMS,
  classicBars,
  classicFeatureBars,
  classicStateBytes,
  skipClassic,
  stepClassic,
} from "./classic";
import {
  beginLiquidity,
  LIQUIDITY_DIMS,
  liquidityBars,
  liquidityNeed,
  liquidityStateBytes,
  LiquidityWindows,
  skipLiquidity,
  stepLiquidity,
} from "./liquidity";
import { allocate } from "../memory";

const CLASSIC: i32 = 0;
const LIQUIDITY: i32 = 1;

/** A preset with its parameters. */
@unmanaged
class Preset {
  kind: i32;
  /** Number of features. */
  dims: i32;
  /** Bytes of a symbol's state. */
  stateBytes: usize;
  /** Classic: bars in the rolling windows. */
  window: i32;
  /** Liquidity: address of its windows. */
  windows: usize;
}

function newPreset(kind: i32, dims: i32, stateBytes: usize): Preset | null {
  const address = allocate(offsetof<Preset>());
  if (address == 0) return null;
  const preset = changetype<Preset>(address);
  preset.kind = kind;
  preset.dims = dims;
  preset.stateBytes = stateBytes;
  return preset;
}

/**
 * The classic preset.
 *
 * @param window bars in the rolling windows
 * @returns its address; 0 when memory ran out
 */
export function newClassicPreset(window: i32): usize {
  const preset = newPreset(CLASSIC, CLASSIC_DIMS, classicStateBytes(window));
  if (preset == null) return 0;
  preset.window = window;
  return changetype<usize>(preset);
}

/**
 * The liquidity preset.
 *
 * @param block bars in a block
 * @param blocks blocks in the prior window
 * @param least complete blocks before the first bar is standardized
 * @param fast half-life of the fast horizon, bars
 * @param slow half-life of the slow horizon, bars
 * @returns its address; 0 when memory ran out
 */
export function newLiquidityPreset(
  block: i32,
  blocks: i32,
  least: i32,
  fast: f64,
  slow: f64,
): usize {
  const address = allocate(offsetof<LiquidityWindows>());
  if (address == 0) return 0;
  const windows = changetype<LiquidityWindows>(address);
  windows.block = block;
  windows.blocks = blocks;
  windows.least = least;
  windows.fast = 1.0 - NativeMath.pow(0.5, 1.0 / fast);
  windows.slow = 1.0 - NativeMath.pow(0.5, 1.0 / slow);
  const preset = newPreset(LIQUIDITY, LIQUIDITY_DIMS, liquidityStateBytes(address));
  if (preset == null) return 0;
  preset.windows = address;
  return changetype<usize>(preset);
}

/** Number of a preset's features. */
export function presetDims(address: usize): i32 {
  return changetype<Preset>(address).dims;
}

/** Bytes of a symbol's state; a state of zeros is an empty one. */
export function presetStateBytes(address: usize): usize {
  return changetype<Preset>(address).stateBytes;
}

/**
 * Adds one bar to a symbol's state.
 *
 * @param state address of the symbol's state
 * @param bar address of a `Bar`
 * @param raw output: raw features, f64
 * @param normalized output: normalized features, f64
 * @returns whether the bar is observed; false while a preset has too little history
 */
export function stepPreset(
  address: usize,
  state: usize,
  bar: usize,
  raw: usize,
  normalized: usize,
): bool {
  const preset = changetype<Preset>(address);
  if (preset.kind == LIQUIDITY) return stepLiquidity(state, preset.windows, bar, raw, normalized);
  stepClassic(state, preset.window, bar, raw, normalized);
  return true;
}

/** Sets the minute since 1970 at which an empty state's first bar opens. */
export function beginPreset(address: usize, state: usize, minute: i32): void {
  const preset = changetype<Preset>(address);
  if (preset.kind == LIQUIDITY) beginLiquidity(state, preset.windows, minute);
}

/**
 * Bars that fill a preset's windows; with fewer its numbers mean nothing yet. Those of the classic
 * preset are its rolling windows. Those of the liquidity preset are the whole prior window and not
 * just its least blocks: a regime is a place among the levels of that window, and a part of it is
 * another scale.
 */
export function neededBars(address: usize): i32 {
  const preset = changetype<Preset>(address);
  if (preset.kind == LIQUIDITY) return liquidityNeed(preset.windows);
  return preset.window;
}

/** Bars that a raw feature needs to be defined. */
export function featureBars(address: usize, feature: i32): i32 {
  const preset = changetype<Preset>(address);
  return preset.kind == LIQUIDITY ? 1 : classicFeatureBars(feature, preset.window);
}

/** Bars of its windows that a symbol's state has, at most {@link neededBars}. */
export function presetBars(address: usize, state: usize): i32 {
  const preset = changetype<Preset>(address);
  if (preset.kind == LIQUIDITY) return liquidityBars(state, preset.windows);
  return classicBars(state);
}

/** Skips `minutes` missing bars. */
export function skipPreset(address: usize, state: usize, minutes: i32): void {
  const preset = changetype<Preset>(address);
  if (preset.kind == LIQUIDITY) skipLiquidity(state, preset.windows, minutes);
  else skipClassic(state, preset.window, minutes);
}
