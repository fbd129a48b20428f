"""Pickles models into a folder: valid ones and ones that the importer must refuse."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import joblib
import numpy as np
from forest_vectors import draw
from hmmlearn.hmm import GaussianHMM
from import_vectors import make_hmm
from sklearn.ensemble import IsolationForest


def main() -> None:
    """Writes the pickles into the folder of the first argument."""
    folder = Path(sys.argv[1])
    random = np.random.default_rng(6)
    rows = draw(random, 100, 3)
    forest = IsolationForest(n_estimators=5, max_samples=16, contamination=0.05, random_state=0)
    joblib.dump(forest.fit(rows), folder / "isolation_forest.pkl")
    with (folder / "hmm_regime.pkl").open("wb") as file:
        pickle.dump(make_hmm(3, "full", random), file)

    joblib.dump(IsolationForest(), folder / "untrained_forest.pkl")
    narrow = IsolationForest(n_estimators=2, max_samples=8).fit(rows[:, :2])
    joblib.dump(narrow, folder / "narrow_forest.pkl")
    joblib.dump(GaussianHMM(3), folder / "untrained_hmm.pkl")
    joblib.dump(make_hmm(9, "full", random), folder / "large_hmm.pkl")
    broken = make_hmm(3, "full", random)
    broken.means_[1, 1] = np.nan
    joblib.dump(broken, folder / "broken_hmm.pkl")
    joblib.dump({"model": forest}, folder / "dictionary.pkl")
    (folder / "text.pkl").write_text("hello", "utf-8")


if __name__ == "__main__":
    main()
