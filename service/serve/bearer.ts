import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { Problem, problemResponse } from "./problem.ts";

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

/**
 * Admits administrative calls that carry the token (RFC 6750).
 *
 * @param token The token; without one, every call is refused.
 */
export function bearer(token: string | undefined): MiddlewareHandler {
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
    const error = given === undefined ? "" : ', error="invalid_token"';
    context.header("www-authenticate", `Bearer realm="MicroStream"${error}`);
    const detail = given === undefined
      ? "the call needs the header Authorization: Bearer ADMIN_TOKEN"
      : "the token must be the service's ADMIN_TOKEN: current value is another";
    return problemResponse(context, new Problem(401, "Unauthorized", detail));
  };
}
