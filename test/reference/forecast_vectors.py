"""The volatility forecast's outputs for synthetic bars with holes."""

from __future__ import annotations

import math
from typing import Any

from forecast_model import HORIZONS, ForecastModel
from synthetic_bars import synthetic_bars

#: A Friday evening: the weekend begins after some hours.
START = 1_709_325_420_000
SEED = 12
COUNT = 9_000
#: Holes before bars: short ones, one across an hour, one as long as a sequence survives, a longer
#: one, and some around the lengths of the horizons.
HOLES = [
    [40, 1],
    [1_700, 3],
    [2_300, 14],
    [2_600, 75],
    [3_000, 1],
    [3_009, 2],
    [3_500, 1_440],
    [4_200, 1_441],
    [6_300, 15],
    [6_700, 59],
    [6_950, 60],
    [7_300, 200],
]
#: The rows kept in full: every 45th, and the first after each hole.
KEPT = sorted({*range(0, COUNT, 45), *(bar for bar, _ in HOLES), COUNT - 1})
QUANTILES = 401


def z_quantiles(skew: float) -> list[float]:
    """A distribution with heavy tails: a logistic one, bent."""
    levels = [(i + 0.5) / QUANTILES for i in range(QUANTILES)]
    return [round(math.log(p / (1 - p)) / 2 + skew * (p - 0.5) ** 2, 4) for p in levels]


def horizon(minutes: int) -> dict[str, Any]:
    """Parameters of a horizon, of a fit's size."""
    long = minutes == 60
    inputs = {
        "volatility_5": 0.09 if long else 0.15,
        "volatility_30": 0.24 if long else 0.29,
        "volatility_240": 0.29 if long else 0.26,
        "volatility_1440": 0.14 if long else 0.12,
        "week": 0.22 if long else 0.18,
        "volume_5": 0.07 if long else 0.14,
        "volume_60": 0.003 if long else -0.06,
    }
    moves = {
        f"{kind}_{h}": sign * (0.05 - h / 8_000) * (0.6 if long else 1)
        for kind, sign in (("leverage", -0.3), ("momentum", 1))
        for h in (5, 15, 60, 240)
    }
    base = 3.05 if long else 2.35
    return {
        "coef": {
            "intercept": 8.7 if long else 8.5,
            **inputs,
            "season": [round(0.1 * math.sin(1 + 7 * i) / (1 + i % 12), 5) for i in range(31)],
            **moves,
        },
        "bias": {
            "error_240": -0.12 if long else 0.3,
            "error_1440": 1.2 if long else 0.67,
            "error_4320": -1.1 if long else -0.5,
        },
        "scale": {
            "intercept": -1.1 if long else -0.95,
            "error_240": 0.27 if long else 0.38,
            "error_1440": -0.23 if long else -0.08,
            "error_4320": 0.48 if long else 0.35,
            "short_change": 0.16 if long else 0.06,
            "short_change_size": 0.14 if long else 0.12,
            "day_change_size": -0.005 if long else 0.08,
        },
        "z2_mean": 2.9,
        "z_quantiles": z_quantiles(0.4 if long else -0.3),
        "borders_absolute_y": {"TESTUSDT": [base, base + 0.35]},
        "borders_week": [-0.2, 0.25],
    }


def change(sign: float) -> dict[str, Any]:
    """The regression of a change of the label."""
    w = [round(sign * 0.3 * math.cos(3 * i) / (1 + i % 9), 4) for i in range(39)]
    return {"intercept": -0.4, "w": w}


def parameters() -> dict[str, Any]:
    """An artifact's `forecast`, as far as the model reads it."""
    return {
        "need": 1_600,
        "label_margin": 0.2,
        "horizons": {str(h): horizon(h) for h in HORIZONS},
        "change_within_60": {"absolute": change(1), "week": change(-1)},
        "shock": {"alarms_a_day": 20, "step": 0.01, "start": 3.03},
    }


def regime(label: dict[str, Any] | None) -> dict[str, Any] | None:
    """A label without its state, which every bar keeps."""
    return None if label is None else {k: v for k, v in label.items() if k != "state"}


def row(output: dict[str, Any]) -> dict[str, Any]:
    """An output with its numbers in order."""
    return {
        "have": output["have"],
        "inputs": list(output["inputs"].values()),
        "forecasts": [list(forecast) for forecast in output["forecasts"].values()],
        "quantiles": list(output["quantiles"].values()),
        "shock_score": output["shock_score"],
        "contributions": list(output["contributions"].values()),
        "absolute": regime(output["absolute"]),
        "week": regime(output["week"]),
    }


def states(outputs: list[dict[str, Any]], basis: str) -> str:
    """A label's state at each bar, a dash where there is none."""
    labels = [output[basis] for output in outputs]
    return "".join("-" if label is None else str(label["state"]) for label in labels)


def make_forecast_vectors() -> dict[str, Any]:
    """Parameters, how the bars are made, and the outputs."""
    model = ForecastModel(parameters(), "TESTUSDT")
    outputs = [model.step(bar) for bar in synthetic_bars(SEED, START, COUNT, HOLES)]
    return {
        "forecast": parameters(),
        "bars": {"seed": SEED, "start": START, "count": COUNT, "holes": HOLES},
        "states": {
            "absolute": states(outputs, "absolute"),
            "week": states(outputs, "week"),
            "shock": "".join(str(int(output["is_shock"])) for output in outputs),
        },
        "kept": {"bars": KEPT},
        "rows": [row(outputs[bar]) for bar in KEPT],
    }
