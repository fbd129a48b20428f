import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import type { Clock } from "../../data/common/clock.ts";
import { clientOf } from "./http/client.ts";
import { Problem, problemResponse } from "./problem.ts";
import { WrongTokens } from "./wrong_tokens.ts";

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

/**
 * Admits administrative calls that carry the token (RFC 6750). The right token is admitted at once,
 * regardless of earlier tries; the answer to a wrong one waits, longer with each that its address
 * tries.
 *
 * @param token The token; without one, every call is refused.
 */
export function bearer(
  token: string | undefined,
  clock: Pick<Clock, "monotonic" | "sleep">,
): MiddlewareHandler {
  const wrong = new WrongTokens();
  return async function bearer(context, next) {
    if (token === undefined) {
      throw new Problem(
        403,
        "Administration is off",
        `${context.req.path} needs the service to be started with ADMIN_TOKEN`,
      );
    }
    const given = /^bearer +(.*)$/i.exec(context.req.header("authorization") ?? "")?.[1];
    // Digests have one length, so the time of their comparison reveals nothing about the token.
    if (given !== undefined && timingSafeEqual(digest(given), digest(token))) return await next();
    if (given !== undefined) {
      const address = clientOf(context)?.address ?? "";
      await clock.sleep(wrong.pauseFor(address, clock.monotonic()));
    }
    const error = given === undefined ? "" : ', error="invalid_token"';
    context.header("www-authenticate", `Bearer realm="MicroStream"${error}`);
    const detail = given === undefined
      ? "the call needs the header Authorization: Bearer ADMIN_TOKEN"
      : "the token must be the service's ADMIN_TOKEN: current value is another";
    return problemResponse(context, new Problem(401, "Unauthorized", detail));
  };
}
