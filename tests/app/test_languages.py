"""The program in another language: nothing stays English, and it changes while people work."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import write_po
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from ims_desktop.app.first_window import first_window
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
FROM_SERVER = ("The operator", "Delivery 1", "All sites", "Milk")


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


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "languages"
    folder.mkdir()
    with (folder / "de.po").open("wb") as file:
        write_po(file, pseudo("de"))
    monkeypatch.setattr("ims_desktop.ui.language.FOLDER", folder)


@pytest.mark.usefixtures("german")
def test_the_language_changes_at_once_and_is_remembered(restaurant: Restaurant, qtbot: QtBot, tmp_path: Path) -> None:
    try:
        with robot_at(restaurant.tenant.server.gate, tmp_path) as made:
            made.sign_in(restaurant.tenant.owner_login, PASSWORD)
            page = made.open("items")
            assert (page.spec.title, made.session.desk.formats.locale.language) == ("Items", "en")
            made.menu.languages.ways["de"].trigger()
            made.settle()
            page = made.session.shell.current
            assert page.spec.title == "⟦Items⟧"
            assert made.session.shell.navigation_bar.buttons["items"].accessibleName() == "⟦Items⟧"
            assert (made.session.desk.formats.locale.language, made.session.desk.formats.currency) == ("de", "USD")
            made.session.sign_out()
            made.until(lambda: made.program.session is None)
            assert made.program.view.credentials.title.text() == "Welcome back"
            made.sign_in(restaurant.tenant.owner_login, PASSWORD)
            assert made.open("items").spec.title == "⟦Items⟧"
    finally:
        speaker.speak("en")


@pytest.mark.usefixtures("german")
def test_the_sign_in_changes_its_words_where_they_stand(qtbot: QtBot, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    view = first_window(settings)
    qtbot.addWidget(view)
    view.credentials.login.setText("olive")
    try:
        view.languages.ways["de"].trigger()
        qtbot.waitUntil(lambda: view.credentials.title.text() == "⟦Welcome back⟧")
        assert view.credentials.button.text() == "⟦Sign in⟧"
        assert view.credentials.login.text() == "olive"
        again = first_window(settings)
        qtbot.addWidget(again)
        assert again.credentials.title.text() == "⟦Welcome back⟧"
    finally:
        speaker.speak("en")
