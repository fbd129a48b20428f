/**
 * `deno task serve`: builds what is stale and starts the service with the permissions that its
 * settings need. deno.json cannot express these: they depend on hosts, models and folders that the
 * user chooses, partly in `.env`.
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runCommand } from "../data/common/command.ts";
import { type Environment, readEnvironment } from "../data/common/environment.ts";
import { SETTINGS } from "../data/common/settings.ts";
import { buildWhatIsStale } from "./builds.ts";
import { defineServe } from "./commands/serve.ts";
import { readConfig, refuseOldJournals } from "./config.ts";
import { formatCommand, LAUNCHED, permissionFlags } from "./launcher_permissions.ts";
import { waitForNpx } from "./npx.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * The variable that tells the service how many descriptors it may open, unless the user sets it.
 * Deno itself raises the limit to the hard one.
 */
async function descriptorLimit(environment: Environment): Promise<Record<string, string>> {
  if (environment.has(SETTINGS.maxFiles) || process.platform === "win32") return {};
  const { stdout } = await new Deno.Command("sh", { args: ["-c", "ulimit -n"] }).output();
  const limit = new TextDecoder().decode(stdout).trim();
  return /^\d+$/.test(limit) ? { [SETTINGS.maxFiles.name]: limit } : {};
}

async function launch(): Promise<void> {
  const environment = readEnvironment();
  refuseOldJournals(environment);
  const config = readConfig(environment);
  if (command.opts<{ readonly printCommand?: true }>().printCommand) {
    console.log(formatCommand(config, ROOT));
    return;
  }
  const flags = permissionFlags(config, ROOT);
  const npx = await waitForNpx();
  await buildWhatIsStale(ROOT);
  const service = new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, `${ROOT}service/main.ts`],
    // The service ends when this pipe does: when asked to, and when this process is gone.
    stdin: "piped",
    env: { ...await descriptorLimit(environment), [LAUNCHED]: "1" },
  }).spawn();
  const stop = () => void service.stdin.close().catch(() => {});
  // Ctrl-C reaches the service by itself too; a second one ends it at once.
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  npx.gone.then(stop);
  const { code } = await service.status;
  npx.close();
  process.exit(code);
}

const command = defineServe(launch).option(
  "--print-command",
  "print the line that starts the service without this task, with the permissions that the " +
    "settings need, and end",
);

await runCommand(command);
