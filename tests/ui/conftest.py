"""Qt fixtures: a desk whose services are plain functions, and a check that no thread is left behind."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ims_desktop.domain.work import is_rehearsal
from ims_desktop.ui.background import Background
from ims_desktop.ui.desk import Desk, Person
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import ListSpec
from ims_desktop.ui.messages import Message, Messages
from ims_desktop.ui.theme import apply
from tests.calm import come_to_rest
from tests.ui.hands import Hands, Settle
from tests.ui.kitchen import REHEARSED, Kitchen
from tests.ui.larder import Larder


def run(use_case: Callable[..., Any], *args: Any, **keywords: Any) -> Any:
    """Execute a use case without a database; what is only rehearsed is told so, since it must leave nothing."""
    return use_case(REHEARSED if is_rehearsal(use_case) else None, *args, **keywords)


@pytest.fixture
def app(qapp: QApplication) -> QApplication:
    """The program in its light dress."""
    if not qapp.styleSheet():
        apply(qapp, dark=False)
    return qapp


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    """Window state in a file of its own."""
    return QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def messages(app: QApplication) -> Messages:
    """Where the program says things."""
    return Messages()


@pytest.fixture
def said(messages: Messages) -> list[Message]:
    """Everything that was said."""
    heard: list[Message] = []
    messages.posted.connect(heard.append)
    return heard


@pytest.fixture
def background(app: QApplication, messages: Messages) -> Iterator[Background]:
    """Workers that are joined at the end; a crash fails the test."""
    made = Background(run, messages)
    crashes: list[Exception] = []
    made.crashed.connect(crashes.append)
    made.crashes = crashes  # type: ignore[attr-defined]
    yield made
    made.close()
    left = [thread.name for thread in threading.enumerate() if thread.name.startswith(("change", "read"))]
    assert not left
    assert not crashes


@pytest.fixture
def desk(background: Background, messages: Messages, settings: QSettings) -> Desk:
    """A desk of somebody who may see costs."""
    return Desk(
        background, messages, Formats("en_GB", "EUR", "UTC"), rights=frozenset({"costs.see"}),
        person=Person("Maria Ortega", "Manager"), settings=settings,
    )  # fmt: skip


@pytest.fixture
def kitchen() -> Kitchen:
    """450 items: three pages."""
    return Kitchen()


@pytest.fixture
def settle(app: QApplication, background: Background) -> Callable[[], None]:
    """Let the program work until nothing is under way nor about to begin."""

    def settled(at_least: float = 0.0) -> None:
        come_to_rest(background.idle, at_least)

    return settled


@pytest.fixture
def open_page(desk: Desk, kitchen: Kitchen, qtbot: QtBot, settle: Settle) -> Callable[..., ListPage]:
    """Open a page on the kitchen's list, as wide as wanted."""

    def made(width: int = 1366, spec: ListSpec | None = None) -> ListPage:
        page = ListPage(desk, spec or kitchen.spec())
        page.form = kitchen.form()  # type: ignore[attr-defined]
        qtbot.addWidget(page)
        page.resize(width, 768)
        page.show()
        settle()
        return page

    return made


@pytest.fixture
def page(open_page: Callable[..., ListPage]) -> ListPage:
    """The kitchen's list, open."""
    return open_page()


@pytest.fixture
def larder() -> Larder:
    """Twelve jars."""
    return Larder()


@pytest.fixture
def person(larder: Larder, desk: Desk, settle: Settle) -> Iterator[Hands]:
    """Somebody who opened the list."""
    page = ListPage(desk, larder.spec())
    page.resize(1366, 768)
    page.show()
    page.activateWindow()
    settle()
    page.table.setFocus()
    yield Hands(page, settle)
    page.close()
    page.deleteLater()
