"""The panel that shows a form: reads every field, tells every problem beside its field, loses nothing typed."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ims_desktop.domain.errors import Conflict, Problem, UserError
from ims_desktop.ui.busy_line import BusyLine
from ims_desktop.ui.controls import (
    Button,
    Label,
    Piece,
    Yielding,
    bind,
    clear_layout,
    column,
    key_cap,
    label,
    line,
    row,
    scrolling,
)
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry_field import EntryEditor
from ims_desktop.ui.field_editors import Editor, editor, read
from ims_desktop.ui.fields import Field, FieldKind, Group
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.language import in_words, said
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.objections import ask_for_objections
from ims_desktop.ui.rows_editor import RowsEditor, attribute
from ims_desktop.ui.side_area import SidePanel
from ims_desktop.ui.theme import Tone


class FieldBox(QWidget):
    """A label, its editor, and under it the help or what is wrong."""

    def __init__(self, desk: Desk, field: Field) -> None:
        super().__init__()
        self.field = field = in_words(field)
        tables = {FieldKind.ROWS: RowsEditor, FieldKind.ENTRY: EntryEditor}
        self.editor: Editor = tables.get(field.kind, editor)(desk, field)
        self._foot = Label(field.help, 12, role="muted", wrap=True)
        if not field.help:
            self._foot.hide()  # showing it before it has a parent would open a window
        title = label(field.label + (" *" if field.required else ""), 12, 500, "sub")
        title.setBuddy(self.editor)
        bare = field.kind is FieldKind.CHECK or not field.label
        pieces: tuple[Piece, ...] = (self.editor,) if bare else (title, 4, self.editor)
        self.setLayout(column(*pieces, 3, self._foot, None))

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Mark the field and tell what is wrong; none: tell the help again."""
        if isinstance(self.editor, (RowsEditor, EntryEditor)):
            self.editor.show_problems(problems)
            return
        self.editor.mark(bool(problems))
        self._foot.say(" ".join(said(problem.text) for problem in problems) or self.field.help)
        self._foot.tone("bad" if problems else "muted")
        self._foot.setVisible(bool(problems or self.field.help))

    def problems(self, values: dict[str, Any]) -> list[Problem]:
        """Read the editor into the values; what is wrong with it."""
        found: list[tuple[str, str]] = []
        values[self.field.key] = read(self.editor, found)
        inner = self.editor.problems() if isinstance(self.editor, (RowsEditor, EntryEditor)) else []
        return [Problem(text, key) for key, text in found] + inner


