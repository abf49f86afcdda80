"""A real desk for tests of screens: its use cases run in a real tenant."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPushButton, QWidget

from ims_desktop.app.navigation import IMPORTS, VIEWS
from ims_desktop.database.transaction import TenantDatabase, opening
from ims_desktop.ui.background import Background
from ims_desktop.ui.desk import Desk, Person, Place, Site
from ims_desktop.ui.form_panel import FormPanel
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.messages import Message, Messages
from ims_desktop.ui.theme import apply
from tests.calm import come_to_rest

Widget = TypeVar("Widget", bound=QWidget)


@dataclass
class Window:
    """A desk, what was said at it, and where the person was sent."""

    desk: Desk
    said: list[Message] = field(default_factory=list)
    opened: list[Place] = field(default_factory=list)
    crashes: list[Exception] = field(default_factory=list)

    def show(self, page: QWidget, width: int = 1600, height: int = 920) -> None:
        """Open a page and wait until it has read what it shows."""
        page.resize(width, height)
        page.show()
        self.settle()

    def settle(self, at_least: float = 0.0) -> None:
        """Let the program work until nothing is under way nor about to begin."""
        come_to_rest(self.desk.background.idle, at_least)
        assert not self.crashes, self.crashes


@contextmanager
def window_of(database: TenantDatabase, folder: Path, *, site: UUID | None = None) -> Iterator[Window]:
    """The desk of the person who signed in, with the person's own rights."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    if not application.styleSheet():
        apply(application, dark=False)
    who = database.run(opening)
    messages = Messages()
    background = Background(database.run, messages)
    desk = Desk(
        background,
        messages,
        Formats("en_US", "USD", "America/New_York"),
        sites=tuple(Site(seen.id, seen.name) for seen in who.sites),
        site=site,
        rights=who.permissions,
        person=Person(who.name, who.role),
        views=VIEWS,
        imports=IMPORTS,
        settings=QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat),
    )
    window = Window(desk)
    messages.posted.connect(window.said.append)
    desk.navigation.opened.connect(window.opened.append)
    background.crashed.connect(window.crashes.append)
    try:
        yield window
        window.settle()
    finally:
        background.close()


def form_of(page: Any) -> FormPanel:
    """The form that stands open in the panel."""
    panel = page.panel
    assert isinstance(panel, FormPanel)
    return panel


def texts_of(widget: QWidget) -> list[str]:
    """Every visible text of a widget: labels, buttons and lines."""
    found: list[str] = []
    for part in widget.findChildren(QWidget):
        text = getattr(part, "text", None)
        if part.isVisibleTo(widget) and callable(text):
            said = text()
            if isinstance(said, str):
                found.append(said)
    return found


def button_of(widget: QWidget, words: str) -> QPushButton:
    """The visible button with these words."""
    fitting = [
        b for b in widget.findChildren(QPushButton) if b.isVisible() and words in (b.text().strip(), b.accessibleName())
    ]
    assert len(fitting) == 1, f"{len(fitting)} buttons {words}"
    return fitting[0]


def act(page: ListPage, title: str) -> None:
    """Choose an action from the context menu of the selected rows."""
    menu = QMenu()
    page.body.picked.add_to(menu, page.run_action)
    [action] = [action for action in menu.actions() if action.text() == title]
    assert action.isEnabled(), title
    action.trigger()


def line_of(widget: QWidget, name: str) -> QLineEdit:
    """The visible line to type into with this accessible name."""
    fitting = [one for one in widget.findChildren(QLineEdit) if one.isVisible() and one.accessibleName() == name]
    assert fitting, name
    return fitting[0]


Settled = Callable[[], None]
