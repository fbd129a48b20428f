import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { type LineChunk, readLines } from "../../../data/files/lines.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const decoder = new TextDecoder();

function write(name: string, content: string | Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

function chunksOf(path: string): Promise<LineChunk[]> {
  return Array.fromAsync(readLines(path));
}

async function textOf(path: string): Promise<string> {
  return (await chunksOf(path)).map(({ bytes }) => decoder.decode(bytes)).join("");
}

/** Longer than any buffer on the way. */
const LONG = "1735689600000,1,2,3";
const MANY = 60_000;

test.each(["\n", "\r\n", "\r"])("chunks end between lines that end with %j", async (end) => {
  const path = write("a.csv", `${LONG}${end}`.repeat(MANY) + LONG);
  const chunks = await chunksOf(path);
  expect(chunks.length).toBeGreaterThan(2);
  const lines = chunks.flatMap(({ bytes }) => decoder.decode(bytes).split(/\r\n|\r|\n/));
  expect(new Set(lines)).toEqual(new Set([LONG, ""]));
  expect(lines.filter((line) => line !== "")).toHaveLength(MANY + 1);
});

test("text survives any packing and any size", async () => {
  const path = join(temporaryFolder(), "a");
  await fc.assert(
    fc.asyncProperty(
      fc.string({ maxLength: 300, unit: fc.constantFrom("a", "é", "\n", "\r", ",") }),
      fc.constantFrom(1, 1000, 3000),
      async (text, times) => {
        const whole = text.repeat(times);
        for (
          const [name, bytes] of [
            [`${path}.csv`, strToU8(whole)],
            [`${path}.csv.gz`, gzipSync(whole)],
            [`${path}.zip`, zipSync({ "a.csv": strToU8(whole) })],
          ] as const
        ) {
          writeFileSync(name, bytes);
          expect(await textOf(name)).toBe(whole);
        }
      },
    ),
    { numRuns: 15 },
  );
});

test("a byte order mark is left out", async () => {
  expect(await textOf(write("a.csv", "\ufeff1,2\n"))).toBe("1,2\n");
});

test("the files of an archive come one after another, each under its own name", async () => {
  const path = write(
    "a.zip",
    zipSync({ "a.csv": strToU8("1\n2"), "sub/b.CSV": strToU8("3"), "c.csv": new Uint8Array() }),
  );
  expect((await chunksOf(path)).map(({ file, bytes }) => [file, decoder.decode(bytes)])).toEqual([
    [`${path}/a.csv`, "1\n"],
    [`${path}/a.csv`, "2"],
    [`${path}/sub/b.CSV`, "3"],
  ]);
});

test("of an archive only its .csv files are read, and not what macOS adds to them", async () => {
  const path = write(
    "a.zip",
    zipSync({
      "__MACOSX/._a.csv": strToU8("\0\x05"),
      "._a.csv": strToU8("\0\x05"),
      "README.txt": strToU8("hello"),
      "a.csv": strToU8("1,2"),
    }),
  );
  expect(await chunksOf(path)).toEqual([{ file: path, bytes: expect.anything() }]);
  expect(await textOf(path)).toBe("1,2");
});

test("a file is unpacked by its content and not by its name", async () => {
  const text = "1,2\n";
  expect(await textOf(write("a.csv", gzipSync(text)))).toBe(text);
  expect(await textOf(write("a.csv", zipSync({ "a.csv": strToU8(text) })))).toBe(text);
  expect(await textOf(write("a.csv.gz", text))).toBe(text);
  expect(await textOf(write("a.zip", text))).toBe(text);
  expect(await textOf(write("a.csv.gz", zipSync({ "a.csv": strToU8(text) })))).toBe(text);
});

test("a file that is not read is refused in one line that names it", async () => {
  const cases = [
    ["a.csv", "\xff\xfe1\0,\0", "it must be UTF-8 text: it is UTF-16"],
    ["a.csv", "x".repeat(3 << 20), "a line must have at most 1048576 bytes"],
  ] as const;
  for (const [name, content, what] of cases) {
    const path = write(name, Uint8Array.from(content, (c) => c.charCodeAt(0)));
    await expect(chunksOf(path)).rejects.toThrow(`Cannot read ${path}: ${what}`);
  }
  const empty = write("a.zip", zipSync({}));
  await expect(chunksOf(empty)).rejects.toThrow("must hold a .csv file: it holds nothing");
  const other = write("b.zip", zipSync({ "README.txt": strToU8("hello") }));
  await expect(chunksOf(other)).rejects.toThrow("must hold a .csv file: it holds README.txt");
  const workbook = write("c.xlsx", zipSync({ "xl/workbook.xml": strToU8("<workbook/>") }));
  await expect(chunksOf(workbook)).rejects.toThrow("it must be CSV: it is an Excel workbook");
  const markets = zipSync({
    "sub/BTCUSDT-1m.csv": strToU8("1"),
    "BTCUSDT_240329-1m.csv": strToU8("2"),
  });
  await expect(chunksOf(write("d.zip", markets))).rejects.toThrow(
    "the archive must hold the files of one market: it holds BTCUSDT, BTCUSDT_240329",
  );
  await expect(chunksOf("/nowhere/a.csv.gz")).rejects.toThrow("Cannot read /nowhere/a.csv.gz");
});

test("a file cut off in the middle is an error, never a short text", async () => {
  const text = Array.from({ length: 5000 }, (_, i) => `${i},1`).join("\n");
  const [zip, gzip] = [zipSync({ "a.csv": strToU8(text) }), gzipSync(text)];
  for (
    const path of [
      write("a.zip", zip.subarray(0, zip.length >> 1)),
      write("a.csv.gz", gzip.subarray(0, gzip.length >> 1)),
    ]
  ) {
    await expect(chunksOf(path)).rejects.toThrow(`Cannot read ${path}`);
  }
});

test("progress is in bytes of the file", async () => {
  let read = 0;
  const path = write("a.csv.gz", gzipSync(`${LONG}\n`.repeat(MANY)));
  await Array.fromAsync(readLines(path, (bytes) => read += bytes));
  expect(read).toBe(Deno.statSync(path).size);
});
