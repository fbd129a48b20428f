/** The rules that this folder adds to `deno lint`, on planted violations. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { judgeMessage } from "./messages.ts";
import { refuseImport } from "./rooms.ts";
import { temporaryFolder } from "../support/temporary.ts";

const RULES = fileURLToPath(new URL(".", import.meta.url));

const report = z.object({
  diagnostics: z.array(z.object({ filename: z.string(), code: z.string(), message: z.string() })),
});

/** Lints a project that has files of certain contents, and gives what the rules find, by file. */
function lint(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const root = temporaryFolder();
  cpSync(RULES, join(root, "test/lint"), { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const rules = { tags: [] };
  writeFileSync(
    join(root, "deno.json"),
    JSON.stringify({ lint: { plugins: ["./test/lint/plugin.ts"], rules }, exclude: ["test/lint"] }),
  );
  const { stdout } = spawnSync(process.execPath, ["lint", "--json"], {
    cwd: root,
    encoding: "utf8",
  });
  const { diagnostics } = report.parse(JSON.parse(stdout));
  return Object.fromEntries(
    diagnostics.map(({ filename, code, message }) => [
      filename.slice(filename.indexOf(root) + root.length + 1),
      `${code}: ${message}`,
    ]),
  );
}

test("every way of importing is caught, types included", () => {
  const port = 'export * from "../bus/event_log.ts";';
  expect(lint({
    "service/engine/port.ts": port,
    "service/engine/value.ts": 'import { EventHub } from "../serve/event_hub.ts";',
    "service/engine/type.ts": 'import type { EventHub } from "../serve/event_hub.ts";',
    "service/engine/name.ts": 'export { EventHub } from "../serve/event_hub.ts";',
    "service/engine/all.ts": 'export * from "../serve/event_hub.ts";',
    "service/engine/dynamic.ts": 'await import("../serve/event_hub.ts");',
    "service/engine/inline.ts": 'export type Hub = import("../serve/event_hub.ts").EventHub;',
  })).toEqual(Object.fromEntries(
    ["value", "type", "name", "all", "dynamic", "inline"].map((name) => [
      `service/engine/${name}.ts`,
      expect.stringMatching(
        /^microstream\/one-way-imports: Cannot import service\/serve\/event_hub\.ts as service\/engine may import only itself and data, /,
      ),
    ]),
  ));
});

test("messages of another form are caught, wherever the text is composed", () => {
  const throwing = (message: string) =>
    `export function f(x) { throw new RangeError(${message}); }`;
  expect(lint({
    "data/files/good.ts": throwing("`Cannot read ${x} as rows must be sorted: row ${x} is not`"),
    "data/files/passed_on.ts": throwing("x"),
    "data/files/own_class.ts": "throw new DownloadError('too many requests');",
    "data/files/form.ts": throwing('"bad row"'),
    "data/files/empty.ts": "throw new Error();",
    "data/files/stop.ts": throwing('`x must be ${x}` + " or so."'),
    "data/files/lines.ts": throwing('"Cannot read it:\\nit is empty"'),
    "test/any.ts": throwing('"no month"'),
  })).toEqual({
    "data/files/form.ts": expect.stringContaining("error-messages: An error message must have"),
    "data/files/empty.ts": expect.stringContaining("must not be empty"),
    "data/files/stop.ts": expect.stringContaining("must not end with a full stop"),
    "data/files/lines.ts": expect.stringContaining("must be one line"),
  });
});

describe("imports run one way", () => {
  test.each([
    ["data/common/retry.ts", "data/schema/bar.ts"],
    ["data/schema/trade.ts", "data/files/klines.ts"],
    ["data/files/klines.ts", "models/artifact/read.ts"],
    ["core-wasm/core.ts", "models/artifact/read.ts"],
    ["core-wasm/core.ts", "data/files/klines.ts"],
    ["models/training/fit.ts", "service/config.ts"],
    ["service/exchanges/exchange.ts", "service/log.ts"],
    ["service/ingest/sequencer.ts", "service/engine/engine.ts"],
    ["service/ingest/sequencer.ts", "service/serve/event_hub.ts"],
    ["service/engine/nowcaster.ts", "service/ingest/sequencer.ts"],
    ["service/engine/nowcaster.ts", "service/exchanges/exchange.ts"],
    ["service/engine/nowcaster.ts", "service/bus/embedded/store.ts"],
    ["service/serve/metrics.ts", "service/engine/engine.ts"],
    ["service/serve/metrics.ts", "service/role.ts"],
    ["service/bus/embedded/store.ts", "service/ingest/sequencer.ts"],
    ["service/dashboard/view/page.ts", "service/config.ts"],
    ["service/dashboard/view/page.ts", "models/artifact/read.ts"],
    ["service/dashboard/app.ts", "data/common/errors.ts"],
    ["service/simulator/server.ts", "service/exchanges/binance/rest.ts"],
    ["service/log.ts", "service/engine/engine.ts"],
    ["notebooks/support/replay.ts", "service/engine/engine.ts"],
  ])("%s may not import %s", (from, to) => {
    expect(refuseImport(from, to)).toMatch(/^Cannot import/);
  });

  test.each([
    ["data/common/retry.ts", "data/common/clock.ts"],
    ["core-wasm/core.ts", "data/schema/bar.ts"],
    ["models/training/fit.ts", "data/files/klines.ts"],
    ["service/ingest/sequencer.ts", "service/exchanges/exchange.ts"],
    ["service/engine/nowcaster.ts", "service/bus/record_store.ts"],
    ["service/dashboard/view/page.ts", "data/schema/bar.ts"],
    ["service/main.ts", "service/engine/engine.ts"],
    ["service/role.ts", "service/ingest/sequencer.ts"],
    ["service/commands/replay.ts", "service/engine/engine.ts"],
    ["notebooks/support/replay.ts", "service/commands/notebooks.ts"],
    ["test/service/live.test.ts", "service/engine/engine.ts"],
  ])("%s may import %s", (from, to) => {
    expect(refuseImport(from, to)).toBeUndefined();
  });
});

test.each([
  "Cannot open the journal: disk full",
  "SEED must be above 0: current value is -1",
  "models/x.json: hmm.means[0] has no value",
])("%j is a message of the right form", (message) => {
  expect(judgeMessage(message)).toBeUndefined();
});
