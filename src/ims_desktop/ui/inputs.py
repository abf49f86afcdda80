"""Combo, check, switch, segments and search box: arrows and ticks are painted, everything else stays Qt's."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QHBoxLayout, QWidget

from ims_desktop.domain.wording import Sentence
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.controls import Button, key_cap, row
from ims_desktop.ui.language import in_words, shown
from ims_desktop.ui.sides import PaddedLine, Sheet
from ims_desktop.ui.theme import color, font, theme


class Combo(QComboBox):
    """A drop-down of Choices; `value()` is the chosen one's, None when nothing is chosen."""

    chosen = Signal(object)

    def __init__(self, choices: Sequence[Choice] = (), *, hint: str = "", name: str = "") -> None:
        super().__init__()
        self.setFont(font())
        self.setAccessibleName(name or hint)
        self.setPlaceholderText(hint)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.offer(choices)
        self.activated.connect(lambda _: self.chosen.emit(self.value()))
        theme.changed.connect(self.update)

    def offer(self, choices: Sequence[Choice]) -> None:
        """Replace what may be chosen; keeps the chosen value when it is still there."""
        before = self.value()
        self.clear()
        for choice in choices:
            self.addItem(shown(choice.text), choice.value)
            if choice.detail:
                self.setItemData(self.count() - 1, choice.detail, Qt.ItemDataRole.ToolTipRole)
        self.choose(before)

    def value(self) -> Any:
        """The chosen value."""
        return self.currentData() if self.currentIndex() >= 0 else None

    def choose(self, value: Any) -> None:
        """Choose by value; an unknown value leaves nothing chosen."""
        places = (place for place in range(self.count()) if self.itemData(place) == value)
        self.setCurrentIndex(next(places, -1))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling a form must not change its values."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Add the arrow that style sheets need a picture for."""
        super().paintEvent(event)
        painter = QPainter(self)
        Sheet(painter, self.rect()).icon(self.width() - 22, (self.height() - 14) / 2, "caret-down", "muted", size=14)


class Check(QCheckBox):
    """A tick box."""

    def __init__(self, text: str = "", on: bool = False, *, name: str = "") -> None:
        super().__init__()
        self._words, self._name = text, name
        self._say()
        self.setChecked(on)
        self.setFont(font())
        self.setMinimumHeight(22)

    def _say(self) -> None:
        self.setText(shown(self._words))
        self.setAccessibleName(shown(self._name or self._words))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and isinstance(self._words, Sentence):
            self._say()

    def sizeHint(self) -> QSize:
        """The box, a gap and the words."""
        return QSize(26 + QFontMetrics(self.font()).horizontalAdvance(self.text()), 22)

    def hitButton(self, pos: QPoint) -> bool:
        """The words belong to the button."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint box, tick, words and focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box, on = QRectF(1.5, (self.height() - 16) / 2 + 0.5, 15, 15), self.isChecked()
        edge = "primary" if on or self.hasFocus() else "inputborder"
        painter.setPen(QPen(color(edge if self.isEnabled() else "border"), 2 if self.hasFocus() else 1))
        painter.setBrush(color("primary" if on and self.isEnabled() else "muted" if on else "surface"))
        sheet = Sheet(painter, self.rect())
        painter.drawRoundedRect(sheet.lies(box), 4, 4)
        if on:
            sheet.icon(box.left() + 1.5, box.top() + 1.5, "check-bold", "onprimary", size=12)
        painter.setPen(color("text" if self.isEnabled() else "muted"))
        painter.setFont(self.font())
        words = QRectF(25, 0, self.width() - 25, self.height())
        sheet.write(words, self.text(), Qt.AlignmentFlag.AlignVCenter)


class Switch(QCheckBox):
    """A switch that takes effect at once."""

    def __init__(self, name: str, on: bool = False) -> None:
        super().__init__()
        self.setChecked(on)
        self.setAccessibleName(name)
        self.setFixedSize(38, 22)

    def hitButton(self, pos: QPoint) -> bool:
        """The whole switch answers."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the groove, the knob and the focus ring."""
        painter, on = QPainter(self), self.isChecked()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color("text"), 1) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(color("primary" if on else "inputborder"))
        painter.drawRoundedRect(QRectF(1, 1, 36, 20), 10, 10)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("onprimary" if on else "surface"))
        painter.drawEllipse(Sheet(painter, self.rect()).point(27 if on else 11, 11), 7, 7)


