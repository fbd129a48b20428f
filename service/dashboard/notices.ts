import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

const PACKAGE = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/;
const LICENCE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/** A package whose code or fonts are in the bundle. */
interface Bundled {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

function isBundled(value: unknown): value is Bundled {
  return typeof value === "object" && value !== null && "name" in value && "version" in value;
}

/** The notice of the package in a folder: its name, its licence's name and its licence. */
async function describePackage(folder: string): Promise<string> {
  const described: unknown = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  if (!isBundled(described)) throw new TypeError(`Cannot read the package in ${folder}`);
  const { name, version, license = "see below" } = described;
  const files = (await readdir(folder)).filter((file) => LICENCE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  return [`${name} ${version}`, `Licence: ${license}`, ...texts.map((text) => text.trim())]
    .join("\n\n");
}

/** The licences of what a bundle contains, and the file that holds them. */
export interface Notices {
  readonly name: string;
  readonly text: string;
}

/**
 * The licences of all packages in a bundle, by name.
 *
 * @param folder What the paths are relative to.
 * @param inputs Files that were bundled, as esbuild's metafile names them.
 */
export async function collectNotices(folder: string, inputs: readonly string[]): Promise<Notices> {
  const folders = inputs.map((path) => PACKAGE.exec(resolve(folder, path))?.[1])
    .filter((path) => path !== undefined);
  const packages = await Promise.all([...new Set(folders)].map(describePackage));
  const text = ["The dashboard contains these packages.", ...[...new Set(packages)].sort()]
    .join(`\n\n${"-".repeat(80)}\n\n`);
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8).toUpperCase();
  return { name: `notices-${hash}.txt`, text: `${text}\n` };
}
