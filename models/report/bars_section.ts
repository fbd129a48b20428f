import type { VolatilityArtifact } from "../artifact/read.ts";
import { type Table, tablesToMarkdown } from "./tables.ts";

/** The training record of a model that MicroStream fitted. */
type Training = VolatilityArtifact["training"];

/** The bars of a fit, as a table. */
export function barsTable(training: Training, more: readonly (readonly string[])[]): Table {
  return {
    title: "Data",
    rows: [
      ["market", `${training.symbol}, ${training.market}, one-minute bars`],
      ["first bar", training.period.from],
      ["last bar", training.period.to],
      ["bars", `${training.rows} in ${training.sequences} contiguous sequences`],
      ["SHA-256", training.sha256],
      ...more,
      ["fitted by", `MicroStream ${training.version}`],
    ],
  };
}

const dayOf = (time: string) => time.slice(0, 10);

/** A period of a market. */
interface Period {
  readonly symbol: string;
  readonly market: "spot" | "usdm";
  readonly from: string;
  readonly to: string;
}

const folderOf = ({ symbol, market }: Pick<Period, "symbol" | "market">) =>
  `data/store/${symbol}/${market === "spot" ? "" : `${market}/`}`;

function downloadCommand({ symbol, market, from, to }: Period): string {
  const futures = market === "spot" ? "" : ` --market ${market}`;
  return `deno task data:download --symbol ${symbol}${futures} --from ${dayOf(from)} ` +
    `--to ${dayOf(to)}`;
}

/**
 * How an outsider fits a model again, from the exchange's public history, in Markdown.
 *
 * @param options The rest of the command.
 * @param tests Periods that are only tested.
 */
export function reproduction(
  { symbol, market, blocks = [] }: Training,
  options: string,
  tests: readonly Period[] = [],
): readonly string[] {
  if (blocks.length === 0) return [];
  const blockTable = {
    title: "Blocks of contiguous minutes",
    head: ["first bar", "last bar"],
    rows: blocks.map(({ from, to }) => [from, to]),
  };
  const tested = tests.map((test) =>
    `${folderOf(test)}${test.symbol}-1m-${test.from.slice(0, 4)}-*.zip`
  );
  return [
    tablesToMarkdown([blockTable], 3),
    "The exchange's public files hold these days, and more minutes of them; `--blocks` uses the " +
    "minutes above alone. The SHA-256 of the bars must then be the same.",
    "",
    "```sh",
    ...blocks.map((block) => downloadCommand({ symbol, market, ...block })),
    ...tests.map(downloadCommand),
    `deno task train --bars ${folderOf({ symbol, market })}${symbol}-1m-*.zip ` +
    `${tested.length === 0 ? "" : `--test ${[...new Set(tested)].join(" ")} `}` +
    `${options} --out again.json`,
    "```",
    "",
  ];
}
