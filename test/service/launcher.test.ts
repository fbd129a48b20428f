import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { Environment, type Variables } from "../../data/common/environment.ts";
import { readConfig } from "../../service/config.ts";
import { permissionFlags } from "../../service/launcher_permissions.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The launcher's own permissions, from the task. */
const LAUNCHER = ["run", "--no-prompt", "--allow-read", "--allow-env", "--allow-run"];

const SETTINGS = {
  SOURCE: "simulator",
  DASHBOARD_PORT: "0",
  LOG_LEVEL: "WARNING",
  MODELS: `${ROOT}models/classic.json`,
};

interface Launched {
  readonly child: Deno.ChildProcess;
  /** Waits for the address that the service prints. */
  readonly url: Promise<string>;
  readonly ended: Promise<{ readonly code: number; readonly output: string }>;
}

/** The command of the task. */
const COMMAND = [Deno.execPath(), ...LAUNCHER, `${ROOT}service/launcher.ts`];

/** Starts the launcher as the task does, in a working directory. */
function launch(
  folder: string,
  env: Record<string, string>,
  [program = "", ...args] = COMMAND,
): Launched {
  const child = new Deno.Command(program, {
    args,
    cwd: folder,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let output = "";
  const url = Promise.withResolvers<string>();
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      output += text;
      const address = /is at (http:\S+)/.exec(output)?.[1];
      if (address !== undefined) url.resolve(address);
    }
  };
  const ended = Promise.all([child.status, read(child.stdout), read(child.stderr)])
    .then(([{ code }]) => ({ code, output }));
  ended.then(() => url.reject(new Error(`Cannot start: ${output}`)));
  url.promise.catch(() => {});
  onTestFinished(async () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended before.
    }
    await ended;
  });
  return { child, url: url.promise, ended };
}

const health = z.object({ status: z.string() });

async function answers(url: string): Promise<boolean> {
  try {
    return health.safeParse(await (await fetch(`${url}/healthz`)).json()).success;
  } catch {
    return false;
  }
}

describe("deno task serve", () => {
  test("keeps its journal where .env says, in a relative folder with a space", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, ".env"), 'DATA_DIR="my data/journals"\n');
    const { child, url, ended } = launch(folder, SETTINGS);
    expect(await answers(await url)).toBe(true);
    await until(
      "a journal",
      () => existsSync(join(folder, "my data/journals/simulator-1.sqlite")) || undefined,
    );
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ code: 0 });
    expect(await answers(await url)).toBe(false);
  });

  test("runs in any folder by what nothing says, warns of a mistyped name, opens no browser", async () => {
    const folder = temporaryFolder();
    const { MODELS: _, ...unset } = SETTINGS;
    writeFileSync(join(folder, ".env"), "SYMBOL_=ETHUSDT\nUNRELATED=1\n");
    const { child, url, ended } = launch(folder, unset);
    expect(await answers(await url)).toBe(true);
    child.kill("SIGINT");
    const { code, output } = await ended;
    expect([code, output]).toEqual([
      0,
      ".env: SYMBOL_ is not a setting and is ignored; the nearest is SYMBOLS\n" +
      `MicroStream is at ${await url}\n`,
    ]);
    expect(readdirSync(join(folder, "data/store"))).toContain("simulator-1.sqlite");
  });

  test("ends when its launcher is killed", async () => {
    const { child, url } = launch(temporaryFolder(), SETTINGS);
    expect(await answers(await url)).toBe(true);
    child.kill("SIGKILL");
    await until("the service to end", async () => !await answers(await url) || undefined);
  });

  test("ends when the npx that started it is killed, which leaves its children behind", async () => {
    const folder = temporaryFolder();
    // As with npx, a shell and the task are between the two.
    writeFileSync(join(folder, "npx.sh"), `sh -c '"$@" & wait' - "$@" &\nwait\n`);
    const npx = ["bash", "-c", 'exec -a "npm exec deno" bash npx.sh "$@"', "-", ...COMMAND];
    const { child, url } = launch(folder, { ...SETTINGS, npm_command: "exec" }, npx);
    expect(await answers(await url)).toBe(true);
    child.kill("SIGKILL");
    await until("the service to end", async () => !await answers(await url) || undefined);
  });

  test("passes the exit code of the service on, and its one line", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "simulator-1.sqlite"));
    const { code, output } = await launch(folder, { ...SETTINGS, DATA_DIR: "." }).ended;
    expect(code).toBe(1);
    expect(output).toMatch(/^.*simulator-1\.sqlite.*\n$/);
  });

  test.each([
    [{ SOURCE: "kraken" }, "SOURCE must be one of auto, binance, simulator"],
    [{ DATA_DIR: "a,b" }, "DATA_DIR must be a folder without a comma in its name"],
  ])("refuses %j in one line with exit code 2", async (env, message) => {
    const { code, output } = await launch(temporaryFolder(), { ...SETTINGS, ...env }).ended;
    expect(code).toBe(2);
    expect(output).toContain(message);
    expect(output.trimEnd()).not.toContain("\n");
  });
});

