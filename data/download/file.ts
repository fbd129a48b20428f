import { join } from "node:path";
import { type Answer, type DownloadClient, DownloadError } from "./client.ts";
import type { Dump } from "./dump.ts";
import { PartFile, sha256OfFile } from "./part.ts";

/**
 * The result for one file: fetched and verified, fetched without a checksum to verify it by,
 * already there and unchanged, or not published.
 */
export type Outcome = "downloaded" | "unverified" | "kept" | "missing";

/** Receives the bytes of a file that just arrived, those so far, and those of the whole file. */
export type OnBytes = (arrived: number, size: number, total: number | undefined) => void;

/** Complete downloads with a wrong checksum after which a file is given up. */
const ROUNDS = 3;

/** An attempt that brings this much more than any before counts as progress, even if it fails. */
const PROGRESS_BYTES = 1 << 20;

/** Characters. A checksum file has about 100, an error page many more. */
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

/** The published checksum; "none" when only the file exists, undefined when neither does. */
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
  return exists ? "none" : undefined;
}

/** Where the bytes of a partial response belong, and the size of the whole file. */
function contentRange(headers: Headers): { start: number; total: number | undefined } {
  const [, start = NaN, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(
    headers.get("content-range") ?? "",
  ) ?? [];
  return { start: Number(start), total: total === "*" ? undefined : Number(total) };
}

/** Appends a response to the part; one that ignores the range replaces it. */
async function take(answer: Answer, part: PartFile, onBytes: OnBytes): Promise<void> {
  const { status, headers } = answer;
  if (status === 404) throw new DownloadError("its .CHECKSUM exists, but the file does not");
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
    throw new DownloadError("the connection was lost", { transient: true });
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
 * Downloads a file unless it is already there as the exchange publishes it now. An interrupted
 * download is resumed.
 *
 * @param baseUrl Base URL without a trailing slash.
 * @param folder An existing folder, in which the file gets its own name.
 * @param allowUnverified Whether a file without a checksum is downloaded. Nothing shows whether it
 *   has changed, so that it is downloaded each time.
 * @throws Error with the reason; an earlier file of that name is left as it was, and nothing
 *   unverified gets the name unless it is allowed.
 */
export async function downloadFile(
  client: DownloadClient,
  baseUrl: string,
  dump: Dump,
  folder: string,
  allowUnverified: boolean,
  onBytes: OnBytes = () => {},
): Promise<Outcome> {
  const url = `${baseUrl}/${dump.path}`;
  const path = join(folder, dump.name);
  let sum = await publishedSum(client, url, dump.name);
  if (sum === undefined) return "missing";
  if (sum === "none" && !allowUnverified) {
    throw new DownloadError(
      "it has no .CHECKSUM, so it cannot be verified; --allow-unverified downloads it all the same",
    );
  }
  if (await sha256OfFile(path) === sum) return "kept";
  using part = await PartFile.open(`${path}.part`);
  if (sum === "none") {
    // Without a checksum nobody would notice that two versions were joined.
    await part.clear();
    await fetchRest(client, url, part, onBytes);
    await part.commit(path);
    return "unverified";
  }
  // An earlier run ended after the last byte and before it could rename the file.
  if (part.size > 0 && await part.sha256() === sum) {
    await part.commit(path);
    return "downloaded";
  }
  const waits = client.attempts();
  for (let round = 1;; round++) {
    const resumed = part.size > 0;
    await fetchRest(client, url, part, onBytes);
    const got = await part.sha256();
    if (got === sum) break;
    await part.clear();
    if (round === ROUNDS) {
      throw new DownloadError(
        `its SHA-256 must be ${sum}: current value is ${got}, ${ROUNDS} times`,
      );
    }
    if (!resumed) await waits.wait();
    // It may have been republished between the checksum and the file.
    const republished = await publishedSum(client, url, dump.name);
    if (republished !== undefined && republished !== "none") sum = republished;
  }
  await part.commit(path);
  return "downloaded";
}
