import "./require_build.ts";
import process from "node:process";
import { loadCore } from "../core-wasm/load.ts";
import { systemClock } from "../data/common/clock.ts";
import { runCommand } from "../data/common/command.ts";
import { readEnvironment } from "../data/common/environment.ts";
import { fetchVariables } from "../data/common/proxy.ts";
import { defineServe } from "./commands/serve.ts";
import { readConfig, refuseOldJournals } from "./config.ts";
import { FileWatcher } from "./engine/file_watcher.ts";
import { ModelRegistry } from "./engine/model_registry.ts";
import { createBinance } from "./exchanges/binance/binance.ts";
import { selectSource } from "./ingest/source_selector.ts";
import { createLog } from "./log.ts";
import { SourceRoles } from "./role.ts";
import { ServeRole } from "./serve/serve_role.ts";
import { isLaunched, onShutdown } from "./shutdown.ts";

async function serve(): Promise<void> {
  // The launcher has read the same file and has warned.
  const environment = isLaunched() ? readEnvironment(() => {}) : readEnvironment();
  if (!isLaunched()) refuseOldJournals(environment);
  const config = readConfig(environment);
  Object.assign(process.env, fetchVariables(config.proxies, config.binanceRestUrl));
  const clock = systemClock;
  const logger = createLog(config.logLevel);
  // Before the artifacts are read, so that no change is missed.
  const watcher = new FileWatcher(config.models, clock);
  const registry = new ModelRegistry(config, logger);
  const options = { config, wasm: loadCore(), registry, watcher, clock, logger };

  const serving = new ServeRole(options);
  const address = await serving.start();
  const closing = new AbortController();
  const failed = Promise.withResolvers<never>();
  let roles: SourceRoles | undefined;

  onShutdown(async () => {
    closing.abort(new Error("Cannot continue as the service is closing"));
    // First those who read the journal, then the journal.
    await serving.close();
    await roles?.close();
    process.exit(0);
  });

  async function runSources(): Promise<void> {
    const { binanceWsUrl: wsUrl, binanceRestUrl: restUrl, proxies, source: requested } = config;
    const exchange = createBinance({ wsUrl, restUrl, proxies, clock });
    for await (
      const choice of selectSource({ requested, exchange, clock, signal: closing.signal })
    ) {
      if (choice.name === roles?.source) {
        roles.describe(choice);
        continue;
      }
      const next = new SourceRoles(choice.name, options);
      const previous = roles;
      if (previous === undefined) process.stdout.write(`MicroStream is at ${address}\n`);
      roles = next;
      next.failure.catch(failed.reject);
      next.describe(choice);
      // Those who read the previous journal leave it before it is closed.
      serving.attach(next.bus);
      await previous?.close();
      await next.start();
    }
    exchange.close();
  }

  runSources().catch((error: unknown) => {
    if (!closing.signal.aborted) failed.reject(error);
  });
  try {
    await Promise.race([serving.failure, failed.promise]);
  } catch (error) {
    // What fails because the service is closing does not decide how it ends.
    if (!closing.signal.aborted) throw error;
  }
}

await runCommand(defineServe(serve));