test.each([
  ["core-wasm/core.wasm", "service/dashboard/dist/index.html"],
  ["service/dashboard/dist/index.html", "core-wasm/core.wasm"],
])("the service says in one line that %s is not built", async (missing, present) => {
  const root = temporaryFolder();
  for (
    const folder of ["service", "core-wasm", "data/common", "data/schema", "data/files", "models"]
  ) {
    cpSync(join(ROOT, folder), join(root, folder), {
      recursive: true,
      filter: (path) => !path.startsWith(join(ROOT, missing)),
    });
  }
  expect(existsSync(join(root, present))).toBe(true);
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  const { imports } = JSON.parse(readFileSync(join(ROOT, "deno.json"), "utf8"));
  writeFileSync(join(root, "deno.json"), JSON.stringify({ nodeModulesDir: "manual", imports }));
  cpSync(join(ROOT, "package.json"), join(root, "package.json"));
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--no-lock", join(root, "service/main.ts")],
    cwd: temporaryFolder(),
    env: { NO_COLOR: "1", SOURCE: "simulator", DASHBOARD_PORT: "0" },
  }).output();
  expect([code, new TextDecoder().decode(stderr)]).toEqual([
    1,
    `Cannot start as ${missing} must be built: run deno task build\n`,
  ]);
});

describe("journals of an earlier version in data/", () => {
  const withJournals = () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "data"));
    for (const ending of ["", "-wal", "-shm", ".lock"]) {
      writeFileSync(join(folder, `data/simulator-1.sqlite${ending}`), "");
    }
    return folder;
  };

  test("refuse the start, and the line that moves them allows it", async () => {
    const folder = withJournals();
    const { code, output } = await launch(folder, SETTINGS).ended;
    expect(code).toBe(2);
    const command = /move them with (mkdir .*) \(see --help\)\n$/.exec(output)?.[1];
    expect(command).toBe("mkdir -p data/store && mv data/*.sqlite* data/store/");
    const moved = await new Deno.Command("sh", { args: ["-c", command ?? ""], cwd: folder })
      .output();
    expect(moved.success).toBe(true);
    expect(readdirSync(join(folder, "data"))).toEqual(["store"]);
    expect(readdirSync(join(folder, "data/store"))).toHaveLength(4);
    const { child, url, ended } = launch(folder, SETTINGS);
    expect(await answers(await url)).toBe(true);
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ code: 0 });
  });

  test("are left alone where DATA_DIR is set, in .env too", async () => {
    const folder = withJournals();
    writeFileSync(join(folder, ".env"), "DATA_DIR=data\n");
    const { child, url, ended } = launch(folder, SETTINGS);
    expect(await answers(await url)).toBe(true);
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ code: 0 });
  });
});

/** Tries something with the permissions of a service, and gives what came of it. */
async function tryAs(variables: Variables, code: string): Promise<string> {
  const folder = temporaryFolder();
  const script = join(folder, "probe.ts");
  writeFileSync(
    script,
    `try { ${code}; console.log("allowed"); } catch (error) { console.log(error.name); }`,
  );
  const flags = permissionFlags(readConfig(new Environment(variables)), ROOT);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, script],
    cwd: folder,
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout).trim();
}

describe("the permissions of a service", () => {
  const listen = (port: number) =>
    `Deno.serve({ hostname: "127.0.0.1", port }).unref()`
      .replace("port }", `port: ${port}, handler: () => new Response() }`);

  test.each([
    ["read outside", `Deno.readTextFileSync("/etc/hostname")`],
    ["read downloaded history", `Deno.readDirSync(${JSON.stringify(`${ROOT}data`)})`],
    ["write code", `Deno.writeTextFileSync(${JSON.stringify(`${ROOT}service/x.ts`)}, "")`],
    ["run a program", `new Deno.Command("true").outputSync()`],
    ["read another variable", `Deno.env.get("HOME")`],
    ["load a library", `Deno.dlopen("libc.so.6", {})`],
    ["connect elsewhere", `await Deno.connect({ hostname: "127.0.0.1", port: 9 })`],
    ["listen on another port", listen(8502)],
  ])("do not allow it to %s", async (_, code) => {
    expect(await tryAs({ SOURCE: "binance" }, code)).toBe("NotCapable");
  });

  test.each([
    ["read its settings", `Deno.env.get("SYMBOL")`, {}],
    ["write its data", `Deno.mkdirSync("some data/x", { recursive: true })`, {
      DATA_DIR: "some data",
    }],
    ["read a model elsewhere", `Deno.statSync("/etc/hostname")`, { MODELS: "/etc/hostname" }],
    ["listen on its port", listen(0), { DASHBOARD_PORT: "0" }],
  ])("allow it to %s", async (_, code, variables) => {
    expect(await tryAs({ SOURCE: "binance", ...variables }, code)).toBe("allowed");
  });
});
