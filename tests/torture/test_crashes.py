"""The short version of `python3 dev.py torture crashes`: a few kills, and every mutant."""

import sys
from collections.abc import Iterator

import pytest

from tests.torture.crashes.ground import Ground, ground
from tests.torture.crashes.trial import LAX, NEW_KEY, NO_LOCK, Wish, live_through

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nothing is killed there as it is killed here")

# What a process has written outlives it without: the disk is waited for in the long version alone.
UNSYNCED = {"fsync": "off"}


@pytest.fixture(scope="module")
def killable() -> Iterator[Ground]:
    """A server for killing."""
    with ground(UNSYNCED) as made:
        yield made


def test_whoever_is_killed_the_books_hold_what_was_acknowledged_once(killable: Ground) -> None:
    story = live_through(killable, Wish(times=6, least=100, most_load=0.4))
    assert story.breaches == []
    assert story.kills == 6
    assert all(one.acknowledged for one in story.notes)


@pytest.mark.parametrize(("mutant", "kills", "papers"), [(LAX, 2, 0), (NEW_KEY, 0, 300), (NO_LOCK, 0, 60)])
def test_what_loses_or_doubles_postings_is_noticed(killable: Ground, mutant: str, kills: int, papers: int) -> None:
    assert live_through(killable, Wish(kills, mutant=mutant, least=papers, desks_die=False)).told(mutant)
