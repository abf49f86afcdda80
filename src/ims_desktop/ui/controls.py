"""Labels, buttons and the small pieces that every page is made of."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, QMargins, QSize, Qt
from PySide6.QtGui import QFocusEvent, QFont, QKeySequence, QPaintEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ims_desktop.domain.wording import Sentence, Words
from ims_desktop.ui import icons, sides
from ims_desktop.ui.language import said, shown
from ims_desktop.ui.theme import font, theme

Weight = QFont.Weight
Reason = Qt.FocusReason
BY_KEY = frozenset({Reason.TabFocusReason, Reason.BacktabFocusReason, Reason.ShortcutFocusReason})
PASSING = frozenset({Reason.ActiveWindowFocusReason, Reason.PopupFocusReason})
Named = TypeVar("Named", bound=QWidget)
Piece = QWidget | QLayout | int | None


def set_property(widget: QWidget, name: str, value: Any) -> None:
    """Change a property the style sheet looks at, and dress the widget again."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class Label(QLabel):
    """A text of the type scale; `role` names its colour. With `elide` it shortens instead of being clipped.

    A sentence is said anew when the language changes.
    """

    _sentence: Sentence | None = None

    def __init__(
        self, text: str = "", px: int = 13, weight: int = 400, role: str | None = None, *, tabular: bool = False,
        wrap: bool = False, elide: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.setFont(font(px, Weight(weight), tabular))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self._whole, self._elide = "", False
        if elide:
            self.shorten()
        if role:
            self.setProperty("role", role)
        self.say(text)

    def say(self, text: str) -> None:
        """Show another text."""
        self._sentence = text if isinstance(text, Sentence) else None
        self._whole = shown(text)
        self.setAccessibleName(self._whole)
        self._fit()

    def shorten(self) -> None:
        """From now on give way to what stands beside it."""
        self._elide = True
        self.setWordWrap(False)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._fit()

    def whole(self) -> str:
        """The text before it was shortened."""
        return self._whole

    def whole_width(self) -> int:
        """How wide that is."""
        return self.fontMetrics().horizontalAdvance(sides.island(self._whole))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and self._sentence is not None:
            self.say(self._sentence)

    def tone(self, role: str) -> None:
        """Take the colour of another role."""
        set_property(self, "role", role)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten anew."""
        super().resizeEvent(event)
        if self._elide:
            self._fit()

    def _fit(self) -> None:
        shown = self._whole
        if self._elide and self.width() > 8:
            shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width())
        self.setText(sides.island(shown))
        self.setToolTip(self._whole if shown != self._whole else "")


def label(text: str = "", px: int = 13, weight: int = 400, role: str | None = None, **more: bool) -> Label:
    """A Label, in the order text, size, weight, role."""
    return Label(text, px, weight, role, **more)


class Button(QPushButton):
    """A button whose icon follows the theme; `kind` is one of the style sheet's kinds.

    Sentences on it are said anew when the language changes.
    """

    _words: tuple[str, str] = ("", "")

    def __init__(self, text: str = "", kind: str = "plain", icon: str | None = None, *, name: str = "") -> None:
        super().__init__()
        self._icon_name, self._lead = icon, " " if icon and text else ""
        self.setProperty("kind", kind)
        weight = Weight.DemiBold if kind == "primary" else Weight.Medium
        self.setFont(font(12 if kind in ("link", "small") else 13, weight))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setIconSize(QSize(16, 16))
        self.setAutoDefault(False)
        self.say(text, name)
        self._paint_icon()
        theme.changed.connect(self._paint_icon)

    def say(self, text: str, name: str = "") -> None:
        """Show another text; an icon alone needs a `name` for screen readers."""
        self._words = text, name
        text, name = shown(text), shown(name)
        self.setText(self._lead + sides.island(text.replace("&", "&&")))
        self.setAccessibleName(name or text)
        if name and not text:
            self.setToolTip(name)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and any(isinstance(one, Sentence) for one in self._words):
            self.say(*self._words)

    def light(self, on: bool) -> None:
        """Mark the button as the chosen one."""
        set_property(self, "on", "true" if on else "false")
        self._paint_icon()

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon_name = icon
        self._paint_icon()

    def refuse(self, why: Words | None) -> None:
        """Disable the button and say why; None enables it."""
        self.setEnabled(why is None)
        words = said(why or "")
        self.setToolTip(words)
        self.setAccessibleDescription(words)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus ring to those who came by key; who clicked knows where they are."""
        super().focusInEvent(event)
        if event.reason() not in PASSING:
            self._ring(event.reason() in BY_KEY)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away, unless the focus comes back with the window."""
        super().focusOutEvent(event)
        if event.reason() not in PASSING:
            self._ring(False)

    def _ring(self, on: bool) -> None:
        if on or self.property("ring"):
            set_property(self, "ring", "true" if on else "false")

    def _paint_icon(self) -> None:
        if self._icon_name:
            usual = "primary" if self.property("on") == "true" else "text2"
            token = {"primary": "onprimary", "danger": "bad", "link": "primary"}.get(self.property("kind"), usual)
            self.setIcon(icons.icon(self._icon_name, token))


def button(text: str = "", kind: str = "plain", icon: str | None = None, *, name: str = "") -> Button:
    """A Button, in the order text, kind, icon."""
    return Button(text, kind, icon, name=name)


class Picture(QLabel):
    """An icon that is only looked at."""

    def __init__(self, icon: str, shade: str = "text2", size: int = 16) -> None:
        super().__init__()
        self._icon, self._shade, self._size = icon, shade, size
        self.setFixedSize(size, size)
        self._paint()
        theme.changed.connect(self._paint)

    def show_icon(self, icon: str, shade: str) -> None:
        """Show another icon."""
        self._icon, self._shade = icon, shade
        self._paint()

    def _paint(self) -> None:
        self.setPixmap(icons.pixmap(self._icon, self._shade, self._size))


def fill(layout: QBoxLayout, pieces: tuple[Piece, ...], spacing: int, margins: tuple[int, int, int, int]) -> None:
    """Put pieces into a layout: None stretches, a number is a gap."""
    layout.setSpacing(spacing)
    layout.setContentsMargins(*sides.margins(*margins))
    for piece in pieces:
        if piece is None:
            layout.addStretch(1)
        elif isinstance(piece, int):
            layout.addSpacing(piece)
        elif isinstance(piece, QLayout):
            layout.addLayout(piece)
        else:
            layout.addWidget(piece)


def row(*pieces: Piece, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QHBoxLayout:
    """Pieces side by side."""
    layout = QHBoxLayout()
    fill(layout, pieces, spacing, margins)
    return layout


def column(*pieces: Piece, spacing: int = 0, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QVBoxLayout:
    """Pieces under each other."""
    layout = QVBoxLayout()
    fill(layout, pieces, spacing, margins)
    return layout


def frame(name: str, layout: QLayout) -> QFrame:
    """A frame the style sheet knows by name."""
    made = named(QFrame(), name)
    made.setLayout(layout)
    return made


def card(*pieces: Piece, spacing: int = 0, margins: tuple[int, int, int, int] = (20, 16, 20, 16)) -> QFrame:
    """A white card with a border."""
    return frame("card", column(*pieces, spacing=spacing, margins=margins))


def named(widget: Named, name: str) -> Named:
    """The same widget under the name by which the style sheet knows it."""
    widget.setObjectName(name)
    return widget


class _Scrolled(QWidget):
    """What is scrolled is never pressed together: wrapped words need more height than their least one."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Keep the height that the words need at this width, also when more came since it was last drawn."""
        super().paintEvent(event)
        layout = self.layout()
        if layout is not None and layout.hasHeightForWidth():
            needed = layout.totalHeightForWidth(self.width())
            if needed != self.minimumHeight():
                self.setMinimumHeight(needed)


def scrolling(layout: QLayout) -> QScrollArea:
    """A layout that scrolls up and down when it is higher than its room."""
    content, area = named(_Scrolled(), "clear"), named(QScrollArea(), "clear")
    content.setLayout(layout)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    _even(area, layout)
    return area


def _even(area: QScrollArea, layout: QLayout) -> None:
    """Content keeps its place when the scroll bar comes: the bar stands in the margin where reading ends."""
    without, bar = layout.contentsMargins(), area.verticalScrollBar()

    def make_room(low: int, high: int) -> None:
        margins, taken = QMargins(without), bar.sizeHint().width() if high > low else 0
        if area.isRightToLeft():
            margins.setLeft(max(0, without.left() - taken))
        else:
            margins.setRight(max(0, without.right() - taken))
        layout.setContentsMargins(margins)

    bar.rangeChanged.connect(make_room)


def bind(owner: QWidget, key: str, act: Callable[[], Any], within: bool = True, words: str = "") -> None:
    """Let a key act while the focus is inside the widget; otherwise in its whole window. F1 lists it by its words."""
    context = Qt.ShortcutContext
    shortcut = QShortcut(QKeySequence(key), owner)
    shortcut.setWhatsThis(words)
    shortcut.setContext(context.WidgetWithChildrenShortcut if within else context.WindowShortcut)
    shortcut.activated.connect(act)


def walk_in_order(*widgets: QWidget) -> None:
    """Let Tab go through widgets as they stand, whenever each was made; Qt walks them as they were made."""
    reached = [one for one in widgets if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
    for one, following in pairwise(reached):
        QWidget.setTabOrder(one, following)


def line() -> QFrame:
    """A thin line across."""
    return named(QFrame(), "hline")


def key_cap(text: str) -> Label:
    """The name of a key, drawn as a key."""
    made = named(label(text, 11, 500), "kbd")
    made.setFixedHeight(19)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


class Yielding(QWidget):
    """Pieces side by side that take the room others leave; those that do not fit are not there."""

    def __init__(self, *pieces: QWidget, spacing: int = 8) -> None:
        super().__init__()
        self._pieces, self._spacing = pieces, spacing
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout = row(*pieces, None, spacing=spacing)
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setLayout(layout)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many as there is room for."""
        super().resizeEvent(event)
        end = 0
        for piece in self._pieces:
            end += piece.sizeHint().width()
            piece.setVisible(end <= self.width())
            end += self._spacing


def clear_layout(layout: QLayout) -> None:
    """Remove everything from a layout, now as far as the eye can see."""
    while layout.count():
        item = layout.takeAt(0)
        widget, inner = (item.widget(), item.layout()) if item else (None, None)
        if widget is not None:
            widget.hide()
            widget.deleteLater()  # later: the click that led here may have come from inside
        elif inner is not None:
            clear_layout(inner)
