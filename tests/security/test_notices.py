"""Anybody on the server may write to any channel: a desk hears what is for it and survives the rest."""

import threading
from collections.abc import Iterator, Set

import pytest

from ims_desktop.database.notices import Notices
from tests.security.conftest import EMBEDDED, GroundOf
from tests.security.ground import Ground

PATIENCE = 10.0
FORGED = ("", "x", "null", "7", "[]", '["a"]', '[1, ["items"]]', '["a", "items"]', '["a", [7, null]]', "[" * 5000)


class Ears:
    """What one desk heard."""

    def __init__(self) -> None:
        self.connected = threading.Event()
        self.heard: list[Set[str]] = []
        self.anything = threading.Event()

    def hear(self, subjects: Set[str]) -> None:
        self.heard.append(subjects)
        self.anything.set()


@pytest.fixture
def ground(ground_of: GroundOf) -> Ground:
    return ground_of(EMBEDDED)


@pytest.fixture
def ears(ground: Ground) -> Iterator[Ears]:
    made = Ears()
    notices = Notices(ground.desks["owner"].identity, made.hear, lambda good: made.connected.set() if good else None)
    notices.start()
    assert made.connected.wait(PATIENCE)
    yield made
    notices.close()


def test_forged_notices_do_not_make_a_desk_deaf(ground: Ground, ears: Ears) -> None:
    stranger = ground.line("stranger")
    for payload in FORGED:
        stranger.execute("SELECT pg_notify(%s, %s)", [ground.facts["group"], payload])
    ground.line("counter").execute("SELECT pg_notify(%s, %s)", [ground.facts["group"], '["other", ["items"]]'])
    assert ears.anything.wait(PATIENCE)
    assert ears.heard == [{"items"}]
