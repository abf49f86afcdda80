"""Chooses the trial, such as `python -m tests.torture crashes --times 100`; without a name all of them run."""

import sys
from collections.abc import Callable, Mapping

from tests.torture import histories, imports
from tests.torture.crashes import run as crashes

TRIALS: Mapping[str, Callable[[list[str]], int]] = {
    "crashes": crashes.main,
    "histories": histories.main,
    "imports": imports.main,
}
"""Every trial takes its arguments and answers 0 when nothing broke."""


def main(arguments: list[str]) -> int:
    """Run one trial, or all of them."""
    if arguments and arguments[0] not in TRIALS:
        print(f"There is no trial {arguments[0]}. There are: {', '.join(TRIALS)}.", file=sys.stderr)
        return 2
    chosen = {arguments[0]: TRIALS[arguments[0]]} if arguments else TRIALS
    failed = [name for name, trial in chosen.items() if trial(arguments[1:])]
    print(f"Broken: {', '.join(failed)}." if failed else "Nothing broke.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
