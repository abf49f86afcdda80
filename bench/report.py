"""Figures for people and for programs, and the baseline they are compared with."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.measure import Figure
from bench.world import Sizes

BASELINE = Path(__file__).parent / "baseline.json"
HEADS = ("case", "", "floor", "ours", "worst", "ratio", "target", "trips", "80 ms away", "")
WIDTHS = (18, 34, 11, 11, 11, 7, 16, 8, 11, 0)


def heading() -> str:
    """The line above all figures."""
    return _line(HEADS)


def told(figure: Figure, baseline: float | None) -> str:
    """One figure as a line."""
    limit = "" if figure.limit is None else f", {figure.limit:g} ms"
    return _line(
        (
            figure.name,
            figure.what,
            _ms(figure.floor),
            _ms(figure.ours),
            _ms(figure.worst),
            f"{figure.ratio:.2f}",
            f"{figure.target:g}{limit}",
            "–" if figure.trips is None else str(figure.trips),
            "–" if figure.far is None else _ms(figure.far),
            verdict(figure, baseline),
        )
    )


def verdict(figure: Figure, baseline: float | None) -> str:
    """What to say about a figure: nothing when all is well."""
    said = []
    if not figure.is_met:
        said.append("misses its target")
    if not figure.trips_are_right:
        said.append(f"{figure.expected_trips} trips expected")
    if figure.is_slower_than(baseline):
        said.append(f"slower: the ratio was {baseline:.2f}")
    return "; ".join(said)


def known_ratios(kind: str) -> Mapping[str, float]:
    """The ratios of the baseline, by case; `kind` is the size of the run."""
    if not BASELINE.exists():
        return {}
    kept: dict[str, dict[str, float]] = json.loads(BASELINE.read_text("utf-8"))
    return kept.get(kind, {})


def keep_ratios(kind: str, figures: Sequence[Figure]) -> None:
    """Make these ratios the baseline of their kind; cases that were not measured keep theirs."""
    kept = json.loads(BASELINE.read_text("utf-8")) if BASELINE.exists() else {}
    measured = {figure.name: round(figure.ratio, 2) for figure in figures}
    kept[kind] = {**kept.get(kind, {}), **measured}
    BASELINE.write_text(json.dumps(kept, indent=2) + "\n", "utf-8")


def as_json(figures: Sequence[Figure], sizes: Sizes) -> str:
    """Everything, for programs."""
    written: dict[str, Any] = {
        "sizes": asdict(sizes),
        "figures": [{**asdict(figure), "ratio": round(figure.ratio, 3), "is_met": figure.is_met} for figure in figures],
    }
    return json.dumps(written, indent=2) + "\n"


def _line(words: Sequence[str]) -> str:
    left = (0, 1, len(words) - 1)
    padded = [
        word.ljust(width) if place in left else word.rjust(width)
        for place, (word, width) in enumerate(zip(words, WIDTHS, strict=True))
    ]
    return " ".join(padded).rstrip()


def _ms(milliseconds: float) -> str:
    decimals = 2 if milliseconds < 10 else 1 if milliseconds < 100 else 0
    return f"{milliseconds:,.{decimals}f} ms"
