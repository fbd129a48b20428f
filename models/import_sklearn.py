#!/usr/bin/env python3
r"""Converts models trained in Python to a model artifact of MicroStream.

    pip install scikit-learn hmmlearn
    python models/import_sklearn.py --forest isolation_forest.pkl --hmm hmm_regime.pkl \
        --out models/mine.json

Reads a pickled scikit-learn IsolationForest and a pickled hmmlearn GaussianHMM (by joblib or
pickle), both trained on the classic features: momentum, volatility proxy and activity ratio,
z-scored over a rolling window. A forest that was trained on named columns (a pandas DataFrame) may
have them in any order; without names, and in a GaussianHMM, which keeps none, the columns must be in
the order above. The parameters are kept bit for bit; the states are sorted by mean momentum and
labelled in that order.

A pickle can run arbitrary code: import only files that you trust.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import sys
import warnings
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from hmmlearn.hmm import GaussianHMM
    from numpy.typing import NDArray
    from sklearn.ensemble import IsolationForest

    Floats = NDArray[np.float64]

FEATURES = ("momentum", "volatility_proxy", "activity_ratio")
MOMENTUM = 0
MAX_STATES = 8
MAX_WINDOW = 10_080
LEAF = -2

# The bounds of the artifact's format: models/artifact/forest.ts and hmm.ts.
MIN_SAMPLES = 2
MAX_CONTAMINATION = 0.5
SUM_TOLERANCE = 1e-6
MAX_MEAN = 1e6
MAX_COVARIANCE = 1e12
MIN_VARIANCE = 1e-12

#: What a file begins with that Git stores elsewhere.
GIT_LFS = b"version https://git-lfs"

#: Words for the distance of a regime from the middle, by the number of regimes on a side.
INTENSITIES = {
    1: ("Extreme",),
    2: ("Extreme", "Mild"),
    3: ("Extreme", "Moderate", "Mild"),
    4: ("Extreme", "Strong", "Moderate", "Mild"),
}

Model = TypeVar("Model")


class RefusedError(Exception):
    """An invalid model or argument; the message is one line."""


def load(path: Path, expected: type[Model]) -> Model:
    """Reads a pickled model of a class."""
    import joblib

    try:
        with warnings.catch_warnings(record=True) as notes:
            warnings.simplefilter("always")
            model = joblib.load(path)
    except FileNotFoundError:
        raise RefusedError(f"Cannot read {path} as there is no such file") from None
    except Exception as error:
        raise RefusedError(
            f"{path}: must be a pickle that {libraries()} can read: {explain(path, error)}"
        ) from error
    if not isinstance(model, expected):
        raise RefusedError(
            f"{path}: must contain one {expected.__name__}: it contains one {type(model).__name__}"
        )
    for original in {str(getattr(note.message, "original_sklearn_version", "")) for note in notes}:
        if original:
            print(f"note: {path} was written by scikit-learn {original}", file=sys.stderr)
    return model


def explain(path: Path, error: Exception) -> str:
    """Why a file cannot be unpickled, in the words of the one who has the file."""
    if path.is_dir():
        return "it is a directory"
    if isinstance(error, PermissionError):
        return "reading it is not permitted"
    try:
        start = path.read_bytes()[: len(GIT_LFS)]
    except OSError as failure:
        return f"it cannot be read: {failure.strerror}"
    if start == GIT_LFS:
        return "it is a Git LFS pointer, not the file itself; get the file with git lfs pull"
    if start == b"":
        return "it is empty"
    if isinstance(error, ModuleNotFoundError):
        return f"it needs the Python package {error.name}, which is not installed"
    if isinstance(error, AttributeError | ImportError):
        reason = " ".join(str(error).split())
        return f"it was written with other versions of its libraries: {reason}"
    return "it is not a pickle, or it is damaged"


def libraries() -> str:
    """The libraries that read the pickles, with versions."""
    return ", ".join(f"{name} {version(name)}" for name in ("scikit-learn", "hmmlearn"))


def check_trained(path: Path, is_trained: bool) -> None:
    """Refuses a model that was not trained."""
    if not is_trained:
        raise RefusedError(f"{path}: must be trained: it has no parameters")


def check_features(path: Path, features: int) -> None:
    """Refuses a model that was not trained on the classic features."""
    if features != len(FEATURES):
        names = ", ".join(FEATURES)
        raise RefusedError(
            f"{path}: must be trained on {names}: it was trained on {features} features"
        )


def find_columns(path: Path, forest: IsolationForest) -> list[int]:
    """The feature that each column of a forest is, by its name where it has one."""
    check_features(path, forest.n_features_in_)
    given = getattr(forest, "feature_names_in_", None)
    if given is None:
        return list(range(len(FEATURES)))
    names = [str(name) for name in given]
    if sorted(names) != sorted(FEATURES):
        raise RefusedError(
            f"{path}: must be trained on {', '.join(FEATURES)}: its columns are {', '.join(names)}"
        )
    if names != list(FEATURES):
        print(
            f"note: the columns of {path} are {', '.join(names)}; the hidden Markov model names "
            f"none and is taken to have {', '.join(FEATURES)}",
            file=sys.stderr,
        )
    return [FEATURES.index(name) for name in names]


def export_tree(tree: Any, features: list[int]) -> dict[str, list[float]]:
    """A tree in scikit-learn's arrays; features are indices of the classic features."""
    return {
        "feature": [LEAF if f < 0 else features[f] for f in tree.feature],
        "threshold": tree.threshold.tolist(),
        "left": tree.children_left.tolist(),
        "right": tree.children_right.tolist(),
        "n_samples": tree.n_node_samples.tolist(),
    }


