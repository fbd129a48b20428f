import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { strToU8 } from "fflate";
import { describe, expect, test } from "vitest";
import { DownloadClient } from "../../../data/download/client.ts";
import type { Series } from "../../../data/download/dump.ts";
import { monthsOf, parsePeriod } from "../../../data/download/period.ts";
import { download, type OnProgress } from "../../../data/download/run.ts";
import { loadKlines, loadTrades } from "../../support/history.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { checksumOf, DumpServer, type Fault, zipOf } from "./download_server.ts";

const SPOT: Series = { symbol: "BTCUSDT", kind: "klines", market: "spot" };
const MONTHLY = "data/spot/monthly/klines/BTCUSDT/1m/";
const DAILY = "data/spot/daily/klines/BTCUSDT/1m/";
const JANUARY = "BTCUSDT-1m-2025-01.zip";

/** Rows of one-minute klines; `scale` 1000 makes the times microseconds. */
function klineRows(start: number, count: number, scale: number, seed = 0): string[] {
  return Array.from({ length: count }, (_, i) => {
    const open = start + i * 60_000;
    const close = (open + 60_000) * scale - 1;
    const price = (93_000 + ((i * 7919 + seed) % 1000) + 0.25).toFixed(2);
    return `${
      open * scale
    },${price},${price},${price},${price},0.5,${close},46500.1,7,0.25,23250.05,0`;
  });
}

const zip = zipOf(JANUARY, klineRows(Date.UTC(2025, 0), 3000, 1000));
const otherZip = zipOf(JANUARY, klineRows(Date.UTC(2025, 0), 3000, 1000, 5));

interface Setup {
  readonly server: DumpServer;
  readonly folder: string;
  /** The waits that the client asked for, ms. */
  readonly waits: number[];
  run(options?: Partial<RunOptions>): ReturnType<typeof download>;
}

interface RunOptions {
  readonly from: string;
  readonly to: string;
  readonly series: Series;
  readonly now: number;
  readonly timeoutMs: number;
  readonly allowUnverified: boolean;
  readonly onProgress: OnProgress;
}

/** A server with files, an empty folder, and a client that does not really wait. */
async function setup(files: Record<string, Uint8Array>): Promise<Setup> {
  const server = await DumpServer.start(new Map(Object.entries(files)));
  const folder = temporaryFolder();
  const waits: number[] = [];
  const clock = {
    monotonic: () => 0,
    sleep: (ms: number) => {
      waits.push(ms);
      return Promise.resolve();
    },
  };
  const run = (options: Partial<RunOptions> = {}) => {
    const { from = "2025-01", to = from, series = SPOT, now = Date.UTC(2026, 5) } = options;
    const { timeoutMs = 10_000, onProgress, allowUnverified = false } = options;
    const client = new DownloadClient({ clock, random: () => 0, timeoutMs });
    const months = monthsOf(parsePeriod(from, to));
    return download(
      client,
      { series, months, baseUrl: server.url, folder, allowUnverified, now },
      onProgress,
    );
  };
  return { server, folder, waits, run };
}

const got = { downloaded: [JANUARY], kept: [], missing: [], failed: [], untried: 0 };

/** The folder holds the file, whole, and nothing else. */
function expectWhole(folder: string, bytes = zip): void {
  expect(readdirSync(folder)).toEqual([JANUARY]);
  expect(readFileSync(join(folder, JANUARY)).equals(bytes)).toBe(true);
}

const status = (code: number, headers: Record<string, string> = {}): Fault => (res) =>
  void res.writeHead(code, headers).end();

/** Sends the first half of the file, then does what is given. */
const half = (then: (res: Parameters<Fault>[0]) => void): Fault => (res, body) => {
  res.writeHead(200, { "content-length": body.length });
  res.write(body.subarray(0, body.length / 2), () => then(res));
};

