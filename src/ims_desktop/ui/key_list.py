"""What F1 and "?" show: the keys that mean something on the open page, as its parts describe them."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QGridLayout, QWidget

from ims_desktop.ui.controls import Button, column, key_cap, label, row, scrolling
from ims_desktop.ui.language import said

Key = tuple[str, str]  # the key, and what it does
WIDTH, HEIGHT = 620, 560


def described_here(widget: QWidget) -> Iterator[Key]:
    """The shortcuts of a widget itself that say what they do."""
    for shortcut in widget.findChildren(QShortcut, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if shortcut.whatsThis():
            yield shortcut.key().toString(QKeySequence.SequenceFormat.NativeText), said(shortcut.whatsThis())


def described(widget: QWidget) -> Iterator[Key]:
    """The shortcuts of a page and its parts, and the keys that parts know besides (`key_words`)."""
    yield from described_here(widget)
    for part in (widget, *widget.findChildren(QWidget)):
        if part is not widget and part.isVisibleTo(widget):
            yield from described_here(part)
        words = getattr(part, "key_words", None)
        if words is not None and part.isVisibleTo(widget):
            yield from words()


class KeyList(QDialog):
    """Groups of keys in two columns; Esc closes."""

    def __init__(self, parent: QWidget, groups: Sequence[tuple[str, Sequence[Key]]]) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keys"))
        self.resize(min(WIDTH, parent.width() - 40), min(HEIGHT, parent.height() - 40))
        self.groups = [(title, list(dict.fromkeys(keys))) for title, keys in groups if keys]
        close = Button(self.tr("Close"), "primary")
        close.clicked.connect(self.accept)
        body = column(*(self._group(title, keys) for title, keys in self.groups), None, spacing=16)
        whole = scrolling(body)
        whole.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # arrows scroll it
        whole.setAccessibleName(self.tr("Keys"))
        self.setLayout(column(whole, 12, row(None, close), margins=(24, 20, 24, 16)))
        close.setFocus()

    def _group(self, title: str, keys: Sequence[Key]) -> QWidget:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for place, (key, words) in enumerate(keys):
            cap = key_cap(key)
            cap.setAccessibleName(f"{key}: {words}")
            grid.addWidget(cap, place, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(label(words, 13, wrap=True), place, 1)
        holder = QWidget()
        holder.setLayout(column(label(title, 13, 600), 8, grid))
        return holder
