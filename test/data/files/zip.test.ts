import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { strToU8, type Zippable, zipSync } from "fflate";
import { expect, test } from "vitest";
import { listZip, readZipEntry } from "../../../data/files/zip.ts";
import { temporaryFolder } from "../../support/temporary.ts";

function write(bytes: Uint8Array): string {
  const path = join(temporaryFolder(), "a.zip");
  writeFileSync(path, bytes);
  return path;
}

/** Names and texts of all files. */
async function unpack(bytes: Uint8Array, onRead?: (bytes: number) => void) {
  const path = write(bytes);
  const texts: [string, string][] = [];
  for (const entry of await listZip(path)) {
    const chunks = await Array.fromAsync(readZipEntry(path, entry, onRead));
    const blob = new Blob(chunks.map((chunk) => chunk.slice()));
    texts.push([entry.name, new TextDecoder().decode(await blob.bytes())]);
  }
  return texts;
}

const LONG = "1735689600000,1,2,3\n".repeat(50_000);
const pack = (files: Zippable) => zipSync(files);

test("all files of an archive are read, deflated or stored", async () => {
  const archive = pack({
    "a.csv": strToU8(LONG),
    "sub/币安.csv": [strToU8("stored\n"), { level: 0, extra: { 0x5455: new Uint8Array(9) } }],
    "empty.csv": new Uint8Array(),
  });
  expect(await unpack(archive)).toEqual([
    ["a.csv", LONG],
    ["sub/币安.csv", "stored\n"],
    ["empty.csv", ""],
  ]);
});

test("a comment at its end is not part of it", async () => {
  const archive = pack({ "a.csv": [strToU8("text"), { comment: "of the file" }] });
  const comment = strToU8("PK made by somebody");
  const longer = new Uint8Array(archive.length + comment.length);
  longer.set(archive);
  longer.set(comment, archive.length);
  new DataView(longer.buffer).setUint16(archive.length - 2, comment.length, true);
  expect(await unpack(longer)).toEqual([["a.csv", "text"]]);
});

test("progress is in packed bytes", async () => {
  let read = 0;
  const archive = pack({ "a.csv": strToU8(LONG) });
  await unpack(archive, (bytes) => read += bytes);
  expect(read).toBeGreaterThan(100);
  expect(read).toBeLessThan(archive.length);
});

test("an archive that is cut off anywhere, or another file, is refused", async () => {
  const archive = pack({ "a.csv": strToU8(LONG) });
  for (const length of [0, 10, archive.length >> 1, archive.length - 1]) {
    await expect(unpack(archive.subarray(0, length))).rejects.toThrow(
      /it must be a complete zip archive/,
    );
  }
  await expect(unpack(archive.subarray(100))).rejects.toThrow(SyntaxError);
});

test("a flipped bit is noticed", async () => {
  const archive = pack({ "a.csv": [strToU8("0123456789"), { level: 0 }] });
  const place = archive.indexOf("5".charCodeAt(0), 35);
  archive[place] = "6".charCodeAt(0);
  await expect(unpack(archive)).rejects.toThrow(
    "the archive must be undamaged: its checksum is wrong",
  );
});
