/** The classic model in the core: an Isolation Forest and a hidden Markov model. */
import { allocated, floats, integers, labelKey } from "./memory.mjs";

const MINUTE_SECONDS = 60;

/** Copies the forest to the core's memory; scikit-learn's arrays, all trees in a row. */
function placeForest(core, { trees, max_samples, offset }) {
  const nodes = trees.reduce((sum, tree) => sum + tree.feature.length, 0);
  allocated(core.allocateSource(trees.length, nodes));
  integers(core, core.sourceSizes(), trees.length).set(trees.map((tree) => tree.feature.length));
  integers(core, core.sourceFeatures(), nodes).set(trees.flatMap((tree) => tree.feature));
  floats(core, core.sourceThresholds(), nodes).set(trees.flatMap((tree) => tree.threshold));
  integers(core, core.sourceLefts(), nodes).set(trees.flatMap((tree) => tree.left));
  integers(core, core.sourceRights(), nodes).set(trees.flatMap((tree) => tree.right));
  integers(core, core.sourceCounts(), nodes).set(trees.flatMap((tree) => tree.n_samples));
  const forest = allocated(core.newForest(trees.length, nodes, max_samples, offset));
  core.tabulateForest(forest);
  return forest;
}

/** Copies the HMM to the core's memory. */
function placeHmm(core, { startprob, transmat, means, covars }) {
  const [states, dims] = [startprob.length, means[0].length];
  const hmm = allocated(core.newHmm(states, dims));
  floats(core, core.hmmStartprob(hmm), states).set(startprob);
  floats(core, core.hmmTransmat(hmm), states * states).set(transmat.flat());
  floats(core, core.hmmMeans(hmm), states * dims).set(means.flat());
  floats(core, core.hmmCovars(hmm), states * dims * dims).set(covars.flat(2));
  if (core.prepareHmm(hmm) >= 0) {
    throw new RangeError("Cannot place the model as its covariances must be positive definite");
  }
  return hmm;
}

export class ClassicModel {
  #core;
  #labels;
  #dims;
  #window;
  #address;
  #result;

  /** Places the model; `open` must follow when the core's memory grows no more. */
  constructor(core, { features, forest, hmm }) {
    this.#core = core;
    this.#labels = hmm.labels;
    this.#dims = features.names.length;
    this.#window = features.windows.rolling;
    const model = core.newHmmModel(this.#window, placeForest(core, forest), placeHmm(core, hmm));
    this.#address = allocated(core.addHmmModel(allocated(model)));
    /** The names of the service's CSV, /api/v1/signals?format=csv. */
    this.columns = [
      ...features.names.map((name) => `features_${name}`),
      ...features.names.map((name) => `normalized_${name}`),
      ...["anomaly_score", "is_anomaly", "regime_state", "regime_name", "confidence"],
      ...hmm.labels.map((label) => `regime_probabilities_${labelKey(label)}`),
      ...["seconds_in_state", "log_likelihood", "ready", "have", "need"],
    ];
  }

  /** Opens what the core says; the symbols' names carry no meaning for this model. */
  open() {
    this.#result = floats(this.#core, this.#address, this.#core.RESULT_LENGTH.value);
  }

  /** What it says of the last bar, in the order of the columns. */
  read() {
    // The core exports the layout of a result as the indices of its fields.
    const read = (field) => this.#result[this.#core[field].value];
    const readAll = (field, count) => {
      const first = this.#core[field].value;
      return [...this.#result.subarray(first, first + count)];
    };
    const have = read("RESULT_HAVE");
    const need = this.#window;
    const raw = readAll("RESULT_RAW", this.#dims);
    if (have < need) {
      // With fewer bars than a feature needs, its number is a placeholder.
      const features = raw.map((x, i) => have >= this.#core.classicFeatureBars(i, need) ? x : "");
      const silent = Array(this.columns.length - this.#dims - 3).fill("");
      return [...features, ...silent, false, have, need];
    }
    const state = read("RESULT_STATE");
    const posterior = readAll("RESULT_POSTERIOR", this.#labels.length);
    return [
      ...raw,
      ...readAll("RESULT_NORMALIZED", this.#dims),
      ...[read("RESULT_SCORE"), read("RESULT_ANOMALY") === 1],
      ...[state, this.#labels[state], posterior[state], ...posterior],
      ...[read("RESULT_BARS") * MINUTE_SECONDS, read("RESULT_LOG_LIKELIHOOD"), true, "", ""],
    ];
  }
}