class Segmented(QFrame):
    """A few choices side by side, one of them on; left and right arrows walk through them."""

    chosen = Signal(object)

    def __init__(self, choices: Sequence[Choice], value: Any = None, *, name: str = "") -> None:
        super().__init__()
        self.setObjectName("segbox")
        self.setAccessibleName(name)
        self.setFixedHeight(32)
        self._choices: tuple[Choice, ...] = in_words(tuple(choices))
        self._buttons = tuple(Button(choice.text, "segment") for choice in self._choices)
        for choice, made in zip(self._choices, self._buttons, strict=True):
            made.clicked.connect(lambda _=False, value=choice.value: self._pick(value))
        self.setLayout(row(*self._buttons, spacing=0, margins=(2, 2, 2, 2)))
        self.choose(self._choices[0].value if value is None else value)

    def value(self) -> Any:
        """The chosen value."""
        return self._value

    def choose(self, value: Any) -> None:
        """Light the segment of a value without telling anybody."""
        self._value = value
        for choice, made in zip(self._choices, self._buttons, strict=True):
            made.light(choice.value == value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows choose the neighbour."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        step = -step if self.isRightToLeft() else step
        values = [choice.value for choice in self._choices]
        place = values.index(self._value) + step
        if step and 0 <= place < len(values):
            self._buttons[place].setFocus(Qt.FocusReason.TabFocusReason)
            self._pick(values[place])
        else:
            super().keyPressEvent(event)

    def _pick(self, value: Any) -> None:
        if value != self._value:
            self.choose(value)
            self.chosen.emit(value)


class SearchBox(PaddedLine):
    """A line to search in, with a magnifier and perhaps the key that leads here; Down leads to what was found."""

    descended = Signal()

    def __init__(self, hint: str, *, key: str = "", name: str = "") -> None:
        super().__init__()
        self.setObjectName("search")
        self.setFont(font())
        self.setPlaceholderText(hint)
        self.setAccessibleName(name or hint)
        self.setClearButtonEnabled(False)
        self.keep_room(20, 60 if key else 0)
        if key:
            inside = QHBoxLayout(self)
            inside.setContentsMargins(7, 0, 7, 0)
            inside.addStretch(1)
            inside.addWidget(key_cap(key))
        theme.changed.connect(self.update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down leaves for what was found."""
        if event.key() == Qt.Key.Key_Down:
            self.descended.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Add the magnifier."""
        super().paintEvent(event)
        painter = QPainter(self)
        Sheet(painter, self.rect()).icon(9, (self.height() - 16) / 2, "magnifying-glass", "muted", size=16)


class Meter(QWidget):
    """A thin bar that is filled to a share between 0 and 1."""

    def __init__(self, share: float, shade: str = "primary", *, name: str = "", height: int = 6) -> None:
        super().__init__()
        self._share, self._shade = share, shade
        self.setFixedHeight(height)
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    def set_share(self, share: float) -> None:
        """Fill to another share."""
        self._share = share
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint groove and filling."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        height, width, sheet = self.height(), self.width(), Sheet(painter, self.rect())
        painter.setBrush(color("neutralbg"))
        painter.drawRoundedRect(QRectF(0, 0, width, height), height / 2, height / 2)
        if self._share > 0:
            painter.setBrush(color(self._shade))
            filled = max(height, width * min(1.0, self._share))
            painter.drawRoundedRect(sheet.lies(QRectF(0, 0, filled, height)), height / 2, height / 2)
