import process from "node:process";
import type { Status } from "../../data/schema/status.ts";
import { SYMBOL_METRICS } from "../../data/schema/symbol_metrics.ts";

/** What the metrics are made of. */
export interface MetricsInput {
  readonly status: Status;
  /** Clients of the stream. */
  readonly subscribers: number;
  /** Time that the service runs, s. */
  readonly uptime: number;
}

/** Media type of the format. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number | null];

function escape(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function family(
  name: string,
  type: "counter" | "gauge",
  help: string,
  samples: readonly Sample[],
): string {
  const full = `microstream_${name}`;
  const lines = samples.filter(([, value]) => value !== null)
    .map(([labels, value]) => `${full}${formatLabels(labels)} ${value}`);
  return [`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, ...lines].join("\n");
}

/**
 * The state of the service in Prometheus's text format, version 0.0.4.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function formatMetrics({ status, subscribers, uptime }: MetricsInput): string {
  const { symbols, source } = status;
  const invalid = Object.entries(status.invalid_frames_by_kind);
  const memory = process.memoryUsage();
  const families = [
    family("up", "gauge", "1 while all connections to the exchange stand.", [
      [{ source }, Number(status.connection === "live")],
    ]),
    family("uptime_seconds", "gauge", "Time since the start.", [[{}, uptime]]),
    family("resident_memory_bytes", "gauge", "Memory of the process.", [[{}, memory.rss]]),
    family("heap_bytes", "gauge", "Memory of JavaScript's objects: taken, and in use.", [
      [{ state: "taken" }, memory.heapTotal],
      [{ state: "used" }, memory.heapUsed],
    ]),
    family("external_memory_bytes", "gauge", "Buffers and WebAssembly memories.", [
      [{}, memory.external],
    ]),
    family("subscribers", "gauge", "Clients of the stream.", [[{}, subscribers]]),
    family("disconnects_total", "counter", "Connections that stood and were lost.", [
      [{}, status.disconnects],
    ]),
    family("handovers_total", "counter", "Connections replaced without a break.", [
      [{}, status.handovers],
    ]),
    family(
      "invalid_frames_total",
      "counter",
      "Frames that could not be used.",
      invalid.map(([reason, count]) => [{ reason }, count]),
    ),
    family(
      "model_info",
      "gauge",
      "1 for each model that is live.",
      status.models.map(({ name, fingerprint }) => [{ name, fingerprint }, 1]),
    ),
    family("models_refused", "gauge", "1 while the model files are not what is live.", [
      [{}, Number(status.models_problem !== null)],
    ]),
    family("rest_weight_used", "gauge", "Request weight used in this minute.", [
      [{}, status.rest_weight],
    ]),
    family("clock_offset_seconds", "gauge", "Exchange clock minus this machine's.", [
      [{}, status.clock_offset === null ? null : status.clock_offset / 1000],
    ]),
    ...SYMBOL_METRICS.map(({ name, type, help, value }) =>
      family(name, type, help, symbols.map((s): Sample => [{ symbol: s.symbol }, value(s)]))
    ),
  ];
  return `${families.join("\n")}\n`;
}
