"""Fits the classic HMM with hmmlearn from ten seeds on the real training bars.

    python test/reference/hmmlearn_fits.py > test/reference/hmmlearn_fits.jsonl

Takes the better part of an hour. Prints one JSON line a fit; the best log-likelihood is the one
that `deno task train` on the same files, and so the shipped model, must reach.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from pathlib import Path

import numpy as np
from classic_model import normalized_features, raw_features, read_klines
from hmmlearn.hmm import GaussianHMM

DATA = Path(__file__).resolve().parents[3] / "shared/data/klines"
#: The training blocks, without the ten bars beside the recorded trades.
BLOCKS = "BTCUSDT-spot-1m-ohlcv-20??????-20??????.csv.gz"


def main() -> None:
    """Fits from each seed in turn."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fits", type=int, default=10)
    parser.add_argument("--iterations", type=int, default=1000)
    parser.add_argument("--tolerance", type=float, default=1e-2, help="of ln p of all bars, nats")
    arguments = parser.parse_args()
    blocks = [read_klines(path) for path in sorted(DATA.glob(BLOCKS))]
    lengths = [len(block) for block in blocks]
    rows = np.concatenate([normalized_features(raw_features(block)) for block in blocks])
    for seed in range(arguments.fits):
        model = GaussianHMM(
            3,
            "full",
            n_iter=arguments.iterations,
            tol=arguments.tolerance,
            random_state=seed,
        )
        started = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(rows, lengths)
        seconds = time.perf_counter() - started
        fit = {
            "seed": seed,
            "rows": len(rows),
            "sequences": len(lengths),
            "log_likelihood": model.score(rows, lengths),
            "iterations": model.monitor_.iter,
            "converged": bool(model.monitor_.converged),
            "seconds": round(seconds, 1),
        }
        print(json.dumps(fit), flush=True)


if __name__ == "__main__":
    main()
