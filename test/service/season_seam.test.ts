import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { MINUTE_MS } from "../../data/schema/time.ts";
import { seasonAt } from "../../service/simulator/simulated/seasons.ts";
import { simulatedMarket } from "../../service/simulator/simulated/source.ts";
import { startSimulator } from "../../service/simulator/simulator.ts";
import { ServiceProcess } from "../support/service_process.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const SEAM = seasonAt(3).from * MINUTE_MS;
const barsSchema = z.array(
  z.looseObject({ timestamp: z.number(), close: z.number(), volume: z.number() }),
);

test("a service that runs from one season of the simulated market to the next has every bar", async () => {
  const source = simulatedMarket({ seed: 4, symbols: ["BTCUSDT"] });
  const exchange = await startSimulator({ source, start: SEAM - 4 * MINUTE_MS, speed: 20 });
  onTestFinished(() => exchange.close());
  const service = await ServiceProcess.start({
    ...{ SOURCE: "binance", SYMBOLS: "BTCUSDT", HISTORY_DAYS: "1", DATA_DIR: temporaryFolder() },
    ...{ BINANCE_WS_URL: exchange.wsUrl, BINANCE_REST_URL: exchange.url },
  });
  const bars = await until("the bars of the new season", async () => {
    const path = `/api/v1/bars?from=${SEAM - 30 * MINUTE_MS}&limit=60`;
    const found = barsSchema.parse(await service.get(path));
    return (found.at(-1)?.timestamp ?? 0) >= SEAM + 3 * MINUTE_MS ? found : undefined;
  });
  expect(bars.map(({ timestamp }) => timestamp)).toEqual(
    bars.map((_, i) => SEAM - 30 * MINUTE_MS + i * MINUTE_MS),
  );
  const klines = source.market("BTCUSDT")?.klines({
    ...{ from: SEAM - 30 * MINUTE_MS, to: bars.at(-1)?.timestamp ?? NaN, now: Infinity },
    ...{ limit: 100, keep: "oldest" },
  }) ?? [];
  expect(bars.map(({ close, volume }) => [close, volume])).toEqual(
    klines.map(({ close, volume }) => [Number(close), Number(volume)]),
  );
  await service.kill("SIGTERM");
});
