/**
 * Builds the dashboard into `dist/`: `index.html` and its assets. The name of an asset contains
 * the hash of its content, so that browsers can cache it indefinitely. Does nothing if no source
 * is newer than the last build.
 *
 * @module
 */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildResult, type Plugin, stop } from "esbuild";
import { collectNotices } from "./notices.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
/** The schemas with which the page decodes records. */
const SCHEMA = join(HERE, "../../data/schema");
const DIST = join(HERE, "dist");
const PAGE = join(DIST, "index.html");

/** Entry points, and the name of the output of each in the source of `index.html`. */
const ENTRIES = {
  "app.ts": "app.js",
  "client/feed_worker.ts": "feed_worker.js",
  "theme.ts": "theme.js",
  "styles/main.css": "style.css",
};

/** Removes the descriptions of the schemas, which only OpenAPI, tables and metrics need. */
const withoutDescriptions: Plugin = {
  name: "without-descriptions",
  setup(build) {
    build.onLoad({ filter: /data[\\/]schema[\\/]\w+\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8"))
        .replaceAll(/\.register\(\s*ABOUT,\s*\{[^{}]*\},?\s*\)/g, ""),
      loader: "ts",
    }));
  },
};

async function modified(path: string): Promise<number> {
  const { mtimeMs } = await stat(path);
  return mtimeMs;
}

/** When the newest source changed, ms UTC. The lock file counts: it pins the libraries. */
async function sourcesModified(): Promise<number> {
  const folders = await Promise.all(
    [HERE, SCHEMA].map((path) => readdir(path, { recursive: true, withFileTypes: true })),
  );
  const files = folders.flat()
    .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(DIST))
    .map((entry) => join(entry.parentPath, entry.name));
  const times = await Promise.all([...files, join(HERE, "../../deno.serve.lock")].map(modified));
  return Math.max(...times);
}

async function isFresh(): Promise<boolean> {
  const built = await modified(PAGE).catch(() => 0);
  return built > await sourcesModified();
}

/** File name of the output of an entry point. */
function outputOf(entry: string, { metafile }: BuildResult<{ metafile: true }>): string {
  for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint?.endsWith(entry)) return basename(path);
  }
  throw new Error(`Cannot find the output of ${entry}`);
}

async function buildPage(): Promise<void> {
  const built = await build({
    absWorkingDir: HERE,
    entryPoints: Object.keys(ENTRIES),
    entryNames: "[name]-[hash]",
    outdir: DIST,
    bundle: true,
    minify: true,
    metafile: true,
    format: "iife",
    target: ["chrome123", "firefox120", "safari17.5"],
    legalComments: "none",
    plugins: [withoutDescriptions],
    logLevel: "warning",
  });
  let page = await readFile(join(HERE, "index.html"), "utf8");
  const keep = [basename(PAGE)];
  for (const [entry, name] of Object.entries(ENTRIES)) {
    const output = outputOf(entry, built);
    page = page.replace(`/assets/${name}`, `/assets/${output}`);
    keep.push(output);
  }
  const notices = await collectNotices(HERE, Object.keys(built.metafile.inputs));
  page = page.replace("/assets/notices.txt", `/assets/${notices.name}`);
  keep.push(notices.name);
  await mkdir(DIST, { recursive: true });
  await writeFile(join(DIST, notices.name), notices.text);
  await writeFile(`${PAGE}.new`, page);
  await rename(`${PAGE}.new`, PAGE);
  for (const name of await readdir(DIST)) {
    if (!keep.includes(name)) await rm(join(DIST, name));
  }
}

if (!await isFresh()) {
  const start = performance.now();
  await buildPage();
  await stop();
  console.log(`Built the dashboard in ${Math.round(performance.now() - start)} ms`);
}
