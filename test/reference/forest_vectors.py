"""Golden vectors of Isolation Forests: scikit-learn's output for given rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import IsolationForest
from sklearn.ensemble._iforest import _average_path_length

Floats = NDArray[np.float64]
Vector = dict[str, Any]


def export_trees(forest: IsolationForest) -> list[Vector]:
    """The trees in an artifact's arrays, which are scikit-learn's own."""
    return [
        {
            "feature": tree.feature.tolist(),
            "threshold": tree.threshold.tolist(),
            "left": tree.children_left.tolist(),
            "right": tree.children_right.tolist(),
            "n_samples": tree.n_node_samples.tolist(),
        }
        for tree in (estimator.tree_ for estimator in forest.estimators_)
    ]


def path_sums(forest: IsolationForest, rows: Floats) -> Floats:
    """Path lengths of each row summed over the trees, as `score_samples` sums them."""
    sums = np.zeros(len(rows))
    float32_rows = rows.astype(np.float32)
    for estimator, depths, averages in zip(
        forest.estimators_,
        forest._decision_path_lengths,
        forest._average_path_length_per_tree,
        strict=True,
    ):
        leaves = estimator.tree_.apply(float32_rows)
        sums += depths[leaves] + averages[leaves] - 1.0
    return sums


def describe(name: str, forest: IsolationForest, training: Floats, rows: Floats) -> Vector:
    """A forest, rows, and scikit-learn's answers."""
    return {
        "name": name,
        "max_samples": int(forest.max_samples_),
        "contamination": forest.contamination,
        "offset": float(forest.offset_),
        "training_scores": forest.score_samples(training).tolist(),
        "trees": export_trees(forest),
        "rows": rows.tolist(),
        "path_sums": path_sums(forest, rows).tolist(),
        "scores": forest.score_samples(rows).tolist(),
        "is_anomaly": (forest.predict(rows) == -1).tolist(),
    }


def fit(training: Floats, trees: int, samples: int | str, contamination: float) -> IsolationForest:
    """A fitted forest."""
    return IsolationForest(
        n_estimators=trees,
        max_samples=samples,
        contamination=contamination,
        random_state=0,
    ).fit(training)


def draw(random: np.random.Generator, count: int, dims: int) -> Floats:
    """Rows with heavy tails and short decimals."""
    return np.round(random.standard_t(3, size=(count, dims)), 3)


def around_thresholds(forest: IsolationForest, dims: int) -> Floats:
    """Rows on every threshold, and one unit in the last place of float64 and float32 beside it."""
    values = []
    for estimator in forest.estimators_:
        tree = estimator.tree_
        for threshold in tree.threshold[tree.feature >= 0]:
            single = np.float32(threshold)
            values += [
                threshold,
                np.nextafter(threshold, np.inf),
                np.nextafter(threshold, -np.inf),
                float(single),
                float(np.nextafter(single, np.float32(np.inf))),
                float(np.nextafter(single, np.float32(-np.inf))),
            ]
    values += [0.0] * (-len(values) % dims)
    return np.asarray(values, dtype=np.float64).reshape(-1, dims)


def sizes() -> list[Vector]:
    """Forests of several sizes."""
    random = np.random.default_rng(1)
    settings: list[tuple[int, int, int, int | str, float]] = [
        (1, 20, 1, 1, 0.1),
        (1, 20, 1, 2, 0.1),
        (7, 40, 2, 8, 0.25),
        (20, 100, 3, "auto", 0.1),
        (12, 300, 8, 64, 0.5),
        (16, 400, 3, 256, 0.05),
    ]
    cases = []
    for trees, count, dims, samples, contamination in settings:
        training = draw(random, count, dims)
        forest = fit(training, trees, samples, contamination)
        name = f"{trees} trees, {dims} features, {forest.max_samples_} samples a tree"
        cases.append(describe(name, forest, training, draw(random, 60, dims)))
    return cases


def constant_features() -> list[Vector]:
    """Forests with some or all features constant."""
    random = np.random.default_rng(2)
    training = draw(random, 200, 5)
    training[:, [1, 3]] = 0.125
    some = describe(
        "two constant features", fit(training, 10, 64, 0.1), training, draw(random, 60, 5)
    )
    training = np.full((50, 2), 0.3)
    all_ = describe(
        "constant features only", fit(training, 3, 16, 0.1), training, draw(random, 10, 2)
    )
    return [some, all_]


def ties() -> list[Vector]:
    """Rows on thresholds and rows that are equal in float32."""
    random = np.random.default_rng(3)
    training: Floats = random.integers(0, 4, size=(120, 2)).astype(np.float64)
    forest = fit(training, 8, 32, 0.1)
    grid = np.array([[a, b] for a in range(-1, 5) for b in range(-1, 5)], dtype=np.float64)
    rows = np.concatenate([grid, around_thresholds(forest, 2)[:300]])
    cases = [describe("few values, rows on thresholds", forest, training, rows)]

    training = np.asarray(1 + random.integers(-400, 400, size=(200, 2)) * 1e-9, dtype=np.float64)
    forest = fit(training, 8, 64, 0.1)
    near = 1 + random.integers(-800, 800, size=(60, 2)) * 1e-9
    rows = np.concatenate([near, around_thresholds(forest, 2)[:60]])
    cases.append(describe("values that differ only beyond float32", forest, training, rows))

    signs = random.choice([-1.0, 1.0], size=(150, 2))
    exponents = random.integers(-46, 37, size=(150, 2))
    powers = np.array([float(f"1e{exponent}") for exponent in exponents.flat])
    training = signs * powers.reshape(150, 2)
    forest = fit(training, 6, 128, 0.1)
    rows = np.concatenate([[[0.0, -0.0], [1e-46, -1e-46], [1e-44, 1e37]], training[:40]])
    rows = np.concatenate([rows, around_thresholds(forest, 2)[:150]])
    cases.append(describe("values from 1e-46 to 1e36", forest, training, rows))
    return cases


def average_path_lengths() -> Vector:
    """Average path length of an unsuccessful search among n samples."""
    counts = [1, 2, 3, 4, 5, 8, 10, 64, 100, 255, 256, 257, 999, 10_000, 1_000_000]
    return {"n_samples": counts, "lengths": _average_path_length(counts).tolist()}


def make_forest_vectors() -> Vector:
    """All golden vectors of Isolation Forests."""
    return {
        "average_path_length": average_path_lengths(),
        "forests": sizes() + constant_features() + ties(),
    }
