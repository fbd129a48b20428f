"""Pickles models into a folder: valid ones and ones that the importer must refuse."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any

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
    (folder / "empty.pkl").write_bytes(b"")
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1234\n"
    (folder / "git_lfs.pkl").write_text(pointer, "utf-8")
    (folder / "foreign.pkl").write_bytes(b"cno_such_package\nModel\n.")
    make_forests(folder, rows)
    make_hmms(folder, random)


def name_columns(forest: IsolationForest, *names: str) -> IsolationForest:
    """A forest as scikit-learn leaves it that was fitted on a DataFrame with these columns."""
    forest.feature_names_in_ = np.array(names, dtype=object)
    return forest


def make_forests(folder: Path, rows: np.ndarray) -> None:
    """Pickles forests with named columns, and ones that the service would refuse."""

    def fit(columns: list[int], **options: Any) -> IsolationForest:
        given = {"n_estimators": 5, "max_samples": 16, "random_state": 0, **options}
        return IsolationForest(**given).fit(rows[:, columns])

    def dump(name: str, forest: IsolationForest) -> None:
        joblib.dump(forest, folder / f"{name}.pkl")

    momentum, volatility, activity = "momentum", "volatility_proxy", "activity_ratio"
    dump("named_forest", name_columns(fit([0, 1, 2]), momentum, volatility, activity))
    # The same trees, but for the names of their columns.
    dump("turned_forest", name_columns(fit([0, 1, 2]), volatility, activity, momentum))
    dump("foreign_forest", name_columns(fit([0, 1, 2]), "rsi", "macd", "volume"))
    few = name_columns(fit([0, 1, 2], max_features=2), activity, momentum, volatility)
    dump("few_columns_forest", few)
    warm = fit([0, 1, 2], max_samples=64, warm_start=True)
    warm.set_params(n_estimators=8, max_samples=16).fit(rows)
    dump("warm_forest", warm)
    dump("single_sample_forest", fit([0, 1, 2], max_samples=1))


def make_hmms(folder: Path, random: np.random.Generator) -> None:
    """Pickles models whose parameters were set by hand."""

    def dump(name: str, covariances: np.ndarray, means: np.ndarray) -> None:
        hmm = GaussianHMM(2, "full")
        hmm.startprob_ = np.array([0.5, 0.5])
        hmm.transmat_ = np.array([[0.9, 0.1], [0.2, 0.8]])
        hmm.means_ = means
        # The setter would check them.
        hmm._covars_ = covariances  # noqa: SLF001
        joblib.dump(hmm, folder / f"{name}.pkl")

    unit = np.tile(np.eye(3), (2, 1, 1))
    means = random.normal(size=(2, 3))
    dump("hand_made_hmm", unit, means)
    dump("hand_made_narrow_hmm", unit[:, :2, :2], means[:, :2])
    dump("hand_made_uneven_hmm", unit[:1], means)
    dump("hand_made_tiny_hmm", unit * 1e-13, means)
    dump("hand_made_far_hmm", unit, means + 1e7)
    skewed = unit.copy()
    skewed[0, 0, 1] = 0.1
    dump("hand_made_skewed_hmm", skewed, means)


if __name__ == "__main__":
    main()
