"""Ctrl+Z while somebody types: a field that has nothing to take back leaves the key to the window."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget


class UndoKey(QObject):
    """Listens to the field that has the keyboard.

    Qt's fields keep the key for themselves even when they are empty: whoever has just recorded something stands in
    the next empty cell, and the message that offers Ctrl+Z would promise what does not happen.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The field is not asked about a key that it has no use for."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Undo)
            and not _can_undo(watched)
        ):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _follow(self, before: QWidget | None, now: QWidget | None) -> None:
        if before is not None:
            before.removeEventFilter(self)
        if isinstance(now, QLineEdit | QComboBox | QPlainTextEdit | QTextEdit):
            now.installEventFilter(self)


def _can_undo(field: QObject) -> bool:
    edit = field.lineEdit() if isinstance(field, QComboBox) else field
    if isinstance(edit, QLineEdit):
        return edit.isUndoAvailable()
    return isinstance(edit, QPlainTextEdit | QTextEdit) and edit.document().isUndoAvailable()
