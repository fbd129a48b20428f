"""The classic model on real data, by numpy, scikit-learn and hmmlearn alone.

    python test/reference/real_data.py KLINES OUT

Reads blocks of real bars from the folder KLINES, trains a model and writes into the folder OUT:
the model as MicroStream's importer makes it of its pickles, and what the libraries say of other
real bars, as runs of little-endian float64.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

from classic_model import Floats, normalized_features, raw_features, read_klines
from forest_vectors import path_sums
from hmm_vectors import filtered
from hmmlearn.hmm import GaussianHMM
from import_vectors import import_sklearn
from sklearn.ensemble import IsolationForest

#: The first block trains the model, the forest scores the second, everything runs on the third.
TRAINING = "BTCUSDT-spot-1m-ohlcv-20240212-20240317.csv.gz"
SCORED = "BTCUSDT-spot-1m-ohlcv-20230324-20230505.csv.gz"
REPLAYED = "BTCUSDT-spot-1m-ohlcv-20250520-20250818.csv.gz"
SCORED_ROWS = 50_000


def train(rows: Floats, out: Path) -> tuple[IsolationForest, GaussianHMM]:
    """Trains a model, pickles and imports it."""
    forest = IsolationForest(n_estimators=100, contamination=0.05, random_state=0).fit(rows)
    hmm = GaussianHMM(3, "full", n_iter=20, random_state=0, implementation="scaling").fit(rows)
    for name, model in (("forest", forest), ("hmm", hmm)):
        with (out / f"{name}.pkl").open("wb") as file:
            pickle.dump(model, file)
    artifact = import_sklearn.make_artifact(
        out / "forest.pkl", out / "hmm.pkl", "classic", window=20
    )
    (out / "model.json").write_text(import_sklearn.format_artifact(artifact), "utf-8")
    return forest, hmm


def main() -> None:
    """Trains on one block, computes on two others."""
    klines, out = map(Path, sys.argv[1:])

    def write(name: str, values: Floats) -> None:
        values.astype("<f8").tofile(out / f"{name}.f64")

    forest, hmm = train(normalized_features(raw_features(read_klines(klines / TRAINING))), out)

    rows = normalized_features(raw_features(read_klines(klines / SCORED)))[:SCORED_ROWS]
    write("scored_rows", rows)
    write("scored_path_sums", path_sums(forest, rows))
    write("scored_scores", forest.score_samples(rows))
    write("scored_anomalies", forest.predict(rows) == -1)

    raw = raw_features(read_klines(klines / REPLAYED))
    normalized = normalized_features(raw)
    order = hmm.means_[:, 0].argsort()
    posteriors, logs = filtered(hmm, normalized, [len(normalized)])
    write("raw", raw)
    write("normalized", normalized)
    write("scores", forest.score_samples(normalized))
    write("posteriors", posteriors[:, order])
    write("log_likelihoods", logs)
    write("smoothed", hmm.predict_proba(normalized)[:, order])
    write("path", order.argsort()[hmm.predict(normalized)])


if __name__ == "__main__":
    main()
