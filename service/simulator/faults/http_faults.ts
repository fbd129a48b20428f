import { json, type RestResponse } from "../rest/response.ts";
import type { Refusal } from "../streams.ts";
import type { HttpFault } from "./plan.ts";
import type { Tally } from "./tally.ts";
import type { Chance } from "./timing.ts";

/** A possible fault of handshakes or requests. */
export interface HttpChance {
  readonly fault: HttpFault;
  readonly name: string;
  readonly chance: Chance;
}

/** Messages of Binance's errors.md, web-socket-streams.md and its front door. */
function message(status: number): { code: number; msg: string } {
  if (status === 418) return { code: -1003, msg: "Way too much request weight used; IP banned." };
  if (status === 429) return { code: -1003, msg: "Too much request weight used." };
  if (status === 451) {
    return { code: 0, msg: "Service unavailable from a restricted location." };
  }
  if (status === 403) return { code: 0, msg: "Request blocked by the firewall." };
  return { code: -1001, msg: "Internal error; unable to process your request. Please try again." };
}

/**
 * The header `Retry-After`, real seconds: the clause's value, else the rest of the period in which
 * the fault lasts, else 1. Without a value in the clause only 429 and 418 have the header.
 */
function retryAfter(
  { fault, chance }: HttpChance,
  time: number,
  speed: number,
): number | undefined {
  if (!("status" in fault)) return undefined;
  if (fault.retryAfterSeconds !== undefined) return fault.retryAfterSeconds;
  if (fault.status !== 429 && fault.status !== 418) return undefined;
  const remaining = chance.remaining(time);
  return Number.isFinite(remaining) ? Math.max(1, Math.ceil(remaining / speed / 1000)) : 1;
}

/** The faults of handshakes and requests. */
export class HttpFaults {
  readonly #chances: readonly HttpChance[];
  readonly #tally: Tally;
  readonly #speed: number;

  /** @param speed Exchange milliseconds per real millisecond. */
  constructor(chances: readonly HttpChance[], tally: Tally, speed: number) {
    this.#chances = chances;
    this.#tally = tally;
    this.#speed = speed;
  }

  /** Why a handshake fails at an exchange time, ms UTC; undefined when it does not. */
  refusal(time: number): Refusal | undefined {
    const hit = this.#hit(time, (kind) => kind === "refuse");
    if (!hit || !("status" in hit.fault)) return undefined;
    const { status } = hit.fault;
    const seconds = retryAfter(hit, time, this.#speed);
    const refusal = { status, message: message(status).msg };
    return seconds === undefined ? refusal : { ...refusal, retryAfterSeconds: seconds };
  }

  /** Applies a fault, if one occurs at an exchange time (ms UTC), to a response. */
  apply(response: RestResponse, time: number): RestResponse {
    const hit = this.#hit(time, (kind) => kind !== "refuse");
    if (!hit) return response;
    if (!("status" in hit.fault)) {
      return { ...response, delivery: hit.fault.kind === "rest timeout" ? "never" : "broken" };
    }
    const failure = json(hit.fault.status, message(hit.fault.status));
    const seconds = retryAfter(hit, time, this.#speed);
    const headers = { ...response.headers, ...failure.headers };
    return seconds === undefined
      ? { ...failure, headers }
      : { ...failure, headers: { ...headers, "retry-after": String(seconds) } };
  }

  #hit(time: number, concerns: (kind: HttpFault["kind"]) => boolean): HttpChance | undefined {
    let first: HttpChance | undefined;
    for (const candidate of this.#chances) {
      if (concerns(candidate.fault.kind) && candidate.chance.hits(time)) first ??= candidate;
    }
    if (first) this.#tally.add(first.name);
    return first;
  }
}
