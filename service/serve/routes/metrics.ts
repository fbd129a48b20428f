import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import { type MetricsSource, ServiceMetrics } from "../metrics.ts";
import { textOf } from "../openapi/answers.ts";

/** The metrics for Prometheus. */
export function metricsRoutes(source: MetricsSource): Hono {
  const metrics = new ServiceMetrics(source);
  return new Hono().get(
    "/metrics",
    describeRoute({
      summary: "Counters and gauges in Prometheus's text format",
      responses: { 200: textOf("text/plain", "Metrics") },
    }),
    async (context) =>
      context.body(await metrics.scrape(), 200, { "content-type": metrics.contentType }),
  );
}
