import { createServer } from "node:http";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { runToEnd, ServiceProcess } from "../support/service_process.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";

function oneLine(text: string): string {
  expect(text.trimEnd().split("\n")).toHaveLength(1);
  return text;
}

test("a wrong environment value ends the start with one line that names it", async () => {
  const { code, stderr } = await runToEnd({ SOURCE: "kraken" });
  expect(code).toBe(2);
  expect(oneLine(stderr)).toContain("SOURCE must be one of auto, binance, simulator");
});

test("a damaged model file ends the start with one line that names file and field", async () => {
  const path = join(temporaryFolder(), "model.json");
  const artifact = JSON.parse(readFileSync("models/classic.json", "utf8"));
  artifact.hmm.transmat[1][0] = 0.9;
  writeFileSync(path, JSON.stringify(artifact));
  const damaged = await runToEnd({ MODELS: path, DATA_DIR: temporaryFolder() });
  expect(damaged.code).toBe(2);
  expect(oneLine(damaged.stderr)).toMatch(/model\.json: hmm\.transmat\[1\]/);
  const missing = await runToEnd({ MODELS: "models/none.json", DATA_DIR: temporaryFolder() });
  expect(missing.code).toBe(2);
  expect(oneLine(missing.stderr)).toContain("models/none.json: cannot be read");
});

test("parameters that the model was not trained with end the start", async () => {
  const { code, stderr } = await runToEnd({ HMM_N_COMPONENTS: "4", DATA_DIR: temporaryFolder() });
  expect(code).toBe(2);
  expect(oneLine(stderr)).toContain("HMM_N_COMPONENTS must be 3");
});

test("a used port ends the start with one line that says what to do", async () => {
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const { code, stderr } = await runToEnd({
    SOURCE: "simulator",
    DASHBOARD_PORT: String(port),
    DATA_DIR: temporaryFolder(),
  });
  expect(code).toBe(1);
  expect(oneLine(stderr)).toContain(`port ${port} is in use`);
  expect(stderr).toContain("DASHBOARD_PORT");
});

test("a journal that is none ends the start with one line that names it", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "simulator-1.sqlite"));
  const { code, stderr } = await runToEnd({ SOURCE: "simulator", DATA_DIR: folder });
  expect(code).toBe(1);
  expect(oneLine(stderr)).toContain("simulator-1.sqlite");
});

const health = z.object({ status: z.string(), connection: z.string(), message: z.string() });

test("an unreachable exchange with SOURCE=binance keeps the service up, and it says so", async () => {
  const service = await ServiceProcess.start({
    SOURCE: "binance",
    BINANCE_WS_URL: "ws://127.0.0.1:9",
    BINANCE_REST_URL: "http://127.0.0.1:9",
    DATA_DIR: temporaryFolder(),
  });
  const state = await until("a failed attempt", async () => {
    const found = health.parse(await service.get("/healthz"));
    return found.connection === "disconnected" ? found : undefined;
  });
  expect(state.status).toBe("down");
  expect(state.message).toContain("ws://127.0.0.1:9");
  expect(state.message).toContain("reconnecting");
  expect((await fetch(`${service.url}/readyz`)).status).toBe(503);
  expect(await service.kill("SIGTERM")).toBe(0);
});
