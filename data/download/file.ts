import { join } from "node:path";
import { type Answer, type DownloadClient, DownloadError } from "./client.ts";
import type { Dump } from "./dump.ts";
import { PartFile, sha256OfFile } from "./part.ts";

/** What became of a file: fetched, already there and still right, or not published. */
export type Outcome = "downloaded" | "kept" | "missing";

/** Told how many bytes of a file came over the network now, and how many of it there are in all. */
export type OnBytes = (came: number, size: number, total: number | undefined) => void;

/** Complete downloads with a wrong checksum before the file is given up. */
const ROUNDS = 3;

/** An attempt that brings so much more than any before is no failure, even though it broke off. */
const PROGRESS_BYTES = 1 << 20;

/** Characters; a checksum has about 100, a web page in its place many more. */
const CHECKSUM_LIMIT = 4096;

function parseChecksum(text: string, name: string): string {
  const [, sum, file] = /^([0-9a-fA-F]{64})\s+\*?(\S+)\s*$/.exec(text) ?? [];
  if (sum !== undefined && file === name) return sum.toLowerCase();
  const given = JSON.stringify(text.slice(0, 100));
  throw new DownloadError(`its .CHECKSUM must be "<sha256>  ${name}": current value is ${given}`, {
    transient: true,
  });
}

async function textOf(answer: Answer): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of answer.chunks()) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > CHECKSUM_LIMIT) break;
  }
  return text;
}

/** The published checksum; undefined when neither it nor the file is there. */
async function publishedSum(client: DownloadClient, url: string, name: string) {
  const sum = await client.request(
    () => ({ url: `${url}.CHECKSUM` }),
    async (answer) => answer.status === 404 ? undefined : parseChecksum(await textOf(answer), name),
  );
  if (sum !== undefined) return sum;
  const exists = await client.request(
    () => ({ url, method: "HEAD" }),
    ({ ok }) => Promise.resolve(ok),
  );
  if (!exists) return undefined;
  throw new DownloadError("it has no .CHECKSUM, so it cannot be verified");
}

/** Where the bytes of a partial answer belong, and how many bytes the whole file has. */
function contentRange(headers: Headers): { start: number; total: number | undefined } {
  const [, start = NaN, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(
    headers.get("content-range") ?? "",
  ) ?? [];
  return { start: Number(start), total: total === "*" ? undefined : Number(total) };
}

/** Appends an answer to the part; a server that does not honour the range starts it anew. */
async function take(answer: Answer, part: PartFile, onBytes: OnBytes): Promise<void> {
  const { status, headers } = answer;
  if (status === 404) throw new DownloadError("it is gone, although its .CHECKSUM is there");
  const range = contentRange(headers);
  if (status === 416 || (status === 206 && range.start !== part.size)) {
    if (part.size === 0) throw new DownloadError(`the server answered HTTP ${status} to no range`);
    await part.clear();
    throw new DownloadError("the server cannot resume it", { transient: true, retryAfterMs: 0 });
  }
  if (status !== 206) await part.clear();
  const length = Number(headers.get("content-length") ?? NaN);
  const total = status === 206 ? range.total : Number.isFinite(length) ? length : undefined;
  for await (const chunk of answer.chunks()) {
    await part.append(chunk);
    onBytes(chunk.length, part.size, total);
  }
  if (total !== undefined && part.size < total) {
    throw new DownloadError("the answer broke off", { transient: true });
  }
}

async function fetchRest(client: DownloadClient, url: string, part: PartFile, onBytes: OnBytes) {
  let best = part.size;
  const progressed = () => {
    if (part.size < best + PROGRESS_BYTES) return false;
    best = part.size;
    return true;
  };
  await client.request(
    () => ({ url, offset: part.size }),
    (answer) => take(answer, part, onBytes),
    progressed,
  );
}

/**
 * Sees to it that a file is there and is what the exchange publishes now. An interrupted download is
 * taken up again where it ended.
 *
 * @param baseUrl Base URL without a trailing slash.
 * @param folder Where it belongs, under its own name; the folder must exist.
 * @throws Error saying why not; what was there before is untouched, and nothing unverified stands
 *   under the file's name.
 */
export async function downloadFile(
  client: DownloadClient,
  baseUrl: string,
  dump: Dump,
  folder: string,
  onBytes: OnBytes = () => {},
): Promise<Outcome> {
  const url = `${baseUrl}/${dump.path}`;
  const path = join(folder, dump.name);
  let sum = await publishedSum(client, url, dump.name);
  if (sum === undefined) return "missing";
  if (await sha256OfFile(path) === sum) return "kept";
  using part = await PartFile.open(`${path}.part`);
  // Left complete by a run that ended before it could name the file.
  if (part.size > 0 && await part.sha256() === sum) {
    await part.commit(path);
    return "downloaded";
  }
  for (let round = 1;; round++) {
    const resumed = part.size > 0;
    await fetchRest(client, url, part, onBytes);
    const got = await part.sha256();
    if (got === sum) break;
    await part.clear();
    if (round === ROUNDS) {
      throw new DownloadError(`its SHA-256 must be ${sum}: it is ${got}, ${ROUNDS} times`);
    }
    if (!resumed) await client.backOff(round);
    // It may have been uploaded anew between the checksum and the file.
    sum = await publishedSum(client, url, dump.name) ?? sum;
  }
  await part.commit(path);
  return "downloaded";
}