def check_forest(path: Path, forest: IsolationForest) -> None:
    """Refuses a forest that the service would refuse."""
    import numpy as np

    samples = int(forest.max_samples_)
    if samples < MIN_SAMPLES:
        raise RefusedError(
            f"{path}: must be trained on at least {MIN_SAMPLES} samples a tree: "
            f"max_samples is {samples}"
        )
    if not forest.estimators_:
        raise RefusedError(f"{path}: must have at least one tree")
    largest = max(int(tree.tree_.n_node_samples[0]) for tree in forest.estimators_)
    if largest > samples:
        raise RefusedError(
            f"{path}: must have trees of at most max_samples, {samples}, samples: one has "
            f"{largest}. A forest fitted again with warm_start keeps its older, larger trees: fit "
            "it anew"
        )
    share = forest.contamination
    if share != "auto" and not 0 < share <= MAX_CONTAMINATION:
        raise RefusedError(
            f'{path}: contamination must be "auto" or above 0, at most {MAX_CONTAMINATION}: '
            f"it is {share}"
        )
    if not -1 <= forest.offset_ <= 0:
        raise RefusedError(f"{path}: offset_ must be from -1 to 0: it is {forest.offset_}")
    if not all(np.isfinite(tree.tree_.threshold).all() for tree in forest.estimators_):
        raise RefusedError(f"{path}: thresholds must be finite numbers")


def export_forest(path: Path, forest: IsolationForest) -> dict[str, Any]:
    """The artifact's forest."""
    check_trained(path, hasattr(forest, "estimators_") and hasattr(forest, "offset_"))
    columns = find_columns(path, forest)
    check_forest(path, forest)
    trees = zip(forest.estimators_, forest.estimators_features_, strict=True)
    share = forest.contamination
    return {
        "max_samples": int(forest.max_samples_),
        "contamination": share if share == "auto" else float(share),
        "offset": float(forest.offset_),
        "trees": [export_tree(tree.tree_, [columns[f] for f in used]) for tree, used in trees],
    }


