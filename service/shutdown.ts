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
  process.once("SIGINT", once);
  process.once("SIGTERM", once);
  if (isLaunched()) process.stdin.on("end", once).on("error", once).resume();
}
