import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadCore } from "../../../../core-wasm/load.ts";
import { systemClock } from "../../../../data/common/clock.ts";
import type { Bar } from "../../../../data/schema/bar.ts";
import type { Live, LiveWindow } from "../../../../data/schema/live.ts";
import { parseSignal } from "../../../../data/schema/parse.ts";
import { isReadyForecast, type ReadyForecast } from "../../../../data/schema/signal.ts";
import { EmbeddedLog } from "../../../../service/bus/embedded/embedded_log.ts";
import { Engine } from "../../../../service/engine/engine.ts";
import { EngineRunner } from "../../../../service/engine/engine_runner.ts";
import { ModelRegistry } from "../../../../service/engine/model_registry.ts";
import { createLog } from "../../../../service/log.ts";
import { LiveScoring } from "../../../../service/serve/live_scores/live_scoring.ts";
import { simulatedMarket } from "../../../../service/simulator/simulated/source.ts";
import { barRecords, makeVolatilitySignal, signalRecords } from "../../../support/records.ts";
import { temporaryFolder } from "../../../support/temporary.ts";
import { until } from "../../../support/until.ts";

const MINUTE_MS = 60_000;
const START = Date.UTC(2026, 0, 5);
/** Three days fill the model's windows; then its market is live. */
const HISTORY = 4_400;
/** A day and some hours, so that the windows of the day and the week differ. */
const LIVE = 1_800;
/** One market has absolute borders, the other those against its week. */
const SYMBOLS = ["BTCUSDT", "DOGEUSDT"];

/** Bars of a simulated market; one minute is missing among those that are live. */
function simulatedBars(symbol: string): readonly Bar[] {
  const source = simulatedMarket({ seed: 4, symbols: [symbol], activity: 0.05 });
  const to = START + (HISTORY + LIVE) * MINUTE_MS;
  const klines = source.market(symbol)?.klines({
    ...{ from: START, to: to - 1, now: to, limit: HISTORY + LIVE, keep: "oldest" },
  }) ?? [];
  return klines.map(({ openTime: timestamp, open, high, low, close, volume }, i) => ({
    ...{ symbol, timestamp, close_time: timestamp + 59_999 },
    ...{ open: Number(open), high: Number(high), low: Number(low), close: Number(close) },
    ...{ volume: Number(volume), quality: "kline" as const, source: "simulator" as const },
    ...(i < HISTORY && { backfill: true as const }),
  })).filter((_, i) => i !== HISTORY + 500);
}

/** A journal on which an engine runs, as in a service. */
function setUp() {
  const registry = new ModelRegistry(
    { models: ["models/classic.json", "models/volatility.json"], expected: {} },
    createLog("ERROR", () => {}),
  );
  const path = join(temporaryFolder(), "simulator-1.sqlite");
  const open = () => new EmbeddedLog(path);
  const scoringOf = (log: EmbeddedLog) => {
    const scoring = new LiveScoring({ symbols: SYMBOLS, wasm: loadCore(), clock: systemClock });
    onTestFinished(() => scoring.close());
    scoring.follow(registry.status.descriptions);
    scoring.attach({ log, store: log });
    return scoring;
  };
  const runnerOf = async (log: EmbeddedLog) => {
    const engine = new Engine(loadCore(), registry.live, SYMBOLS);
    const runner = new EngineRunner(engine, { log, store: log }, HISTORY);
    await runner.recover();
    return runner;
  };
  return { registry, open, scoringOf, runnerOf };
}

/** Appends bars and has them scored by the engine. */
async function run(log: EmbeddedLog, runner: EngineRunner, bars: readonly Bar[]): Promise<void> {
  const position = log.end;
  await log.append(barRecords(...bars));
  const filter = { kinds: new Set(["bar"] as const), symbols: new Set(SYMBOLS), since: 0 };
  for (let after = position; after !== log.end;) {
    const page = log.page({ after, until: log.end, limit: 1000 }, filter);
    await runner.process(page.events);
    after = page.position;
    if (page.events.length === 0) break;
  }
}

