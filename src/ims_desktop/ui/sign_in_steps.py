"""Steps around the sign-in as values: a title, a few fields, a button. One card and one dialog show them all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QFrame, QLineEdit, QWidget

from ims_desktop.domain.errors import Problem
from ims_desktop.domain.wording import Words, say
from ims_desktop.ui.busy_line import BusyLine
from ims_desktop.ui.controls import Button, Label, clear_layout, column, fill, label, named, row, set_property
from ims_desktop.ui.language import said
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.sign_in_parts import CARD_HEIGHT, CARD_WIDTH, MARGINS, PasswordLine
from ims_desktop.ui.theme import Tone


class StepKind(Enum):
    """How a field of a step is typed."""

    TEXT = "text"
    SECRET = "password"  # noqa: S105  # a kind of field
    CODE = "code"
    PIN = "pin"
    FILE = "file"


@dataclass(frozen=True)
class StepField:
    """One thing to type; `again` names the field it must repeat."""

    key: str
    label: Words
    kind: StepKind = StepKind.TEXT
    help: Words = ""
    again: str = ""


@dataclass(frozen=True)
class Step:
    """Something asked around the sign-in; `other` offers another way, answered with its own signal."""

    title: Words
    lead: Words
    fields: tuple[StepField, ...]
    button: Words
    other: Words = ""
    files: Words = ""  # which files a FILE field offers, such as "Profile (*.ims)"


class StepLine(QWidget):
    """One field with its label above and what is wrong with it below."""

    def __init__(self, field: StepField, files: str) -> None:
        super().__init__()
        self.field, self._files = field, files
        secret = field.kind in (StepKind.SECRET, StepKind.PIN)
        self.editor: QLineEdit = PasswordLine(field.label) if secret else named(QLineEdit(), "login")
        self.editor.setAccessibleName(field.label)
        self._caps, self._foot = label("", 11, role="warn"), label(field.help, 11, role="muted", wrap=True)
        if isinstance(self.editor, PasswordLine) and field.kind is StepKind.SECRET:
            self.editor.caps.connect(lambda on: self._caps.say(say("Caps Lock is on") if on else ""))
        if field.kind is StepKind.PIN:
            self.editor.setMaxLength(8)
            self.editor.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        if field.kind is StepKind.CODE:
            self.editor.setPlaceholderText("XXXX-XXXX-XXXX-XXXX")
        head = row(label(field.label, 12, 500, "sub"), None, self._caps)
        self.setLayout(column(head, 4, self._typing(), 3, self._foot))
        self.mark(())

    def mark(self, problems: Sequence[Problem]) -> None:
        """Show what is wrong, or the help again."""
        set_property(self.editor, "wrong", "true" if problems else "false")
        self._foot.say(" ".join(said(problem.text) for problem in problems) or self.field.help)
        self._foot.tone("bad" if problems else "muted")
        self._foot.setVisible(bool(problems or self.field.help))

    def _typing(self) -> QWidget | Label:
        if self.field.kind is not StepKind.FILE:
            return self.editor
        holder, choose = QWidget(), Button(say("Choose…"), icon="file")
        choose.clicked.connect(self._choose)
        layout = row(self.editor, choose, spacing=6)
        layout.setStretch(0, 1)
        holder.setLayout(layout)
        return holder

    def _choose(self) -> None:
        box = QFileDialog(self, self.field.label, "", self._files)
        box.setFileMode(QFileDialog.FileMode.ExistingFile)
        box.fileSelected.connect(self.editor.setText)
        box.finished.connect(box.deleteLater)
        box.open()


class StepCard(QFrame):
    """Shows one step; loses nothing typed when it is refused."""

    answered = Signal(object)  # Mapping[str, str]
    back = Signal()
    other = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setFixedSize(CARD_WIDTH, CARD_HEIGHT)
        self.lines: dict[str, StepLine] = {}
        self._title, self._lead = label("", 22, 600, wrap=True), label("", 13, role="sub", wrap=True)
        self._trouble, self._fields = column(), column(spacing=12)
        self.button, self.back_button = Button("", "primary"), Button(say("Back"))
        self._other = Button("", "link")
        self.button.clicked.connect(self.submit)
        self.back_button.clicked.connect(self.back)
        self._other.clicked.connect(self.other)
        self._step: Step | None = None
        foot = row(self.back_button, self.button, spacing=10)
        foot.setStretch(0, 1)
        foot.setStretch(1, 1)
        layout = column()
        pieces = (self._title, 2, self._lead, 16, self._trouble, self._fields, 14, row(self._other, None), None, foot)
        fill(layout, pieces, 0, MARGINS)
        self.setLayout(layout)
        self.busy = BusyLine(self)

    def begin(self, step: Step) -> None:
        """Ask this from now on, with empty fields."""
        self._step = step
        self._title.say(step.title)
        self._lead.say(step.lead)
        self._other.say(step.other)
        self._other.setVisible(bool(step.other))
        if self.objectName() == "card":
            self.setFixedHeight(min(CARD_HEIGHT, 260 + 96 * len(step.fields)))
        clear_layout(self._trouble)
        clear_layout(self._fields)
        self.lines = {field.key: StepLine(field, step.files) for field in step.fields}
        for made in self.lines.values():
            made.editor.returnPressed.connect(self.submit)
            self._fields.addWidget(made)
        self.wait(False)
        next(iter(self.lines.values())).editor.setFocus()

    def submit(self) -> None:
        """Hand over what was typed, when everything is there and what is typed twice is the same."""
        values = {key: made.editor.text() for key, made in self.lines.items()}
        problems = [Problem(say("This is missing."), key) for key, typed in values.items() if not typed]
        problems += [
            Problem(say("This is not the same as above."), key)
            for key, made in self.lines.items()
            if values[key] and made.field.again and values[key] != values[made.field.again]
        ]
        self.refuse("", problems)
        if not problems:
            self.wait(True)
            self.answered.emit({key: typed for key, typed in values.items() if not self.lines[key].field.again})

    def refuse(self, text: str, problems: Sequence[Problem] = ()) -> None:
        """Tell what is wrong: beside its field, the rest above; the first wrong field takes the focus."""
        self.wait(False)
        clear_layout(self._trouble)
        beside = [problem for problem in problems if problem.field in self.lines]
        if text and (not beside or text not in {problem.text for problem in beside}):
            note = NoteBox(text, Tone.BAD)
            self._trouble.addLayout(column(note, 12))
            note.show()  # at once: a layout would do it only when the event loop comes round
        for key, made in self.lines.items():
            made.mark([problem for problem in beside if problem.field == key])
        if beside:
            wrong = self.lines[str(beside[0].field)].editor
            wrong.setFocus()
            wrong.selectAll()

    def wait(self, working: bool) -> None:
        """Show that the answer is under way."""
        for made in self.lines.values():
            made.setEnabled(not working)
        self.button.setEnabled(not working)
        step = self._step
        self.button.say(say("One moment…") if working else step.button if step else "")
        (self.busy.begin if working else self.busy.end)()

    def values(self) -> Mapping[str, str]:
        """What stands in the fields now."""
        return {key: made.editor.text() for key, made in self.lines.items()}

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.back.emit()
        else:
            super().keyPressEvent(event)


class StepDialog(QDialog):
    """A step over the desk of the person; `card` answers, the program closes it when it is done."""

    def __init__(self, step: Step, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(step.title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.card = StepCard()
        self.card.setObjectName("clear")
        self.card.setFixedHeight(160 + 96 * len(step.fields))
        self.card.back_button.say(say("Cancel"))
        self.card.back.connect(self.reject)
        self.setLayout(column(self.card))
        self.card.begin(step)
