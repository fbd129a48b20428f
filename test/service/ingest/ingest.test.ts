import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadCore } from "../../core-wasm/load.ts";
import { Journal } from "../../service/bus/embedded/journal.ts";
import { loadModels } from "../../service/engine/loaded_model.ts";
import { startExchange } from "../../service/simulator/simulator.ts";
import { simulatedMarket } from "../../service/simulator/simulated/source.ts";
import { createLog } from "../../service/log.ts";
import { Session } from "../../service/session.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const SYMBOLS = ["BTCUSDT", "ETHUSDT"];

function startMarket(port?: number) {
  return startExchange({
    source: simulatedMarket({ seed: 1, symbols: SYMBOLS }),
    ...(port !== undefined && { port }),
  });
}

test(
  "an outage is logged when it begins and when it is over; failed attempts lose no connection",
  async () => {
    const first = await startMarket();
    const { url, wsUrl } = first;
    await first.close();
    const messages: string[] = [];
    const times = (message: string) => messages.filter((each) => each === message).length;
    const session = new Session({
      source: "binance",
      symbols: SYMBOLS,
      wsUrl,
      restUrl: url,
      journal: new Journal(join(temporaryFolder(), "binance.sqlite")),
      wasm: loadCore(),
      models: loadModels({ models: ["models/classic.json"], expected: {} }),
      log: createLog("INFO", (line) => messages.push(JSON.parse(line).message)),
      onNowcast: () => {},
      onChange: () => {},
      onFailure: (error) => {
        throw error;
      },
    });
    onTestFinished(() => session.close());
    await session.start();
    await until(
      "a failed attempt",
      () => times("the feed was interrupted; trying again") || undefined,
    );
    expect(session.symbols[0]?.problem).toContain("bars wait for the exchange's time");
    expect(session.disconnects).toBe(0);

    const exchange = await startMarket(Number(new URL(url).port));
    onTestFinished(() => exchange.close());
    await until("the end of the outage", () => times("the feed is live again") || undefined);
    await until(
      "the exchange's time",
      () => times("the exchange tells its time again") || undefined,
    );
    expect(times("cannot get the exchange's time; trying again")).toBe(1);
    expect(session.disconnects).toBe(0);

    await exchange.close();
    await until("the second outage", () => session.disconnects || undefined);
    expect(session.disconnects).toBe(1);
    expect(times("the feed is live again")).toBe(1);
    expect(times("the exchange tells its time again")).toBe(1);
  },
  60_000,
);
