"""Makes the golden vectors from scikit-learn, hmmlearn and forecast_model.py, or checks them.

pip install -r test/reference/requirements.txt
python test/reference/make_vectors.py            writes test/reference/vectors/*.json
python test/reference/make_vectors.py --check    fails when a number would change by more
                                                 than 1e-12 (of it, or in all below 1)
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from forecast_vectors import make_forecast_vectors
from forest_vectors import make_forest_vectors
from hmm_vectors import make_hmm_vectors
from import_vectors import make_import_vectors

FOLDER = Path(__file__).parent / "vectors"
MAKERS: dict[str, Callable[[], dict[str, Any]]] = {
    "forecast.json": make_forecast_vectors,
    "forest.json": make_forest_vectors,
    "hmm.json": make_hmm_vectors,
    "import.json": make_import_vectors,
}
#: numpy's last bits differ between processors.
TOLERANCE = 1e-12


def format_vectors(vectors: dict[str, Any]) -> str:
    """JSON with one case per line and every number in full."""
    parts = []
    for key, value in vectors.items():
        cases = value if isinstance(value, list) else [value]
        lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
        parts.append(f'"{key}":[\n{lines}\n]' if value is cases else f'"{key}":{lines}')
    return "{" + ",\n".join(parts) + "}\n"


def drifts(old: Any, new: Any, path: str) -> Iterator[str]:
    """Paths at which two vectors differ."""
    numbers = (int, float)
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        for key in old:
            yield from drifts(old[key], new[key], f"{path}.{key}" if path else key)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for i, (a, b) in enumerate(zip(old, new, strict=True)):
            yield from drifts(a, b, f"{path}[{i}]")
    elif isinstance(old, numbers) and isinstance(new, numbers):
        if not math.isclose(old, new, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
            yield f"{path}: {old!r} in the file, {new!r} now"
    elif old != new:
        yield f"{path}: {str(old)[:80]} in the file, {str(new)[:80]} now"


def find_wrong_versions() -> Iterator[str]:
    """Packages whose version differs from requirements.txt."""
    for line in (Path(__file__).parent / "requirements.txt").read_text("utf-8").splitlines():
        name, _, pinned = line.partition("==")
        if version(name) != pinned:
            yield f"{name} must be {pinned}: it is {version(name)}"


def check(name: str, text: str) -> list[str]:
    """Differences in the file of a name."""
    path = FOLDER / name
    if not path.exists():
        return [f"{name}: file not found"]
    old, new = json.loads(path.read_text("utf-8")), json.loads(text)
    return [f"{name}: {drift}" for drift in drifts(old, new, "")]


def main() -> int:
    """Writes or checks the vectors; returns 1 when one has drifted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    arguments = parser.parse_args()
    wrong = list(find_wrong_versions())
    for name, make in MAKERS.items():
        text = format_vectors(make())
        if arguments.check:
            wrong += check(name, text)
        elif not wrong:
            FOLDER.mkdir(exist_ok=True)
            (FOLDER / name).write_text(text, "utf-8")
            print(f"{name}: {len(text)} bytes")
    for line in wrong[:20]:
        print(line, file=sys.stderr)
    if len(wrong) > 20:
        print(f"and {len(wrong) - 20} more", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
