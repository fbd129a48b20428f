import { readFile } from "node:fs/promises";
import { join, normalize } from "node:path";
import { Hono } from "hono";
import { compress } from "hono/compress";
import { cors } from "hono/cors";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import { BAR_COLUMNS } from "../../data/schema/columns.ts";
import type { Bus, RecordKind } from "../bus/bus.ts";
import { toCsv } from "../../data/files/csv.ts";
import type { LoadedModel } from "../engine/loaded_model.ts";
import { signalColumns } from "../engine/signal_columns.ts";
import type { Log } from "../log.ts";
import type { Status } from "../../data/schema/status.ts";
import { bearer } from "./bearer.ts";
import { describeModel } from "./describe_model.ts";
import type { EventHub } from "./event_hub.ts";
import { formatMetrics, METRICS_TYPE } from "./metrics.ts";
import { docsPage } from "./openapi/docs_page.ts";
import { openApiDocument } from "./openapi/document.ts";
import { Problem, problemResponse } from "./problem.ts";
import { readHistoryQuery, readStreamQuery, single } from "./query.ts";
import { errorMessage } from "../../data/common/errors.ts";

/** What the HTTP interface serves from. */
export interface AppOptions {
  readonly symbols: readonly string[];
  /** The models that are live, the primary first. */
  readonly models: () => readonly LoadedModel[];
  /** Reads the artifacts anew and goes over to them; rejects when they cannot be used. */
  readonly reloadModels: () => Promise<void>;
  /** Token of administrative calls; without it they are off. */
  readonly adminToken: string | undefined;
  /** The bus of the present source; undefined before the first is open. */
  readonly bus: () => Bus | undefined;
  readonly status: () => Status;
  readonly hub: EventHub;
  /** Folder of the built dashboard. */
  readonly dashboard: string;
  readonly log: Log;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

/** The build names assets by their content, so a browser may keep them; the page it must ask for. */
const KEEP = "public, max-age=31536000, immutable";
const ASK = "no-cache";

/** Markets that a readiness answer tells of. */
const PROBLEMS_TOLD = 10;

/** Serves a file of the dashboard; its name may not lead out of the folder. */
async function serveFile(folder: string, name: string, cache: string): Promise<Response> {
  const path = join(folder, normalize(`/${name}`));
  const type = CONTENT_TYPES[path.split(".").at(-1) ?? ""];
  try {
    if (type === undefined) throw new Problem(404, "Not found", `there is no ${name}`);
    const body = new Uint8Array(await readFile(path));
    return new Response(body, { headers: { "content-type": type, "cache-control": cache } });
  } catch {
    throw new Problem(404, "Not found", `there is no ${name}; "deno task build" makes the page`);
  }
}

/** The HTTP interface: dashboard, feed, history and health. */
export function createApp(options: AppOptions): Hono {
  const { symbols, hub } = options;
  const app = new Hono();
  const startedAt = performance.now();

  app.use(secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", "data:"],
      frameAncestors: ["'none'"],
    },
    strictTransportSecurity: false,
  }));

  app.onError((error, context) => {
    if (error instanceof Problem) return problemResponse(context, error);
    if (error instanceof HTTPException) return error.getResponse();
    options.log.error("a request failed", { path: context.req.path, error: String(error) });
    return problemResponse(
      context,
      new Problem(500, "Internal error", "the request failed; the log says why"),
    );
  });

  // What is told here is public, errors included: pages of any origin may read it.
  const open = cors({ origin: "*", allowMethods: ["GET", "HEAD"] });
  app.use("/api/*", open);
  app.use("/openapi.json", open);

  app.notFound((context) => {
    const { path, method } = context.req;
    const methods = app.routes.filter((route) => route.path === path).map((route) => route.method);
    const allowed = ["GET", "POST"].filter((each) => methods.includes(each));
    if (allowed.length === 0) {
      return problemResponse(context, new Problem(404, "Not found", `there is no ${path}`));
    }
    context.header("allow", allowed.join(", ").replace("GET", "GET, HEAD"));
    return problemResponse(
      context,
      new Problem(
        405,
        "Method not allowed",
        `${path} must be asked for with ${allowed.join(" or ")}: it was ${method}`,
      ),
    );
  });

  // The feed stands before compression, which would hold events back.
  app.get("/api/v1/stream", (context) => {
    const query = readStreamQuery(single(context.req.queries()), symbols);
    const lastEventId = context.req.header("last-event-id");
    const body = context.req.method === "HEAD" ? null : hub.open(query, lastEventId);
    return new Response(body, {
      headers: {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
      },
    });
  });

  app.use(compress());

  function history(kind: RecordKind, columns: () => readonly string[]) {
    return (parameters: Readonly<Record<string, string>>): Response => {
      const { format, ...query } = readHistoryQuery(parameters, symbols);
      const records = options.bus()?.query({ kind, ...query }) ?? [];
      const headers = { "cache-control": "no-store" };
      return format === "json"
        ? new Response(`[${records.join(",\n")}]`, {
          headers: { ...headers, "content-type": "application/json" },
        })
        : new Response(toCsv(records.map((json): unknown => JSON.parse(json)), columns()), {
          headers: { ...headers, "content-type": "text/csv; charset=utf-8" },
        });
    };
  }
  const signals = history("signal", () => signalColumns(options.models()));
  const bars = history("bar", () => BAR_COLUMNS.map(({ name }) => name));
  app.get("/api/v1/signals", (context) => signals(single(context.req.queries())));
  app.get("/api/v1/bars", (context) => bars(single(context.req.queries())));

  app.get("/api/v1/symbols", (context) =>
    context.json(symbols.map((symbol) => {
      const state = options.status().symbols.find((entry) => entry.symbol === symbol);
      return { symbol, ...state };
    })));
  app.get("/api/v1/models", (context) => context.json(options.models().map(describeModel)));
  app.post("/api/v1/models/reload", bearer(options.adminToken), async (context) => {
    try {
      await options.reloadModels();
    } catch (error) {
      const why = errorMessage(error);
      throw new Problem(422, "Models refused", `${why}; the models loaded before stay live`);
    }
    const { models, models_problem: problem } = options.status();
    return context.json({ models, problem });
  });

  app.get("/healthz", (context) => {
    const status = options.status();
    const stuck = status.symbols.some(({ problem }) => problem !== null);
    const health = status.connection === "live" && !stuck ? "ok" : "degraded";
    return context.json({
      status: health,
      ...status,
      subscribers: hub.size,
    });
  });
  app.get("/readyz", (context) => {
    const { connection, message, symbols: states } = options.status();
    const waiting = states.filter(({ last_bar, problem }) => last_bar === null || problem !== null);
    const ready = connection === "live" && waiting.length === 0;
    const problems = Object.fromEntries(
      waiting.slice(0, PROBLEMS_TOLD)
        .map(({ symbol, problem }) => [symbol, problem ?? "it has no bar yet"]),
    );
    return context.json({ ready, connection, message, problems }, ready ? 200 : 503);
  });

  app.get("/metrics", () => {
    const body = formatMetrics({
      status: options.status(),
      subscribers: hub.size,
      uptime: (performance.now() - startedAt) / 1000,
    });
    return new Response(body, { headers: { "content-type": METRICS_TYPE } });
  });

  const [description, docs] = [openApiDocument(), docsPage()];
  app.get("/openapi.json", (context) => context.json(description));
  app.get("/docs", (context) => context.html(docs));

  app.get("/", () => serveFile(options.dashboard, "index.html", ASK));
  app.get(
    "/assets/:name",
    (context) => serveFile(options.dashboard, context.req.param("name"), KEEP),
  );
  return app;
}
