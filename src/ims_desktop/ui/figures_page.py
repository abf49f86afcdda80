"""A page of figures: read when somebody looks, and again when what they are made of has changed."""

from collections.abc import Callable, Set
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import Words, say
from ims_desktop.ui.busy_line import BusyLine
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.empty_state import EmptyState

MARGINS = (24, 18, 24, 12)
SPACING = 14


class FiguresPage(QWidget):
    """Shows its body, or one sentence and the next step where there is nothing to show."""

    subjects: Set[str] = frozenset()  # what the figures are made of
    unread: Words  # the title of what is said when the figures could not be read

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self.desk = desk
        self._stale = True
        self.empty = EmptyState()
        self._holder = QWidget()
        self._stack = QStackedLayout(self._holder)
        self.busy = BusyLine(self)
        desk.site_changed.connect(self.reload)
        desk.background.changed.connect(self._concerned)

    def lay_out(self, body: QWidget, *heads: QWidget) -> None:
        """The heads stay above; below them is the body, or what is said instead of it."""
        self._stack.addWidget(body)
        self._stack.addWidget(self.empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(*MARGINS)
        whole.setSpacing(SPACING)
        for head in heads:
            whole.addWidget(head)
        whole.addWidget(self._holder, 1)

    # what a page tells ---------------------------------------------------------------------------------------

    def read(self) -> None:
        """Ask for the figures (`ask`), or say why there are none."""
        raise NotImplementedError

    # what it builds on ---------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Read when somebody looks."""
        super().showEvent(event)
        if self._stale:
            self.reload()

    def reload(self) -> None:
        """Read again, at once when somebody looks."""
        self._stale = not self.isVisible()
        if not self._stale:
            self.read()

    def ask(self, done: Callable[[Any], None], use_case: Callable[..., Any], *args: Any) -> None:
        """Run a use case off the GUI thread; what was asked in the same way before is not awaited any more."""

        def shown(found: Any) -> None:
            self.busy.end()
            done(found)

        self.busy.begin()
        self.desk.start(self, shown, use_case, *args, failed=self._failed, replace=use_case.__name__)

    def show_instead(
        self, icon: str, title: Words, text: Words, step: Words = "", act: Callable[[], None] | None = None
    ) -> None:
        """Show a sentence instead of the body, with the next step where there is one."""
        self.empty.say(icon, title, text, step, act)
        self._stack.setCurrentWidget(self.empty)

    def show_body(self) -> None:
        """There is something to show."""
        self._stack.setCurrentIndex(0)

    # inside --------------------------------------------------------------------------------------------------

    def _concerned(self, subjects: Set[str]) -> None:
        if subjects & self.subjects:
            self.reload()

    def _failed(self, error: Exception) -> None:
        self.busy.end()
        text = error.text if isinstance(error, UserError) else str(error)
        self.show_instead("cloud-slash", self.unread, text, say("Try again"), self.reload)


def scrolled(body: QLayout) -> QScrollArea:
    """A body that may be higher than the window, never wider."""
    inside = QWidget()
    inside.setObjectName("page")
    inside.setLayout(body)
    area = QScrollArea()
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keyboard scrolls by reaching what is below
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inside)
    return area
