import type { Artifact } from "../artifact/read.ts";
import { formatModelCard } from "./model_card.ts";
import { scorecardTables } from "./scorecard.ts";
import type { Table } from "./tables.ts";
import { formatVolatilityCard } from "./volatility_card.ts";
import { forecastScorecardTables } from "./volatility_tables.ts";

/** The scorecard of a model of any preset, as tables. */
export function artifactTables(artifact: Artifact): Table[] {
  return "forecast" in artifact
    ? forecastScorecardTables(artifact.scorecard)
    : scorecardTables(artifact.scorecard);
}

/** The model card of a model of any preset, in Markdown. */
export function formatCard(artifact: Artifact): string {
  return "forecast" in artifact ? formatVolatilityCard(artifact) : formatModelCard(artifact);
}
