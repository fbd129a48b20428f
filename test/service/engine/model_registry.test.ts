import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LiveModels } from "../../../service/engine/model_registry.ts";
import { type LoadedModel, loadModels } from "../../../service/engine/loaded_model.ts";
import { createLog } from "../../../service/log.ts";
import { temporaryFolder } from "../../support/temporary.ts";

/** Live models of one file, and an engine that the test decides when and how to replace. */
function setUp() {
  const file = join(temporaryFolder(), "model.json");
  copyFileSync("models/classic.json", file);
  const sound = readFileSync(file, "utf8");
  const engine = { fingerprint: "", warming: [] as { finish(): void; signal: AbortSignal }[] };
  const told: (string | null)[] = [];
  const log: string[] = [];
  const replace = async (
    [model]: readonly LoadedModel[],
    signal: AbortSignal,
    done: () => void,
  ): Promise<string | null> => {
    await new Promise<void>((finish) => engine.warming.push({ finish, signal }));
    signal.throwIfAborted();
    engine.fingerprint = model?.fingerprint ?? "";
    done();
    return null;
  };
  const models: LiveModels = new LiveModels({
    read: () => loadModels({ models: [file], expected: {} }),
    replace,
    onChange: () => told.push(models.problem),
    log: createLog("INFO", (line) => log.push(line)),
  });
  /** Writes the artifact with another contamination offset, which is another model. */
  const change = (offset: number) =>
    writeFileSync(file, sound.replace(/"offset": ?-[\d.]+/, `"offset": ${offset}`));
  return { file, sound, engine, told, log, models, change };
}

test("a changed artifact is live when the engine is, not before", async () => {
  const { engine, told, models, change } = setUp();
  const [before] = models.status;
  change(-0.7);
  const reloading = models.reload();
  expect(models.status).toEqual([before]);
  engine.warming[0]?.finish();
  await reloading;
  expect(models.status[0]?.fingerprint).toBe(engine.fingerprint);
  expect(models.status[0]?.fingerprint).not.toBe(before?.fingerprint);
  expect(models.live[0]?.artifact.forest.offset).toBe(-0.7);
  expect(told).toEqual([null]);
});

test("of two reloads the later one counts, and both end with it", async () => {
  const { engine, models, change } = setUp();
  change(-0.7);
  const first = models.reload();
  change(-0.8);
  const second = models.reload();
  expect(engine.warming[0]?.signal.aborted).toBe(true);
  engine.warming[1]?.finish();
  engine.warming[0]?.finish();
  await Promise.all([first, second]);
  expect(models.live[0]?.artifact.forest.offset).toBe(-0.8);
  expect(models.status[0]?.fingerprint).toBe(engine.fingerprint);
});

test("what cannot be used changes nothing and is told until it is mended", async () => {
  const { file, sound, engine, told, log, models } = setUp();
  const before = models.live;
  writeFileSync(file, sound.slice(0, 500));
  await expect(models.reload()).rejects.toThrow("model.json: must be a model artifact in JSON");
  expect(models.live).toBe(before);
  expect(log.join("\n")).toContain("the live models stay");
  writeFileSync(file, sound);
  await models.reload();
  expect(told).toEqual([expect.stringContaining("loaded before stay live"), null]);
  expect(engine.warming).toEqual([]);
});

test("a new scorecard of the same model is told without a change of the engine", async () => {
  const { file, sound, engine, models } = setUp();
  const [before] = models.status;
  writeFileSync(file, sound.replace(/"anomaly_rate": ?[\d.]+/, '"anomaly_rate": 0.123'));
  await models.reload();
  expect(models.live[0]?.artifact.scorecard.in_sample?.anomaly_rate).toBe(0.123);
  expect(models.status).toEqual([before]);
  expect(engine.warming).toEqual([]);
});

test("the end of the service ends a reload", async () => {
  const { engine, models, told, change } = setUp();
  change(-0.7);
  const reloading = models.reload();
  models.close();
  engine.warming[0]?.finish();
  await expect(reloading).rejects.toThrow("the service ends");
  expect(told).toEqual([]);
});
