import { Hono } from "hono";
import { compress } from "hono/compress";
import { cors } from "hono/cors";
import { methodNotAllowed } from "hono/method-not-allowed";
import { secureHeaders } from "hono/secure-headers";
import type { Clock } from "../../data/common/clock.ts";
import type { Log } from "../log.ts";
import type { EventHub } from "./event_hub.ts";
import { head } from "./head.ts";
import { describeApp } from "./openapi/document.ts";
import { Problem, problemResponse } from "./problem.ts";
import { docsRoutes } from "./routes/docs.ts";
import { healthRoutes } from "./routes/health.ts";
import { historyRoutes } from "./routes/history.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { modelRoutes } from "./routes/models.ts";
import { pageRoutes } from "./routes/page.ts";
import { streamRoutes } from "./routes/stream.ts";
import { symbolRoutes } from "./routes/symbols.ts";
import type { ModelAdministration, ServiceView } from "./service_view.ts";

/** What the HTTP interface serves from. */
export interface AppOptions {
  /** The markets that are served. */
  readonly symbols: readonly string[];
  readonly view: ServiceView;
  readonly administration: ModelAdministration;
  /** Token of administrative calls; without it they are off. */
  readonly adminToken: string | undefined;
  readonly hub: Pick<EventHub, "open" | "size">;
  /** Folder of the built dashboard. */
  readonly dashboard: string;
  readonly log: Log;
  readonly clock: Pick<Clock, "monotonic">;
}

/** The HTTP interface: dashboard, feed, history and health. */
export function createApp(options: AppOptions): Hono {
  const { symbols, view, hub, log, clock } = options;
  const app = new Hono();

  app.onError((error, context) => {
    if (error instanceof Problem) return problemResponse(context, error);
    log.error("a request failed", { path: context.req.path, error: String(error) });
    return problemResponse(
      context,
      new Problem(500, "Internal error", "the request failed; the log has the reason"),
    );
  });
  app.notFound((context) =>
    problemResponse(context, new Problem(404, "Not found", `there is no ${context.req.path}`))
  );

  app.use(secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", "data:"],
      frameAncestors: ["'none'"],
    },
    strictTransportSecurity: false,
  }));
  // These answers are public, errors included: pages of any origin may read them.
  const open = cors({ origin: "*", allowMethods: ["GET", "HEAD"] });
  app.use("/api/*", open);
  app.use("/openapi.json", open);
  // Before compression, which would hold events back.
  app.route("/", streamRoutes({ symbols, hub }));

  app.use(head(app));
  app.use(compress());
  // Within compression: its answer replaces one that may be compressed already.
  app.use(methodNotAllowed({
    app,
    onMethodNotAllowed: (context, methods) => {
      context.header("allow", methods.join(", "));
      const detail = `the method of ${context.req.path} must be ${methods.join(" or ")}: ` +
        `current value is ${context.req.method}`;
      return problemResponse(context, new Problem(405, "Method not allowed", detail));
    },
  }));
  app.route("/", historyRoutes({ symbols, view }));
  app.route("/", symbolRoutes({ symbols, view }));
  app.route("/", modelRoutes(options));
  app.route("/", healthRoutes({ view, clients: hub }));
  app.route("/", metricsRoutes({ view, clients: hub, clock }));
  app.route("/", docsRoutes(() => describeApp(app)));
  app.route("/", pageRoutes(options.dashboard));
  return app;
}
