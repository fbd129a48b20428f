/**
 * Prints what returns and volatility of the simulated market are like beside those of real bars:
 * `deno run -A test/bench/market_table.ts FILE...`, each file a contiguous block of one-minute bars.
 */
import { rangesOf } from "./market_figures.ts";
import { measureFile, measureSimulated } from "./measured_bars.ts";

const SYMBOLS = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "DOGEUSDT"];
const SEEDS = [1, 2, 3];
/** Days of the usual block of real bars. */
const DAYS = 35;

const real = rangesOf(await Promise.all(Deno.args.map(measureFile)));
const simulated = rangesOf(
  SYMBOLS.flatMap((symbol) =>
    SEEDS.map((seed) => measureSimulated(symbol, seed, Date.UTC(2025, seed, 1), DAYS))
  ),
);
console.log("| figure: median (range) | files | simulated |\n| --- | ---: | ---: |");
for (const [name, range] of simulated) {
  const cells = [real.get(name), range].map((found) =>
    found === undefined
      ? "-"
      : `${found.median.toFixed(2)} (${found.low.toFixed(2)} to ${found.high.toFixed(2)})`
  );
  console.log(`| ${[name, ...cells].join(" | ")} |`);
}
