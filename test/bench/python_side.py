"""The work of bench.ts with scikit-learn and hmmlearn: JSON from a file, JSON to stdout."""

import collections
import json
import math
import platform
import sys
import time

import hmmlearn
import numpy as np
import pandas as pd
import sklearn
from hmmlearn.hmm import GaussianHMM
from sklearn.ensemble import IsolationForest

WINDOW = 20
REGIME_WINDOW = 10
# Bars that determine the z-scores of the last ten.
HISTORY = 2 * WINDOW + REGIME_WINDOW
BARS_PER_BATCH = 500


def repeat(run, count, repeats):
    """Nanoseconds per item of each repeat of `count` items, after a warm-up run."""
    run()
    times = []
    for _ in range(repeats):
        start = time.perf_counter_ns()
        run()
        times.append((time.perf_counter_ns() - start) / count)
    return times


def z_score(values):
    if len(values) < 2:
        return values[-1]
    deviation = np.std(values)
    return (values[-1] - np.mean(values)) / (deviation if deviation > 0 else 1.0)


def step_leanly(bars, forest, hmm):
    """Bar by bar with as little as will do: deques for windows, one call of score_samples for one
    row, one of predict_proba for the last ten."""
    volumes = collections.deque(maxlen=WINDOW)
    windows = [collections.deque(maxlen=WINDOW) for _ in range(3)]
    rows = collections.deque(maxlen=REGIME_WINDOW)
    last_close = None
    results = []
    times = []
    for number, (open_, high, low, close, volume) in enumerate(bars):
        start = time.perf_counter_ns()
        volumes.append(volume)
        mean = np.mean(volumes) if len(volumes) == WINDOW else 0.0
        features = (
            math.log(close / last_close) if last_close else 0.0,
            (high - low) / open_,
            volume / mean if mean > 0 else 1.0,
        )
        last_close = close
        for window, value in zip(windows, features):
            window.append(value)
        row = [z_score(window) for window in windows]
        rows.append(row)
        is_anomaly = forest.score_samples(np.array([row]))[0] < forest.offset_
        results.append((is_anomaly, hmm.predict_proba(np.array(rows))[-1]))
        if number >= HISTORY:
            times.append(time.perf_counter_ns() - start)
    return times, results


def step_with_pandas(bars, forest, hmm):
    """Bar by bar as such a service is usually written: a DataFrame of the last 50 bars, features
    and z-scores by rolling means and deviations, score_samples and predict of the forest for the
    last row, predict and predict_proba of the HMM for the last ten."""
    history = collections.deque(maxlen=HISTORY)
    results = []
    times = []
    for number, (open_, high, low, close, volume) in enumerate(bars):
        start = time.perf_counter_ns()
        history.append({"open": open_, "high": high, "low": low, "close": close, "volume": volume})
        frame = pd.DataFrame(list(history))
        features = pd.DataFrame({
            "momentum": np.log(frame["close"] / frame["close"].shift(1)).fillna(0.0),
            "volatility_proxy": (frame["high"] - frame["low"]) / frame["open"],
            "activity_ratio": (frame["volume"] / frame["volume"].rolling(WINDOW).mean()).fillna(1.0),
        })
        windows = features.rolling(WINDOW, min_periods=2)
        deviations = windows.std(ddof=0).replace(0.0, 1.0)
        rows = ((features - windows.mean()) / deviations).fillna(features).tail(REGIME_WINDOW)
        values = rows.to_numpy()
        score = forest.score_samples(values[-1:])[0]
        is_anomaly = forest.predict(values[-1:])[0] == -1
        state = hmm.predict(values)[-1]
        results.append((is_anomaly, hmm.predict_proba(values)[-1], score, state))
        if number >= HISTORY:
            times.append(time.perf_counter_ns() - start)
    return times, results


def step_both_ways(bars, forest, hmm):
    """Times of both ways, after a check that their results agree."""
    lean_times, lean = step_leanly(bars, forest, hmm)
    pandas_times, with_pandas = step_with_pandas(bars, forest, hmm)
    for one, other in list(zip(lean, with_pandas))[HISTORY:]:
        assert one[0] == other[0]
        np.testing.assert_allclose(one[1], other[1], atol=1e-6)
    return lean_times, pandas_times


def main():
    with open(sys.argv[1]) as file:
        work = json.load(file)
    rows = np.array(work["rows"]).reshape(-1, work["dims"])
    fit_rows = rows[: work["fit_rows"]]
    forest = IsolationForest(n_estimators=100, max_samples=256, contamination=0.05, random_state=1)
    forest.fit(fit_rows)
    states = len(work["hmm"]["startprob"])

    def hmm_at_start(iterations):
        hmm = GaussianHMM(states, "full", n_iter=iterations, tol=-1e300, init_params="")
        hmm.startprob_ = np.array(work["hmm"]["startprob"])
        hmm.transmat_ = np.array(work["hmm"]["transmat"])
        hmm.means_ = np.array(work["hmm"]["means"])
        hmm.covars_ = np.array(work["hmm"]["covars"])
        hmm.n_features = work["dims"]
        return hmm

    hmm = hmm_at_start(1)
    count = len(rows)
    minute = rows[:BARS_PER_BATCH]
    lean_times, pandas_times = step_both_ways(work["bars"], forest, hmm)
    figures = {
        "forest_batch": repeat(lambda: forest.score_samples(rows), count, 5),
        "forest_minute": repeat(lambda: forest.score_samples(minute), len(minute), 30),
        "forest_single": repeat(lambda: forest.score_samples(rows[:1]), 1, 50),
        "forest_fit": repeat(lambda: forest.fit(fit_rows), 1, 5),
        "filter": repeat(lambda: hmm.score(rows), count, 5),
        "e_step": repeat(lambda: hmm_at_start(1).fit(rows), count, 3),
        "step_lean": lean_times,
        "step_pandas": pandas_times,
    }
    versions = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "pandas": pd.__version__,
        "scikit-learn": sklearn.__version__,
        "hmmlearn": hmmlearn.__version__,
    }
    json.dump({"versions": versions, "figures": figures}, sys.stdout)


if __name__ == "__main__":
    main()
