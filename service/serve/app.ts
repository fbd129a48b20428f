import { Hono } from "hono";
import { compress } from "hono/compress";
import { cors } from "hono/cors";
import { etag } from "hono/etag";
import { methodNotAllowed } from "hono/method-not-allowed";
import { secureHeaders } from "hono/secure-headers";
import type { Clock } from "../../data/common/clock.ts";
import type { Log } from "../log.ts";
import type { EventHub } from "./event_hub.ts";
import { head } from "./head.ts";
import type { HistoryGate } from "./history_gate.ts";
import { perAddress } from "./http/per_address.ts";
import type { Refusals } from "./http/refusals.ts";
import type { ServerFigures } from "./metrics.ts";
import { DOCS_STYLE } from "./openapi/docs_page.ts";
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
import type { StreamGate } from "./stream_gate.ts";

/** What the HTTP interface serves from. */
export interface AppOptions {
  /** The markets that are served. */
  readonly symbols: readonly string[];
  readonly view: ServiceView;
  readonly administration: ModelAdministration;
  /** Token of administrative calls; without it they are off. */
  readonly adminToken: string | undefined;
  readonly hub: Pick<EventHub, "open" | "size">;
  /** Most requests under way of one address; 0: no bound. */
  readonly maxPerAddress: number;
  readonly gate: StreamGate;
  readonly history: HistoryGate;
  readonly refusals: Refusals;
  /** The server's own figures. */
  readonly server: ServerFigures;
  /** Folder of the built dashboard. */
  readonly dashboard: string;
  readonly log: Log;
  readonly clock: Pick<Clock, "monotonic" | "sleep">;
}

/**
 * Allows the style that Plot puts into each chart of the class `chart`, and no other: a browser
 * reports the hash when it changes with Plot, and the browser's test fails.
 */
const PLOT_STYLE = "'sha256-zrfVyvY1E/5V+DXZunsRZW8XTqTsuIZzp8dBDThhSn8='";

/** The HTTP interface: dashboard, feed, history and health. */
export function createApp(options: AppOptions): Hono {
  const { symbols, view, hub, gate, history, refusals, server, log, clock } = options;
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
      styleSrc: ["'self'", PLOT_STYLE, DOCS_STYLE],
      imgSrc: ["'self'", "data:"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
    strictTransportSecurity: false,
  }));
  // These answers are public, errors included: pages of any origin may read them.
  const open = cors({ origin: "*", allowMethods: ["GET", "HEAD"], exposeHeaders: ["retry-after"] });
  app.use("/api/*", open);
  app.use("/openapi.json", open);
  app.use(perAddress(options.maxPerAddress, refusals));
  // Before compression, which would hold events back.
  app.route("/", streamRoutes({ symbols, hub, gate }));

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
  // Its answers are made and compressed in a thread of its own.
  app.route("/", historyRoutes({ symbols, view, gate: history }));
  app.route("/", symbolRoutes({ symbols, view }));
  app.route("/", healthRoutes({ view, clients: hub }));
  app.route("/", metricsRoutes({ view, clients: hub, gate, history, refusals, server, clock }));

  // What is the same for long.
  const tag = etag();
  app.use((context, next) => context.req.method === "GET" ? tag(context, next) : next());
  app.route("/", modelRoutes(options));
  app.route("/", docsRoutes(() => describeApp(app)));
  app.route("/", pageRoutes(options.dashboard));
  return app;
}
