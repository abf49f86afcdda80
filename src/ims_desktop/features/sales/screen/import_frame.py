"""The pieces around an import: where files are dropped, which step it is, what the marks mean, the row of totals."""

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QWidget

from ims_desktop.features.sales.screen.import_marks import TONES, WORDS
from ims_desktop.ui import icons
from ims_desktop.ui.controls import Button, Picture, clear_layout, column, label, line, row
from ims_desktop.ui.sides import Sheet
from ims_desktop.ui.theme import color, font, theme, tone_color, tone_ground

CHOOSE, PREVIEW, IMPORT, RESULT = range(4)


class DropArea(QFrame):
    """Where files are dropped or chosen."""

    asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.choose = Button(self.tr("Choose files"), "primary", "folder-open")
        self.choose.clicked.connect(self.asked)
        centre = Qt.AlignmentFlag.AlignHCenter
        picture = Picture("file-arrow-up", "primary", 40)
        title = label(self.tr("Drop the sales of your till here"), 16, 600)
        words = self.tr("CSV, text or zip. Files that belong together (orders, their lines, prices) are joined.")
        hint = label(words, 13, role="sub")
        safe = label(self.tr("Nothing is imported before you have seen what will happen."), 12, role="muted")
        layout = column(None, picture, 14, title, 4, hint, 2, safe, 18, self.choose, None)
        for piece in (picture, title, hint, safe, self.choose):
            layout.setAlignment(piece, centre)
        self.setLayout(layout)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Add the dashed edge that says: drop here."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color("hairline"), 1.5, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(self.rect().adjusted(14, 14, -14, -14), 8, 8)


class StepMark(QWidget):
    """The number of a step in a circle: filled where the person is, ticked when it is done."""

    def __init__(self, place: int, step: int) -> None:
        super().__init__()
        self._number, self._done, self._here = str(place + 1), place < step, place == step
        self.setFixedSize(22, 22)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the circle and what stands in it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen if self._done or self._here else QPen(color("inputborder"), 1.25))
        painter.setBrush(color("okbg" if self._done else "primary" if self._here else "surface"))
        painter.drawEllipse(QRectF(1, 1, 20, 20))
        if self._done:
            icons.draw(painter, 5, 5, "check-bold", "ok", size=12)
            return
        painter.setFont(font(11, QFont.Weight.DemiBold, True))
        painter.setPen(color("onprimary" if self._here else "text2"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._number)


class Steps(QWidget):
    """File, preview, import, result: where the person is."""

    def __init__(self) -> None:
        super().__init__()
        self._titles = (self.tr("File"), self.tr("Preview"), self.tr("Import"), self.tr("Result"))
        self._layout = row(spacing=8)
        self.setLayout(self._layout)
        self.show_step(CHOOSE)

    def show_step(self, step: int) -> None:
        """Light a step; those before it are done."""
        clear_layout(self._layout)
        self.setAccessibleName(self.tr("Step {step}").format(step=self._titles[step]))
        for place, title in enumerate(self._titles):
            if place:
                between = line()
                between.setFixedWidth(26)
                self._layout.addWidget(between)
            self._layout.addWidget(StepMark(place, step))
            self._layout.addWidget(label(title, 13, 600 if place == step else 500, None if place == step else "sub"))


class Legend(QWidget):
    """What the marks mean, drawn as in the table."""

    def __init__(self) -> None:
        super().__init__()
        self._words = [label(words, 12, role="sub") for words in WORDS.values()]
        self.setLayout(row(*self._words, spacing=34, margins=(20, 0, 0, 0)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A small marked cell before each word."""
        painter = QPainter(self)
        for words, weight in zip(self._words, WORDS, strict=True):
            x, middle, tone = words.x() - 20, self.height() // 2, TONES[weight]
            beside = Sheet(painter, words.geometry())
            painter.fillRect(beside.lies(QRect(x, middle - 6, 14, 12)), tone_ground(tone))
            painter.fillRect(beside.lies(QRect(x, middle + 4, 14, 2)), tone_color(tone))


class Foot(QWidget):
    """The filled row of totals under the lines."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(38)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground and edge."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("raised"))
        painter.fillRect(0, 0, self.width(), 1, color("hairline"))
