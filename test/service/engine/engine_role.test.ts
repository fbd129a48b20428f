import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadCore } from "../../../core-wasm/load.ts";
import { systemClock } from "../../../data/common/clock.ts";
import type { Announcement, ModelsStatus } from "../../../data/schema/announcement.ts";
import { EmbeddedLog } from "../../../service/bus/embedded/embedded_log.ts";
import { Engine } from "../../../service/engine/engine.ts";
import { EngineRole } from "../../../service/engine/engine_role.ts";
import { FileWatcher } from "../../../service/engine/file_watcher.ts";
import { loadModels } from "../../../service/engine/loaded_model.ts";
import { ModelRegistry } from "../../../service/engine/model_registry.ts";
import { createLog } from "../../../service/log.ts";
import { barRecords, makeBar } from "../../support/records.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { until } from "../../support/until.ts";

const wasm = loadCore();

/** An engine of one model file over a log, and what it announces. */
function setUp(historyMinutes = 11_520) {
  const folder = temporaryFolder();
  const file = join(folder, "model.json");
  copyFileSync("models/classic.json", file);
  const sound = readFileSync(file, "utf8");
  const entries: string[] = [];
  const logger = createLog("INFO", (line) => entries.push(line));
  const log = new EmbeddedLog(join(folder, "binance.sqlite"));
  const heard: Announcement[] = [];
  log.listen((announcement) => heard.push(announcement));
  const registry = new ModelRegistry({ models: [file], expected: {} }, logger);
  const role = new EngineRole({
    ...{ bus: { log, store: log }, wasm, registry, symbols: ["BTCUSDT"], historyMinutes, logger },
    historyDays: 8,
    watcher: new FileWatcher([file], systemClock),
    clock: systemClock,
  });
  onTestFinished(async () => {
    role.close();
    await log.close();
  });
  const append = (...indices: number[]) =>
    log.append(barRecords(...indices.map((index) => makeBar(index))));
  const signals = (count: number) =>
    until("the signals", () => {
      const found = log.query({ kind: "signal", limit: 1000 });
      return found.length >= count ? found : undefined;
    });
  /** Writes the artifact with another contamination offset, which is another model. */
  const change = (offset: number) =>
    writeFileSync(file, sound.replace(/"offset": ?-[\d.]+/, `"offset": ${offset}`));
  return { file, sound, entries, log, heard, role, append, signals, change };
}

function lastStatus(heard: readonly Announcement[]): ModelsStatus | undefined {
  return heard.flatMap((each) => each.kind === "models" ? [each.status] : []).at(-1);
}

test("each bar of the log gets its signal, those of before the start included", async () => {
  const { role, append, signals } = setUp();
  await append(0, 1, 2);
  await role.start();
  await append(3, 4);
  const engine = new Engine(wasm, loadModels({ models: ["models/classic.json"], expected: {} }), [
    "BTCUSDT",
  ]);
  const expected = [0, 1, 2, 3, 4].map((index) => JSON.stringify(engine.push(makeBar(index))));
  expect(await signals(5)).toEqual(expected);
});

test("a forming bar is answered by a nowcast, which leaves the next signal as it is", async () => {
  const { role, log, heard, append, signals } = setUp();
  await append(0);
  await role.start();
  log.announce({ kind: "forming", bar: { ...makeBar(1), close: 100.5 } });
  log.announce({ kind: "forming", bar: makeBar(1, "ETHUSDT") });
  const nowcasts = heard.filter(({ kind }) => kind === "nowcast");
  expect(nowcasts).toMatchObject([{ signal: { final: false, close: 100.5, symbol: "BTCUSDT" } }]);
  await append(1);
  const engine = new Engine(
    wasm,
    role.status.descriptions.length === 1
      ? loadModels({ models: ["models/classic.json"], expected: {} })
      : [],
    ["BTCUSDT"],
  );
  engine.push(makeBar(0));
  expect((await signals(2)).at(-1)).toBe(JSON.stringify(engine.push(makeBar(1))));
});

test("a changed artifact is promoted and announced, and a request for a reload is answered", async () => {
  const { role, log, heard, change } = setUp();
  await role.start();
  const [before] = role.status.models;
  change(-0.7);
  await until("the promotion", () => {
    const [model] = lastStatus(heard)?.models ?? [];
    return model !== undefined && model.fingerprint !== before?.fingerprint || undefined;
  });
  expect(role.status.descriptions[0]?.forest?.offset).toBe(-0.7);
  log.announce({ kind: "reload", request: "r1" });
  const answer = await until("the answer", () => heard.find(({ kind }) => kind === "reloaded"));
  expect(answer).toEqual({ kind: "reloaded", request: "r1", error: null });
});

test("of two reloads the later one counts, and both end with it", async () => {
  const { role, change } = setUp();
  await role.start();
  change(-0.7);
  const first = role.reload();
  change(-0.8);
  const second = role.reload();
  await Promise.all([first, second]);
  expect(role.status.descriptions[0]?.forest?.offset).toBe(-0.8);
});

test("an artifact that cannot be used changes nothing and is reported until it is repaired", async () => {
  const { file, sound, role, entries } = setUp();
  await role.start();
  const before = role.status.models;
  writeFileSync(file, sound.slice(0, 500));
  await expect(role.reload()).rejects.toThrow("model.json: must be a model artifact in JSON");
  expect(role.status).toMatchObject({
    models: before,
    problem: expect.stringContaining("loaded before stay live"),
  });
  expect(entries.join("\n")).toContain("the live models stay");
  writeFileSync(file, sound);
  await role.reload();
  expect(role.status).toMatchObject({ models: before, problem: null });
});

test("a new scorecard of the same model is published without a change of the engine", async () => {
  const { file, sound, role, entries } = setUp();
  await role.start();
  const before = role.status.models;
  writeFileSync(file, sound.replace(/"anomaly_rate": ?[\d.]+/, '"anomaly_rate": 0.123'));
  await role.reload();
  expect(role.status.models).toEqual(before);
  expect(JSON.stringify(role.status.descriptions)).toContain('"anomaly_rate":0.123');
  expect(entries.join("\n")).not.toContain("model promoted");
});

test("a model that needs more history than is fetched says so at the start", async () => {
  const { role, entries } = setUp(10);
  await role.start();
  expect(entries.join("\n")).toMatch(/HISTORY_DAYS must be more.*classic needs 1 days/);
});

test("the end of the role ends a reload", async () => {
  const { role, append, change } = setUp();
  await append(...Array(1200).keys());
  await role.start();
  change(-0.7);
  const reloading = role.reload();
  role.close();
  await expect(reloading).rejects.toThrow("the engine is closing");
});
