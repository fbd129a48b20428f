import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import type { EventHub } from "../event_hub.ts";
import { problem, textOf } from "../openapi/answers.ts";
import { validQuery } from "../parameters.ts";
import { streamQuery } from "../query.ts";
import type { StreamGate } from "../stream_gate.ts";

/** The live stream of events. */
export function streamRoutes(
  { symbols, hub, gate }: {
    readonly symbols: readonly string[];
    readonly hub: Pick<EventHub, "open">;
    readonly gate: StreamGate;
  },
): Hono {
  return new Hono().get(
    "/api/v1/stream",
    describeRoute({
      summary: "Live events, as they happen",
      parameters: [{
        name: "Last-Event-ID",
        in: "header",
        description: "Id of a bar or a signal; the stream resumes after it without loss, and " +
          "without history unless `since` is given",
        schema: { type: "string" },
      }],
      responses: {
        200: textOf(
          "text/event-stream",
          "Server-sent events: `bar` (Bar), `signal` and `nowcast` (Signal), `status` (Status), " +
            "and `goodbye` before the service ends the stream",
        ),
        503: problem("Too many streams are open, and this one does not resume; try again"),
      },
    }),
    validQuery(streamQuery(symbols)),
    (context) => {
      // HEAD is answered here, as its answer cannot be taken from a GET that never ends.
      const lastEventId = context.req.header("last-event-id");
      const body = context.req.method === "HEAD" ? null : gate.open({
        resumes: lastEventId !== undefined,
        open: () => hub.open(context.req.valid("query"), lastEventId),
      });
      return new Response(body, {
        headers: {
          "content-type": "text/event-stream; charset=utf-8",
          "cache-control": "no-store",
          "x-accel-buffering": "no",
        },
      });
    },
  );
}
