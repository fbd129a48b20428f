import type { Scorecard } from "../artifact/scorecard.ts";
import { walkForwardTables } from "./held_out_tables.ts";
import { formatTables, type Table } from "./tables.ts";
import { fitTable, inSampleTable } from "./training_tables.ts";

/** A scorecard as tables. */
export function scorecardTables({ in_sample, fit, walk_forward }: Scorecard): Table[] {
  return [
    ...(in_sample ? [inSampleTable(in_sample)] : []),
    ...(fit ? [fitTable(fit)] : []),
    ...(walk_forward ? walkForwardTables(walk_forward) : []),
  ];
}

/** A scorecard as text for the terminal. */
export function formatScorecard(scorecard: Scorecard): string {
  return formatTables(scorecardTables(scorecard));
}
