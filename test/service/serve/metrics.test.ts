import { setImmediate } from "node:timers";
import { expect, test } from "vitest";
import type { ModelDescription } from "../../../data/schema/model.ts";
import { ModelRegistry } from "../../../service/engine/model_registry.ts";
import { createLog } from "../../../service/log.ts";
import { Refusals } from "../../../service/serve/http/refusals.ts";
import { ServiceMetrics } from "../../../service/serve/metrics.ts";
import { makeLive } from "../../support/records.ts";
import { makeStatus } from "./support.ts";

const STATUS = makeStatus({
  clock_offset: -40,
  disconnects: 3,
  handovers: 1,
  invalid_frames: 2,
  invalid_frames_by_kind: { JSON: 1, 'a "price"': 1 },
  rest_weight: 12,
}, {
  last_trade_time: 1500,
  last_bar: null,
  trades: 7,
  mismatched_bars: 0,
  problem: "no answer",
});

/** What the HTTP side counts. */
function httpSide() {
  const refusals = new Refusals();
  refusals.add("streams");
  return {
    clients: { size: 2 },
    gate: { waiting: 4 },
    history: { size: 5 },
    server: { connections: 6, restarts: 1 },
    refusals,
  };
}

const VOLATILITY = new ModelRegistry(
  { models: ["models/volatility.json"], expected: {} },
  createLog("ERROR", () => {}),
).status.descriptions;
const LIVE = VOLATILITY.map((model) => ({ ...model, live: makeLive() }));

async function scrape(
  status = STATUS,
  models: readonly ModelDescription[] = [],
): Promise<readonly string[]> {
  let now = 1000;
  const metrics = new ServiceMetrics({
    view: { status, models },
    ...httpSide(),
    clock: { monotonic: () => now },
  });
  now += 60_000;
  return (await metrics.scrape()).split("\n");
}

test.each([
  'microstream_up{source="binance"} 1',
  "microstream_uptime_seconds 60",
  "microstream_subscribers 2",
  "microstream_streams_waiting 4",
  "microstream_history_answers 5",
  "microstream_connections 6",
  'microstream_refused_total{bound="streams"} 1',
  'microstream_refused_total{bound="connections"} 0',
  "microstream_listener_restarts_total 1",
  "microstream_disconnects_total 3",
  "microstream_handovers_total 1",
  'microstream_model_info{name="classic",fingerprint="0123456789ab"} 1',
  'microstream_invalid_frames_total{reason="JSON"} 1',
  'microstream_invalid_frames_total{reason="a \\"price\\""} 1',
  "microstream_rest_weight_used 12",
  "microstream_clock_offset_seconds -0.04",
  'microstream_trades_total{symbol="BTCUSDT"} 7',
  'microstream_bars_mismatched_total{symbol="BTCUSDT"} 0',
  'microstream_last_trade_timestamp_seconds{symbol="BTCUSDT"} 1.5',
  'microstream_bars_held_up{symbol="BTCUSDT"} 1',
])("has %s", async (line) => {
  expect(await scrape()).toContain(line);
});

test.each([[null, 0], ["models/classic.json: cannot be read", 1]])(
  "files with the problem %j: models_refused is %d",
  async (models_problem, value) => {
    expect(await scrape({ ...STATUS, models_problem }))
      .toContain(`microstream_models_refused ${value}`);
  },
);

test("an unknown value has no sample", async () => {
  const samples = (await scrape({ ...STATUS, clock_offset: null })).filter((line) =>
    /^microstream_(last_bar_timestamp|clock_offset)_seconds/.test(line)
  );
  expect(samples).toEqual([]);
});

test("each scrape shows the current state, and nothing of the one before", async () => {
  const view = { status: STATUS, models: [] };
  const metrics = new ServiceMetrics({ view, ...httpSide(), clock: { monotonic: () => 0 } });
  await metrics.scrape();
  view.status = makeStatus({ source: "simulator", disconnects: 4 }, { symbol: "ETHUSDT" });
  const text = await metrics.scrape();
  expect(text).toContain("microstream_disconnects_total 4\n");
  expect(text).toContain('microstream_up{source="simulator"} 1\n');
  expect(text).not.toMatch(/BTCUSDT|binance|reason=/);
});

test("every family has a help text and a type, and the text ends with a line end", async () => {
  const lines = await scrape();
  expect(lines.at(-1)).toBe("");
  const names = lines.flatMap((line) => /^# HELP (\S+) \S+/.exec(line)?.[1] ?? []);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) {
    const type = name.endsWith("_total") ? "counter" : "gauge";
    expect(lines).toContain(`# TYPE ${name} ${type}`);
  }
});

test("a scrape takes a turn of the event loop for each metric", async () => {
  const metrics = new ServiceMetrics({
    view: { status: STATUS, models: [] },
    ...httpSide(),
    clock: { monotonic: () => 0 },
  });
  let turns = 0;
  let scraping = true;
  const count = () => {
    turns++;
    if (scraping) setImmediate(count);
  };
  setImmediate(count);
  const families = (await metrics.scrape()).match(/^# TYPE/gm) ?? [];
  scraping = false;
  expect(turns).toBeGreaterThanOrEqual(families.length);
});

test.each([
  'forecast_scored{model="volatility",symbol="all",window="day"} 150',
  'forecast_scored{model="volatility",symbol="BTCUSDT",window="week"} 9000',
  'forecast_scored_60{model="volatility",symbol="BTCUSDT",window="week"} 8955',
  'forecast_coverage{model="volatility",symbol="BTCUSDT",window="week"} 0.792',
  'forecast_coverage_60{model="volatility",symbol="all",window="week"} 0.776',
  'forecast_brier_label{model="volatility",symbol="BTCUSDT",window="week"} 0.37',
  'forecast_brier_threshold{model="volatility",symbol="BTCUSDT",window="week"} 0.41',
  'forecast_brier_change{model="volatility",symbol="BTCUSDT",window="week"} 0.16',
  'forecast_log_score{model="volatility",symbol="BTCUSDT",window="week"} -0.59',
  'forecast_log_score_expected{model="volatility",symbol="BTCUSDT",window="week"} -0.6',
  'forecast_shocks{model="volatility",symbol="BTCUSDT",window="week"} 130',
  'forecast_input_psi_max{model="volatility",symbol="BTCUSDT"} 0.31',
  'forecast_retrain{model="volatility",symbol="BTCUSDT"} 1',
  'forecast_retrain{model="volatility",symbol="ETHUSDT"} 0',
])("live scores: has microstream_%s", async (line) => {
  expect(await scrape(STATUS, LIVE)).toContain(`microstream_${line}`);
});

test("a score of too few forecasts has no sample", async () => {
  const lines = await scrape(STATUS, LIVE);
  expect(lines.filter((line) => /^microstream_forecast_coverage\{.*window="day"/.test(line)))
    .toEqual([]);
  expect(lines.filter((line) => /^microstream_forecast_input.*ETHUSDT/.test(line))).toEqual([]);
});
