import { expect, onTestFinished, test } from "vitest";
import { startSimulator } from "../../service/simulator/simulator.ts";
import { parseFaults } from "../../service/simulator/faults/parse.ts";
import { simulatedMarket } from "../../service/simulator/simulated/source.ts";
import { ServiceProcess } from "../support/service_process.ts";
import { computeBars, exact, publishedBars } from "../support/storm.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const STORM = `
  seed=1; drop 2%; duplicate 2%; reorder 2% within 8; delay 1% by 2s..40s
  garbage 1%; truncate 1%; wrong-types 1%; absurd-prices 1%
  close 1001 every 7m; reset every 11m; lifetime 5m; shutdown every 23m lead 2m
  rest 500 25%; rest break 5%; rest lag 2m 10%
`;
const SYMBOLS = ["BTCUSDT", "PEPEUSDT"];
const MINUTES = 60;
/** Half a minute of real time at this speed; a machine ten times slower needs minutes. */

test("an hour of bars equals the market's trades through a storm of faults", async () => {
  const source = simulatedMarket({ seed: 11, symbols: SYMBOLS });
  const exchange = await startSimulator({ source, speed: 120, faults: parseFaults(STORM) });
  onTestFinished(() => exchange.close());
  const service = await ServiceProcess.start({
    SOURCE: "binance",
    SYMBOLS: SYMBOLS.join(","),
    BINANCE_WS_URL: exchange.wsUrl,
    BINANCE_REST_URL: exchange.url,
    DATA_DIR: temporaryFolder(),
    LOG_LEVEL: "ERROR",
  });
  for (const symbol of SYMBOLS) {
    const bars = await until(`an hour of ${symbol}`, async () => {
      const all = await publishedBars(service, symbol, 0, exchange.now());
      const live = all.filter(({ quality }) => quality !== "kline");
      return live.length >= MINUTES ? live : undefined;
    });
    const [from = 0, to = 0] = [bars.at(0)?.timestamp, bars.at(-1)?.timestamp];
    expect(bars.map(exact)).toEqual(computeBars(source, symbol, from, to + 1));
    expect(bars.some(({ quality }) => quality === "repaired")).toBe(true);
  }
  expect(exchange.faults.disconnects).toBeGreaterThan(10);
});
