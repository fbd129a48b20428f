import { expect, test } from "vitest";
import { formatMetrics } from "../../../service/serve/metrics.ts";
import type { Status } from "../../../data/schema/status.ts";

const STATUS: Status = {
  source: "binance",
  requested: "binance",
  connection: "live",
  message: "",
  since: 0,
  clock_offset: -40,
  disconnects: 3,
  handovers: 1,
  invalid_frames: 2,
  invalid_frames_by_kind: { JSON: 1, 'a "price"': 1 },
  models: [{ name: "classic", fingerprint: "0123456789ab", loaded: 0 }],
  models_problem: null,
  rest_weight: 12,
  symbols: [{
    ...{ symbol: "BTCUSDT", last_trade_time: 1500, last_bar: null, trades: 7, gaps: 2 },
    ...{ repaired_trades: 4, missing_trades: 1, held: 6, duplicates: 5, overlapped: 8, late: 9 },
    ...{ audited_bars: 10, mismatched_bars: 0, problem: "no answer" },
  }],
};

const METRICS = formatMetrics({ status: STATUS, subscribers: 2, uptime: 60 });

test.each([
  'microstream_up{source="binance"} 1',
  "microstream_subscribers 2",
  "microstream_disconnects_total 3",
  'microstream_model_info{name="classic",fingerprint="0123456789ab"} 1',
  'microstream_invalid_frames_total{reason="JSON"} 1',
  'microstream_invalid_frames_total{reason="a \\"price\\""} 1',
  "microstream_clock_offset_seconds -0.04",
  'microstream_trades_total{symbol="BTCUSDT"} 7',
  'microstream_bars_mismatched_total{symbol="BTCUSDT"} 0',
  'microstream_last_trade_timestamp_seconds{symbol="BTCUSDT"} 1.5',
  'microstream_bars_held_up{symbol="BTCUSDT"} 1',
])("tells %s", (line) => {
  expect(METRICS.split("\n")).toContain(line);
});

test.each([[null, 0], ["models/classic.json: cannot be read", 1]])(
  "files with the problem %j: models_refused is %d",
  (models_problem, value) => {
    const status = { ...STATUS, models_problem };
    expect(formatMetrics({ status, subscribers: 0, uptime: 0 }).split("\n"))
      .toContain(`microstream_models_refused ${value}`);
  },
);

test("what is not known has no sample, and every family has a type", () => {
  expect(METRICS).not.toContain("microstream_last_bar_timestamp_seconds{");
  const families = METRICS.match(/^# HELP (\S+)/gm)?.map((line) => line.slice(7)) ?? [];
  for (const name of families) {
    expect(METRICS).toMatch(new RegExp(`# TYPE ${name} (counter|gauge)`));
  }
  expect(METRICS.endsWith("\n")).toBe(true);
});
