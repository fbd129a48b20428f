import process from "node:process";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadCore } from "../core-wasm/load.ts";
import { ArtifactError } from "../models/artifact/read.ts";
import { type Config, ConfigError, readConfig, readEnvFile } from "./config.ts";
import { FileWatcher } from "./engine/file_watcher.ts";
import { LiveModels } from "./engine/model_registry.ts";
import { loadModels } from "./engine/loaded_model.ts";
import { createApp } from "./serve/app.ts";
import { EventHub } from "./serve/event_hub.ts";
import { createLog } from "./log.ts";
import { SourceSwitch } from "./source_switch.ts";
import { errorMessage } from "../data/common/errors.ts";

const HELP = `Usage: deno task serve

Streams trades, builds one-minute bars, tells the regime of each market every minute, and serves
the dashboard and the feed. Configured by the environment or a .env file; the README lists it all.

  SYMBOLS          markets, separated by commas            BTCUSDT
  SOURCE           auto, binance or simulator              auto
  DASHBOARD_PORT   where the dashboard is                  8501
  HOST             address to listen on                    127.0.0.1
  MODELS           artifacts, the primary first            models/classic.json,models/liquidity.json
  ADMIN_TOKEN      bearer token that allows a reload of the models by POST
  DATA_DIR         where the journal is kept               data
`;

/** Answers under way have so long to end when the service does. */
const SHUTDOWN_MS = 2000;

/** Ends the process with one line for people. */
function exit(code: number, message: string): never {
  process.stderr.write(`microstream: ${message}\n`);
  process.exit(code);
}

function listen(config: Config, handler: (request: Request) => Response | Promise<Response>) {
  const { host: hostname, port } = config;
  try {
    return Deno.serve({ hostname, port, handler, onListen() {} });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      exit(1, `port ${port} is in use: end what uses it, or set DASHBOARD_PORT to another`);
    }
    const why = errorMessage(error);
    exit(1, `cannot listen on ${hostname}:${port}: ${why}; check HOST and DASHBOARD_PORT`);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: "boolean", short: "h" } } });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const config = readConfig(process.env, readEnvFile());
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
    onFailure: (error) => exit(1, errorMessage(error)),
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
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const started = sources.start();
  // What cannot start at all, for its journal is not to be had, has failed by the next turn.
  await Promise.race([started, nextTurn()]);
  process.stdout.write(`MicroStream is at http://${shown}:${server.addr.port}\n`);
  await started;
}

try {
  await main();
} catch (error) {
  if (error instanceof ConfigError || error instanceof ArtifactError) exit(2, error.message);
  if (error instanceof TypeError && "code" in error) exit(2, error.message);
  exit(1, errorMessage(error));
}
