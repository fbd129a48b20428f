"""The volatility forecast of one market, bar by bar, in plain Python.

Its parameters are an artifact's `forecast`. It shares nothing with the core in WebAssembly, which
must give the same numbers.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import deque
from functools import cache
from typing import Any, NamedTuple

MINUTE_MS = 60_000
DAY = 1_440
WEEK = 7 * DAY
#: Missing minutes that a sequence survives.
MAX_MISSING = 1_440
#: Bars of a sequence whose forecasts are not scored.
UNSCORED = 1_440
HORIZONS = (15, 60)
LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
VARIANCE_FLOOR = 1e-10
TARGET_FLOOR = 0.1


class Bar(NamedTuple):
    """What the model reads of a bar: open time, ms UTC; prices; base currency traded."""

    time: int
    open: float
    close: float
    volume: float


class Average:
    """An exponentially weighted average that starts as the mean of what it has seen."""

    def __init__(self, half_life: float) -> None:
        self.weight = 1 - 2 ** (-1 / half_life)
        self.value = 0.0
        self.count = 0

    def add(self, x: float) -> None:
        """Adds a value."""
        self.count += 1
        self.value += max(self.weight, 1 / self.count) * (x - self.value)


def averages(*half_lives: int) -> dict[int, Average]:
    """Averages by half-life, minutes."""
    return {half_life: Average(half_life) for half_life in half_lives}


def harmonics(angle: float, count: int) -> list[float]:
    """sin and cos of the first multiples of an angle."""
    return [f(k * angle) for k in range(1, count + 1) for f in (math.sin, math.cos)]


def minute_of_week(time: int) -> int:
    """Minutes since Monday 00:00 UTC; 1970 began on a Thursday."""
    return (time // MINUTE_MS + 3 * DAY) % WEEK


@cache
def day_columns(minute: int) -> list[float]:
    """The 12 harmonics of the day at a minute of the week."""
    return harmonics(minute % DAY / DAY * 2 * math.pi, 6)


@cache
def season_columns(minute: int) -> list[float]:
    """The 31 columns of the calendar at a minute of the week."""
    day = day_columns(minute)
    weekend = float(minute >= 5 * DAY)
    hour = harmonics(minute % 60 / 60 * 2 * math.pi, 6)
    return [*day, *(weekend * x for x in day[:6]), weekend, *hour]


def dot(xs: list[float], ys: list[float]) -> float:
    """Scalar product."""
    return sum(x * y for x, y in zip(xs, ys, strict=True))


def log_root(variance: float) -> float:
    """Log of the root of an averaged squared return."""
    return 0.5 * math.log(variance + VARIANCE_FLOOR)


def clip(x: float, low: float, high: float) -> float:
    """x within bounds."""
    return min(max(x, low), high)


class WeekLevel:
    """The mean of the last 168 hourly means of a quarter of an hour's log volatility."""

    def __init__(self) -> None:
        self.hours: deque[float] = deque(maxlen=168)
        self.hour = -1
        self.running: list[float] = []

    def add(self, time: int, squares: list[float]) -> float:
        """Adds a bar, given the squared returns seen in the last 15 minutes."""
        mean = sum(squares) / len(squares)
        hour = time // (60 * MINUTE_MS)
        if hour != self.hour:
            if self.running:
                self.hours.append(sum(self.running) / len(self.running))
            self.hour, self.running = hour, []
        root = math.sqrt(15 * (mean + VARIANCE_FLOOR))
        self.running.append(math.log(1e4 * root + TARGET_FLOOR))
        known = self.hours or self.running
        return sum(known) / len(known)


class Inputs(NamedTuple):
    """The inputs of a bar by name, and the volatility of an hour."""

    values: dict[str, float]
    volatility_60: float


class InputState:
    """The averages that the inputs are made of."""

    def __init__(self) -> None:
        self.squares = averages(5, 30, 60, 240, 1440)
        self.returns = averages(5, 15, 60, 240)
        self.volumes = averages(5, 60, 1440)
        self.week = WeekLevel()

    def add(self, bar: Bar, r: float, recent: list[float]) -> Inputs:
        """Adds a bar's log return r; `recent` are the squared returns of the last 15 minutes."""
        for average in self.squares.values():
            average.add(r * r)
        for average in self.returns.values():
            average.add(r)
        for average in self.volumes.values():
            average.add(math.log(bar.volume * bar.close + 1))
        x = {h: log_root(average.value) for h, average in self.squares.items()}
        q = {h: average.value for h, average in self.volumes.items()}
        unit = math.exp(x[1440])
        u = {h: average.value * math.sqrt(h) / unit for h, average in self.returns.items()}
        values = {f"volatility_{h}": x[h] for h in (5, 30, 240, 1440)}
        values["week"] = self.week.add(bar.time, recent)
        values |= {f"volume_{h}": q[h] - q[1440] for h in (5, 60)}
        values |= {f"leverage_{h}": min(u[h], 0.0) for h in u}
        values |= {f"momentum_{h}": abs(u[h]) for h in u}
        return Inputs(values, x[60])


