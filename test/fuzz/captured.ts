import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

const encoder = new TextEncoder();

/** The frames of a gzipped capture with lines `<receive time, ns> <frame>`. */
export async function realFrames(path: string): Promise<Uint8Array[]> {
  const text = String(await promisify(gunzip)(await readFile(path)));
  return text.trimEnd().split("\n").map((line) =>
    encoder.encode(line.slice(line.indexOf(" ") + 1).trimEnd())
  );
}
