"""A sentence on a coloured ground that explains, warns or refuses."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame

from ims_desktop.domain.wording import Sentence, Words
from ims_desktop.ui.controls import Button, Picture, fill, label
from ims_desktop.ui.controls import row as side_by_side
from ims_desktop.ui.language import said
from ims_desktop.ui.theme import Tone

ICONS = {
    Tone.OK: "check-circle",
    Tone.WARN: "warning",
    Tone.BAD: "warning-circle",
    Tone.INFO: "info",
    Tone.NEUTRAL: "info",
    Tone.PLAIN: "info",
}


class NoteBox(QFrame):
    """Never colour alone: an icon stands before the words, buttons behind them."""

    def __init__(self, text: Words, tone: Tone = Tone.INFO, *actions: tuple[Words, Callable[[], None]]) -> None:
        super().__init__()
        self.setObjectName("note")
        self.setProperty("tone", tone.value)
        self.text = label(text if isinstance(text, Sentence) else said(text), 12, 500, tone.value, wrap=True)
        self.buttons = []
        for title, act in actions:
            made = Button(title if isinstance(title, Sentence) else said(title), "small")
            made.clicked.connect(lambda _=False, act=act: act())
            self.buttons.append(made)
        layout = side_by_side()
        mark = Picture(ICONS[tone], tone.value if tone is not Tone.PLAIN else "text2")
        fill(layout, (mark, self.text, *self.buttons), 10, (12, 8, 12, 8))
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.setAccessibleName(said(text))
