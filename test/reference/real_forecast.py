"""The volatility forecast on real bars with holes, by another program's model and by ours.

    python test/reference/real_forecast.py FORECAST KLINES OUT

Reads the model (rec_model.py) and its parameters from the folder FORECAST, and a block of real bars
from the file KLINES. Cuts holes into it, runs rec_model.py and forecast_model.py, and writes into
the folder OUT the parameters as an artifact has them, and bars and outputs as rows of
little-endian float64.
"""

from __future__ import annotations

import array
import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from forecast_model import Bar, ForecastModel

SYMBOL = "BTCUSDT"
QUANTILES = ("2.5", "10", "25", "50", "75", "90", "97.5")
#: Bars cut out of the block, from an index on: within an hour, across one, as long as the horizons,
#: as long as a sequence survives, and longer.
HOLES = (
    (100, 1),
    (700, 3),
    (3_000, 20),
    (5_990, 45),
    (7_000, 1),
    (7_015, 1),
    (8_000, 15),
    (8_500, 59),
    (9_000, 60),
    (9_500, 64),
    (10_500, 1_440),
    (14_000, 2),
    (17_000, 1_441),
    (24_000, 7),
    (25_000, 100),
)
NAN = float("nan")
#: Numbers of an output.
COLUMNS = 33


def load_model(folder: Path) -> ModuleType:
    """The module rec_model.py."""
    spec = importlib.util.spec_from_file_location("rec_model", folder / "rec_model.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def to_horizon(p: dict[str, Any]) -> dict[str, Any]:
    """A horizon's parameters by an artifact's names."""
    volatility = {f"volatility_{h}": p["coef"][f"x{h}"] for h in (5, 30, 240, 1440)}
    moves = {
        f"{name}_{h}": p["coef"][f"{short}{h}"]
        for name, short in (("leverage", "lev"), ("momentum", "mom"))
        for h in (5, 15, 60, 240)
    }
    scale = list(p["scale"].values())
    return {
        "coef": {
            "intercept": p["coef"]["const"],
            **volatility,
            "week": p["coef"]["W"],
            "season": [p["coef"][f"s{i}"] for i in range(31)],
            "volume_5": p["coef"]["q5"],
            "volume_60": p["coef"]["q60"],
            **moves,
        },
        "bias": {f"error_{h}": p["bias"][f"e{h}"] for h in (240, 1440, 4320)},
        "scale": {
            "intercept": scale[0],
            "error_240": scale[1],
            "error_1440": scale[2],
            "error_4320": scale[3],
            "short_change": scale[4],
            "short_change_size": scale[5],
            "day_change_size": scale[6],
        },
        **{k: p[k] for k in ("z2_mean", "z_quantiles", "borders_absolute_y", "borders_week")},
    }


def to_forecast(p: dict[str, Any]) -> dict[str, Any]:
    """All parameters as an artifact has them."""
    change = p["change_within_60"]
    return {
        "need": p["need"],
        "label_margin": p["label_margin"],
        "horizons": {h: to_horizon(p["horizons"][h]) for h in ("15", "60")},
        "change_within_60": {
            basis: {k: change[basis][k] for k in ("intercept", "w")}
            for basis in ("absolute", "week")
        },
        "shock": p["shock"],
    }


def cut(bars: Iterator[tuple[float, ...]]) -> list[Bar]:
    """Bars without those of the holes."""
    dropped = {i for first, count in HOLES for i in range(first, first + count)}
    return [Bar(*bar) for i, bar in enumerate(bars) if i not in dropped]


def their_row(o: dict[str, Any]) -> list[float]:
    """rec_model's output as numbers; NaN before it is ready."""
    if not o["ready"]:
        return [NAN] * COLUMNS
    row = [x for h in (15, 60) for x in o["f"][h]]
    row += [o["forecast"][h][q] for h in (15, 60) for q in QUANTILES]
    row += [o["W"], o["shock_score"], float(o["is_shock"])]
    for basis in ("absolute", "against_week"):
        label = o[basis]
        row += [*label["probabilities"], label["state"], label["seconds_in_state"] / 60]
    return row + [label["change_within_60_minutes"] for label in (o["absolute"], o["against_week"])]


def our_row(o: dict[str, Any]) -> list[float]:
    """forecast_model's output in the same order."""
    if o["absolute"] is None:
        return [NAN] * COLUMNS
    row = [x for forecast in o["forecasts"].values() for x in forecast]
    row += [q for quantiles in o["quantiles"].values() for q in quantiles]
    row += [o["inputs"]["week"], o["shock_score"], float(o["is_shock"])]
    for basis in ("absolute", "week"):
        label = o[basis]
        row += [*label["probabilities"], label["state"], label["minutes"] + 1]
    return row + [o["absolute"]["change"], o["week"]["change"]]


def write(path: Path, rows: list[list[float]]) -> None:
    """Writes rows of float64."""
    with path.open("wb") as file:
        array.array("d", [x for row in rows for x in row]).tofile(file)


def main() -> None:
    """Runs both models on the bars."""
    folder, klines, out = map(Path, sys.argv[1:])
    rec_model = load_model(folder)
    parameters = json.loads((folder / "rec_params_visible.json").read_text("utf-8"))
    forecast = to_forecast(parameters)
    (out / "forecast.json").write_text(json.dumps(forecast), "utf-8")
    bars = cut(rec_model.read(str(klines)))
    theirs = rec_model.Model(parameters, SYMBOL)
    ours = ForecastModel(forecast, SYMBOL)
    write(out / "bars.f64", [list(bar) for bar in bars])
    write(out / "theirs.f64", [their_row(theirs.bar(*bar)) for bar in bars])
    write(out / "ours.f64", [our_row(ours.step(bar)) for bar in bars])


if __name__ == "__main__":
    main()
