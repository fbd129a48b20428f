import type { Clock } from "../../data/common/clock.ts";
import process from "node:process";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Counter, Gauge, Registry } from "prom-client";
import { SYMBOL_METRICS } from "../../data/schema/symbol_metrics.ts";
import { REFUSALS, type Refusals } from "./http/refusals.ts";
import { liveMetrics } from "./live_metrics.ts";
import type { ServiceView } from "./service_view.ts";

/** What the HTTP server counts. */
export interface ServerFigures {
  /** Open connections. */
  readonly connections: number;
  /** How often the listener was dead and was replaced. */
  readonly restarts: number;
}

/** What the metrics are read from. */
export interface MetricsSource {
  readonly view: Pick<ServiceView, "status" | "models">;
  /** Clients of the stream. */
  readonly clients: { readonly size: number };
  /** Clients that wait for a stream. */
  readonly gate: { readonly waiting: number };
  /** Answers of history under way. */
  readonly history: { readonly size: number };
  readonly refusals: Pick<Refusals, "count">;
  readonly server: ServerFigures;
  readonly clock: Pick<Clock, "monotonic">;
}

type Labels = Readonly<Record<string, string>>;

/** A value of a metric; null while there is none. */
export type Sample = readonly [labels: Labels, value: number | null];

/** A metric that is read at each scrape. */
export interface Metric {
  /** Without the prefix `microstream_`. */
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly labels?: readonly string[];
  readonly samples: () => readonly Sample[];
}

