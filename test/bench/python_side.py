"""The same work as bench.ts, done by scikit-learn and hmmlearn; JSON in (a file), JSON out."""

import collections
import json
import math
import platform
import sys
import time

import hmmlearn
import numpy as np
import sklearn
from hmmlearn.hmm import GaussianHMM
from sklearn.ensemble import IsolationForest

WINDOW = 20
REGIME_WINDOW = 10


def repeat(run, count, repeats):
    """Nanoseconds for each of `count` things, of each repeat, after one that warms up."""
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


def step_bars(bars, forest, hmm):
    """Bar by bar as a Python service does it: windows, one row to the forest, ten to the HMM."""
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
        if number >= WINDOW:
            times.append(time.perf_counter_ns() - start)
    return times


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
    figures = {
        "forest_batch": repeat(lambda: forest.score_samples(rows), count, 5),
        "forest_single": repeat(lambda: forest.score_samples(rows[:1]), 1, 50),
        "forest_fit": repeat(lambda: forest.fit(fit_rows), 1, 5),
        "filter": repeat(lambda: hmm.score(rows), count, 5),
        "e_step": repeat(lambda: hmm_at_start(1).fit(rows), count, 3),
        "step": step_bars(work["bars"], forest, hmm),
    }
    versions = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
        "hmmlearn": hmmlearn.__version__,
    }
    json.dump({"versions": versions, "figures": figures}, sys.stdout)


if __name__ == "__main__":
    main()
