"""What a list says when there is nothing to show: why, and what to do next."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ims_desktop.domain.wording import Words
from ims_desktop.ui.controls import Button, Picture, column, label, row
from ims_desktop.ui.language import said


class EmptyState(QWidget):
    """A picture, a sentence, an explanation and perhaps a button, in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self.is_trouble = False
        self.picture = Picture("magnifying-glass", "muted", 28)
        self.title = label("", 14, 600)
        self.text = label("", 13, role="sub", wrap=True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text.setFixedWidth(420)
        self.button = Button(self.tr("Try again"))
        self.button.clicked.connect(self._clicked)
        self._act: Callable[[], None] = lambda: None
        pieces = [row(None, widget, None) for widget in (self.picture, self.title, self.text, self.button)]
        self.setLayout(column(None, pieces[0], 10, pieces[1], 4, pieces[2], 14, pieces[3], None))

    def say(
        self,
        icon: str,
        title: Words,
        text: Words = "",
        action: Words = "",
        act: Callable[[], None] | None = None,
        *,
        trouble: bool = False,
    ) -> None:
        """Show another state; `trouble` says that nobody knows whether there is something."""
        self.is_trouble = trouble
        self.picture.show_icon(icon, "muted")
        self.title.say(said(title))
        self.text.say(said(text))
        self.text.setVisible(bool(text))
        self.button.setVisible(act is not None)
        if act is not None:
            self.button.say(said(action))
            self._act = act

    def _clicked(self) -> None:
        self._act()