def label_states(states: int) -> list[str]:
    """Labels of the regimes in ascending order of mean momentum."""
    if states == 1:
        return ["Normal Market"]
    if states == 2:
        return ["Bearish", "Bullish"]
    words = INTENSITIES[states // 2]
    middle = ["Normal Market"] if states % 2 == 1 else []
    bearish = [f"Bearish {word}" for word in words]
    return bearish + middle + [f"Bullish {word}" for word in reversed(words)]


def check_shapes(path: Path, hmm: GaussianHMM) -> None:
    """Refuses parameters that do not belong together; they may have been set by hand."""
    import numpy as np

    states = hmm.n_components
    if states > MAX_STATES:
        raise RefusedError(f"{path}: must have at most {MAX_STATES} states: it has {states}")
    means = np.shape(hmm.means_)
    if len(means) != 2:
        raise RefusedError(f"{path}: means_ must be a row a state: its shape is {means}")
    check_features(path, means[1])
    # fit sets it; setting the parameters does not.
    hmm.n_features = means[1]
    expected = {
        "startprob_": (states,),
        "transmat_": (states, states),
        "means_": (states, means[1]),
        "covars_": (states, means[1], means[1]),
    }
    for name, shape in expected.items():
        try:
            given = np.shape(getattr(hmm, name))
        except (ValueError, IndexError, AttributeError):
            raise RefusedError(f"{path}: {name} must fit {states} states") from None
        if given != shape:
            raise RefusedError(f"{path}: {name} must have the shape {shape}: it has {given}")


def check_hmm(path: Path, hmm: GaussianHMM) -> None:
    """Refuses invalid parameters of a hidden Markov model."""
    import numpy as np

    for name in ("startprob_", "transmat_", "means_", "covars_"):
        if not np.isfinite(getattr(hmm, name)).all():
            raise RefusedError(f"{path}: {name} must be finite numbers")
    rows = np.vstack([hmm.startprob_, hmm.transmat_])
    if rows.min() < 0 or rows.max() > 1:
        raise RefusedError(f"{path}: probabilities must be from 0 to 1")
    sums = rows.sum(axis=1)
    if np.abs(sums - 1).max() > SUM_TOLERANCE:
        raise RefusedError(f"{path}: probabilities must sum to 1: their sums are {sums.tolist()}")
    if np.abs(hmm.means_).max() > MAX_MEAN:
        raise RefusedError(f"{path}: means_ must be from {-MAX_MEAN:g} to {MAX_MEAN:g}")
    if np.abs(hmm.covars_).max() > MAX_COVARIANCE:
        raise RefusedError(f"{path}: covars_ must be at most {MAX_COVARIANCE:g}")
    if np.diagonal(hmm.covars_, axis1=1, axis2=2).min() < MIN_VARIANCE:
        raise RefusedError(f"{path}: variances in covars_ must be at least {MIN_VARIANCE:g}")
    mirrored = hmm.covars_.transpose(0, 2, 1)
    larger = np.maximum(np.abs(hmm.covars_), np.abs(mirrored))
    if (np.abs(hmm.covars_ - mirrored) > 1e-9 * larger).any():
        raise RefusedError(f"{path}: covars_ must be symmetric")
    if not all(is_positive_definite(covariance) for covariance in hmm.covars_):
        raise RefusedError(f"{path}: covars_ must be positive definite")


def is_positive_definite(matrix: Floats) -> bool:
    """Whether a symmetric matrix has a Cholesky factor, and no eigenvalue that is 0."""
    import numpy as np

    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return False
    return bool((np.linalg.eigvalsh(matrix) > 0).all())


def export_hmm(path: Path, hmm: GaussianHMM) -> dict[str, Any]:
    """The artifact's hidden Markov model, with states in ascending order of mean momentum."""
    names = ("startprob_", "transmat_", "means_", "_covars_")
    check_trained(path, all(hasattr(hmm, name) for name in names))
    check_shapes(path, hmm)
    check_hmm(path, hmm)
    order = hmm.means_[:, MOMENTUM].argsort(kind="stable")
    return {
        "startprob": hmm.startprob_[order].tolist(),
        "transmat": hmm.transmat_[order][:, order].tolist(),
        "means": hmm.means_[order].tolist(),
        # hmmlearn expands diagonal, tied and spherical covariances.
        "covars": hmm.covars_[order].tolist(),
        "labels": label_states(hmm.n_components),
    }


def make_artifact(forest_path: Path, hmm_path: Path, name: str, window: int) -> dict[str, Any]:
    """An artifact of two pickled models."""
    from hmmlearn.hmm import GaussianHMM
    from sklearn.ensemble import IsolationForest

    forest = export_forest(forest_path, load(forest_path, IsolationForest))
    hmm = export_hmm(hmm_path, load(hmm_path, GaussianHMM))
    return {
        "schema": 1,
        "name": name,
        "created": datetime.now(timezone.utc)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z"),
        "features": {"preset": "classic", "names": list(FEATURES), "windows": {"rolling": window}},
        "forest": forest,
        "hmm": hmm,
        "training": {
            "origin": "imported",
            "forest_sha256": hashlib.sha256(forest_path.read_bytes()).hexdigest(),
            "hmm_sha256": hashlib.sha256(hmm_path.read_bytes()).hexdigest(),
            "libraries": libraries(),
        },
        "scorecard": {},
    }


def format_artifact(value: Any, depth: int = 3, indent: str = "") -> str:
    """JSON with a tree or a row of a matrix on each line."""
    if depth == 0 or not isinstance(value, dict | list):
        return json.dumps(value, separators=(",", ":"), allow_nan=False)
    inner = indent + " "
    if isinstance(value, dict):
        lines = [
            f"{inner}{json.dumps(k)}: {format_artifact(v, depth - 1, inner)}"
            for k, v in value.items()
        ]
        opening, closing = "{}"
    else:
        lines = [inner + format_artifact(item, depth - 1, inner) for item in value]
        opening, closing = "[]"
    body = ",\n".join(lines)
    return f"{opening}\n{body}\n{indent}{closing}" if lines else opening + closing


def write(path: Path, text: str) -> None:
    """Writes a file atomically."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, "utf-8")
        part.replace(path)
    except OSError as error:
        raise RefusedError(f"--out cannot be written: {error}") from error
    finally:
        part.unlink(missing_ok=True)


def check_output(path: Path, inputs: list[Path]) -> None:
    """Refuses to replace an input, under any name, and what is not a model."""
    if path.is_dir():
        raise RefusedError(f"--out must be a file and no folder: current value is {path}")
    if not path.exists() or path.stat().st_size == 0:
        return
    if any(given.exists() and path.samefile(given) for given in inputs):
        raise RefusedError(f"--out must not be an input: current value is {path}")
    with path.open("rb") as file:
        if re.match(rb'\s*\{\s*"schema":', file.read(256)) is None:
            raise RefusedError(
                f"--out must be a new file or a model, which is replaced: current value is {path}"
            )


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Prints the message and exits with 2."""
        self.exit(2, f"{message} (see --help)\n")


def parse_name(text: str) -> str:
    """A model's name."""
    if re.fullmatch(r"[a-z][a-z0-9_-]{0,31}", text):
        return text
    allowed = "a lower-case letter, then up to 31 lower-case letters, digits, _ or -"
    raise argparse.ArgumentTypeError(f'must be {allowed}: current value is "{text}"')


def parse_window(text: str) -> int:
    """Bars in a rolling window."""
    if re.fullmatch(r"[0-9]{1,5}", text) and 2 <= int(text) <= MAX_WINDOW:
        return int(text)
    allowed = f"a whole number from 2 to {MAX_WINDOW}"
    raise argparse.ArgumentTypeError(f'must be {allowed}: current value is "{text}"')


def parse_arguments() -> argparse.Namespace:
    """The command line's arguments."""
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--forest", type=Path, required=True, help="pickled IsolationForest")
    parser.add_argument("--hmm", type=Path, required=True, help="pickled GaussianHMM")
    parser.add_argument("--out", type=Path, required=True, help="path of the artifact")
    parser.add_argument(
        "--name", type=parse_name, default="classic", help="the model's name; classic"
    )
    parser.add_argument(
        "--window", type=parse_window, default=20, help="bars in the rolling windows; 20"
    )
    return parser.parse_args()


def main() -> int:
    """Imports the models; returns 2 on invalid input."""
    arguments = parse_arguments()
    try:
        libraries()
        check_output(arguments.out, [arguments.forest, arguments.hmm])
        artifact = make_artifact(arguments.forest, arguments.hmm, arguments.name, arguments.window)
        write(arguments.out, format_artifact(artifact) + "\n")
    except PackageNotFoundError as error:
        print(f"{error.name} is missing: pip install scikit-learn hmmlearn", file=sys.stderr)
        return 2
    except RefusedError as error:
        print(error, file=sys.stderr)
        return 2
    labels = ", ".join(artifact["hmm"]["labels"])
    print(f"{arguments.name}: {len(artifact['forest']['trees'])} trees, regimes {labels}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
