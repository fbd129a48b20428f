import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { barSchema } from "../../data/schema/bar.ts";
import { isReady, labelKey, primaryOutput, signalSchema } from "../../data/schema/signal.ts";
import { type Simulator, startSimulator } from "../../service/simulator/simulator.ts";
import { recordedMarket } from "../../service/simulator/recorded/source.ts";
import { simulatedMarket } from "../../service/simulator/simulated/source.ts";
import type { MarketSource } from "../../service/simulator/source.ts";
import { systemClock } from "../../data/common/clock.ts";
import { RestClient } from "../../service/exchanges/binance/rest.ts";
import { loadKlines } from "../support/history.ts";
import { ServiceProcess } from "../support/service_process.ts";
import { realDataTest, sharedData } from "../support/shared_data.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const bars = z.array(barSchema);
const signals = z.array(signalSchema);

async function serve(source: MarketSource, speed: number) {
  const exchange = await startSimulator({ source, speed });
  onTestFinished(() => exchange.close());
  const service = await ServiceProcess.start({
    SOURCE: "binance",
    BINANCE_WS_URL: exchange.wsUrl,
    BINANCE_REST_URL: exchange.url,
    DATA_DIR: temporaryFolder(),
  });
  return { exchange, service };
}

function klinesOf(exchange: Simulator, symbol: string, from: number, to: number) {
  return new RestClient({ url: exchange.url, clock: systemClock }).klines(symbol, from, to);
}

test("live bars equal the exchange's klines, most of them built from trades", async () => {
  const source = simulatedMarket({ seed: 7, symbols: ["BTCUSDT", "PEPEUSDT"] });
  const { exchange, service } = await serve(source, 300);
  const live = await until("20 bars from trades", async () => {
    const all = bars.parse(await service.get("/api/v1/bars?symbol=BTCUSDT&limit=2000"));
    return all.filter(({ quality }) => quality === "trades").length >= 20 ? all : undefined;
  });
  const from = live[0]?.timestamp ?? 0;
  const klines = await klinesOf(exchange, "BTCUSDT", from, from + live.length * 60_000);
  expect(live.map((bar) => [bar.timestamp, bar.open, bar.high, bar.low, bar.close, bar.num_trades]))
    .toEqual(klines.map((k) => [k.open_time, k.open, k.high, k.low, k.close, k.num_trades]));
  for (const [i, bar] of live.entries()) {
    expect(bar.volume).toBeCloseTo(klines[i]?.volume ?? NaN, 8);
    expect(bar.taker_buy_volume).toBeCloseTo(klines[i]?.taker_buy_volume ?? NaN, 8);
  }
});

test("a day of regimes stands seconds after the first start", async () => {
  const { service } = await serve(simulatedMarket({ seed: 7, symbols: ["BTCUSDT"] }), 1);
  const outputs = await until("a day of regimes of both models", async () => {
    const found = signals.parse(await service.get("/api/v1/signals?symbol=BTCUSDT&limit=1440"));
    const all = found.flatMap((signal) => [primaryOutput(signal), ...Object.values(signal.models)]);
    const ready = all.filter(isReady);
    return ready.length === 2 * 1440 ? ready : undefined;
  });
  for (const { name, probabilities, confidence } of outputs) {
    const sum = Object.values(probabilities).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(1, 12);
    expect(probabilities[labelKey(name)]).toBe(confidence);
  }
});

const TRADES = "trades/BTCUSDT-spot-trades-20240808T235415-20240809T000505.csv.gz";
const KLINES = "klines/BTCUSDT-spot-1m-ohlcv-20240808-capture.csv.gz";

realDataTest(
  "the ten full minutes of the 2024-08-08 capture equal Binance's own klines",
  [TRADES, KLINES],
  async () => {
    const source = await recordedMarket({
      trades: [sharedData(TRADES)],
      klines: [sharedData(KLINES)],
    });
    const { service } = await serve(source, 60);
    const from = Date.UTC(2024, 7, 8, 23, 55);
    const query = `symbol=BTCUSDT&from=${from}&to=${from + 9 * 60_000}`;
    const ten = await until("ten signals", async () => {
      const found = signals.parse(await service.get(`/api/v1/signals?${query}`));
      return found.length === 10 ? found : undefined;
    });
    const published = bars.parse(await service.get(`/api/v1/bars?${query}`));
    expect(published.map(({ timestamp }) => timestamp)).toEqual(ten.map((s) => s.timestamp));
    expect(new Set(published.map(({ quality }) => quality))).toEqual(new Set(["trades"]));
    const all = await loadKlines(sharedData(KLINES));
    const klines = all.filter(({ open_time: t }) => t >= from && t <= from + 9 * 60_000);
    expect(published.map(({ open, high, low, close }) => [open, high, low, close]))
      .toEqual(klines.map(({ open, high, low, close }) => [open, high, low, close]));
    for (const [i, bar] of published.entries()) {
      expect(Math.abs(bar.volume - (klines[i]?.volume ?? NaN))).toBeLessThanOrEqual(1e-8);
    }
  },
);
