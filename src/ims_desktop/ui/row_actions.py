"""The actions of a list: buttons in its head, and a bar that appears when rows are selected."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QMenu

from ims_desktop.ui.controls import Button, fill, label
from ims_desktop.ui.controls import row as side_by_side
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.list_spec import Action, Needs

Run = Callable[[Action], None]


def action_button(action: Action, run: Run, kind: str = "plain") -> Button:
    """A button that runs an action."""
    made = Button(action.title, "danger" if action.danger else kind, action.icon)
    made.clicked.connect(lambda: run(action))
    return made


class PickedBar(QFrame):
    """Says how many rows are selected and what can be done with them."""

    dropped = Signal()

    def __init__(self, desk: Desk, actions: tuple[Action, ...], run: Run, least: int) -> None:
        super().__init__()
        self.setObjectName("bar")
        self._least = least
        shown = [action for action in actions if action.needs is not Needs.NONE and desk.may(action.permission)]
        self._buttons = [(action, action_button(action, run, "small")) for action in shown]
        self._words = label("", 12, 600, "primary")
        drop = Button("", "ghost", "x", name=self.tr("Select nothing"))
        drop.clicked.connect(self.dropped)
        layout = side_by_side()
        fill(layout, (self._words, 8, *(made for _, made in self._buttons), None, drop), 8, (12, 2, 4, 2))
        self.setLayout(layout)
        self.hide()

    def show_rows(self, rows: tuple[Any, ...]) -> None:
        """Follow the selection; with a panel about one row, the bar is there from two rows on."""
        for action, made in self._buttons:
            only_one = action.needs is Needs.ONE and len(rows) != 1
            why = self.tr("Select one row.") if only_one else action.why_not(rows) if action.why_not and rows else None
            made.refuse(why)
            if action.words is not None:
                made.say(action.words(len(rows)))
        self._words.say(self.tr("{count} selected").format(count=len(rows)))
        self.setVisible(len(rows) >= self._least and bool(self._buttons))

    def add_to(self, menu: QMenu, run: Run) -> None:
        """Offer the same in a context menu."""
        for action, made in self._buttons:
            entry = QAction(made.text().strip() if action.words is not None else action.title, menu)
            entry.setEnabled(made.isEnabled())
            entry.triggered.connect(partial(_run, run, action))
            menu.addAction(entry)


def _run(run: Run, action: Action, _checked: bool = False) -> None:
    run(action)
