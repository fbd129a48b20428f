import process from "node:process";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { loadCore } from "../core-wasm/load.ts";
import { type Config, readConfig, refuseOldJournals } from "./config.ts";
import { FileWatcher } from "./engine/file_watcher.ts";
import { LiveModels } from "./engine/model_registry.ts";
import { loadModels } from "./engine/loaded_model.ts";
import { createApp } from "./serve/app.ts";
import { EventHub } from "./serve/event_hub.ts";
import { createLog } from "./log.ts";
import { isLaunched, onShutdown } from "./shutdown.ts";
import { SourceSwitch } from "./source_switch.ts";
import { runCommand } from "../data/common/command.ts";
import { defineServe } from "./commands/serve.ts";
import { errorMessage } from "../data/common/errors.ts";
import { readEnvironment } from "../data/common/environment.ts";

/** Answers under way have so long to end when the service does. */
const SHUTDOWN_MS = 2000;

function listen(config: Config, handler: (request: Request) => Response | Promise<Response>) {
  const { host: hostname, port } = config;
  try {
    return Deno.serve({ hostname, port, handler, onListen() {} });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      throw new Error(
        `DASHBOARD_PORT must be free: port ${port} is in use; end what uses it, or choose another`,
      );
    }
    const why = errorMessage(error);
    throw new Error(
      `Cannot listen on ${hostname}:${port}: ${why}; check HOST and DASHBOARD_PORT`,
      { cause: error },
    );
  }
}

async function serve(): Promise<void> {
  const failed = Promise.withResolvers<never>();
  const environment = readEnvironment();
  if (!isLaunched()) refuseOldJournals(environment);
  const config = readConfig(environment);
  const wasm = loadCore();
  const log = createLog(config.logLevel);
  // Before they are read, so that no change goes unseen.
  const watcher = new FileWatcher(config.models, () => {
    // What goes wrong is in the log and in the status.
    models.reload().catch(() => {});
  });
  const models: LiveModels = new LiveModels({
    read: () => loadModels(config),
    replace: (...args) => sources.replaceModels(...args),
    onChange: () => sources.publishStatus(),
    log,
  });
  const hub = new EventHub();
  const sources = new SourceSwitch({
    config,
    wasm,
    models,
    hub,
    log,
    onFailure: failed.reject,
  });
  const app = createApp({
    symbols: config.symbols,
    models: () => models.live,
    reloadModels: () => models.reload(),
    adminToken: config.adminToken,
    bus: () => sources.session?.bus,
    status: () => sources.status(),
    hub,
    dashboard: fileURLToPath(new URL("./dashboard/dist", import.meta.url)),
    log,
  });
  const server = listen(config, (request) => app.fetch(request));
  const local = ["127.0.0.1", "0.0.0.0", "::1", "::"].includes(config.host);
  const shown = local ? "localhost" : config.host;
  const stop = async () => {
    watcher.close();
    models.close();
    await sources.close();
    hub.close();
    // A client that does not read must not hold the end up.
    await Promise.race([server.shutdown(), sleep(SHUTDOWN_MS)]);
    process.exit(0);
  };
  onShutdown(stop);
  const started = sources.start();
  // What cannot start at all, for its journal is not to be had, has failed by the next turn.
  await Promise.race([started, failed.promise, nextTurn()]);
  process.stdout.write(`MicroStream is at http://${shown}:${server.addr.port}\n`);
  // Runs until it is stopped or fails.
  await Promise.all([started, failed.promise]);
}

await runCommand(defineServe(serve));