function serviceMetrics(source: MetricsSource): readonly Metric[] {
  const { view, clients, gate, history, refusals, server, clock } = source;
  const startedAt = clock.monotonic();
  const plain = (value: number | null): readonly Sample[] => [[{}, value]];
  return [
    {
      name: "up",
      type: "gauge",
      help: "1 while all connections to the exchange are up.",
      labels: ["source"],
      samples: () => [[{ source: view.status.source }, Number(view.status.connection === "live")]],
    },
    {
      name: "uptime_seconds",
      type: "gauge",
      help: "Time since the start.",
      samples: () => plain((clock.monotonic() - startedAt) / 1000),
    },
    {
      name: "resident_memory_bytes",
      type: "gauge",
      help: "Resident memory of the process.",
      samples: () => plain(process.memoryUsage.rss()),
    },
    {
      name: "heap_bytes",
      type: "gauge",
      help: "JavaScript heap: taken from the system, and used.",
      labels: ["state"],
      samples: () => {
        const { heapTotal, heapUsed } = process.memoryUsage();
        return [[{ state: "taken" }, heapTotal], [{ state: "used" }, heapUsed]];
      },
    },
    {
      name: "external_memory_bytes",
      type: "gauge",
      help: "Buffers and WebAssembly memories.",
      samples: () => plain(process.memoryUsage().external),
    },
    {
      name: "subscribers",
      type: "gauge",
      help: "Clients of the stream.",
      samples: () => plain(clients.size),
    },
    {
      name: "streams_waiting",
      type: "gauge",
      help: "Clients that resume a stream and wait for room.",
      samples: () => plain(gate.waiting),
    },
    {
      name: "connections",
      type: "gauge",
      help: "Open connections to the service.",
      samples: () => plain(server.connections),
    },
    {
      name: "history_answers",
      type: "gauge",
      help: "Answers of history under way.",
      samples: () => plain(history.size),
    },
    {
      name: "refused_total",
      type: "counter",
      help: "Clients that were refused or dropped, by the bound that they met.",
      labels: ["bound"],
      samples: () => REFUSALS.map((bound) => [{ bound }, refusals.count(bound)]),
    },
    {
      name: "listener_restarts_total",
      type: "counter",
      help: "Times that the service's listener was dead and was replaced.",
      samples: () => plain(server.restarts),
    },
    {
      name: "disconnects_total",
      type: "counter",
      help: "Established connections to the exchange that were lost.",
      samples: () => plain(view.status.disconnects),
    },
    {
      name: "handovers_total",
      type: "counter",
      help: "Connections to the exchange replaced by a new one without a break.",
      samples: () => plain(view.status.handovers),
    },
    {
      name: "invalid_frames_total",
      type: "counter",
      help: "Malformed frames of the exchange, by reason.",
      labels: ["reason"],
      samples: () =>
        Object.entries(view.status.invalid_frames_by_kind)
          .map(([reason, count]) => [{ reason }, count]),
    },
    {
      name: "model_info",
      type: "gauge",
      help: "1 for each live model.",
      labels: ["name", "fingerprint"],
      samples: () => view.status.models.map(({ name, fingerprint }) => [{ name, fingerprint }, 1]),
    },
    {
      name: "models_refused",
      type: "gauge",
      help: "1 while the model files are not, or not fully, what is live.",
      samples: () => plain(Number(view.status.models_problem !== null)),
    },
    {
      name: "storage_blocked",
      type: "gauge",
      help: "1 while the journal cannot be written.",
      samples: () => plain(Number(view.status.storage !== null)),
    },
    {
      name: "storage_waiting",
      type: "gauge",
      help: "Bars and signals that wait in memory for the journal.",
      samples: () => plain(view.status.storage?.waiting ?? 0),
    },
    {
      name: "rest_weight_used",
      type: "gauge",
      help: "Request weight used at the exchange in the current minute.",
      samples: () => plain(view.status.rest_weight),
    },
    {
      name: "clock_offset_seconds",
      type: "gauge",
      help: "Exchange clock minus this machine's clock.",
      samples: () => {
        const { clock_offset: offset } = view.status;
        return plain(offset === null ? null : offset / 1000);
      },
    },
    {
      name: "market_state",
      type: "gauge",
      help: "1 for what the exchange says of the market: trading, halted, delisted or unlisted; " +
        "absent while it is not known.",
      labels: ["symbol", "state"],
      samples: () =>
        view.status.symbols.flatMap(({ symbol, market }) =>
          market === null ? [] : [[{ symbol, state: market }, 1]]
        ),
    },
    ...(["have", "need"] as const).map((part): Metric => ({
      name: `history_loading_${part}_minutes`,
      type: "gauge",
      help:
        `Minutes of history that are ${part === "have" ? "done" : "wanted"}; absent while none ` +
        "is loaded.",
      labels: ["symbol"],
      samples: () =>
        view.status.symbols.map(({ symbol, loading }) => [{ symbol }, loading?.[part] ?? null]),
    })),
    ...SYMBOL_METRICS.map(({ name, type, help, value }): Metric => ({
      name,
      type,
      help,
      labels: ["symbol"],
      samples: () =>
        view.status.symbols.map((status) => [{ symbol: status.symbol }, value(status)]),
    })),
    ...liveMetrics(view),
  ];
}

function register(registry: Registry, { name, type, help, labels = [], samples }: Metric): void {
  const configuration = {
    name: `microstream_${name}`,
    help,
    labelNames: labels,
    registers: [registry],
  };
  if (type === "counter") {
    new Counter({
      ...configuration,
      collect() {
        this.reset();
        for (const [labels, value] of samples()) if (value !== null) this.inc(labels, value);
      },
    });
  } else {
    new Gauge({
      ...configuration,
      collect() {
        this.reset();
        // A reset sets a gauge without labels to 0.
        this.remove({});
        for (const [labels, value] of samples()) if (value !== null) this.set(labels, value);
      },
    });
  }
}

/** The state of the service in Prometheus's text format; it is read at each scrape. */
export class ServiceMetrics {
  readonly #registry = new Registry();

  constructor(source: MetricsSource) {
    for (const metric of serviceMetrics(source)) register(this.#registry, metric);
  }

  /** Media type of the format. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /**
   * The values of now. Each metric takes its own turn of the event loop: with 1,024 symbols, all of
   * them in one turn would hold the trades up for 20 ms.
   */
  async scrape(): Promise<string> {
    const families: string[] = [];
    for (const { name } of this.#registry.getMetricsAsArray()) {
      families.push(await this.#registry.getSingleMetricAsString(name));
      await nextTurn();
    }
    return `${families.join("\n")}\n`;
  }
}
