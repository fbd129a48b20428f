import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { GzipBlocks } from "../../../../service/bus/embedded/gzip_blocks.ts";

test("the blocks are one gzip stream of what was given", () => {
  const block = fc.uint8Array({ maxLength: 3000 });
  fc.assert(fc.property(fc.array(block, { minLength: 1 }), (blocks) => {
    const gzip = new GzipBlocks();
    const packed = blocks.map((bytes, i) =>
      gzip.add(new Uint8Array(bytes), i === blocks.length - 1)
    );
    expect(Buffer.concat(blocks).equals(gunzipSync(Buffer.concat(packed)))).toBe(true);
  }));
});

test("what was sent so far can be read before the stream ends", async () => {
  const gzip = new GzipBlocks();
  const unpacking = new DecompressionStream("gzip");
  const writer = unpacking.writable.getWriter();
  void writer.write(gzip.add(new TextEncoder().encode("first"), false));
  const { value } = await unpacking.readable.getReader().read();
  expect(new TextDecoder().decode(value)).toBe("first");
});
