"""What the program told: remembered per person, counted by the bell, opened with keys, never without bounds."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.ui import news as news_module
from ims_desktop.ui.background import Background
from ims_desktop.ui.desk import Desk, Person, Place
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.messages import Messages
from ims_desktop.ui.news import MOST, News, NewsBook
from ims_desktop.ui.news_panel import NewsPanel
from ims_desktop.ui.shell import Entry, Shell
from ims_desktop.ui.theme import Tone
from tests.ui.kitchen import Kitchen

LOW = Place("items", filters=(Filter("state", Match.IN, ("low",)),))
Settle = Callable[..., None]


@pytest.fixture
def shell(desk: Desk, kitchen: Kitchen, qtbot: QtBot, settle: Settle) -> Shell:
    made = Shell(desk, [Entry("items", "Items", "", "package", lambda d: ListPage(d, kitchen.spec()))])
    qtbot.addWidget(made)
    made.show()
    made.open_first()
    made.activateWindow()
    settle()
    return made


def panel_of(shell: Shell) -> NewsPanel:
    panel = shell.bell.panel
    assert panel is not None
    return panel


def test_it_is_remembered_with_its_way(shell: Shell, desk: Desk) -> None:
    shell.news.tell("Three items are low", Tone.WARN, LOW, "low today")
    shell.news.tell("Three items are low", Tone.WARN, LOW, "low today")
    desk.messages.wrote("Exported 3 rows", "/tmp/list.csv")
    again = NewsBook(desk, desk)
    assert [(one.text, one.tone, one.place, one.path) for one in again.told] == [
        ("Exported 3 rows", Tone.OK, None, "/tmp/list.csv"),
        ("Three items are low", Tone.WARN, LOW, ""),
    ]
    assert again.told == shell.news.told


def test_another_person_at_the_same_pc_is_told_nothing_of_it(
    background: Background, messages: Messages, settings: QSettings
) -> None:
    anna, ben = (
        Desk(background, messages, person=Person(name, key=uuid4()), settings=settings) for name in ("Anna", "Ben")
    )
    NewsBook(anna, anna).tell("For Anna")
    assert NewsBook(ben, ben).told == ()
    assert [one.text for one in NewsBook(anna, anna).told] == ["For Anna"]


def test_it_has_bounds(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    book = NewsBook(desk, desk)
    book.told = (News("long ago", Tone.INFO, datetime.now(UTC) - timedelta(days=31)),)
    for number in range(MOST + 5):
        book.tell(f"Number {number}")
    assert len(book.told) == MOST
    assert book.told[0].text == f"Number {MOST + 4}"
    monkeypatch.setattr(news_module, "MOST", 3)
    book.tell("one more")
    assert len(NewsBook(desk, desk).told) == 3


@pytest.mark.parametrize("kept", ["nonsense", "[1]", "{}", '[{"text": "x"}]', "null"])
def test_what_cannot_be_understood_is_no_news(desk: Desk, kept: str) -> None:
    desk.own.setValue("news/told", kept)
    assert NewsBook(desk, desk).told == ()


def test_the_bell_counts_what_was_not_looked_at(shell: Shell, desk: Desk) -> None:
    desk.messages.failed("The file list.csv could not be written")
    shell.news.tell("Prices went up")
    assert shell.bell.accessibleName() == "Notifications, 2 unread (Ctrl+Shift+N)"
    QTest.keyClick(shell, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    panel = panel_of(shell)
    assert [row.news.text for row in panel.rows] == ["Prices went up", "The file list.csv could not be written"]
    assert "unread" in panel.rows[0].accessibleName()
    panel.read_all.click()
    assert shell.bell.accessibleName() == "Notifications (Ctrl+Shift+N)"
    panel.clear.click()
    assert shell.news.told == ()
    panel.close()


def test_one_of_them_is_opened_with_keys(shell: Shell, kitchen: Kitchen, settle: Settle) -> None:
    shell.news.tell("Ten items are low", Tone.WARN, LOW)
    shell.news.tell("Something else")
    shell.bell.open_panel()
    panel = panel_of(shell)
    assert QApplication.focusWidget() is panel.rows[0]
    QTest.keyClick(panel.rows[0], Qt.Key.Key_Down)
    QTest.keyClick(panel.rows[1], Qt.Key.Key_Return)
    settle()
    assert not panel.isVisible()
    assert kitchen.queries[-1].filters == LOW.filters
    assert [one.is_read for one in shell.news.told] == [False, True]


def test_days_stand_over_what_was_told_then(shell: Shell) -> None:
    today = shell.desk.formats.today()
    now = datetime.now(UTC)
    shell.news.told = tuple(News(f"{back} days ago", Tone.INFO, now - timedelta(days=back)) for back in (0, 1, 5))
    shell.bell.open_panel()
    words = [one.text() for one in panel_of(shell).findChildren(QLabel)]
    for day in ("Today", "Yesterday", shell.desk.formats.date(today - timedelta(days=5))):
        assert day in words
    panel_of(shell).close()


def test_a_file_that_was_written_leads_to_its_folder(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("ims_desktop.ui.news_panel.open_folder", opened.append)
    shell.desk.messages.wrote("Exported 3 rows to list.csv", "/tmp/list.csv")
    shell.bell.open_panel()
    ways = [one for one in panel_of(shell).findChildren(QPushButton) if one.text() == "Open folder"]
    ways[0].click()
    assert opened == ["/tmp/list.csv"]
    panel_of(shell).close()
