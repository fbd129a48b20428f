"""Golden vectors of Gaussian hidden Markov models: hmmlearn's output for given rows.

Parameters are multiples of powers of two and rows are short decimals, so that both are the same
on every processor.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from hmmlearn import _hmmc
from hmmlearn.hmm import GaussianHMM
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Vector = dict[str, Any]

#: Rows of a case whose posteriors are kept.
KEPT_ROWS = 24


def distribution(random: np.random.Generator, size: int) -> Floats:
    """Probabilities that are positive multiples of 1/256."""
    cuts = np.sort(random.choice(np.arange(1, 256), size - 1, replace=False))
    return np.diff(np.concatenate([[0], cuts, [256]])) / 256


def factor(random: np.random.Generator, dims: int) -> Floats:
    """A lower triangle of multiples of 1/64 with a diagonal of about 1."""
    triangle = np.tril(random.integers(-32, 33, size=(dims, dims)) / 64)
    np.fill_diagonal(triangle, random.integers(48, 97, size=dims) / 64)
    return triangle


def well_conditioned(random: np.random.Generator, states: int, dims: int) -> tuple[Floats, Floats]:
    """Means, and covariances of about 1 in every direction."""
    factors = np.array([factor(random, dims) for _ in range(states)])
    means = random.integers(-128, 129, size=(states, dims)) / 64
    return means, factors @ factors.transpose(0, 2, 1)


def ill_conditioned(random: np.random.Generator, states: int, dims: int) -> tuple[Floats, Floats]:
    """Means and covariances of states that overlap within a sheet 64 times wider than thick.

    Condition numbers are about 10^4. From 10^5 on hmmlearn's own rounding, measured against 50
    digits, comes near 1e-12 and could not serve as the reference.
    """
    shared = factor(random, dims) * 2.0 ** -np.round(np.linspace(0, 6, dims))
    means = random.integers(-96, 97, size=(states, dims)) / 64 @ shared.T
    factors = np.array([shared @ factor(random, dims) for _ in range(states)])
    return means, factors @ factors.transpose(0, 2, 1)


def make_model(states: int, dims: int, is_ill: bool, random: np.random.Generator) -> GaussianHMM:
    """A model whose states last several rows and overlap moderately."""
    model = GaussianHMM(states, "full", implementation="scaling")
    model.n_features = dims
    model.startprob_ = distribution(random, states)
    leaving = np.array([distribution(random, states) for _ in range(states)])
    model.transmat_ = 0.75 * np.eye(states) + 0.25 * leaving
    draw = ill_conditioned if is_ill else well_conditioned
    model.means_, model.covars_ = draw(random, states, dims)
    return model


def sample(
    model: GaussianHMM, lengths: list[int], decimals: int, random: np.random.Generator
) -> Floats:
    """Rows drawn from a model, rounded.

    hmmlearn's own sampling goes by singular vectors, which differ between processors.
    """
    factors = np.linalg.cholesky(model.covars_)
    rows = []
    for length in lengths:
        probabilities = model.startprob_
        for _ in range(length):
            state = int(np.searchsorted(probabilities.cumsum(), random.random(), side="right"))
            noise = random.standard_normal(model.n_features)
            rows.append(model.means_[state] + factors[state] @ noise)
            probabilities = model.transmat_[state]
    return np.round(np.array(rows), decimals) + 0.0


def kept_rows(lengths: list[int]) -> list[int]:
    """The rows around the ends of sequences, and some in between."""
    count = sum(lengths)
    ends = np.cumsum([0, *lengths])
    near = {int(end) + step for end in ends for step in (-1, 0)}
    between = {int(row) for row in np.linspace(0, count - 1, KEPT_ROWS)}
    return sorted(row for row in near | between if 0 <= row < count)


def filtered(model: GaussianHMM, rows: Floats, lengths: list[int]) -> tuple[Floats, Floats]:
    """Filtered posteriors and ln p(x_t | x_1..x_t-1)."""
    posteriors, logs = [], []
    for part in np.split(rows, np.cumsum(lengths)[:-1]):
        densities = model._compute_likelihood(part)
        _, forwards, scales = _hmmc.forward_scaling(model.startprob_, model.transmat_, densities)
        posteriors.append(forwards)
        logs.append(-np.log(scales))
    return np.concatenate(posteriors), np.concatenate(logs)


def describe(name: str, model: GaussianHMM, rows: Floats, lengths: list[int]) -> Vector:
    """A model, rows, and hmmlearn's answers."""
    kept = kept_rows(lengths)
    posteriors, logs = filtered(model, rows, lengths)
    smoothed = model.predict_proba(rows, lengths)
    parts = np.split(rows, np.cumsum(lengths)[:-1])
    decoded = [model.decode(part) for part in parts]
    return {
        "name": name,
        "hmm": {
            "startprob": model.startprob_.tolist(),
            "transmat": model.transmat_.tolist(),
            "means": model.means_.tolist(),
            "covars": model.covars_.tolist(),
        },
        "lengths": lengths,
        "rows": rows.ravel().tolist(),
        "log_likelihood": float(model.score(rows, lengths)),
        "kept": kept,
        "log_likelihoods": logs[kept].tolist(),
        "filtered": posteriors[kept].tolist(),
        "filtered_sums": posteriors.sum(axis=0).tolist(),
        "smoothed": smoothed[kept].tolist(),
        "smoothed_sums": smoothed.sum(axis=0).tolist(),
        "path": "".join(str(state) for _, path in decoded for state in path),
        "path_log_probabilities": [float(log) for log, _ in decoded],
    }


def grid() -> list[Vector]:
    """2 to 5 states in 1 to 6 dimensions, well and ill conditioned."""
    cases = []
    for is_ill in (False, True):
        for states in range(2, 6):
            for dims in range(2 if is_ill else 1, 7):
                random = np.random.default_rng(100 * states + 10 * dims + is_ill)
                model = make_model(states, dims, is_ill, random)
                lengths = [60, 1, 19]
                rows = sample(model, lengths, 6 if is_ill else 3, random)
                kind = "ill" if is_ill else "well"
                name = f"{states} states, {dims} dimensions, {kind} conditioned"
                cases.append(describe(name, model, rows, lengths))
    return cases


def lengths_of_sequences() -> list[Vector]:
    """Sequences of 1 to 10,000 rows."""
    cases = []
    for states, dims, lengths in [
        (2, 1, [1]),
        (3, 2, [2]),
        (3, 3, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        (4, 2, [511, 512, 513, 1]),
        (3, 1, [10_000]),
        (2, 2, [3_000, 1]),
    ]:
        random = np.random.default_rng(10 * states + dims)
        model = make_model(states, dims, False, random)
        rows = sample(model, lengths, 2, random)
        shown = lengths if len(lengths) < 5 else f"1 to {max(lengths)}"
        cases.append(describe(f"{states} states, sequences of {shown} rows", model, rows, lengths))
    return cases


def one_way() -> list[Vector]:
    """A chain of one direction: some transition probabilities are 0."""
    random = np.random.default_rng(9)
    model = make_model(3, 2, False, random)
    model.startprob_ = np.array([1.0, 0.0, 0.0])
    model.transmat_ = np.array([[0.9375, 0.0625, 0.0], [0.0, 0.875, 0.125], [0.0, 0.0, 1.0]])
    rows = sample(model, [80, 40], 3, random)
    return [describe("states without a way back", model, rows, [80, 40])]


def make_hmm_vectors() -> Vector:
    """All golden vectors of hidden Markov models."""
    return {"hmms": grid() + lengths_of_sequences() + one_way()}
