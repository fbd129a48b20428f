import { VOLATILITY_LABELS } from "../artifact/labels.ts";
import { fingerprint, formatArtifact, type VolatilityArtifact } from "../artifact/read.ts";
import { barsTable, reproduction } from "./bars_section.ts";
import { tablesToMarkdown } from "./tables.ts";
import { parameterTables } from "./volatility_parameters.ts";
import { forecastScorecardTables } from "./volatility_tables.ts";

const FORMULA = [
  "Per horizon h of 15 and 60 minutes it forecasts y = ln(V + 0.1), where V is the realized " +
  "volatility of the next h minutes: the root of the sum of squared one-minute log returns, in " +
  "basis points.",
  "",
  "```",
  "f0 = intercept + inputs x coefficients + s(t)       least squares; s(t) is the calendar",
  "f  = f0 + averages of its errors that are known by now x coefficients",
  "a  = exp(averages of its squared errors, changes of volatility), scaled by the latest errors",
  "y ~ f + a Z                                         Z: a table of 2,001 quantiles from training",
  "```",
  "",
  `The regimes ${VOLATILITY_LABELS.join(", ")} are terciles of the 15-minute volatility in ` +
  "training: of V itself, and of y less the level of the week. Their probabilities are those of the " +
  "distribution above. A label stays until another's probability is higher by more than the " +
  "margin. In another market than those of the absolute borders the regimes are those against the " +
  "week. The volume inputs depend on the quote currency's unit: they were fitted to the markets " +
  "below, and shift where the quote is no dollar.",
  "",
  "**No sign is claimed.** The model says how far the price will move, not which way.",
];

const CAVEATS = [
  "The held-out figures are of models fitted with the same procedure on the bars before each test. " +
  "This model was fitted on all of the bars above, including those of the tests.",
  "Nothing was chosen by the last part. A market or period that is only tested is tested with the " +
  "fit of the last part; where that fit is of later bars, the test is of another market's or an " +
  "earlier past, not of a future.",
  "Intervals assume that blocks of a day are independent. Volatility clusters that last longer make " +
  "them too narrow.",
  "The Isolation Forest's threshold is chosen in the very run that it is tested on, so that it gives " +
  "as many alarms as the shock score: this favours the forest.",
  "The figures do not cover costs, fills or returns of a strategy, nor markets or years outside the " +
  "tests.",
];

function describeProtocol({ scorecard }: VolatilityArtifact): string[] {
  const { protocol } = scorecard;
  if (protocol === undefined) return ["It was not evaluated on held-out bars."];
  return [
    `Evaluated walk-forward, by time: each part is tested with a model and baselines fitted on at ` +
    `most the latest ${protocol.train_bars} bars that end ${protocol.purge_minutes} minutes before ` +
    `it. Figures are of all parts together, rank correlations too. Intervals are 95 %, from ` +
    `${protocol.resamples} resamples of blocks of about ${protocol.block_bars} contiguous bars.`,
    "",
    "HAR-RV, EWMA (half-life of 10, 15, 30 or 60 minutes, by the training error) and GARCH(1,1)-t " +
    "(maximum likelihood, zero mean, 15 minutes summed) forecast y by a least-squares line; class " +
    "probabilities come from a table over 20 knots of the forecast. The hysteresis thresholds are two " +
    "borders on the smoothed range with the best training accuracy and at most 20 changes a day; " +
    "probabilities are the training frequencies of each level. Log scores are the mean " +
    "ln P(tercile that came), accuracy is of the most probable tercile.",
  ];
}

/**
 * The model card of a volatility model: its data, every number in words, scorecard and caveats
 * (after Mitchell et al. 2019).
 *
 * @returns Markdown.
 */
export function formatVolatilityCard(artifact: VolatilityArtifact): string {
  const { name, created, training, scorecard } = artifact;
  const tests = (scorecard.tests ?? []).flatMap(({ symbol, market, blocks }) =>
    blocks.map((block) => ({ symbol, market, ...block }))
  );
  return [
    `# Model card: ${name}`,
    "",
    "A forecast of the volatility of the next 15 and 60 minutes, with its distribution, and regimes " +
    "that are made of it.",
    "",
    `Fingerprint \`${fingerprint(formatArtifact(artifact))}\`, created ${created}.`,
    "",
    ...FORMULA,
    "",
    tablesToMarkdown([barsTable(training, [])], 2),
    ...reproduction(
      training,
      `--preset volatility --blocks models/${name}.json`,
      tests,
    ),
    "## Every number of the model",
    "",
    tablesToMarkdown(parameterTables(artifact), 3),
    "## Scorecard",
    "",
    ...describeProtocol(artifact),
    "",
    tablesToMarkdown(forecastScorecardTables(scorecard), 3),
    "## Caveats",
    "",
    ...CAVEATS.map((caveat) => `- ${caveat}`),
    "",
  ].join("\n");
}