/** What the journal has of a market, by minute. */
interface Journal {
  readonly bars: ReadonlyMap<number, Bar>;
  /** Published forecasts, history excluded. */
  readonly said: ReadonlyMap<number, ReadyForecast>;
}

function readJournal(log: EmbeddedLog, symbol: string): Journal {
  const bars = new Map([...log.bars(symbol, 0)].map((bar) => [bar.timestamp, bar]));
  const said = new Map<number, ReadyForecast>();
  for (const json of log.query({ kind: "signal", symbol, limit: 100_000 })) {
    const { timestamp, backfill, models } = parseSignal(json);
    const output = models["volatility"];
    if (backfill || output === undefined || !isReadyForecast(output)) continue;
    said.set(timestamp, output);
  }
  return { bars, said };
}

/** The bars of the minutes after one; undefined when one is missing. */
function next({ bars }: Journal, time: number, minutes: number): readonly Bar[] | undefined {
  const found = Array.from({ length: minutes + 1 }, (_, i) => bars.get(time + i * MINUTE_MS));
  const sound = found.filter((bar) => bar !== undefined);
  return sound.length === minutes + 1 ? sound : undefined;
}

function volatility(bars: readonly Bar[]): number {
  let sum = 0;
  for (const [i, { close }] of bars.entries()) {
    if (i > 0) sum += Math.log(close / (bars[i - 1]?.close ?? NaN)) ** 2;
  }
  return 1e4 * Math.sqrt(sum);
}

/** The scores of forecasts from a time on, by the definitions and not by the service's code. */
function score(journals: readonly Journal[], from: number, borders: Borders): Partial<LiveWindow> {
  const covered: number[] = [];
  const covered60: number[] = [];
  const briers: number[] = [];
  const logs: number[] = [];
  const changes: number[] = [];
  for (const journal of journals) {
    for (const [time, said] of journal.said) {
      if (time < from) continue;
      const quarter = next(journal, time, 15);
      if (quarter !== undefined) {
        const v = volatility(quarter);
        const { 10: low, 90: high } = said.forecast["15"].quantiles;
        covered.push(Number(low <= v && v <= high));
        const level = said.basis === "week" ? said.against_week.level : 0;
        const y = Math.log(v + 0.1) - level;
        const came = borders[said.basis].filter((border) => y >= border).length;
        const { calm = NaN, normal = NaN, turbulent = NaN } = said.probabilities;
        const shares = [calm, normal, turbulent];
        briers.push(shares.reduce((sum, p, k) => sum + (p - (k === came ? 1 : 0)) ** 2, 0));
        logs.push(Math.log(shares[came] ?? NaN));
      }
      const hour = next(journal, time, 60);
      if (hour === undefined) continue;
      const v = volatility(hour);
      const { 10: low, 90: high } = said.forecast["60"].quantiles;
      covered60.push(Number(low <= v && v <= high));
      const labels = hour.slice(1).map(({ timestamp }) => journal.said.get(timestamp)?.state);
      const changed = labels.some((label) => label !== said.state);
      changes.push((said.change_within_60_minutes - Number(changed)) ** 2);
    }
  }
  const mean = (values: readonly number[]) =>
    values.length < 200
      ? null
      : expect.closeTo(values.reduce((sum, value) => sum + value, 0) / values.length, 12);
  return {
    forecasts: covered.length,
    forecasts_60: covered60.length,
    coverage_80: mean(covered),
    coverage_80_60: mean(covered60),
    brier_label: mean(briers),
    brier_change: mean(changes),
    log_score: mean(logs),
  };
}

type Borders = Readonly<Record<"absolute" | "week", readonly number[]>>;

function bordersOf(registry: ModelRegistry): Borders {
  const artifact = registry.live[1]?.artifact;
  if (artifact === undefined || !("forecast" in artifact)) throw new Error("no forecasts");
  const { borders_absolute_y, borders_week } = artifact.forecast.horizons["15"];
  return { absolute: borders_absolute_y["BTCUSDT"] ?? [], week: borders_week };
}

/** Waits until so many forecasts of 15 minutes have been scored. */
function shown(scoring: LiveScoring, forecasts: number): Promise<Live> {
  return until("the scores of all forecasts", () => {
    const live = scoring.describe().get("volatility");
    return (live?.pooled.week.forecasts ?? 0) >= forecasts ? live : undefined;
  });
}

