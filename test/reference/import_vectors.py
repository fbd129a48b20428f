"""Golden vectors of imported models: artifacts of pickled models, and the libraries' output."""

from __future__ import annotations

import pickle
import sys
import tempfile
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from forest_vectors import draw
from hmm_vectors import filtered, make_model
from hmmlearn.hmm import GaussianHMM
from sklearn.ensemble import IsolationForest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "models"))

import import_sklearn


def describe(
    forest: IsolationForest, hmm: GaussianHMM, rows: np.ndarray, folder: Path
) -> dict[str, Any]:
    """The artifact of two models, rows, and the libraries' output in canonical order."""
    with (folder / "isolation_forest.pkl").open("wb") as file:
        pickle.dump(forest, file)
    joblib.dump(hmm, folder / "hmm_regime.pkl")
    artifact = import_sklearn.make_artifact(
        folder / "isolation_forest.pkl", folder / "hmm_regime.pkl", "mine", window=30
    )
    # These depend on the time and on the pickles' bytes.
    artifact["created"] = "2024-01-01T00:00:00.000Z"
    artifact["training"].update(forest_sha256="0" * 64, hmm_sha256="0" * 64)
    posteriors, logs = filtered(hmm, rows, [len(rows)])
    return {
        "name": f"{hmm.n_components} states, {hmm.covariance_type} covariance",
        "artifact": artifact,
        "rows": rows.ravel().tolist(),
        "scores": forest.score_samples(rows).tolist(),
        "is_anomaly": (forest.predict(rows) == -1).tolist(),
        "log_likelihood": float(logs.sum()),
        "filtered": posteriors[-1][np.argsort(hmm.means_[:, 0])].tolist(),
    }


def make_hmm(states: int, covariance_type: str, random: np.random.Generator) -> GaussianHMM:
    """A model with a kind of covariance."""
    model = make_model(states, 3, False, random)
    covariances = {
        "full": model.covars_,
        "diag": random.integers(32, 129, size=(states, 3)) / 64,
        "tied": model.covars_[0],
        "spherical": random.integers(32, 129, size=states) / 64,
    }
    model.covariance_type = covariance_type
    model.covars_ = covariances[covariance_type]
    return model


def make_import_vectors() -> dict[str, Any]:
    """Every kind of covariance, and the forest settings that change the export."""
    random = np.random.default_rng(5)
    rows = draw(random, 200, 3)
    settings: list[dict[str, Any]] = [
        {"contamination": 0.05},
        {"contamination": "auto"},
        {"contamination": 0.1, "max_features": 2},
        {"contamination": 0.1, "bootstrap": True},
    ]
    cases = []
    with tempfile.TemporaryDirectory() as folder:
        for i, covariance_type in enumerate(["full", "diag", "tied", "spherical"]):
            forest = IsolationForest(
                n_estimators=6, max_samples=16, random_state=0, **settings[i]
            ).fit(rows)
            hmm = make_hmm(2 + i, covariance_type, random)
            cases.append(describe(forest, hmm, rows[:60], Path(folder)))
    return {"models": cases}
