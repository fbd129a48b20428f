import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseArtifact } from "../../../models/artifact/read.ts";
import { formatCard } from "../../../models/report/card.ts";

test("the card of the shipped volatility model is of its artifact", () => {
  const read = (ending: string) =>
    readFileSync(new URL(`../../../models/volatility.${ending}`, import.meta.url), "utf8");
  const card = formatCard(parseArtifact(read("json"), "volatility.json"));
  expect(read("md")).toBe(card);
  expect(card).toContain(
    "deno task data:download --symbol BTCUSDT --from 2022-06-15 --to 2022-07-19\n",
  );
  expect(card).toContain("| HAR-RV |");
});
