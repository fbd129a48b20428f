import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { fingerprint } from "../../models/artifact/read.ts";
import { startSimulator } from "../../service/simulator/simulator.ts";
import { simulatedMarket } from "../../service/simulator/simulated/source.ts";
import { readEvents } from "../support/event_stream.ts";
import { ServiceProcess } from "../support/service_process.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const health = z.looseObject({
  source: z.string(),
  requested: z.string(),
  connection: z.string(),
  message: z.string(),
  models: z.array(z.object({ name: z.string(), fingerprint: z.string(), loaded: z.number() })),
});
const sources = z.array(z.looseObject({ source: z.string(), is_anomaly: z.nullable(z.boolean()) }));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new TypeError("no TCP address");
  return address.port;
}

test(
  "auto falls back to the simulator, says so, and moves over with the live models once the exchange answers",
  async () => {
    const port = await freePort();
    const folder = temporaryFolder();
    const classic = readFileSync("models/classic.json", "utf8");
    const model = join(folder, "model.json");
    writeFileSync(model, classic);
    const service = await ServiceProcess.start({
      SOURCE: "auto",
      BINANCE_WS_URL: `ws://127.0.0.1:${port}`,
      BINANCE_REST_URL: `http://127.0.0.1:${port}`,
      DATA_DIR: folder,
      MODELS: model,
    });
    const ask = async () => health.parse(await service.get("/healthz"));
    const simulated = await until("the simulator", async () => {
      const state = await ask();
      return state.source === "simulator" && state.connection === "live" ? state : undefined;
    });
    expect(simulated.message).toMatch(/^Simulated market: Binance cannot be reached \(.*\)/);
    const signals = async () => {
      const found = sources.parse(await service.get("/api/v1/signals?limit=2000"));
      return found.length > 60 ? found : undefined;
    };
    const before = await until("hours of simulated signals", signals);
    expect(new Set(before.map(({ source }) => source))).toEqual(new Set(["simulator"]));

    const retrained = classic.replace(/"offset": ?-[\d.]+/, '"offset": -0.01');
    writeFileSync(model, retrained);
    const isLive = async () => (await ask()).models[0]?.fingerprint === fingerprint(retrained);
    await until("the new model", async () => await isLive() || undefined);

    const exchange = await startSimulator({
      source: simulatedMarket({ seed: 9, symbols: ["BTCUSDT"] }),
      port,
    });
    onTestFinished(() => exchange.close());
    // Ends with the test where no such status comes.
    for await (const { data } of readEvents(`${service.url}/api/v1/stream?events=status`)) {
      if (data.startsWith('{"source":"binance"')) break;
    }
    const after = await until("signals of the exchange", signals);
    expect(new Set(after.map(({ source }) => source))).toEqual(new Set(["binance"]));
    expect(await isLive()).toBe(true);
    // Every minute scores below that offset, once the model is ready.
    expect(after.slice(-40).map((signal) => signal.is_anomaly)).toEqual(Array(40).fill(true));
  },
);
