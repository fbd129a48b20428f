/**
 * `deno task test:api`: holds a running service to its own OpenAPI document with schemathesis, on
 * generated requests, right and wrong ones: no internal error, no answer that is not documented, and
 * every answer as its schema says. PYTHON must have the packages of requirements.txt.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { errorMessage } from "../../data/common/errors.ts";
import { until } from "../support/until.ts";

const MAIN = fileURLToPath(new URL("../../service/main.ts", import.meta.url));
const HERE = fileURLToPath(new URL(".", import.meta.url));
const PYTHON = process.env["PYTHON"] ?? "python3";
const TOKEN = "test";

/** Requests for each route and kind of test. */
const EXAMPLES = 50;

/**
 * What answers are held to. Not that each request within the forms of its parameters is accepted:
 * the 31st of February is refused.
 */
const EXCLUDED = "positive_data_acceptance";

/** Starts a service on the simulated market, and waits until it has bars and signals. */
async function startService(dataDir: string): Promise<{ child: Deno.ChildProcess; url: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN],
    env: {
      ADMIN_TOKEN: TOKEN,
      DASHBOARD_PORT: "0",
      DATA_DIR: dataDir,
      LOG_LEVEL: "ERROR",
      SIMULATOR_SPEED: "60",
      SOURCE: "simulator",
      SYMBOLS: "BTCUSDT,ETHUSDT",
    },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let output = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += text;
    const url = /is at (http:\S+)/.exec(output)?.[1];
    if (url === undefined) continue;
    await until("readiness", async () => {
      const answer = await fetch(`${url}/readyz`);
      await answer.body?.cancel();
      return answer.ok || undefined;
    });
    return { child, url };
  }
  throw new Error(`the service has ended: ${output}`);
}

/** Runs Python in a folder that may be written to. */
async function run(cwd: string, ...args: readonly string[]): Promise<boolean> {
  const env = { SCHEMATHESIS_HOOKS: "hooks", PYTHONPATH: HERE, PYTHONDONTWRITEBYTECODE: "1" };
  const child = new Deno.Command(PYTHON, { args: [...args], cwd, env, stdin: "null" }).spawn();
  return (await child.status).success;
}

/** Whether all answers were right. */
async function testService(url: string, folder: string): Promise<boolean> {
  const routes = await run(
    folder,
    "-m",
    "schemathesis.cli",
    "run",
    `${url}/openapi.json`,
    "--exclude-path=/api/v1/stream",
    "--phases=examples,coverage,fuzzing",
    `--exclude-checks=${EXCLUDED}`,
    `--header=Authorization: Bearer ${TOKEN}`,
    `--max-examples=${EXAMPLES}`,
    "--seed=1",
    "--request-timeout=60",
    "--continue-on-failure",
    "--no-color",
  );
  const stream = await run(folder, join(HERE, "stream.py"), url);
  const health = await fetch(`${url}/healthz`);
  await health.body?.cancel();
  return routes && stream && health.ok;
}

const dataDir = mkdtempSync(join(tmpdir(), "microstream-api-"));
let child: Deno.ChildProcess | undefined;
let passed = false;
try {
  const service = await startService(dataDir);
  child = service.child;
  passed = await testService(service.url, dataDir);
  child.kill("SIGTERM");
  const { code } = await child.status;
  if (code !== 0) throw new Error(`the service ended with exit code ${code}`);
} catch (error) {
  console.error(errorMessage(error));
  child?.kill("SIGKILL");
  passed = false;
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
process.exit(passed ? 0 : 1);
