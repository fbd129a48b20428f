import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";

const FOLDER = new URL("../../notebooks/", import.meta.url);

const notebookSchema = z.looseObject({
  cells: z.array(z.looseObject({
    outputs: z.array(z.looseObject({
      data: z.record(z.string(), z.unknown()).optional(),
      metadata: z.looseObject({
        "image/png": z.looseObject({ alt: z.string().optional() }).optional(),
      }).optional(),
    })).optional(),
  })),
});

test.for(readdirSync(FOLDER).filter((name) => name.endsWith(".ipynb")))(
  "every figure in %s has an alternative text",
  (name) => {
    const text = readFileSync(fileURLToPath(new URL(name, FOLDER)), "utf8");
    const outputs = notebookSchema.parse(JSON.parse(text)).cells
      .flatMap((cell) => cell.outputs ?? []);
    const figures = [...outputs.keys()]
      .filter((i) => outputs[i]?.data?.["image/png"] !== undefined);
    expect(figures.length).toBeGreaterThan(0);
    for (const i of figures) {
      const { alt } = outputs[i]?.metadata?.["image/png"] ?? {};
      expect(alt).toMatch(/^[A-Z0-9].{30,}\.$/);
      // Most viewers do not read the metadata.
      expect(String(outputs[i + 1]?.data?.["text/plain"])).toContain("in words</summary>");
    }
  },
);