describe("a downloaded file reads back as it was served", () => {
  test("a month of spot klines, in microseconds, without a header", async () => {
    const { folder, run } = await setup({ [MONTHLY + JANUARY]: zip });
    expect(await run()).toMatchObject({ ...got, bytes: zip.length });
    expectWhole(folder);
    const klines = await loadKlines(join(folder, JANUARY));
    expect(klines).toHaveLength(3000);
    expect(klines[1]).toEqual({
      open_time: Date.UTC(2025, 0, 1, 0, 1),
      open: 93_919.25,
      high: 93_919.25,
      low: 93_919.25,
      close: 93_919.25,
      volume: 0.5,
      quote_volume: 46500.1,
      num_trades: 7,
      taker_buy_volume: 0.25,
      taker_buy_quote_volume: 23250.05,
    });
  });

  test("a month of futures klines, in milliseconds, with a header", async () => {
    const header = "open_time,open,high,low,close,volume,close_time,quote_volume,count," +
      "taker_buy_volume,taker_buy_quote_volume,ignore";
    const start = Date.UTC(2024, 11);
    const name = "BTCUSDT-1m-2024-12.zip";
    const file = zipOf(name, [header, ...klineRows(start, 100, 1)]);
    const { folder, run } = await setup({
      [`data/futures/um/monthly/klines/BTCUSDT/1m/${name}`]: file,
    });
    const result = await run({ from: "2024-12", series: { ...SPOT, market: "usdm" } });
    expect(result.downloaded).toEqual([name]);
    const klines = await loadKlines(join(folder, name));
    expect(klines.map((kline) => kline.open_time))
      .toEqual(Array.from({ length: 100 }, (_, i) => start + i * 60_000));
  });

  test("aggregate trades, by the day", async () => {
    const name = "BTCUSDT-aggTrades-2025-02-03.zip";
    const time = Date.UTC(2025, 1, 3);
    const rows = [0, 1, 2].map((i) =>
      `${700 + i},101.5,0.25,${900 + 2 * i},${901 + 2 * i},${(time + i) * 1000 + 17},True,True`
    );
    const { folder, run } = await setup({
      [`data/spot/daily/aggTrades/BTCUSDT/${name}`]: zipOf(name, rows),
    });
    const result = await run({ from: "2025-02-03", series: { ...SPOT, kind: "aggTrades" } });
    expect(result.downloaded).toEqual([name]);
    const trades = await loadTrades(join(folder, name));
    expect(trades).toEqual([0, 1, 2].map((i) => ({
      id: 700 + i,
      price: 101.5,
      quantity: 0.25,
      firstTradeId: 900 + 2 * i,
      lastTradeId: 901 + 2 * i,
      time: time + i,
      microseconds: 17,
      buyerIsMaker: true,
    })));
  });
});

