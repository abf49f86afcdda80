"""The bell of the top bar, and the panel under it: what the program told, by day."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

from PySide6.QtCore import QRectF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ims_desktop.domain.wording import say
from ims_desktop.ui.controls import Button, Picture, clear_layout, column, label, line, row, scrolling
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.news import News, NewsBook
from ims_desktop.ui.notes import ICONS
from ims_desktop.ui.popovers import Popover
from ims_desktop.ui.sides import Sheet
from ims_desktop.ui.theme import Tone, color, font

WIDTH, HIGHEST = 400, 520
FULL = 99  # the bell counts no further


class Bell(Button):
    """Opens the panel; tells in figures and words how much was not looked at."""

    def __init__(self, desk: Desk, book: NewsBook) -> None:
        super().__init__("", "ghost", "bell")
        self._desk, self._book = desk, book
        self.panel: NewsPanel | None = None
        self.clicked.connect(self.open_panel)
        book.changed.connect(self._count)
        self._count()

    def open_panel(self) -> None:
        """Show what was told; the keyboard stands on the newest."""
        if self.panel is not None:
            self.panel.deleteLater()
        self.panel = NewsPanel(self, self._desk, self._book)
        self.panel.show_under(self)
        self.panel.go_to_first()

    def _count(self) -> None:
        unread = self._book.unread
        some = say("Notifications, {count} unread (Ctrl+Shift+N)", count=unread)
        self.say("", some if unread else say("Notifications (Ctrl+Shift+N)"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Add the count on a round ground."""
        super().paintEvent(event)
        unread = self._book.unread
        if not unread:
            return
        words = str(unread) if unread <= FULL else f"{FULL}+"
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(11, QFont.Weight.DemiBold, True))
        width = max(16, painter.fontMetrics().horizontalAdvance(words) + 8)
        ground = Sheet(painter, self.rect()).lies(QRectF(self.width() - width, 1, width, 16))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("primary"))
        painter.drawRoundedRect(ground, 8, 8)
        painter.setPen(color("onprimary"))
        painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, words)


class NewsRow(QWidget):
    """One thing that was told: Enter or a click goes where it leads."""

    def __init__(self, news: News, when: str, opens: Callable[[], None], folder: Callable[[], None] | None) -> None:
        super().__init__()
        self.news, self._opens = news, opens
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        state = "" if news.is_read else self.tr("unread")
        self.setAccessibleName(", ".join(filter(None, (news.text, when, state))))
        token = "text2" if news.tone in (Tone.PLAIN, Tone.NEUTRAL) else news.tone.value
        text = label(news.text, 13, 400 if news.is_read else 600, wrap=True)
        foot = row(label(when, 11, role="muted", tabular=True), None)
        if folder is not None:
            way = Button(self.tr("Open folder"), "link")
            way.clicked.connect(folder)
            foot.addWidget(way)
        whole = row(column(2, Picture(ICONS[news.tone], token), None), column(text, 2, foot), spacing=10)
        whole.setContentsMargins(16, 8, 16, 8)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._opens()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space open, the arrows walk."""
        step = {Qt.Key.Key_Down: True, Qt.Key.Key_Up: False}.get(Qt.Key(event.key()))
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._opens()
        elif step is not None:
            self.focusNextPrevChild(step)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A mark for what was not looked at, a frame when the keyboard is here."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.news.is_read:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color("primary"))
            mark = QRectF(5, 10, 3, self.height() - 20)
            painter.drawRoundedRect(Sheet(painter, self.rect()).lies(mark), 1.5, 1.5)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(color("primary"), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2.5, 1.5, -2.5, -1.5), 5, 5)


class NewsPanel(Popover):
    """Everything that was told, under its day; Esc closes."""

    def __init__(self, parent: QWidget, desk: Desk, book: NewsBook) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Notifications"))
        self._desk, self._book = desk, book
        self.rows: tuple[NewsRow, ...] = ()
        self.read_all, self.clear = Button(self.tr("Mark all read"), "link"), Button(self.tr("Clear"), "link")
        self.read_all.clicked.connect(book.mark_all_read)
        self.clear.clicked.connect(book.clear)
        head = row(label(self.tr("Notifications"), 14, 600), None, self.read_all, self.clear, margins=(16, 10, 12, 8))
        self._lines = column()
        self._area = scrolling(column(self._lines, None, margins=(0, 4, 0, 8)))
        self.setLayout(column(head, line(), self._area))
        self.setFixedWidth(WIDTH)
        book.changed.connect(self._show)
        self._show()

    def go_to_first(self) -> None:
        """Put the keyboard on the newest."""
        (self.rows[0] if self.rows else self.read_all).setFocus(Qt.FocusReason.PopupFocusReason)

    def _show(self) -> None:
        clear_layout(self._lines)
        self.rows = tuple(self._fill())
        some = bool(self.rows)
        self.read_all.setEnabled(self._book.unread > 0)
        self.clear.setEnabled(some)
        if not some:
            nothing = self.tr("Nothing has been told yet. Files that were written, failures and changes appear here.")
            self._lines.addLayout(column(label(nothing, 13, role="sub", wrap=True), margins=(16, 16, 16, 16)))
        self.setFixedHeight(min(HIGHEST, max(160, 76 + self._height())))

    def _height(self) -> int:
        """Before the first showing a layout knows only what its widgets want at the width they get."""
        content = self._area.widget()
        layout = content.layout() if content is not None else None
        return layout.totalHeightForWidth(WIDTH - 2) if layout is not None else 0

    def _fill(self) -> Iterator[NewsRow]:
        formats = self._desk.formats
        for day, told in groupby(self._book.told, lambda one: formats.local(one.at).date()):
            title = label(self._day(day), 11, 600, "muted")
            title.setContentsMargins(16, 8, 16, 2)
            self._lines.addWidget(title)
            for news in told:
                made = NewsRow(news, formats.time(news.at), self._opening(news), self._folder(news))
                self._lines.addWidget(made)
                yield made

    def _day(self, day: date) -> str:
        today = self._desk.formats.today()
        if day == today:
            return self.tr("Today")
        return self.tr("Yesterday") if day == today - timedelta(days=1) else self._desk.formats.date(day)

    def _opening(self, news: News) -> Callable[[], None]:
        def go() -> None:
            self._book.mark_read(news)
            place = news.place
            if place is not None:
                self.close()
                self._desk.navigation.open(place.page, place.record, place.filters)

        return go

    def _folder(self, news: News) -> Callable[[], None] | None:
        return (lambda: open_folder(news.path)) if news.path else None


def open_folder(path: str) -> None:
    """Show where a file lies, in the file browser of the system."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(path).absolute().parent)))
