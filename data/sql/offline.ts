/** A request that is answered with 404 at once. */
class RefusedRequest {
  readonly status = 404;
  readonly response = null;
  open(): void {}
  send(): void {}
  setRequestHeader(): void {}
}

/**
 * Runs a synchronous function while every `XMLHttpRequest` is refused.
 *
 * DuckDB downloads an extension when a query first needs it: by `XMLHttpRequest` or, where there is
 * none, by a worker that it waits for, without end when there is no network. Other code never sees
 * the stand-in, which is removed when `run` returns.
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
