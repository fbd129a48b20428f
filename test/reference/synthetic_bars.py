"""A deterministic walk of bars, made of integers alone: synthetic_bars.ts makes the same ones."""

from __future__ import annotations

from collections.abc import Iterator

from forecast_model import MINUTE_MS, Bar


def numbers(seed: int) -> Iterator[int]:
    """Integers from 0 to 65,535 (Numerical Recipes' linear congruential generator)."""
    state = seed
    while True:
        state = (1664525 * state + 1013904223) % 2**32
        yield state >> 16


def synthetic_bars(seed: int, start: int, count: int, holes: list[list[int]]) -> Iterator[Bar]:
    """Bars of whole cents, in spells of eight volatilities.

    A hole [i, minutes] lies before bar i.
    """
    draw = numbers(seed)
    missing = dict(holes)
    time, close, size = start, 6_000_000, 1
    for i in range(count):
        if next(draw) < 150:
            size = 1 + next(draw) % 8
        move = sum(next(draw) for _ in range(4)) - 131_070
        traded = next(draw) % 20 > 0
        shift = (next(draw) - 32_768) >> 12
        amount = next(draw) % 5_000 + 1
        opening = close + shift if traded else close
        close = opening + (600 * size * move) // 65_536 if traded else close
        time += missing.get(i, 0) * MINUTE_MS
        yield Bar(time, opening / 100, close / 100, amount / 100 if traded else 0.0)
        time += MINUTE_MS
