"""A new day tells what changed since the one before, once, and leads to it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from ims_desktop.app import day_news
from ims_desktop.app.day_news import DayNews
from ims_desktop.domain.listing import Filter, Match
from ims_desktop.domain.work import read
from ims_desktop.features.overview.service import Attention
from ims_desktop.features.overview.service.attention import Dearer
from ims_desktop.ui.background import Background
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.messages import Messages
from ims_desktop.ui.news import NewsBook

FIRST, SECOND = date(2026, 11, 19), date(2026, 11, 20)
PRAWNS = Dearer(uuid4(), "Prawns", Decimal("0.125"))
FOUND = Attention(2, 0, 1, datetime(2026, 10, 20, tzinfo=UTC), 0, 0, 1, 0, (PRAWNS,), (FIRST, SECOND))


class Clock(Formats):
    """Formats of a day that is set."""

    now = FIRST

    def today(self) -> date:
        """That day."""
        return self.now


class Morning:
    """A desk whose server finds what is put into it."""

    def __init__(self, folder: Path, rights: frozenset[str]) -> None:
        self.found, self.asked = FOUND, 0
        self.clock, messages = Clock("en_GB"), Messages()
        self.background = Background(lambda use_case, *args: use_case(None, *args), messages)
        settings = QSettings(str(folder / "desk.ini"), QSettings.Format.IniFormat)
        self.desk = Desk(self.background, messages, self.clock, rights=rights, settings=settings)
        self.book = NewsBook(self.desk, self.desk)
        self.news = DayNews(self.desk, self.book, self.desk)

    def look(self, day: date) -> list[str]:
        """What is new on a day."""
        known, self.clock.now = len(self.book.told), day
        self.news.look()
        while not self.background.idle():
            QApplication.processEvents()
        QApplication.processEvents()
        return [one.text for one in self.book.told[: len(self.book.told) - known]]


@pytest.fixture
def morning(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Morning]:
    made = Morning(tmp_path, frozenset({"stock.view", "stock.cost"}))

    @read
    def attention(_connection: Any, *_args: Any) -> Attention:
        made.asked += 1
        return made.found

    monkeypatch.setattr(day_news, "attention", attention)
    yield made
    made.background.close()


def test_only_what_is_new_is_told_and_only_once(morning: Morning) -> None:
    assert morning.look(FIRST) == [
        "Prawns costs +12.5% more than before",
        "1 more lot expires within 3 days at All sites",
        "2 more items are below par at All sites",
        "1 more item is below zero at All sites",
    ]
    assert (morning.look(FIRST), morning.asked) == ([], 1)
    morning.found = replace(FOUND, low=1, negative=3, expired=2)
    assert morning.look(SECOND) == [
        "2 more lots have expired at All sites",
        "2 more items are below zero at All sites",
    ]


def test_it_leads_to_the_list(morning: Morning) -> None:
    morning.look(FIRST)
    places = [one.place for one in morning.book.told]
    assert places[0] == Place("items", PRAWNS.item_id)
    assert places[1].page == "lots"
    assert [one.key for one in places[1].filters] == ["on_hand", "days_left"]
    assert places[3] == Place("stock", filters=(Filter("state", Match.IN, ("negative",)),))


def test_nobody_without_the_right_is_told(morning: Morning) -> None:
    morning.desk.rights = frozenset()
    assert (morning.look(FIRST), morning.asked) == ([], 0)
