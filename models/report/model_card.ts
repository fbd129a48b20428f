import { fingerprint, formatArtifact, type HmmArtifact } from "../artifact/read.ts";
import { barsTable, reproduction } from "./bars_section.ts";
import { scorecardTables } from "./scorecard.ts";
import { type Table, tablesToMarkdown } from "./tables.ts";

const number = (value: number) => {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e6) ? value.toExponential(2) : value.toFixed(4);
};

function describeData({ training }: HmmArtifact): Table {
  if (training.origin === "imported") {
    return {
      title: "Data",
      rows: [
        ["origin", "fitted elsewhere and imported; the training bars are unknown"],
        ["forest, SHA-256", training.forest_sha256],
        ["HMM, SHA-256", training.hmm_sha256],
        ["read with", training.libraries],
      ],
    };
  }
  return barsTable(training, [["seed", String(training.seed)]]);
}

/** How an outsider fits the model again, from the exchange's public history. */
function describeReproduction({ name, features, training }: HmmArtifact): readonly string[] {
  if (training.origin === "imported") return [];
  return reproduction(
    training,
    `--preset ${features.preset} --seed ${training.seed} --blocks models/${name}.json`,
  );
}

function describeParameters({ features, forest, hmm }: HmmArtifact): Table[] {
  const windows = Object.entries(features.windows).map(([name, value]) => `${name} ${value}`);
  return [
    {
      title: "Features and forest",
      rows: [
        ["features", features.names.join(", ")],
        ["windows", windows.join(", ")],
        ["isolation forest", `${forest.trees.length} trees of ${forest.max_samples} samples`],
        ["contamination", String(forest.contamination)],
        ["anomaly threshold of the score", number(forest.offset)],
      ],
    },
    {
      title: "Regimes: mean and standard deviation of each feature, initial probability",
      head: ["", ...features.names, "initial"],
      rows: hmm.labels.map((label, k) => [
        label,
        ...features.names.map((_, d) => {
          const deviation = Math.sqrt(hmm.covars[k]?.[d]?.[d] ?? NaN);
          return `${number(hmm.means[k]?.[d] ?? NaN)} ± ${number(deviation)}`;
        }),
        number(hmm.startprob[k] ?? NaN),
      ]),
    },
    {
      title: "Transition probabilities per minute",
      head: ["from", ...hmm.labels],
      rows: hmm.labels.map((label, k) => [label, ...(hmm.transmat[k] ?? []).map(number)]),
    },
  ];
}

function describeProtocol({ scorecard }: HmmArtifact): string {
  const protocol = scorecard.walk_forward?.protocol;
  if (protocol === undefined) return "It was not evaluated on held-out bars.";
  return `Evaluated walk-forward, by time: each part is tested with models fitted on at most the ` +
    `latest ${protocol.train_bars} bars that end ${protocol.purge_minutes} minutes before it ` +
    `(${protocol.restarts} random starts; ${protocol.refits} seeds for stability). Intervals are ` +
    `95 %, from ${protocol.resamples} resamples of blocks of about ${protocol.block_bars} ` +
    `contiguous bars.`;
}

const CAVEATS = [
  "A real market has no labels, so no accuracy of the regimes is claimed: they are evaluated by the " +
  "outcomes that followed them and by the likelihood of held-out bars.",
  "The held-out figures are of models fitted with the same procedure on the bars before each test. " +
  "This model was fitted on all of the bars above, including those of the tests.",
  "Intervals assume that blocks of a day are independent. Volatility clusters that last longer make " +
  "them too narrow.",
  "The figures do not cover costs, fills or returns of a strategy, nor markets or years outside the " +
  "tests.",
];

/**
 * The model card of an artifact: its data, parameters, scorecard and caveats (after Mitchell et al.
 * 2019).
 *
 * @returns Markdown.
 */
export function formatModelCard(artifact: HmmArtifact): string {
  const { name, created, features, hmm } = artifact;
  const tables = scorecardTables(artifact.scorecard);
  return [
    `# Model card: ${name}`,
    "",
    `An Isolation Forest and a Gaussian hidden Markov model with ${hmm.labels.length} regimes ` +
    `(${hmm.labels.join(", ")}) over the \`${features.preset}\` features of one-minute bars. ` +
    `It publishes the forward-filtered posterior, which no later bar changes.`,
    "",
    `Fingerprint \`${fingerprint(formatArtifact(artifact))}\`, created ${created}.`,
    "",
    tablesToMarkdown([describeData(artifact)], 2),
    ...describeReproduction(artifact),
    tablesToMarkdown(describeParameters(artifact), 2),
    "## Scorecard",
    "",
    describeProtocol(artifact),
    "",
    tablesToMarkdown(tables, 3),
    "## Caveats",
    "",
    ...CAVEATS.map((caveat) => `- ${caveat}`),
    "",
  ].join("\n");
}
