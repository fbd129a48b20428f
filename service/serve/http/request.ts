import type { IncomingMessage } from "node:http";

/** The origin is not used: the service answers under any host name. */
const ORIGIN = "http://localhost";

/** The path and the query of a request's target; undefined for a target without a path. */
function pathOf(target: string): string | undefined {
  if (target.startsWith("/")) return target;
  const url = URL.parse(target);
  return url?.protocol === "http:" ? url.pathname + url.search : undefined;
}

/**
 * A request as the routes read it, without its body: no route takes one.
 *
 * @returns undefined when it is malformed.
 */
export function toRequest({ method = "GET", url = "/", rawHeaders }: IncomingMessage) {
  const path = pathOf(url);
  if (path === undefined) return undefined;
  try {
    const headers = new Headers();
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
      headers.append(rawHeaders[i] ?? "", rawHeaders[i + 1] ?? "");
    }
    if (method !== "TRACE") return new Request(ORIGIN + path, { method, headers });
    // A `Request` cannot be made with it. The routes refuse it, like others, with 405.
    const request = new Request(ORIGIN + path, { headers });
    return Object.defineProperty(request, "method", { value: method });
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
