/** What a user does with a fresh copy of the repository, by the documents. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { delimiter, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A copy of what git knows or would add, without packages and builds. */
function copyRepository(): string {
  const root = join(temporaryFolder(), "microstream");
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const names = execFileSync("git", list, { cwd: ROOT, encoding: "utf8" }).split("\0");
  for (const name of names.filter((name) => existsSync(join(ROOT, name)) && name !== "")) {
    cpSync(join(ROOT, name), join(root, name));
  }
  return root;
}

/** A folder in which `deno` is this very Deno. */
function commandFolder(): string {
  const folder = temporaryFolder();
  symlinkSync(Deno.execPath(), join(folder, "deno"));
  return folder;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** The lines of the commands that docs/operating.md says to run instead of the task. */
function documentedCommands(): readonly string[] {
  const text = readFileSync(join(ROOT, "docs/operating.md"), "utf8");
  const section = text.split("### Without the task")[1]?.split("### ")[0] ?? "";
  return [...section.matchAll(/```sh\n(.*)\n```/g)].map(([, line = ""]) => line);
}

test("a fresh copy is built and serves by the documented lines, with the packages that it runs alone", async () => {
  const [build = "", run = ""] = documentedCommands();
  const root = copyRepository();
  const port = await freePort();
  const env = {
    PATH: `${commandFolder()}${delimiter}${process.env["PATH"]}`,
    SOURCE: "simulator",
    DASHBOARD_PORT: `${port}`,
    LOG_LEVEL: "WARNING",
    NO_COLOR: "1",
  };

  const { code, stderr } = await new Deno.Command("sh", { args: ["-c", build], cwd: root, env })
    .output();
  expect([code, new TextDecoder().decode(stderr)]).toEqual([0, expect.any(String)]);
  const packages = readdirSync(join(root, "node_modules/.deno"));
  expect(packages.filter((name) => /^(?:hono|ws|assemblyscript)@/.test(name))).toHaveLength(3);
  expect(packages.filter((name) => /vitest|duckdb|playwright|resvg|arrow/.test(name))).toEqual([]);

  const child = new Deno.Command("sh", {
    // With `exec` the shell becomes the service, as with a supervisor.
    args: ["-c", run.replace("deno run", "exec deno run").replaceAll("8501", `${port}`)],
    cwd: root,
    env,
    stdin: "null",
    stdout: "null",
  }).spawn();
  let ended = false;
  child.status.then(() => ended = true);
  onTestFinished(() => {
    if (!ended) child.kill("SIGKILL");
  });
  const page = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    return await answer.text();
  };
  const content = await until("the page", () => ended ? "" : page().catch(() => undefined));
  expect(content).toContain("<title>");
  const journal = join(root, "data/store/simulator-1.sqlite");
  await until("the journal", () => existsSync(journal) || undefined);
  child.kill("SIGTERM");
  expect(await child.status).toMatchObject({ code: 0 });
  await expect(page()).rejects.toThrow();
});