class Forecast(NamedTuple):
    """y ~ f + a Z."""

    f: float
    a: float


class Made(NamedTuple):
    """A forecast that waits for its error."""

    f0: float
    f: float
    a0: float


class Horizon:
    """Forecasts of y = ln(1e4 sqrt(sum of the next h squared returns) + 0.1)."""

    def __init__(self, minutes: int, parameters: dict[str, Any]) -> None:
        self.minutes = minutes
        self.p = parameters
        #: Forecasts of the last h minutes, None where there is none to be scored.
        self.waiting: deque[Made | None] = deque()
        self.errors = averages(240, 1440, 4320)
        self.squares = averages(240, 1440, 4320)
        self.ratio = Average(4320)

    def pass_minute(self, squares: list[float | None]) -> None:
        """A minute ends; `squares` are the squared returns up to it, None where one is missing."""
        if len(self.waiting) < self.minutes:
            return
        made = self.waiting.popleft()
        seen = [x for x in squares[-self.minutes :] if x is not None]
        if made is None or len(seen) < self.minutes:
            return
        y = math.log(1e4 * math.sqrt(sum(seen)) + TARGET_FLOOR)
        for average in self.errors.values():
            average.add(y - made.f0)
        for average in self.squares.values():
            average.add((y - made.f) ** 2)
        self.ratio.add(min(((y - made.f) / made.a0) ** 2, 65))

    def terms(self, inputs: dict[str, float], minute: int) -> dict[str, float]:
        """What f is made of, beside its intercept."""
        c, bias = self.p["coef"], self.p["bias"]

        def of(*names: str) -> float:
            return sum(c[name] * inputs[name] for name in names)

        moves = [f"{kind}_{h}" for kind in ("leverage", "momentum") for h in (5, 15, 60, 240)]
        return {
            "short": of("volatility_5"),
            "hour": of("volatility_30"),
            "day": of("volatility_240", "volatility_1440"),
            "week": of("week"),
            "season": dot(c["season"], season_columns(minute)),
            "volume": of("volume_5", "volume_60"),
            "momentum": of(*moves),
            "bias": sum(bias[f"error_{h}"] * e.value for h, e in self.errors.items()),
        }

    def forecast(self, x: Inputs, terms: dict[str, float], scored: bool) -> Forecast:
        """Makes the forecast of a bar."""
        f = self.p["coef"]["intercept"] + sum(terms.values())
        d = self.p["scale"]
        short = x.values["volatility_5"] - x.volatility_60
        log_a0 = (
            d["intercept"]
            + sum(
                d[f"error_{h}"] * 0.5 * math.log(e.value + 1e-3) for h, e in self.squares.items()
            )
            + d["short_change"] * short
            + d["short_change_size"] * abs(short)
            + d["day_change_size"] * abs(x.values["volatility_30"] - x.values["volatility_240"])
        )
        a0 = math.exp(log_a0)
        factor = 1.0
        if self.ratio.count > 0:
            factor = math.sqrt(clip(self.ratio.value / self.p["z2_mean"], 1 / 4, 4))
        self.waiting.append(Made(f - terms["bias"], f, a0) if scored else None)
        return Forecast(f, a0 * factor)

    def below(self, z: float) -> float:
        """P(Z <= z), linear between the table's levels."""
        table = self.p["z_quantiles"]
        if z < table[0]:
            return 1e-4
        if z > table[-1]:
            return 1 - 1e-4
        i = min(bisect_right(table, z) - 1, len(table) - 2)
        step = table[i + 1] - table[i]
        return (i + ((z - table[i]) / step if step > 0 else 0)) / (len(table) - 1)

    def quantiles(self, forecast: Forecast) -> list[float]:
        """Volatility at the published levels, basis points."""
        table = self.p["z_quantiles"]

        def z(level: float) -> float:
            place = level * (len(table) - 1)
            i = min(int(place), len(table) - 2)
            return table[i] + (place - i) * (table[i + 1] - table[i])

        return [
            max(0.0, math.exp(forecast.f + forecast.a * z(level)) - TARGET_FLOOR)
            for level in LEVELS
        ]


