import { expect, onTestFinished } from "vitest";
import { z } from "zod";
import { barSchema } from "../../data/schema/bar.ts";
import { readCapture } from "../../service/simulator/capture/capture.ts";
import { startSimulator } from "../../service/simulator/simulator.ts";
import { recordedMarket } from "../../service/simulator/recorded/source.ts";
import { loadKlines } from "../support/history.ts";
import { ServiceProcess } from "../support/service_process.ts";
import { realDataTest, sharedData } from "../support/shared_data.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const CAPTURE = "ws/BTCUSDT-spot-20240808.jsonl.gz";
const TRADES = "trades/BTCUSDT-spot-trades-20240808T235415-20240809T000505.csv.gz";
const KLINES = "klines/BTCUSDT-spot-1m-ohlcv-20240808-capture.csv.gz";
/** A machine ten times slower needs minutes. */
const FROM = Date.UTC(2024, 7, 8, 23, 55);
const TO = FROM + 9 * 60_000;

realDataTest(
  "a raw capture of trades among depth and bookTicker gives Binance's own ten minutes",
  [CAPTURE, TRADES, KLINES],
  async () => {
    const exchange = await startSimulator({
      source: await recordedMarket({
        trades: [sharedData(TRADES)],
        klines: [sharedData(KLINES)],
      }),
      capture: await readCapture(sharedData(CAPTURE)),
      speed: 60,
    });
    onTestFinished(() => exchange.close());
    const service = await ServiceProcess.start({
      SOURCE: "binance",
      BINANCE_WS_URL: exchange.wsUrl,
      BINANCE_REST_URL: exchange.url,
      DATA_DIR: temporaryFolder(),
    });
    const query = `symbol=BTCUSDT&from=${FROM}&to=${TO}`;
    const bars = await until("ten bars", async () => {
      const found = z.array(barSchema).parse(await service.get(`/api/v1/bars?${query}`));
      return found.length === 10 ? found : undefined;
    });
    const all = await loadKlines(sharedData(KLINES));
    const klines = all.filter(({ open_time: t }) => t >= FROM && t <= TO);
    expect(bars.map(({ open, high, low, close }) => [open, high, low, close]))
      .toEqual(klines.map(({ open, high, low, close }) => [open, high, low, close]));
    for (const [i, bar] of bars.entries()) {
      expect(Math.abs(bar.volume - (klines[i]?.volume ?? NaN))).toBeLessThanOrEqual(1e-8);
      expect(["trades", "repaired"]).toContain(bar.quality);
    }
    const health = z.object({ invalid_frames: z.int() }).parse(await service.get("/healthz"));
    expect(health.invalid_frames).toBe(0);
  },
);
