"""The classic model's features, computed straightforwardly with numpy, for whole histories."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WINDOW = 20


def read_klines(path: Path) -> Floats:
    """Bars of a gzip CSV file: a row of open time, open, high, low, close and volume each."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return np.loadtxt(lines, delimiter=",", skiprows=1, usecols=range(6), ndmin=2)


def rolling_windows(values: Floats, window: int) -> Floats:
    """Copies every full window of a series, one per row, so that a reduction is contiguous."""
    views = np.lib.stride_tricks.sliding_window_view(values, window)
    return np.ascontiguousarray(views)


def raw_features(bars: Floats, window: int = WINDOW) -> Floats:
    """Momentum, volatility proxy and activity ratio of the bars of one sequence."""
    opens, highs, lows, closes, volumes = bars.T[1:6]
    momentum = np.zeros(len(bars))
    momentum[1:] = np.log(closes[1:] / closes[:-1])
    activity = np.ones(len(bars))
    if len(bars) >= window:
        means = rolling_windows(volumes, window).mean(axis=1)
        traded = np.where(means > 0, means, 1.0)
        activity[window - 1 :] = np.where(means > 0, volumes[window - 1 :] / traded, 1.0)
    return np.column_stack([momentum, (highs - lows) / opens, activity])


def z_scores(values: Floats, window: int = WINDOW) -> Floats:
    """z-score of each value over the last values, itself included; population deviation."""
    scores = np.empty_like(values)
    for t in range(min(window - 1, len(values))):
        scores[t] = z_score(values[: t + 1])
    if len(values) >= window:
        windows = rolling_windows(values, window)
        deviations = windows.std(axis=1)
        scales = np.where(deviations > 0, deviations, 1.0)
        scores[window - 1 :] = (values[window - 1 :] - windows.mean(axis=1)) / scales
    return scores


def z_score(values: Floats) -> float:
    """z-score of the last value; the value itself when it is the only one."""
    if len(values) < 2:
        return float(values[-1])
    deviation = values.std()
    return float((values[-1] - values.mean()) / (deviation if deviation > 0 else 1.0))


def normalized_features(raw: Floats, window: int = WINDOW) -> Floats:
    """The normalized features."""
    return np.column_stack([z_scores(column, window) for column in raw.T])