class Label:
    """A regime that lasts until another is more probable by a margin."""

    def __init__(self, change: dict[str, Any], margin: float) -> None:
        self.change = change
        self.margin = margin
        self.state: int | None = None
        self.minutes = 0

    def step(
        self,
        horizon: Horizon,
        forecast: Forecast,
        borders: list[float],
        elapsed: int,
        shape: float,
        minute: int,
    ) -> dict[str, Any]:
        """Names the regime `elapsed` minutes after the last bar."""
        f, a = forecast
        u, v = (horizon.below((border - f) / a) for border in borders)
        bounded = [max(p, 5e-4) for p in (u, v - u, 1 - v)]
        p = [x / sum(bounded) for x in bounded]
        best = p.index(max(p))
        self.minutes += elapsed
        if self.state is None or (best != self.state and p[best] - p[self.state] > self.margin):
            self.state, self.minutes = best, 0

        first, last = ((f - border) / a for border in borders)
        features = [first, last, abs(first), abs(last), math.log(1 + self.minutes)]
        features += [p[0], p[2], math.log(a), shape]
        clipped = [clip(x, -6, 6) for x in features]
        columns = [
            *clipped,
            *(x * (self.state == 0) for x in clipped),
            *(x * (self.state == 2) for x in clipped),
            *day_columns(minute + 60),
        ]
        logit = self.change["intercept"] + dot(self.change["w"], columns)
        return {
            "state": self.state,
            "minutes": self.minutes,
            "probabilities": p,
            "change": 1 / (1 + math.exp(-logit)),
        }


class ForecastModel:
    """The model of one market. A missing minute is one that no bar was given for."""

    def __init__(self, parameters: dict[str, Any], symbol: str) -> None:
        self.p = parameters
        self.borders = parameters["horizons"]["15"]["borders_absolute_y"].get(symbol)
        self.start()

    def start(self) -> None:
        """Starts a sequence."""
        p = self.p
        self.last: Bar | None = None
        self.count = 0
        self.recent: deque[float | None] = deque(maxlen=max(HORIZONS))
        self.inputs = InputState()
        self.horizons = {h: Horizon(h, p["horizons"][str(h)]) for h in HORIZONS}
        change, margin = p["change_within_60"], p["label_margin"]
        self.week = Label(change["week"], margin)
        self.absolute = Label(change["absolute"], margin)
        self.threshold = math.log(p["shock"]["start"])
        self.terms: dict[str, Average] = {}

    def missing_before(self, bar: Bar) -> int:
        """Minutes without a bar since the last one."""
        return 0 if self.last is None else (bar.time - self.last.time) // MINUTE_MS - 1

    def pass_minute(self, square: float | None) -> None:
        """A minute ends: forecasts fall due."""
        self.recent.append(square)
        for horizon in self.horizons.values():
            horizon.pass_minute(list(self.recent))

    def shock(self, r: float) -> tuple[float, bool]:
        """Scores a return, and adapts the threshold."""
        score = 0.0
        if self.count > 0:
            score = abs(r) / math.sqrt(self.inputs.squares[240].value + VARIANCE_FLOOR)
        is_shock = self.count > 0 and score > math.exp(self.threshold)
        rule = self.p["shock"]
        self.threshold += rule["step"] * (is_shock - rule["alarms_a_day"] / DAY)
        return score, is_shock

    def contribute(self, terms: dict[str, float]) -> dict[str, float]:
        """Terms less their averages, which they then join."""
        parts = {}
        for name, term in terms.items():
            average = self.terms.setdefault(name, Average(5040))
            parts[name] = term - average.value if average.count > 0 else 0.0
            average.add(term)
        return parts

    def step(self, bar: Bar) -> dict[str, Any]:
        """Adds a bar."""
        missing = self.missing_before(bar)
        if missing > MAX_MISSING:
            self.start()
            missing = 0
        for _ in range(missing):
            self.pass_minute(None)
            for horizon in self.horizons.values():
                horizon.waiting.append(None)
        before = bar.open if self.last is None or missing > 0 else self.last.close
        r = math.log(bar.close / before)
        score, is_shock = self.shock(r)
        self.last = bar
        self.count += 1
        self.pass_minute(r * r)
        quarter = [x for x in list(self.recent)[-15:] if x is not None]
        x = self.inputs.add(bar, r, quarter)
        minute = minute_of_week(bar.time)
        terms = {h: horizon.terms(x.values, minute) for h, horizon in self.horizons.items()}
        scored = self.count > UNSCORED
        forecasts = {
            h: horizon.forecast(x, terms[h], scored) for h, horizon in self.horizons.items()
        }
        return {
            "have": self.count,
            "inputs": x.values,
            "forecasts": forecasts,
            "quantiles": {h: self.horizons[h].quantiles(forecasts[h]) for h in HORIZONS},
            "shock_score": score,
            "is_shock": is_shock,
            "contributions": self.contribute(terms[15]),
            **self.labels(forecasts[15], x, 1 + missing, minute),
        }

    def labels(self, forecast: Forecast, x: Inputs, elapsed: int, minute: int) -> dict[str, Any]:
        """The label against the week and, for a market of the training, the absolute one."""
        if self.count < self.p["need"]:
            return {"week": None, "absolute": None}
        horizon = self.horizons[15]
        shape = x.values["volatility_5"] - x.values["volatility_30"]

        def step(label: Label, borders: list[float]) -> dict[str, Any]:
            return label.step(horizon, forecast, borders, elapsed, shape, minute)

        level = x.values["week"]
        borders = [border + level for border in self.p["horizons"]["15"]["borders_week"]]
        return {
            "week": step(self.week, borders),
            "absolute": None if self.borders is None else step(self.absolute, self.borders),
        }
