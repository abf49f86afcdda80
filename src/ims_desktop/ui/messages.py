"""Everything the program says to the person passes here; the only place for message boxes."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from ims_desktop.domain.wording import Words
from ims_desktop.ui.language import said
from ims_desktop.ui.theme import Tone


@dataclass(frozen=True)
class Message:
    """A sentence, its tone, and perhaps a way to take back what was done or to go on; `path` is a file it is about."""

    text: Words
    tone: Tone = Tone.OK
    action: Words = ""
    act: Callable[[], None] | None = None
    path: str = ""


class Messages(QObject):
    """Says things: toasts float over the window (`posted`), a banner stays until it is put right."""

    posted = Signal(object)  # Message
    connection = Signal(object)  # bool: whether the server answers

    def done(self, text: Words, undo: Callable[[], None] | None = None, action: Words = "") -> None:
        """Tell what was done, with Undo (or another `action`) instead of asking beforehand."""
        self.posted.emit(Message(said(text), Tone.OK, (said(action) or self.tr("Undo")) if undo else "", undo))

    def wrote(self, text: Words, path: str) -> None:
        """Tell that a file was written, with the way to its folder."""
        self.posted.emit(Message(said(text), Tone.OK, path=path))

    def note(self, text: Words) -> None:
        """Tell something worth knowing."""
        self.posted.emit(Message(said(text), Tone.INFO))

    def failed(self, text: Words, action: Words = "", act: Callable[[], None] | None = None) -> None:
        """Tell what is wrong, where, and what to do; stays until it is closed."""
        self.posted.emit(Message(said(text), Tone.BAD, said(action), act))

    def online(self, answers: bool) -> None:
        """Tell whether the server answers; the window shows a banner while it does not."""
        self.connection.emit(answers)

    def ask(
        self, question: Words, yes: Callable[[], None], no: Callable[[], None] | None = None, *, go_on: Words = "",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        """Ask without blocking; `yes` runs only after the person agreed."""
        box = QMessageBox(QMessageBox.Icon.Question, self.tr("Please confirm"), said(question), parent=parent)
        agree = box.addButton(said(go_on) or self.tr("Go on"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole))

        def answered() -> None:
            if box.clickedButton() is agree:
                yes()
            elif no is not None:
                no()
            box.deleteLater()

        box.finished.connect(answered)
        box.open()

    def ask_path(
        self, title: Words, name: str, kind: Words, then: Callable[[str], None], parent: QWidget | None
    ) -> None:
        """Ask where to save a file; `kind` is a filter such as "CSV (*.csv)"."""
        box = QFileDialog(parent, said(title), name, said(kind))
        box.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        box.fileSelected.connect(then)
        box.finished.connect(box.deleteLater)
        box.open()
