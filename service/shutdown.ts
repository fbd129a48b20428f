import { constants } from "node:os";
import process from "node:process";
import { LAUNCHED } from "./launcher_permissions.ts";

/** Whether the launcher started this process; it has refused what must not start, then. */
export function isLaunched(): boolean {
  return process.env[LAUNCHED] !== undefined;
}

/**
 * Calls back once when the process is to end: on SIGINT or SIGTERM, and when the launcher is gone,
 * which closes standard input. A second signal ends the process at once.
 */
export function onShutdown(stop: () => void): void {
  let stopping = false;
  const once = () => {
    if (!stopping) stop();
    stopping = true;
  };
  let signals = 0;
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      // As if it had no handler: Deno does not restore that.
      if (++signals > 1) process.exit(128 + constants.signals[name]);
      once();
    });
  }
  if (isLaunched()) process.stdin.on("end", once).on("error", once).resume();
}
