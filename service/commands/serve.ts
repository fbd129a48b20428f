import type { Command } from "commander";
import { defineCommand } from "../../data/common/command.ts";

/** Defines the command line of `deno task serve`, which has settings and no options. */
export function defineServe(run: () => Promise<void>): Command {
  return defineCommand(
    "serve",
    "Streams trades, builds one-minute bars, names the regime of each market every minute, and " +
      "serves the dashboard and the feed.",
  ).action(run);
}