test("what is shown is what the journal says, and a restart in between changes nothing", async () => {
  const { registry, open, scoringOf, runnerOf } = setUp();
  const bars = SYMBOLS.flatMap(simulatedBars).sort((a, b) => a.timestamp - b.timestamp);
  const middle = bars.findIndex(({ timestamp }) =>
    timestamp === START + (HISTORY + 700) * MINUTE_MS
  );
  const first = open();
  const before = scoringOf(first);
  await run(first, await runnerOf(first), bars.slice(0, middle));
  await shown(before, 2 * (700 - 15 - 15 - 1));
  before.close();
  await first.close();

  const log = open();
  onTestFinished(() => log.close());
  const scoring = scoringOf(log);
  await run(log, await runnerOf(log), bars.slice(middle));
  const journals = SYMBOLS.map((symbol) => readJournal(log, symbol));
  const borders = bordersOf(registry);
  const week = score(journals, 0, borders);
  const live = await shown(scoring, week.forecasts ?? NaN);

  const newest = START + (HISTORY + LIVE - 1) * MINUTE_MS;
  const day = newest - newest % 3_600_000 - 23 * 3_600_000;
  expect(week.forecasts).toBe(2 * (LIVE - 15 - 15 - 1));
  expect(live.pooled).toMatchObject({ day: score(journals, day, borders), week });
  for (const [i, symbol] of SYMBOLS.entries()) {
    expect(live.symbols[symbol]).toMatchObject({
      day: score(journals.slice(i, i + 1), day, borders),
      week: score(journals.slice(i, i + 1), 0, borders),
    });
  }
  // From the store alone, all of it is the same but for the sums' last digits.
  const again = await shown(scoringOf(log), week.forecasts ?? NaN);
  expect(again).toEqual(live);

  const [trained, foreign] = SYMBOLS.map((symbol) => live.symbols[symbol]);
  expect(trained).toMatchObject({
    basis: "absolute",
    drift: { band: [expect.any(Number), expect.any(Number)] },
  });
  expect(trained).not.toHaveProperty("trained_on");
  expect(trained?.week.brier_threshold).toBeGreaterThan(0);
  expect(foreign).toMatchObject({ basis: "week", trained_on: ["BTCUSDT"], drift: { band: null } });
  expect(foreign?.week.brier_threshold).toBeNull();
  expect(live.pooled.week.brier_threshold).toBeNull();
});

test("when a model is replaced, what is in the journal is scored by the new one's rules", async () => {
  const { registry, open, scoringOf } = setUp();
  const log = open();
  onTestFinished(() => log.close());
  const signals = Array.from({ length: 300 }, (_, i) => makeVolatilitySignal(i));
  await log.append(signalRecords(...signals));
  const scoring = scoringOf(log);
  // Prices stand still, which is calm by any borders but these.
  const calm = await shown(scoring, 285);
  scoring.follow(registry.status.descriptions.map((model) => {
    const { forecast } = model;
    if (forecast === undefined) return model;
    const borders = { borders_absolute_y: { BTCUSDT: [-10, -5] }, borders_week: [-1, 1] };
    return {
      ...model,
      fingerprint: "another",
      forecast: { ...forecast, horizons: { "15": borders } },
    };
  }));
  expect(scoring.describe().get("volatility")?.pooled.week.forecasts).toBe(0);
  const turbulent = await shown(scoring, 285);
  expect(calm.pooled.week.log_score).toBeCloseTo(Math.log(0.12), 10);
  expect(turbulent.pooled.week.log_score).toBeCloseTo(Math.log(0.07), 10);
});

test("without a model that makes forecasts nothing is read and nothing shown", async () => {
  const { registry, open, scoringOf } = setUp();
  const log = open();
  onTestFinished(() => log.close());
  await log.append(signalRecords(makeVolatilitySignal(0)));
  const scoring = scoringOf(log);
  scoring.follow(registry.status.descriptions.slice(0, 1));
  expect(scoring.describe().size).toBe(0);
});
