import { instantiateSync } from "@assemblyscript/loader";
import type { instantiate } from "./exports.d.ts";

/** The compiled core: the bytes of core.wasm, or a module compiled from them. */
export type CoreSource = BufferSource | WebAssembly.Module;

/** asc declares a bool as boolean, as its own wrappers return it; a raw export returns 0 or 1. */
type Raw<T> = T extends (...args: infer A) => boolean ? (...args: A) => number : T;

type Adapted = Awaited<ReturnType<typeof instantiate>>;

/**
 * The exports of assembly/index.ts, by the types that asc emits. Addresses and sizes are bytes; see
 * there for each function.
 */
export type CoreExports = { readonly [K in keyof Adapted]: Raw<Adapted[K]> };

/** Whether a module's exports are the core's. */
function isCore(exports: WebAssembly.Exports): exports is CoreExports {
  return exports["memory"] instanceof WebAssembly.Memory && exports["step"] instanceof Function;
}

/**
 * A new instance of the core with its own memory. Its raw functions are called directly: the
 * loader's wrappers would take a seventh of a step.
 *
 * @throws TypeError when the module is not core.wasm.
 */
export function instantiateCore(source: CoreSource): CoreExports {
  const { exports } = instantiateSync(source).instance;
  if (!isCore(exports)) {
    const names = Object.keys(exports).slice(0, 3).join(", ");
    throw new TypeError(
      `Cannot use the module as it must be core.wasm: its exports are ${names || "none"}`,
    );
  }
  return exports;
}

/**
 * Checks an address that the core returned.
 *
 * @throws RangeError when it is 0: memory cannot grow further.
 */
export function allocated(address: number, what: string): number {
  if (address === 0) {
    throw new RangeError(`Cannot allocate ${what} as WebAssembly memory must fit 4 GiB`);
  }
  return address >>> 0;
}

/** Allocates a zeroed block of the core's memory for `what`. */
export function allocate(core: CoreExports, bytes: number, what: string): number {
  return allocated(core.allocate(bytes), what);
}

/** A view of f64 in the core's memory, valid until the next allocation. */
export function float64View(core: CoreExports, address: number, length: number): Float64Array {
  return new Float64Array(core.memory.buffer, address >>> 0, length);
}

/** A view of i32 in the core's memory, valid until the next allocation. */
export function int32View(core: CoreExports, address: number, length: number): Int32Array {
  return new Int32Array(core.memory.buffer, address >>> 0, length);
}

/** A plain array of a view's numbers; `Array.from` takes twenty times as long. */
export function toArray(view: Float64Array | Int32Array): number[] {
  const values = new Array<number>(view.length);
  for (let i = 0; i < values.length; i++) values[i] = view[i] ?? NaN;
  return values;
}
