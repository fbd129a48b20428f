import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { MINUTE_MS } from "../../data/schema/time.ts";
import { simulatedMarket } from "../../service/simulator/simulated/source.ts";
import { startSimulator } from "../../service/simulator/simulator.ts";
import { ServiceProcess } from "../support/service_process.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";

/** Where two days of the simulated market meet, each worked out by itself. */
const SEAM = Date.UTC(2026, 0, 14);
const barsSchema = z.array(
  z.looseObject({
    timestamp: z.number(),
    close: z.number(),
    volume: z.number(),
    quality: z.string(),
    first_trade_id: z.optional(z.number()),
    last_trade_id: z.optional(z.number()),
  }),
);

test("a service on the simulated market builds the bars around midnight from trades without a gap", async () => {
  const source = simulatedMarket({ seed: 4, symbols: ["BTCUSDT"] });
  const exchange = await startSimulator({ source, start: SEAM - 4 * MINUTE_MS, speed: 20 });
  onTestFinished(() => exchange.close());
  const service = await ServiceProcess.start({
    ...{ SOURCE: "binance", SYMBOLS: "BTCUSDT", HISTORY_DAYS: "1", DATA_DIR: temporaryFolder() },
    ...{ BINANCE_WS_URL: exchange.wsUrl, BINANCE_REST_URL: exchange.url },
  });
  const bars = await until("the bars of the new day", async () => {
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
  // The first live minute may have begun before the service.
  const live = bars.filter(({ timestamp }) => timestamp >= SEAM - 2 * MINUTE_MS);
  expect(live.map(({ quality }) => quality)).toEqual(live.map(() => "trades"));
  for (const [i, bar] of live.slice(1).entries()) {
    expect(bar.first_trade_id).toBe((live[i]?.last_trade_id ?? NaN) + 1);
  }
  await service.kill("SIGTERM");
});
