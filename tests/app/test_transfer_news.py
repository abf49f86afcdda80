"""What is on its way to a site is told there once, and leads to it."""

from pathlib import Path
from uuid import uuid4

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ims_desktop.app import transfer_news
from ims_desktop.app.transfer_news import TransferNews
from ims_desktop.domain.work import read
from ims_desktop.features.transfers.service import Arriving
from ims_desktop.ui.background import Background
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.messages import Messages
from ims_desktop.ui.news import NewsBook

VAN = Arriving(uuid4(), 7, "Downtown", "Harbour")


@pytest.mark.parametrize(("rights", "told"), [({"transfers.receive", "stock.view"}, 1), ({"stock.view"}, 0)])
def test_a_transfer_is_told_once_to_who_receives(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rights: set[str], told: int
) -> None:
    monkeypatch.setattr(transfer_news, "arriving", read(lambda _connection: (VAN,)))
    messages = Messages()
    background = Background(lambda use_case, *args: use_case(None, *args), messages)
    settings = QSettings(str(tmp_path / "desk.ini"), QSettings.Format.IniFormat)
    desk = Desk(background, messages, Formats("en_GB"), rights=frozenset(rights), settings=settings)
    book = NewsBook(desk, desk)
    news = TransferNews(desk, book, desk)
    news.look()
    qtbot.waitUntil(background.idle)
    background.changed.emit(frozenset({"transfers"}))
    qtbot.waitUntil(background.idle)
    QApplication.processEvents()
    assert [(one.text, one.place) for one in book.told] == [
        ("Transfer #7 from Downtown is on its way to Harbour", Place("transfers", VAN.id))
    ] * told
    background.close()
