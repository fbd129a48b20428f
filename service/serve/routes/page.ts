import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Hono } from "hono";
import { serveStatic } from "hono/serve-static";
import { Problem } from "../problem.ts";

/** What the build names by its content. Such a file never changes, so a browser may keep it. */
const HASHED = /-[A-Z0-9]{8}\.\w+$/;

/** Reads under way, by path: however many ask for a file, one descriptor is taken. */
const reading = new Map<string, Promise<Uint8Array<ArrayBuffer> | null>>();

function readOnce(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const under = reading.get(path);
  if (under !== undefined) return under;
  const read = readWhole(path).finally(() => reading.delete(path));
  reading.set(path, read);
  return read;
}

/** A file, whole: a client that reads slowly must not hold a descriptor. Null when it is absent. */
async function readWhole(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/**
 * The dashboard: its page and the assets that the page names.
 *
 * @param folder Where the build writes both.
 */
export function pageRoutes(folder: string): Hono {
  const missing = (path: string) =>
    new Problem(404, "Not found", `there is no ${path}; "deno task build" makes the page`);
  return new Hono().get(
    "/",
    serveStatic({
      path: "index.html",
      root: folder,
      join,
      getContent: readOnce,
      onFound: (_path, context) => context.header("cache-control", "no-cache"),
    }),
    () => {
      throw missing("index.html");
    },
  ).get(
    "/assets/:name",
    serveStatic({
      root: folder,
      join,
      rewriteRequestPath: (path) => basename(path),
      getContent: (path) => HASHED.test(path) ? readOnce(path) : Promise.resolve(null),
      onFound: (_path, context) =>
        context.header("cache-control", "public, max-age=31536000, immutable"),
    }),
    (context) => {
      throw missing(context.req.param("name"));
    },
  );
}
