import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** `computeEverything` as one script that defines a global `core`, for a host without TypeScript. */
export async function bundleEverything(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("./everything.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "core",
    target: "es2022",
    logLevel: "silent",
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error("esbuild wrote no file");
  return file.text;
}
