/** `deno task docs`: writes the table of settings into docs/settings.md, between its markers. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { formatSettingsTable, replaceSettingsTable } from "../data/common/settings_text.ts";

const FILE = fileURLToPath(new URL("../docs/settings.md", import.meta.url));

writeFileSync(FILE, replaceSettingsTable(readFileSync(FILE, "utf8"), formatSettingsTable()));
