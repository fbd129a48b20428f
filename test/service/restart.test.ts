import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadCore } from "../../core-wasm/load.ts";
import { DEFAULT_MODELS } from "../../service/config.ts";
import { Journal } from "../../service/bus/embedded/journal.ts";
import { Engine } from "../../service/engine/engine.ts";
import { loadModels } from "../../service/engine/loaded_model.ts";
import { startSimulator } from "../../service/simulator/simulator.ts";
import { simulatedMarket } from "../../service/simulator/simulated/source.ts";
import { ServiceProcess } from "../support/service_process.ts";
import { temporaryFolder } from "../support/temporary.ts";

/** Reads the stream for a while, as a client does, and keeps what it was told by id. */
async function listen(url: string, lastId: string, ms: number): Promise<Map<string, string>> {
  const told = new Map<string, string>();
  const response = await fetch(`${url}/api/v1/stream?events=bar,signal`, {
    headers: lastId === "" ? {} : { "last-event-id": lastId },
    signal: AbortSignal.timeout(ms),
  });
  let rest = "";
  try {
    for await (
      const text of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())
    ) {
      const blocks = (rest + text).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const id = /^id: (.*)$/m.exec(block)?.[1];
        if (id !== undefined) told.set(id, /^data: (.*)$/m.exec(block)?.[1] ?? "");
      }
    }
  } catch {
    // The time is over, or the service was killed.
  }
  return told;
}

test("kill -9 in mid-stream: nothing acknowledged is lost, nothing doubled, state goes on", async () => {
  const exchange = await startSimulator({
    source: simulatedMarket({ seed: 3, symbols: ["BTCUSDT"] }),
    speed: 300,
  });
  onTestFinished(() => exchange.close());
  const folder = temporaryFolder();
  const env = {
    SOURCE: "binance",
    BINANCE_WS_URL: exchange.wsUrl,
    BINANCE_REST_URL: exchange.url,
    DATA_DIR: folder,
  };
  const told = new Map<string, string>();
  let lastId = "";
  for (let run = 0; run < 4; run++) {
    const service = await ServiceProcess.start(env);
    // The first start fetches a month of klines before it tells anything.
    const ms = (run === 0 ? 6500 : 2200) + 150 * run;
    const listening = listen(service.url, lastId, ms + 1800);
    await new Promise((resolve) => setTimeout(resolve, ms));
    await service.kill("SIGKILL");
    for (const [id, json] of await listening) {
      expect(told.has(id)).toBe(false);
      told.set(id, json);
      lastId = id;
    }
  }
  expect(told.size).toBeGreaterThan(50);

  const journal = new Journal(join(folder, "binance.sqlite"));
  onTestFinished(() => journal.close());
  const kept = new Map(journal.after(journal.start, 100_000)?.events.map((e) => [e.id, e.json]));
  for (const [id, json] of told) expect(kept.get(id)).toBe(json);

  const bars = [...journal.bars("BTCUSDT", 0)];
  const first = bars[0]?.timestamp ?? 0;
  expect(bars.map((bar) => bar.timestamp)).toEqual(bars.map((_, i) => first + i * 60_000));

  const engine = new Engine(
    loadCore(),
    loadModels({ models: DEFAULT_MODELS, expected: {} }),
    ["BTCUSDT"],
  );
  const uninterrupted = bars.map((bar) => JSON.stringify(engine.push(bar)));
  const published = journal.query({ kind: "signal", limit: 100_000 });
  expect(published.length).toBeGreaterThanOrEqual(bars.length - 1);
  expect(published).toEqual(uninterrupted.slice(0, published.length));
});
