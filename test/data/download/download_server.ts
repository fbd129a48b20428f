import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { strToU8, zipSync } from "fflate";
import { onTestFinished } from "vitest";

/** Answers one request in the server's place. */
export type Fault = (res: ServerResponse, body: Uint8Array, req: IncomingMessage) => void;

/** A zip as the exchange publishes it: one CSV of the same name. */
export function zipOf(name: string, rows: readonly string[]): Uint8Array {
  const csv = strToU8(rows.map((row) => row + "\n").join(""));
  return zipSync({ [name.replace(/\.zip$/, ".csv")]: [csv, { level: 6 }] });
}

export function checksumOf(name: string, bytes: Uint8Array): string {
  return `${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`;
}

/** The exchange's file server, on loopback: honours byte ranges, and fails as it is told to. */
export class DumpServer {
  readonly url: string;
  /** `METHOD path` or, with a range, `METHOD path bytes=N-`, by file name, in order. */
  readonly requests: string[] = [];
  readonly #files: ReadonlyMap<string, Uint8Array>;
  readonly #faults: Map<string, Fault[]>;

  private constructor(
    url: string,
    files: ReadonlyMap<string, Uint8Array>,
    faults: Map<string, Fault[]>,
  ) {
    this.url = url;
    this.#files = files;
    this.#faults = faults;
  }

  /** Serves files by their path below the base URL; checksums are made where there are none. */
  static async start(files: Map<string, Uint8Array>): Promise<DumpServer> {
    const faults = new Map<string, Fault[]>();
    const server = createServer((req, res) => dumps.#answer(req, res));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const dumps = new DumpServer(`http://127.0.0.1:${port}`, files, faults);
    return dumps;
  }

  /** The next requests for a path are answered so, one each. */
  fail(path: string, ...faults: Fault[]): void {
    this.#faults.set(path, faults);
  }

  #answer(req: IncomingMessage, res: ServerResponse): void {
    const path = (req.url ?? "").slice(1);
    const range = req.headers.range;
    const name = path.slice(path.lastIndexOf("/") + 1);
    this.requests.push(`${req.method} ${name}${range === undefined ? "" : ` ${range}`}`);
    const body = this.#body(path, name);
    const fault = this.#faults.get(path)?.shift();
    if (fault !== undefined) return fault(res, body ?? new Uint8Array(0), req);
    if (body === undefined) return void res.writeHead(404).end("<Error>NoSuchKey</Error>");
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? NaN);
    if (start >= body.length) return void res.writeHead(416).end();
    if (!(start >= 0)) return void res.writeHead(200, { "content-length": body.length }).end(body);
    res.writeHead(206, {
      "content-length": body.length - start,
      "content-range": `bytes ${start}-${body.length - 1}/${body.length}`,
    }).end(body.subarray(start));
  }

  #body(path: string, name: string): Uint8Array | undefined {
    const body = this.#files.get(path);
    if (body !== undefined || !path.endsWith(".CHECKSUM")) return body;
    const file = this.#files.get(path.slice(0, -".CHECKSUM".length));
    return file && strToU8(checksumOf(name.slice(0, -".CHECKSUM".length), file));
  }
}
