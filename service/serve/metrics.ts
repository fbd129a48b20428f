import process from "node:process";
import type { Status, SymbolStatus } from "../../data/schema/status.ts";

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

/** What a symbol's counters and gauges are called, and what they mean. */
const SYMBOL_METRICS: readonly (readonly [
  name: string,
  type: "counter" | "gauge",
  help: string,
  value: (symbol: SymbolStatus) => number | null,
])[] = [
  ["trades_total", "counter", "Trades passed on in the order of ids.", (s) => s.trades],
  ["trade_gaps_total", "counter", "Holes in the ids that did not close alone.", (s) => s.gaps],
  ["trades_repaired_total", "counter", "Trades taken from history.", (s) => s.repaired_trades],
  ["trades_missing_total", "counter", "Trades that could not be had.", (s) => s.missing_trades],
  ["trades_held_total", "counter", "Trades that waited for an earlier one.", (s) => s.held],
  ["trades_duplicate_total", "counter", "Trades received twice.", (s) => s.duplicates],
  ["trades_overlapped_total", "counter", "Trades doubled by a hand-over.", (s) => s.overlapped],
  ["trades_late_total", "counter", "Trades of a published minute.", (s) => s.late],
  ["bars_audited_total", "counter", "Bars compared with the kline.", (s) => s.audited_bars],
  ["bars_mismatched_total", "counter", "Bars unlike the kline.", (s) => s.mismatched_bars],
  [
    "last_trade_timestamp_seconds",
    "gauge",
    "Exchange time of the last trade.",
    (s) => s.last_trade_time === null ? null : s.last_trade_time / 1000,
  ],
  [
    "last_bar_timestamp_seconds",
    "gauge",
    "Open time of the last bar.",
    (s) => s.last_bar === null ? null : s.last_bar / 1000,
  ],
  ["bars_held_up", "gauge", "1 while bars wait for something.", (s) => Number(s.problem !== null)],
];

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
    ...SYMBOL_METRICS.map(([name, type, help, value]) =>
      family(name, type, help, symbols.map((s): Sample => [{ symbol: s.symbol }, value(s)]))
    ),
  ];
  return `${families.join("\n")}\n`;
}
