"""The program in another language: nothing stays English, and nothing stands outside of its place right to left."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ims_desktop.app.navigation import ENTRIES
from ims_desktop.ui.language import Speaker, speaker
from ims_desktop.ui.list_page import ListPage
from tests.app.pseudo import calendar_words, pseudo, shown_words, unsaid
from tests.app.robot import Robot, robot_at
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import PASSWORD, MakeTenant

SMALLEST = (1366, 768)
KNOWN = ("IMS Desktop", "Ctrl", "Tab", "Enter", "Del", "Linux", "Olive Owner", "America/New_York", "USD", "test PC")
# Not said yet: words that statements of the server put into rows.
FROM_SERVER = ("The operator", "Delivery 1", "All sites")


@pytest.fixture
def restaurant(make_tenant: MakeTenant) -> Restaurant:
    made = seed(make_tenant())
    receive(made.tenant.desk(), made, {"Mozzarella": ("10", "7.90"), "Flour": ("100", "1.12")})
    return made


@pytest.fixture
def robot(
    restaurant: Restaurant,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Robot]:
    monkeypatch.setattr(Speaker, "speak", lambda _speaker, _code: None)
    speaker.speak_from(request.param, pseudo(request.param))
    try:
        with robot_at(restaurant.tenant.server.gate, tmp_path) as made:
            made.sign_in(restaurant.tenant.owner_login, PASSWORD)
            made.session.shell.resize(*SMALLEST)
            made.settle()
            yield made
    finally:
        monkeypatch.undo()
        speaker.speak("en")


def typed_into(restaurant: Restaurant) -> tuple[str, ...]:
    """Every text that records hold: what people typed is never translated."""
    texts = """
        SELECT format('SELECT DISTINCT %I::text FROM %I', column_name, table_name) FROM information_schema.columns
        WHERE table_schema = current_schema AND data_type IN ('text', 'character varying')
    """
    with restaurant.tenant.as_root() as connection:
        asked = [row[0] for row in connection.execute(texts).fetchall()]
        found = {row[0] for one in asked for row in connection.execute(one).fetchall()}
    return tuple(text for text in found if text and len(text) > 2)


@pytest.mark.parametrize("robot", ["de"], indirect=True)
def test_no_page_shows_a_word_that_was_never_said(robot: Robot, restaurant: Restaurant) -> None:
    login = restaurant.tenant.server.gate.user
    known = sorted((*typed_into(restaurant), login, *KNOWN, *FROM_SERVER, *calendar_words()), key=len, reverse=True)
    left = set()
    for entry in ENTRIES:
        page = robot.open(entry.key)
        if isinstance(page, ListPage) and page.model.rowCount():
            page.table.choose(0)
            robot.settle()
        left |= {f"{entry.key}: {words}" for words in shown_words(robot.session.shell) if unsaid(words, known)}
    assert not left, "\n".join(sorted(left))
