import type { Hono, MiddlewareHandler } from "hono";

/** The length of a body, which is not kept. */
async function lengthOf(body: ReadableStream<Uint8Array<ArrayBuffer>> | null): Promise<number> {
  let length = 0;
  if (body !== null) { for await (const part of body) length += part.length; }
  return length;
}

/**
 * Answers HEAD with what GET would send, its length included, and without the body: the length of an
 * answer that is compressed on the way is known only at its end.
 */
export function head(app: Hono): MiddlewareHandler {
  return async function head(context, next) {
    if (context.req.method !== "HEAD") return await next();
    const answer = await app.fetch(new Request(context.req.raw, { method: "GET" }));
    const headers = new Headers(answer.headers);
    const length = await lengthOf(answer.body);
    if (answer.status !== 304) headers.set("content-length", String(length));
    return new Response(null, { status: answer.status, headers });
  };
}
