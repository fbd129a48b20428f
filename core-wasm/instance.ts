import { instantiateSync } from "@assemblyscript/loader";

/** The compiled core: the bytes of core.wasm, or a module compiled from them. */
export type CoreSource = BufferSource | WebAssembly.Module;

/** What assembly/index.ts exports. Addresses and sizes are bytes; see there for each function. */
export type CoreExports = {
  memory: WebAssembly.Memory;
  allocate(bytes: number): number;

  openTrees(trees: number, nodes: number): number;
  sourceSizes(): number;
  sourceFeatures(): number;
  sourceThresholds(): number;
  sourceLefts(): number;
  sourceRights(): number;
  sourceCounts(): number;
  newForest(trees: number, nodes: number, maxSamples: number, offset: number): number;
  tabulateForest(forest: number): void;
  sumPathLengths(forest: number, rows: number, count: number, dims: number, sums: number): void;
  scoreRows(forest: number, rows: number, count: number, dims: number, scores: number): void;

  newHmm(states: number, dims: number): number;
  hmmStartprob(hmm: number): number;
  hmmTransmat(hmm: number): number;
  hmmMeans(hmm: number): number;
  hmmCovars(hmm: number): number;
  prepareHmm(hmm: number): number;
  filterStateBytes(hmm: number): number;
  filterRows(
    hmm: number,
    state: number,
    rows: number,
    lengths: number,
    sequences: number,
    posteriors: number,
    logLikelihoods: number,
  ): void;

  smoothRows(
    hmm: number,
    rows: number,
    lengths: number,
    sequences: number,
    posteriors: number,
  ): void;
  viterbiRows(
    hmm: number,
    rows: number,
    lengths: number,
    sequences: number,
    origins: number,
    path: number,
    logProbabilities: number,
  ): void;

  newClassicPreset(window: number): number;
  newLiquidityPreset(
    block: number,
    blocks: number,
    least: number,
    fast: number,
    slow: number,
  ): number;
  presetStateBytes(preset: number): number;
  featureRows(
    preset: number,
    state: number,
    bars: number,
    lengths: number,
    starts: number,
    sequences: number,
    raw: number,
    normalized: number,
  ): void;

  newEngine(models: number): number;
  addModel(preset: number, forest: number, hmm: number): void;
  openSlots(capacity: number): number;
  slotBytes(): number;
  resultBytes(): number;
  nextBar(): number;
  step(slot: number): void;
  peek(slot: number): void;
  begin(slot: number, minute: number): void;
  skip(slot: number, minutes: number): void;

  frameBytes(): number;
  maxFrameBytes(): number;
  aggTradeFields(): number;
  scanAggTrade(length: number): number;

  seedRandom(seed: number, stream: number): void;
  openForestFit(rows: number, count: number, dims: number, maxSamples: number): number;
  growTree(): number;
  treeFeatures(): number;
  treeThresholds(): number;
  treeLefts(): number;
  treeRights(): number;
  treeCounts(): number;

  openHmmFit(rows: number, dims: number, states: number, sequences: number): number;
  fitLengths(): number;
  fitColumns(): number;
  fitStride(): number;
  fitCenters(): number;
  fitSpreads(): number;
  fitModel(): number;
  standardize(): void;
  startHmmFit(rows: number, scratch: number): void;
  raiseCovariances(floor: number): void;
  expect(): number;
  maximize(floor: number): void;
};

/** Whether a module's exports are the core's. */
function isCore(exports: WebAssembly.Exports): exports is CoreExports {
  return exports["memory"] instanceof WebAssembly.Memory && exports["step"] instanceof Function;
}

/**
 * A fresh instance of the core with its own memory. Its functions are called as they are: the
 * wrappers that the loader puts about them take a seventh of a step.
 *
 * @throws TypeError when the module is another.
 */
export function instantiateCore(source: CoreSource): CoreExports {
  const { exports } = instantiateSync(source).instance;
  if (!isCore(exports)) throw new TypeError("Cannot use the module: it must be core.wasm");
  return exports;
}

/**
 * Checks an address that the core gave.
 *
 * @throws RangeError when it is 0: the host gave no more memory.
 */
export function allocated(address: number, what: string): number {
  if (address === 0) {
    throw new RangeError(`Cannot hold ${what}: WebAssembly memory ends at 4 GiB`);
  }
  return address >>> 0;
}

/** Takes a zeroed block of the core's memory for `what`. */
export function allocate(core: CoreExports, bytes: number, what: string): number {
  return allocated(core.allocate(bytes), what);
}

/** A view of f64 in the core's memory, good until the next allocation. */
export function float64View(core: CoreExports, address: number, length: number): Float64Array {
  return new Float64Array(core.memory.buffer, address, length);
}

/** A view of i32 in the core's memory, good until the next allocation. */
export function int32View(core: CoreExports, address: number, length: number): Int32Array {
  return new Int32Array(core.memory.buffer, address, length);
}

/** A plain array of a view's numbers; `Array.from` takes twenty times as long. */
export function toArray(view: Float64Array | Int32Array): number[] {
  const values = new Array<number>(view.length);
  for (let i = 0; i < values.length; i++) values[i] = view[i] ?? NaN;
  return values;
}
