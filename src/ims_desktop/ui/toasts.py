"""Shows messages over a window: toasts with Undo at its foot, the newest below."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QGraphicsDropShadowEffect, QWidget

from ims_desktop.ui.controls import Button, fill, key_cap, label
from ims_desktop.ui.controls import row as side_by_side
from ims_desktop.ui.icons import pixmap
from ims_desktop.ui.messages import Message, Messages
from ims_desktop.ui.news_panel import open_folder
from ims_desktop.ui.notes import ICONS
from ims_desktop.ui.theme import Tone

SHOWN_MS, MOST = 6000, 3
MOST_WORDS, LEAST_LANE = 560, 280


class Toast(QFrame):
    """One message; good news goes by itself, bad news stays until it is closed."""

    closed = Signal(object)

    def __init__(self, message: Message, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self.message = message
        self.setAccessibleName(message.text)
        mark = label()
        mark.setPixmap(pixmap(ICONS[message.tone], "surface", 18))
        words = self._words = label(message.text, 13, 500, wrap=len(message.text) > 70)
        words.setMaximumWidth(MOST_WORDS)
        if len(message.text) > 70:
            words.setMinimumWidth(420)
        self.folded = False
        pieces: list[QWidget] = [mark, words]
        self.button = Button(message.action, "link") if message.act else None
        if self.button is not None:
            self.button.clicked.connect(self.act)
            pieces.append(self.button)
            if message.tone is Tone.OK:
                pieces.append(key_cap("Ctrl Z"))
        elif message.path:
            self.button = Button(self.tr("Open folder"), "link")
            self.button.clicked.connect(lambda: open_folder(message.path))
            pieces.append(self.button)
        close = Button("", "ghost", name=self.tr("Close"))
        close.setText("✕")
        close.clicked.connect(self.dismiss)
        layout = self._row = side_by_side()
        fill(layout, (*pieces, close), 10, (14, 8, 6, 8))
        self.setLayout(layout)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(24)
        shadow.setOffset(0, 6)
        self.setGraphicsEffect(shadow)
        if message.tone is not Tone.BAD:
            QTimer.singleShot(SHOWN_MS, self, self.dismiss)

    def dismiss(self) -> None:
        """Go away."""
        self.closed.emit(self)
        self.hide()
        self.deleteLater()

    def fold(self) -> None:
        """Become one line that may be shortened."""
        self.folded = True
        self._words.shorten()
        self._words.setMinimumWidth(0)
        self._row.setStretchFactor(self._words, 1)

    def wanted_width(self) -> int:
        """How wide it is when nothing of its words is left out."""
        return self.sizeHint().width() + self._words.whole_width()

    def act(self) -> None:
        """Do what the button offers, once."""
        act = self.message.act
        self.dismiss()
        if act is not None:
            act()


class ToastHost(QObject):
    """Stacks the toasts of one window and announces them to screen readers."""

    def __init__(self, messages: Messages, window: QWidget, lane: QWidget) -> None:
        super().__init__(window)
        self._window, self._lane = window, lane
        self._toasts: list[Toast] = []
        messages.posted.connect(self.show_message)
        window.installEventFilter(self)

    def show_message(self, message: Message) -> None:
        """Show a message; the same words are not stacked twice."""
        for old in [toast for toast in self._toasts if toast.message.text == message.text] + self._toasts[: -MOST + 1]:
            old.dismiss()
        toast = Toast(message, self._window)
        self._toasts.append(toast)
        toast.closed.connect(self._gone)
        toast.show()
        toast.raise_()
        self._place()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._window, message.text))

    def give_way(self) -> None:
        """Another page is looked at: the last thing that can be taken back waits in the bar above, not over the page.

        Bad news stays where it is until somebody has read it.
        """
        good = [toast for toast in self._toasts if toast.message.tone is not Tone.BAD]
        kept = [toast for toast in good if toast.message.act and self._lane.width() >= LEAST_LANE][-1:]
        for toast in good:
            if toast not in kept:
                toast.dismiss()
        for toast in kept:
            toast.fold()
        self._place()

    def undo(self) -> None:
        """Take back what the newest toast with Undo tells of (Ctrl+Z)."""
        offered = [toast for toast in self._toasts if toast.message.act and toast.message.tone is Tone.OK]
        if offered:
            offered[-1].act()

    @property
    def texts(self) -> tuple[str, ...]:
        """What is shown at the moment."""
        return tuple(toast.message.text for toast in self._toasts)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the foot of the window."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _gone(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
        self._place()

    def _place(self) -> None:
        bottom = self._window.height() - 24
        for toast in reversed(self._toasts):
            toast.adjustSize()
            if toast.folded:
                self._place_above(toast)
                continue
            bottom -= toast.height()
            toast.move((self._window.width() - toast.width()) // 2, bottom)
            bottom -= 8

    def _place_above(self, toast: Toast) -> None:
        lane = QRect(self._lane.mapTo(self._window, QPoint()), self._lane.size())
        whole = QRect(QPoint(), QSize(min(toast.wanted_width(), lane.width()), min(toast.height(), lane.height())))
        whole.moveCenter(lane.center())
        toast.setGeometry(whole)
