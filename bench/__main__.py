"""`python -m bench`: measure and compare with the floors and the baseline."""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.case import Case
from bench.cases import CASES
from bench.measure import measure
from bench.report import as_json, heading, keep_ratios, known_ratios, told
from bench.world import FULL, QUICK, new_world


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the cases asked for; 1 when something became clearly slower, or asks the server more often than it should."""
    asked = _parser().parse_args(arguments)
    kind, sizes = ("quick", QUICK) if asked.quick else ("full", FULL)
    if asked.movements is not None:
        kind, sizes = f"{asked.movements} movements", replace(sizes, movements=asked.movements)
    cases = _chosen(asked.only)
    baseline = known_ratios(kind)
    figures = []
    began = time.monotonic()
    with new_world(sizes, _say) as world:
        print(heading())
        for case in cases:
            figures.append(measure(case, world))
            print(told(figures[-1], baseline.get(case.name)), flush=True)
    print(f"\n{len(figures)} comparisons in {time.monotonic() - began:.0f} s.")
    if asked.json is not None:
        asked.json.write_text(as_json(figures, sizes), "utf-8")
    if asked.keep:
        keep_ratios(kind, figures)
    worse = [figure for figure in figures if figure.is_slower_than(baseline.get(figure.name))]
    return 1 if worse or not all(figure.trips_are_right for figure in figures) else 0


def _chosen(names: Sequence[str]) -> Sequence[Case]:
    found = [case for case in CASES if not names or any(case.name.startswith(name) for name in names)]
    if not found:
        sys.exit(f"No case begins with {' or '.join(names)}. There are {', '.join(case.name for case in CASES)}.")
    return found


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description="Measures the product beside plain SQL.")
    parser.add_argument("--quick", action="store_true", help="small sizes, less than a minute")
    parser.add_argument("--only", metavar="NAME", action="append", default=[], help="cases whose name begins so")
    parser.add_argument(
        "--movements", metavar="NUMBER", type=int, help="as long a ledger; 5,000,000 take four gigabytes"
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="write all figures there")
    parser.add_argument("--keep", action="store_true", help="make the ratios of this run the baseline")
    return parser


if __name__ == "__main__":
    sys.exit(main())
