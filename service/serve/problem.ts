import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** A request that is refused; becomes an `application/problem+json` answer (RFC 9457). */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: ContentfulStatusCode;
  readonly title: string;
  /** When the client may try again, s. */
  readonly retryAfter: number | undefined;

  /**
   * @param status HTTP status.
   * @param title The kind of problem, the same for all of its kind.
   * @param detail What was wrong with this request, and what is allowed.
   * @param retryAfter When the client may try again, s; for what passes by itself.
   */
  constructor(
    status: ContentfulStatusCode,
    title: string,
    detail: string,
    retryAfter?: number,
  ) {
    super(detail);
    this.retryAfter = retryAfter;
    this.status = status;
    this.title = title;
  }
}

/** The answer to a request that is refused. */
export function problemResponse(context: Context, problem: Problem): Response {
  const { status, title, message: detail, retryAfter } = problem;
  const instance = context.req.path;
  return context.body(
    JSON.stringify({ type: "about:blank", title, status, detail, instance }),
    status,
    {
      "content-type": "application/problem+json",
      ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
    },
  );
}