describe("missing files", () => {
  const day = (date: string) => `BTCUSDT-1m-${date}.zip`;
  const dayFile = (date: string) => ({ [DAILY + day(date)]: zipOf(day(date), ["1,2"]) });

  test("a month without a monthly file comes day by day; a missing day is named", async () => {
    const { folder, run } = await setup({
      ...dayFile("2025-02-01"),
      ...dayFile("2025-02-03"),
      ...dayFile("2025-02-04"),
    });
    const result = await run({ from: "2025-02", now: Date.UTC(2025, 1, 5, 12) });
    expect(result.downloaded)
      .toEqual([day("2025-02-01"), day("2025-02-03"), day("2025-02-04")]);
    expect(result.failed).toEqual([]);
    expect(result.missing[0]).toBe(Date.UTC(2025, 1, 2));
    expect(result.missing).toHaveLength(25);
    expect(readdirSync(folder)).toHaveLength(3);
  });

  test("future days are not requested", async () => {
    const { server, run } = await setup({});
    const result = await run({ from: "2025-02", to: "2025-03", now: Date.UTC(2025, 1, 2, 12) });
    expect(result.missing).toHaveLength(28 + 31);
    const asked = new Set(server.requests.map((line) => /[\d-]+(?=\.zip)/.exec(line)?.[0]));
    expect([...asked]).toEqual(["-2025-02", "-2025-02-01", "-2025-02-02"]);
  });

  test("a part of a month comes day by day, the monthly file is left alone", async () => {
    const { server, run } = await setup({ ...dayFile("2025-01-31"), [MONTHLY + JANUARY]: zip });
    const result = await run({ from: "2025-01-31", to: "2025-01-31" });
    expect(result.downloaded).toEqual([day("2025-01-31")]);
    expect(server.requests.join()).not.toContain(JANUARY);
  });

  test("a file without a checksum is refused, and not reported as missing", async () => {
    const { server, folder, run } = await setup({ [MONTHLY + JANUARY]: zip });
    server.fail(`${MONTHLY}${JANUARY}.CHECKSUM`, status(404));
    const { failed } = await run();
    expect(failed).toEqual([
      {
        name: JANUARY,
        reason: expect.stringMatching(/^it has no \.CHECKSUM, so it cannot be verified;/),
      },
    ]);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("a second run", () => {
  test("downloads nothing", async () => {
    const { server, run } = await setup({ [MONTHLY + JANUARY]: zip });
    await run();
    server.requests.length = 0;
    expect(await run()).toMatchObject({ ...got, downloaded: [], kept: [JANUARY], bytes: 0 });
    expect(server.requests).toEqual([`GET ${JANUARY}.CHECKSUM`]);
  });

  test("replaces a file that was republished", async () => {
    const { folder, run } = await setup({ [MONTHLY + JANUARY]: otherZip });
    writeFileSync(join(folder, JANUARY), zip);
    expect(await run()).toMatchObject(got);
    expectWhole(folder, otherZip);
  });

  test("leaves the file as it was when the new one cannot be downloaded", async () => {
    const { server, folder, run } = await setup({ [MONTHLY + JANUARY]: otherZip });
    writeFileSync(join(folder, JANUARY), zip);
    server.fail(MONTHLY + JANUARY, status(400));
    const { failed } = await run();
    expect(failed).toEqual([{ name: JANUARY, reason: "the server answered HTTP 400" }]);
    expectWhole(folder);
  });

  test("resumes where an interrupted one ended", async () => {
    const { server, folder, run } = await setup({ [MONTHLY + JANUARY]: zip });
    writeFileSync(join(folder, `${JANUARY}.part`), zip.subarray(0, 1000));
    expect(await run()).toMatchObject({ ...got, bytes: zip.length - 1000 });
    expect(server.requests.at(-1)).toBe(`GET ${JANUARY} bytes=1000-`);
    expectWhole(folder);
  });

  test("renames a file that an interrupted one had completed", async () => {
    const { server, folder, run } = await setup({ [MONTHLY + JANUARY]: zip });
    writeFileSync(join(folder, `${JANUARY}.part`), zip);
    expect(await run()).toMatchObject({ ...got, bytes: 0 });
    expect(server.requests).toEqual([`GET ${JANUARY}.CHECKSUM`]);
    expectWhole(folder);
  });

  test.each([
    ["the beginning of another file", () => otherZip.subarray(0, 1000)],
    ["more than the file has", () => new Uint8Array(zip.length + 1)],
  ])("starts over when what was left is %s", async (_, left) => {
    const { server, folder, run } = await setup({ [MONTHLY + JANUARY]: zip });
    writeFileSync(join(folder, `${JANUARY}.part`), left());
    expect(await run()).toMatchObject(got);
    expect(server.requests.at(-1)).toBe(`GET ${JANUARY}`);
    expectWhole(folder);
  });

  test("starts over when the server ignores the range", async () => {
    const { server, folder, run } = await setup({ [MONTHLY + JANUARY]: zip });
    writeFileSync(join(folder, `${JANUARY}.part`), zip.subarray(0, 1000));
    server.fail(
      MONTHLY + JANUARY,
      (res, body) => void res.writeHead(200, { "content-length": body.length }).end(body),
    );
    expect(await run()).toMatchObject({ ...got, bytes: zip.length });
    expectWhole(folder);
  });
});

describe("a server in trouble", () => {
  const reset = (res: Parameters<Fault>[0]) => void res.socket?.resetAndDestroy();

  test("a connection that is reset in mid-body is resumed from there", async () => {
    const { server, folder, run } = await setup({ [MONTHLY + JANUARY]: zip });
    const arrived = Promise.withResolvers<void>();
    server.fail(MONTHLY + JANUARY, half((res) => void arrived.promise.then(() => reset(res))));
    const onProgress: OnProgress = ({ bytes }) => {
      if (bytes >= Math.floor(zip.length / 2)) arrived.resolve();
    };
    expect(await run({ onProgress })).toMatchObject({ ...got, bytes: zip.length });
    expect(server.requests.at(-1))
      .toBe(`GET ${JANUARY} bytes=${Math.floor(zip.length / 2)}-`);
    expectWhole(folder);
  });

  test("a body that is cut off is resumed", async () => {
    const { server, folder, run } = await setup({ [MONTHLY + JANUARY]: zip });
    server.fail(MONTHLY + JANUARY, half((res) => void res.socket?.end()));
    expect(await run()).toMatchObject(got);
    expectWhole(folder);
  });

  test("a server that falls silent is asked again on a new connection", async () => {
    const { server, folder, run } = await setup({ [MONTHLY + JANUARY]: zip });
    server.fail(MONTHLY + JANUARY, half(() => {}));
    expect(await run({ timeoutMs: 100 })).toMatchObject(got);
    expectWhole(folder);
  });

  test("a file that is truncated at the source never gets its name", async () => {
    const { server, folder, run, waits } = await setup({ [MONTHLY + JANUARY]: zip });
    const cut: Fault = (res, body) => void res.end(body.subarray(0, body.length - 5));
    server.fail(MONTHLY + JANUARY, cut, cut, cut);
    const { failed } = await run();
    expect(failed).toEqual([
      {
        name: JANUARY,
        reason: expect.stringMatching(/^its SHA-256 must be .{64}: current value is .{64}, 3/),
      },
    ]);
    expect(readdirSync(folder)).toEqual([]);
    expect(waits).toEqual([500, 1000]);
  });

  test("a file that is republished after its checksum was read is downloaded again", async () => {
    const { server, folder, run } = await setup({ [MONTHLY + JANUARY]: zip });
    server.fail(
      `${MONTHLY}${JANUARY}.CHECKSUM`,
      (res) => void res.end(checksumOf(JANUARY, otherZip)),
    );
    expect(await run()).toMatchObject(got);
    expectWhole(folder);
  });

  test("503 is tried again with growing waits, 429 and 418 when Retry-After is over", async () => {
    const { server, folder, run, waits } = await setup({ [MONTHLY + JANUARY]: zip });
    server.fail(
      MONTHLY + JANUARY,
      status(503),
      status(500),
      status(429, { "retry-after": "7" }),
      status(418, { "retry-after": "120" }),
    );
    expect(await run()).toMatchObject(got);
    expect(waits).toEqual([500, 1000, 7000, 120_000]);
    expectWhole(folder);
  });

  test("attempts are bounded, and one file's failure does not stop the others", async () => {
    const february = "BTCUSDT-1m-2025-02.zip";
    const { server, run, waits } = await setup({
      [MONTHLY + JANUARY]: zip,
      [MONTHLY + february]: zip,
    });
    server.fail(MONTHLY + JANUARY, ...Array.from({ length: 99 }, () => status(500)));
    const result = await run({ to: "2025-02" });
    expect(result.failed)
      .toEqual([{ name: JANUARY, reason: "the server answered HTTP 500, 6 times" }]);
    expect(result.downloaded).toEqual([february]);
    expect(waits).toHaveLength(5);
  });

  test.each([
    [status(451), "this region is not served (HTTP 451)"],
    [status(403), "the server refuses this address (HTTP 403)"],
    [status(429, { "retry-after": "7200" }), "it asks for a pause of 7200 s"],
  ])("a refusal ends the run, without a request for every file", async (fault, reason) => {
    const { server, run } = await setup({});
    for (let month = 1; month <= 3; month++) {
      server.fail(`${MONTHLY}BTCUSDT-1m-2025-0${month}.zip.CHECKSUM`, fault);
    }
    const result = await run({ to: "2025-12" });
    expect(result.failed[0]?.reason).toContain(reason);
    expect(result.failed.length).toBeLessThanOrEqual(3);
    expect(result.failed.length + result.untried).toBe(12);
  });

  test("a web page in place of the checksum is refused", async () => {
    const { server, run } = await setup({ [MONTHLY + JANUARY]: zip });
    const page: Fault = (res) => void res.end("<html>".repeat(10_000));
    server.fail(`${MONTHLY}${JANUARY}.CHECKSUM`, ...Array.from({ length: 6 }, () => page));
    const { failed } = await run();
    expect(failed[0]?.reason).toContain(`its .CHECKSUM must be "<sha256>  ${JANUARY}"`);
  });

  test("two runs at once into one folder leave one whole file", async () => {
    const { server, folder, run } = await setup({ [MONTHLY + JANUARY]: zip });
    const release = Promise.withResolvers<void>();
    server.fail(MONTHLY + JANUARY, (res, body) => {
      res.writeHead(200, { "content-length": body.length });
      res.write(body.subarray(0, 100));
      void release.promise.then(() => res.end(body.subarray(100)));
    });
    const onProgress: OnProgress = ({ bytes }) => {
      if (bytes > 0) release.resolve();
    };
    const results = await Promise.all([run({ onProgress }), run({ onProgress })]);
    for (const result of results) expect(result.failed).toEqual([]);
    expectWhole(folder);
  });

  test("a folder that cannot be written to is a failure of its own", async () => {
    const { folder, run } = await setup({ [MONTHLY + JANUARY]: zip });
    mkdirSync(join(folder, `${JANUARY}.part`));
    const { failed } = await run();
    expect(failed).toHaveLength(1);
    expect(existsSync(join(folder, JANUARY))).toBe(false);
  });

  test("a truncated checksum is requested again", async () => {
    const { server, folder, run } = await setup({ [MONTHLY + JANUARY]: zip });
    server.fail(`${MONTHLY}${JANUARY}.CHECKSUM`, (res) => void res.end(strToU8("12ab")));
    expect(await run()).toMatchObject(got);
    expectWhole(folder);
  });
});
