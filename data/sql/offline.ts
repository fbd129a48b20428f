/** A request that is answered at once with 404, whatever it is for. */
class RefusedRequest {
  readonly status = 404;
  readonly response = null;
  open(): void {}
  send(): void {}
  setRequestHeader(): void {}
}

/**
 * Runs something synchronous during which `XMLHttpRequest` reaches nothing.
 *
 * DuckDB fetches an extension when a query first touches it, through `XMLHttpRequest` or, where
 * there is none, through a worker that it waits for; without a network that wait has no end. Other
 * code never sees the stand-in: it is gone when `run` returns.
 */
export function offline<T>(run: () => T): T {
  const own = Object.getOwnPropertyDescriptor(globalThis, "XMLHttpRequest");
  Object.defineProperty(globalThis, "XMLHttpRequest", {
    value: RefusedRequest,
    configurable: true,
  });
  try {
    return run();
  } finally {
    if (own === undefined) Reflect.deleteProperty(globalThis, "XMLHttpRequest");
    else Object.defineProperty(globalThis, "XMLHttpRequest", own);
  }
}
