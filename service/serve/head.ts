import type { Hono, MiddlewareHandler } from "hono";

/**
 * Answers HEAD with what GET would send, its length included, and without the body: the length of an
 * answer that is compressed on the way is known only at its end.
 */
export function head(app: Hono): MiddlewareHandler {
  return async function head(context, next) {
    if (context.req.method !== "HEAD") return await next();
    const answer = await app.fetch(new Request(context.req.raw, { method: "GET" }), context.env);
    const { byteLength } = await answer.arrayBuffer();
    const headers = new Headers(answer.headers);
    headers.set("content-length", String(byteLength));
    return new Response(null, { status: answer.status, headers });
  };
}
