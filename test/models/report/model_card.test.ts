import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseArtifact, requireHmm } from "../../../models/artifact/read.ts";
import { fitModel } from "../../../models/training/fit.ts";
import { formatModelCard } from "../../../models/report/model_card.ts";
import { formatScorecard } from "../../../models/report/scorecard.ts";
import { stormyBars } from "../evaluation/support.ts";

test(
  "a card has data, parameters with labels, every table of the scorecard and caveats",
  async () => {
    const artifact = await fitModel({
      sequences: [stormyBars(55_880, 3)],
      symbol: "STORMUSDT",
      market: "spot",
      seed: 1,
      contamination: 0.05,
      states: 2,
      window: 20,
      evaluation: { final: true },
      created: new Date(0),
    });
    const card = formatModelCard(artifact);
    for (
      const text of [
        "# Model card: classic",
        "created 1970-01-01T00:00:00.000Z",
        "STORMUSDT, spot",
        "| Bearish |",
        "| Bullish |",
        "## Transition probabilities",
        "### Walk-forward folds",
        "### Final part",
        "last divided by first",
        "hysteresis, plain range",
        "## Caveats",
      ]
    ) expect(card).toContain(text);
    expect(card).not.toMatch(/undefined|NaN|\[object/);
    // All rows of a table have the same number of cells.
    for (const block of card.split("\n\n").filter((part) => part.startsWith("|"))) {
      const widths = block.trimEnd().split("\n").map((line) => line.match(/(?<!\\)\|/g)?.length);
      expect(new Set(widths).size).toBe(1);
    }
    const table = formatScorecard(artifact.scorecard);
    expect(table).toContain("Final part: behaviour");
    expect(table).not.toMatch(/undefined|NaN/);
  },
);

test.each(["classic"])(
  "the card of the shipped %s model is of its artifact",
  (name) => {
    const read = (ending: string) =>
      readFileSync(new URL(`../../../models/${name}.${ending}`, import.meta.url), "utf8");
    const card = formatModelCard(requireHmm(parseArtifact(read("json"), name)));
    expect(read("md")).toBe(card);
    expect(card).toContain(
      "deno task data:download --symbol BTCUSDT --from 2022-06-15 --to 2022-07-19\n",
    );
    expect(card).toContain("| rank correlation within folds |");
  },
);

test("the card of a model without an evaluation says so", () => {
  const text = readFileSync(new URL("../../../models/classic.json", import.meta.url), "utf8");
  const artifact = requireHmm(parseArtifact(text, "classic.json"));
  const { walk_forward: _, ...scorecard } = artifact.scorecard;
  const card = formatModelCard({ ...artifact, scorecard });
  expect(card).toContain("It was not evaluated on held-out bars.");
});
