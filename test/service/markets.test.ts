/** The service with markets that are halted, and that are listed only while it runs. */
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { barSchema } from "../../data/schema/bar.ts";
import { systemClock } from "../../data/common/clock.ts";
import { RestClient } from "../../service/exchanges/binance/rest.ts";
import { SCHEMAS } from "../../service/serve/openapi/schemas.ts";
import { parseFaults } from "../../service/simulator/faults/parse.ts";
import { simulatedMarket } from "../../service/simulator/simulated/source.ts";
import { startSimulator } from "../../service/simulator/simulator.ts";
import { ServiceProcess } from "../support/service_process.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const MINUTE = 60_000;

test("a halted market and one not listed yet are no fault, and go on and begin by themselves", async () => {
  const exchange = await startSimulator({
    source: simulatedMarket({ seed: 3, symbols: ["BTCUSDT", "ETHUSDT", "SOLUSDT"] }),
    // Two hours a minute: the service has a minute to start before the halt ends.
    speed: 120,
    faults: parseFaults("halt ETHUSDT at 0:00 for 2h; unlist SOLUSDT at 0:00 for 2h"),
  });
  onTestFinished(() => exchange.close());
  const started = exchange.now();
  const service = await ServiceProcess.start({
    SOURCE: "binance",
    SYMBOLS: "BTCUSDT,ETHUSDT,SOLUSDT,SOLLUSDT",
    BINANCE_WS_URL: exchange.wsUrl,
    BINANCE_REST_URL: exchange.url,
    DATA_DIR: temporaryFolder(),
  });
  const seen = async (what: string, wanted: Readonly<Record<string, string>>) =>
    await until(what, async () => {
      const health = SCHEMAS.Health.parse(await service.get("/healthz"));
      const states = new Map(health.symbols.map(({ symbol, market }) => [symbol, market]));
      const isSeen = Object.entries(wanted).every(([symbol, state]) =>
        states.get(symbol) === state
      );
      return isSeen ? health : undefined;
    });
  const halted = await seen("the states at the start", {
    ...{ BTCUSDT: "trading", ETHUSDT: "halted", SOLUSDT: "unlisted", SOLLUSDT: "unlisted" },
  });
  expect(halted.symbols.map(({ problem }) => problem)).toEqual([null, null, null, null]);
  expect(halted.disconnects).toBe(0);
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  expect(metrics).toContain('microstream_market_state{symbol="ETHUSDT",state="halted"} 1');

  await seen("the end of the halt, and the listing", { ETHUSDT: "trading", SOLUSDT: "trading" });
  // Up to the end of this minute: it can be the first one after the halt, which has none before it.
  const to = (Math.floor(exchange.now() / MINUTE) + 1) * MINUTE;
  const rest = new RestClient({ url: exchange.url, clock: systemClock });
  onTestFinished(() => rest.close());
  for (const symbol of ["BTCUSDT", "ETHUSDT", "SOLUSDT"]) {
    const query = `symbol=${symbol}&from=${started}&to=${to - MINUTE}&limit=10000`;
    const bars = await until(`the bars of ${symbol}`, async () => {
      const found = z.array(barSchema).parse(await service.get(`/api/v1/bars?${query}`));
      return (found.at(-1)?.timestamp ?? 0) >= to - MINUTE ? found : undefined;
    });
    const klines = await rest.klines(symbol, started, to);
    expect(bars.map((bar) => [bar.timestamp, bar.close, bar.volume, bar.num_trades]))
      .toEqual(klines.map((k) => [k.open_time, k.close, k.volume, k.num_trades]));
  }
});
