import { fileURLToPath } from "node:url";
import { Environment } from "../data/common/environment.ts";
import { formatSettingsTable, replaceGenerated } from "../data/common/settings_text.ts";
import { readConfig } from "../service/config.ts";
import { formatCommand } from "../service/launcher_permissions.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The line that starts the service by its default settings from the project's folder. */
export function productionCommand(): string {
  return formatCommand(readConfig(new Environment()), ROOT).replaceAll(ROOT, "");
}

/** Documents with generated parts. */
export const GENERATED: readonly {
  /** From this folder. */
  readonly path: string;
  /** The document as it must be. */
  readonly render: (document: string) => string;
}[] = [
  {
    path: "settings.md",
    render: (document) => replaceGenerated(document, "settings", formatSettingsTable()),
  },
  {
    path: "operating.md",
    render: (document) =>
      replaceGenerated(document, "command", `\`\`\`sh\n${productionCommand()}\n\`\`\``),
  },
];