class FormPanel(SidePanel):
    """Shows a FormSpec for a new record, for an `initial` value, or for the record read by `key`."""

    saved = Signal(object)  # what the use case gave back

    def __init__(self, desk: Desk, spec: FormSpec, initial: Any = None, key: Any = None) -> None:
        super().__init__()
        spec = in_words(spec)
        self.wanted_width = spec.width
        self._desk, self._spec, self._key, self._initial = desk, spec, key, initial
        self._saving = False
        self._put_right: set[str] = set()  # fields that were edited since their problems were told
        self._states: dict[str, Any] = {}
        fields = [field for part in spec.groups for field in (part.fields if isinstance(part, Group) else (part,))]
        self.boxes = {field.key: FieldBox(desk, field) for field in fields}
        self._lay_out()
        self._fill(initial)
        for box in self.boxes.values():
            box.editor.edited.connect(self._edited)
        if key is not None and spec.read is not None:
            self._read()

    # layout --------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.setAccessibleName(self._spec.title)
        close = Button("", "ghost", "x", name=self.tr("Close (Esc)"))
        close.clicked.connect(self.closed)
        head = row(label(self._spec.title, 16, 600), None, close, margins=(20, 12, 12, 4))
        self._banner = QVBoxLayout()
        self._banner.setContentsMargins(20, 0, 20, 8)
        subtitle = (label(self._spec.subtitle, 12, role="muted", wrap=True), 12) if self._spec.subtitle else ()
        self._scroll = scrolling(column(*subtitle, *self._parts(), None, margins=(20, 4, 20, 16)))
        if (content := self._scroll.widget()) is not None:
            content.installEventFilter(self)
        self.save_button = Button(self._spec.save_title, "primary", "check")
        self.save_button.clicked.connect(self.save)
        cancel = Button(self.tr("Cancel"))
        cancel.clicked.connect(self.closed)
        hint = Yielding(key_cap("Ctrl S"), label(self.tr("saves"), 12, role="muted"), spacing=6)
        foot = row(hint, cancel, self.save_button, margins=(20, 12, 20, 12))
        self.setLayout(column(head, self._banner, self._scroll, line(), foot))
        self.busy = BusyLine(self)
        for key in ("Ctrl+S", "Ctrl+Return", "Ctrl+Enter"):
            bind(self, key, self.save)

    def _parts(self) -> list[Any]:
        made: list[Any] = []
        for part in self._spec.groups:
            if isinstance(part, Group):
                made += [14 if made else 0, label(part.title, 13, 600)]
                made += [2, label(part.help, 12, role="muted", wrap=True)] if part.help else []
                made.append(10)
            made.append(self._fields(part.fields if isinstance(part, Group) else (part,)))
        return made

    def _fields(self, fields: tuple[Field, ...]) -> QVBoxLayout:
        block, waiting = column(spacing=10), None
        for field in fields:
            box = self.boxes[field.key]
            if field.half and waiting is not None:
                waiting.addWidget(box, 1)
                waiting = None
                continue
            if waiting is not None:
                waiting.addStretch(1)
            pair = row(box, spacing=12)
            pair.setStretch(0, 1)
            block.addLayout(pair)
            waiting = pair if field.half else None
        if waiting is not None:
            waiting.addStretch(1)
        return block

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A form is as wide as its widest table, in every language: what is cut off cannot be filled in."""
        if event.type() == QEvent.Type.LayoutRequest and isinstance(watched, QWidget):
            needed = watched.minimumSizeHint().width() + self._scroll.verticalScrollBar().sizeHint().width()
            if needed > self.wanted_width:
                self.wanted_width = needed
                self.grew.emit()
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin in the first field."""
        super().showEvent(event)
        if self.boxes:
            next(iter(self.boxes.values())).editor.setFocus(Qt.FocusReason.TabFocusReason)

    # values --------------------------------------------------------------------------------------------------

    @property
    def dirty(self) -> bool:
        """Whether something was typed that is not saved."""
        return any(box.editor.state() != self._states[key] for key, box in self.boxes.items())

    def values(self) -> tuple[dict[str, Any], list[Problem]]:
        """Everything typed, and everything that is wrong with it."""
        values: dict[str, Any] = {}
        problems = [
            problem for box in self.boxes.values() if box.editor.isEnabled() for problem in box.problems(values)
        ]
        for key, box in self.boxes.items():
            if box.field.kind is FieldKind.SHOWN:
                values.pop(key, None)
        return values, problems

    def _fill(self, value: Any, keep: frozenset[str] = frozenset()) -> None:
        """Show a value; fields in `keep` stay as they are."""
        self._initial = value
        for key, box in self.boxes.items():
            if key not in keep:
                box.editor.show_value(box.field.default if value is None else attribute(value, key))
                self._states[key] = box.editor.state()
        self._enable()

    def _edited(self) -> None:
        sender = self.sender()
        for key, box in self.boxes.items():
            if box.editor is sender:
                box.show_problems(())
                self._put_right.add(key)
        self._enable()

    def _enable(self) -> None:
        dependent = [box for box in self.boxes.values() if box.field.enabled is not None]
        if not dependent:
            return
        values: dict[str, Any] = {}
        for box in self.boxes.values():
            box.problems(values)
        for box in dependent:
            box.setVisible(bool(box.field.enabled and box.field.enabled(values)))
            box.editor.setEnabled(box.isVisibleTo(self))

    # reading and saving --------------------------------------------------------------------------------------

    def _read(self, keep: frozenset[str] = frozenset()) -> None:
        self.busy.begin()
        self.save_button.setEnabled(False)
        done = partial(self._loaded, keep)
        self._desk.start(self, done, self._spec.read, self._key, failed=self._failed, replace="form")  # type: ignore[arg-type]

    def _loaded(self, keep: frozenset[str], value: Any) -> None:
        self._rest()
        self._fill(value, keep)

    def save(self) -> None:
        """Read all fields, tell every problem at once, otherwise hand the value to the use case."""
        if self._saving or not self.save_button.isEnabled():
            return
        values, problems = self.values()
        self.show_problems(self._sentence(problems), problems)
        if problems:
            self._put_right.clear()
            self._ask_what_else(values, problems)
            return
        try:
            value = self._spec.build(values, self._initial)
        except UserError as error:
            self.show_problems(error.text, error.problems)
            return
        self._saving = True
        self.busy.begin()
        self.save_button.setEnabled(False)
        self._desk.start(self, self._saved, self._spec.save, value, failed=self._failed)

    def _ask_what_else(self, values: dict[str, Any], told: Sequence[Problem]) -> None:
        """Have the service judge what can be read, so that one save tells everything."""
        rows = {}
        for key, box in self.boxes.items():
            if key in values and isinstance(box.editor, EntryEditor):
                values[key], rows[key] = box.editor.ready()
        spec = self._spec
        ask_for_objections(
            self._desk, self, told, self._tell_more, spec.save, values, self._initial,
            build=spec.build, rows=rows, at_its_row=self._at_its_row,
        )  # fmt: skip

    def _tell_more(self, problems: Sequence[Problem]) -> None:
        """What was put right meanwhile is not told any more; the person goes on typing where they are."""
        standing = [one for one in problems if _field_of(one) not in self._put_right]
        if not self._saving:
            self.show_problems(self._sentence(standing), standing, go=False)

    def _saved(self, result: Any) -> None:
        self._rest()
        words, undo = self._spec.said(result) if self._spec.said else self.tr("Saved"), self._spec.undo
        window = self.window()  # is still there when the panel is not
        back = partial(self._desk.start, window, lambda _back: None, undo, result) if undo is not None else None
        self._desk.messages.done(words, back)
        self._states = {key: box.editor.state() for key, box in self.boxes.items()}
        self.saved.emit(result)
        self.closed.emit()

    def _failed(self, error: Exception) -> None:
        self._rest()
        if isinstance(error, Conflict) and self._key is not None and self._spec.read is not None:
            self._say(NoteBox(error.text, Tone.WARN, (self.tr("Reload, keep what I typed"), self._reload)))
        elif isinstance(error, UserError):
            self.show_problems(error.text, error.problems)

    def _rest(self) -> None:
        self._saving = False
        self.busy.end()
        self.save_button.setEnabled(True)

    def _reload(self) -> None:
        changed = frozenset(key for key, box in self.boxes.items() if box.editor.state() != self._states[key])
        self._say(None)
        self._read(changed)

    # telling -------------------------------------------------------------------------------------------------

    def show_problems(self, sentence: str, problems: Sequence[Problem], *, go: bool = True) -> None:
        """Write every problem beside its field, the rest into the banner, and go to the first."""
        sentence, problems = said(sentence), in_words(tuple(problems))
        placed: dict[str, list[Problem]] = {key: [] for key in self.boxes}
        loose: list[Problem] = []
        for problem in map(self._at_its_row, problems):
            placed.get(_field_of(problem), loose).append(problem)
        for key, found in placed.items():
            self.boxes[key].show_problems(found)
        words = " ".join([sentence, *(p.text for p in loose if p.text != sentence)]).strip()
        self._say(NoteBox(words, Tone.BAD) if words else None)
        first = next((self.boxes[key] for key, found in placed.items() if found), None)
        if first is not None and go:
            first.editor.setFocus()
            self._scroll.ensureWidgetVisible(first)

    def _at_its_row(self, problem: Problem) -> Problem:
        """What the server says of a line by its number alone is about the only table of the form."""
        tables = [key for key, box in self.boxes.items() if isinstance(box.editor, (RowsEditor, EntryEditor))]
        if problem.row is None or _field_of(problem) in self.boxes or len(tables) != 1:
            return problem
        return replace(problem, field=f"{tables[0]}.{problem.field}", row=-(-problem.row // self._spec.lines_a_row))

    def _sentence(self, problems: Sequence[Problem]) -> str:
        if not problems:
            return ""
        if len(problems) == 1:
            return self.tr("One thing must be put right before this can be saved.")
        return self.tr("{count} things must be put right before this can be saved.").format(count=len(problems))

    def _say(self, note: NoteBox | None) -> None:
        clear_layout(self._banner)
        if note is not None:
            self._banner.addWidget(note)

    def leave(self, go_on: Callable[[], None]) -> None:
        """Ask about unsaved changes in the panel itself."""
        if not self.dirty:
            go_on()
            return
        self.show()
        self.raise_()
        stay = (self.tr("Keep editing"), lambda: self._say(None))
        drop = (self.tr("Discard"), lambda: self._discard(go_on))
        self._say(NoteBox(self.tr("There are unsaved changes."), Tone.WARN, stay, drop))

    def _discard(self, go_on: Callable[[], None]) -> None:
        self._states = {key: box.editor.state() for key, box in self.boxes.items()}
        self._say(None)
        go_on()
        self.closed.emit()


def _field_of(problem: Problem) -> str:
    """The field of the form that a problem belongs to, whichever cell of it."""
    return (problem.field or "").partition(".")[0]
