"""Nothing that a page can open shows a word that was never said: panels, forms, problems, popovers, lists of keys."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ims_desktop.app.navigation import ENTRIES
from ims_desktop.ui.language import Speaker, speaker
from tests.app.pseudo import calendar_words, pseudo, unsaid
from tests.app.robot import robot_at
from tests.app.test_languages import FROM_SERVER, KNOWN, SMALLEST, typed_into
from tests.app.walk import Walk
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import PASSWORD, MakeTenant

CODE = re.compile(r"\b(?!IMS)[A-Z]{3}\b")  # a currency
KEYS = (
    "Shift",
    "Alt",
    "Left",
    "Right",
    "Down",
    "Return",
    "Space",
    "Delete",
    "Home",
    "End",
    "PgUp",
    "PgDn",
)  # as this computer calls them


@pytest.fixture
def restaurant(make_tenant: MakeTenant) -> Restaurant:
    made = seed(make_tenant())
    receive(made.tenant.desk(), made, {"Mozzarella": ("10", "7.90"), "Flour": ("100", "1.12")})
    return made


@pytest.fixture
def walk(restaurant: Restaurant, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Walk]:
    monkeypatch.setattr(Speaker, "speak", lambda _speaker, _code: None)
    speaker.speak_from("de", pseudo("de"))
    try:
        with robot_at(restaurant.tenant.server.gate, tmp_path) as made:
            made.sign_in(restaurant.tenant.owner_login, PASSWORD)
            made.session.shell.resize(*SMALLEST)
            made.settle()
            yield Walk(made, monkeypatch)
    finally:
        monkeypatch.undo()
        speaker.speak("en")


def test_nothing_that_can_be_opened_shows_a_word_that_was_never_said(walk: Walk, restaurant: Restaurant) -> None:
    for entry in ENTRIES:
        walk.page(entry.key)
    walk.window()
    login = restaurant.tenant.server.gate.user
    known = sorted(
        (*typed_into(restaurant), login, *KNOWN, *KEYS, *FROM_SERVER, *calendar_words()), key=len, reverse=True
    )
    left = {
        f"{where}: {words}"
        for where, found in walk.found.items()
        for words in found
        if unsaid(CODE.sub(" ", words), known)
    }
    assert not left, "\n".join(sorted(left))
    assert len(walk.found) > 150
