"""`crashes [--times N] [SEED]`: the whole trial, and the mutants that it must notice."""

import argparse
import sys

from tests.torture.crashes.ground import ground
from tests.torture.crashes.trial import MUTANTS, Wish, live_through

TIMES, TOLD = 100, 20
KILLS_OF_A_MUTANT, LEAST = 3, 400


def main(arguments: list[str]) -> int:
    """The story, what is wrong with it, and which mutants went unseen."""
    reader = argparse.ArgumentParser(prog="crashes")
    reader.add_argument("--times", type=int, default=TIMES, help="how often the server is killed")
    reader.add_argument("seed", type=int, nargs="?", default=1)
    wanted = reader.parse_args(arguments)
    with ground() as server:
        story = live_through(server, Wish(wanted.times, wanted.seed, least=LEAST))
        print(f"Crashes: {story}", flush=True)
        for breach in story.breaches[:TOLD]:
            print(breach, file=sys.stderr)
        alive = []
        for mutant in MUTANTS:
            caught = live_through(server, Wish(KILLS_OF_A_MUTANT, wanted.seed, mutant, LEAST)).told(mutant)
            print(f"Mutant, {mutant}: {caught[0] if caught else 'ALIVE'}", flush=True)
            alive += [] if caught else [mutant]
    return 1 if story.breaches or alive else 0
