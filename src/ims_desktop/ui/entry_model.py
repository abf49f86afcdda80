"""The lines of an entry table: what was typed, what it means, and what is wrong."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from ims_desktop.domain.errors import Problem
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry import EntryColumn, EntryKind, EntrySpec, Line, Measured, Remark, Shown
from ims_desktop.ui.language import in_words, said, shown

Role = Qt.ItemDataRole
Index = QModelIndex | QPersistentModelIndex
VALUE = int(Role.UserRole)
PROBLEM = VALUE + 1
REMARK = VALUE + 2
SHOWN = VALUE + 3
NOWHERE = QModelIndex()
READ = (EntryKind.MEASURE, EntryKind.TICKS)  # typed words are read by the column
LEADING = (EntryKind.LOOKUP, EntryKind.TICKS)  # what follows from these replaces what was there


class EntryModel(QAbstractTableModel):
    """Cells keep a Choice (LOOKUP), a Measured (MEASURE, TICKS), a value (CHOICE) or a str (TEXT)."""

    changed = Signal()

    def __init__(self, desk: Desk, spec: EntrySpec, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk, self.spec = desk, in_words(spec)
        self.cells = [n for n, one in enumerate(spec.columns) if one.kind is not EntryKind.SHOWN]
        self._lines: list[dict[str, Any]] = [{}]
        self._refused: list[dict[str, str]] = [{}]
        self.options: dict[str, Sequence[Choice]] = {}
        self._answers: dict[int, Callable[[int, int], Any]] = {
            int(Role.DisplayRole): self.words, int(Role.EditRole): self.words, int(Role.ToolTipRole): self._tip,
            int(Role.AccessibleTextRole): self._spoken, VALUE: self._value, PROBLEM: self.problem,
            REMARK: self.remark, SHOWN: self._shown_at,
        }  # fmt: skip
        for one in spec.columns:
            if one.kind is EntryKind.CHOICE and one.choices is not None:
                self._offer(one.key, one.choices.options)
        self.load_choices()

    def load_choices(self) -> None:
        """Ask for what may be chosen, once more where it has changed or could not be asked for."""
        for one in self.spec.columns:
            if one.kind is EntryKind.CHOICE and one.choices is not None and one.choices.load is not None:
                self.desk.start(self, partial(self._offer, one.key), one.choices.load)

    def _offer(self, key: str, choices: Sequence[Choice]) -> None:
        self.options[key] = choices
        self._tell(0, len(self._lines) - 1)

    # lines ---------------------------------------------------------------------------------------------------

    def line(self, place: int) -> Line:
        """The values of a line by column key."""
        return dict(self._lines[place])

    def begun(self, place: int) -> bool:
        """Whether anything was filled in."""
        return any(value not in (None, "") for value in self._lines[place].values())

    def ready(self, place: int) -> bool:
        """Whether the line is complete and nothing is wrong with it."""
        return self.begun(place) and self.first_open(place) is None

    def first_open(self, place: int) -> int | None:
        """The first cell of a line that is missing or wrong."""
        return next((section for section in self.cells if self.problem(place, section)), None)

    def problem(self, place: int, section: int) -> str:
        """What is wrong with a cell of a begun line."""
        one, line = self.spec.columns[section], self._lines[place]
        refused = self._refused[place].get(one.key)
        if refused:
            return refused
        value = line.get(one.key)
        if isinstance(value, Measured) and value.problem:
            return said(value.problem)
        if one.kind is EntryKind.LOOKUP and isinstance(value, str) and value:
            return self.tr("“{text}” was not found.").format(text=value)
        required = one.required(dict(line)) if callable(one.required) else one.required
        if required and self.begun(place) and value in (None, ""):
            return self.tr("Choose one") if one.kind is EntryKind.CHOICE else self.tr("Missing")
        return ""

    def put(self, place: int, section: int, value: Any) -> None:
        """Fill in a cell; values that follow from it and typed measures are worked out again."""
        one, line = self.spec.columns[section], self._lines[place]
        self._refused[place].pop(one.key, None)
        line[one.key] = value
        decided = isinstance(value, Choice) or (one.kind is EntryKind.CHOICE and value is not None)
        decided = decided or one.kind is EntryKind.TICKS
        if self.spec.chosen is not None and decided:
            for key, follows in self.spec.chosen(one.key, dict(line)).items():
                if line.get(key) in (None, "") or one.kind in LEADING:
                    line[key] = follows
        self._measure(line)
        if place == len(self._lines) - 1 and self.begun(place):
            self._add_line()
        self._tell(place, place)
        self.changed.emit()

    def put_aside(self, place: int, key: str, value: Any) -> None:
        """Keep something with a begun line that is no cell of it, such as a photo."""
        if self.begun(place):
            self._lines[place][key] = value
            self._tell(place, place)
            self.changed.emit()

    def copy_above(self, place: int, section: int) -> None:
        """Take over the value of the cell above."""
        self.put(place, section, self._lines[place - 1].get(self.spec.columns[section].key))

    def delete(self, place: int) -> None:
        """Take away one line; an empty one always stays."""
        self.beginRemoveRows(NOWHERE, place, place)
        del self._lines[place], self._refused[place]
        self.endRemoveRows()
        if not self._lines or self.begun(len(self._lines) - 1):
            self._add_line()
        self.changed.emit()

    def remove(self, lines: Sequence[Line]) -> None:
        """Take away lines by their values."""
        for gone in lines:
            place = next((n for n, line in enumerate(self._lines) if line == gone), None)
            if place is not None:
                self.delete(place)

    def clear(self) -> None:
        """Take away all lines."""
        self.beginResetModel()
        self._lines, self._refused = [{}], [{}]
        self.endResetModel()
        self.changed.emit()

    def fill(self, lines: Sequence[Line]) -> None:
        """Show these lines; an empty one waits after them."""
        self.beginResetModel()
        self._lines = [*(dict(line) for line in lines), {}]
        self._refused = [{} for _ in self._lines]
        for line in self._lines:
            self._measure(line)
        self.endResetModel()
        self.changed.emit()

    def paste(self, block: Sequence[Sequence[str]], place: int, section: int) -> None:
        """Write a block into the cells that can be filled in; what a lookup knows by one name alone is chosen."""
        cells = [cell for cell in self.cells if cell >= section]
        for step, row in enumerate(block):
            for cell, words in zip(cells, row, strict=False):
                self._paste_cell(place + step, cell, words.strip())

    def _paste_cell(self, place: int, section: int, words: str) -> None:
        one = self.spec.columns[section]
        if not words:
            return
        if one.kind in READ:
            self.put(place, section, one.parse(words, self.line(place)) if one.parse else Measured(words, words))
        elif one.kind is EntryKind.CHOICE:
            known = (choice.value for choice in self.options.get(one.key, ()) if choice.text == words)
            self.put(place, section, next(known, None))
        else:
            self.put(place, section, words)
        if one.kind is EntryKind.LOOKUP:
            self.find_late(self.index(place, section), words)

    def find_late(self, index: Index, words: str) -> None:
        """What was written faster than the server answers is still chosen, if the words leave no doubt."""
        here, one = QPersistentModelIndex(index), self.spec.columns[index.column()]

        def found(choices: Sequence[Choice]) -> None:
            same = [choice for choice in choices if choice.text.casefold() == words.casefold()]
            near = same or [choice for choice in choices if choice.text.casefold().startswith(words.casefold())]
            sure = choices if len(choices) == 1 else near
            if len(sure) == 1 and here.isValid() and here.data(VALUE) == words:
                self.put(here.row(), here.column(), sure[0])

        if one.choices is not None and one.choices.search is not None:
            self.desk.start(self, found, one.choices.search, words, failed=lambda _error: None)

    def show_problems(self, problems: Sequence[Problem], places: Sequence[int]) -> None:
        """Mark what was refused; rows count these places from 1."""
        for problem in problems:
            if problem.row is not None and 0 < problem.row <= len(places):
                known = {one.key for one in self.spec.columns}
                key = problem.field if problem.field in known else self.spec.columns[0].key
                self._refused[places[problem.row - 1]][str(key)] = said(problem.text)
        self._tell(0, len(self._lines) - 1)
        self.changed.emit()

    def _measure(self, line: dict[str, Any]) -> None:
        for one in self.spec.columns:
            typed = line.get(one.key)
            if one.kind in READ and isinstance(typed, Measured) and one.parse is not None:
                line[one.key] = one.parse(typed.typed, dict(line))

    def _add_line(self) -> None:
        place = len(self._lines)
        self.beginInsertRows(NOWHERE, place, place)
        self._lines.append({})
        self._refused.append({})
        self.endInsertRows()

    def _tell(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.spec.columns) - 1))

    # Qt ------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """All lines, the waiting one included."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """All described columns."""
        return 0 if parent.isValid() else len(self.spec.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Worked-out cells cannot be edited."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.isValid() and index.column() in self.cells else flags

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Words, the value itself, what is wrong, the remark under the first cell."""
        tell = self._answers.get(int(role))
        return tell(index.row(), index.column()) if tell is not None and index.isValid() else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """The titles."""
        if orientation == Qt.Orientation.Horizontal and role in (Role.DisplayRole, Role.ToolTipRole):
            return self.spec.columns[section].title
        return None

    def remark(self, place: int, section: int = 0) -> Remark | None:
        """The warning under the first cell."""
        if section or self.spec.remark is None or not self.begun(place):
            return None
        remark: Remark | None = in_words(self.spec.remark(self.line(place)))
        return remark

    def words(self, place: int, section: int) -> str:
        """What stands in a cell, in words."""
        return self._words(place, self.spec.columns[section])

    def _spoken(self, place: int, section: int) -> str:
        title = self.spec.columns[section].title
        return f"{title}: {self.words(place, section)} {self.problem(place, section)}".strip()

    def _tip(self, place: int, section: int) -> str:
        value = self._value(place, section)
        return self.problem(place, section) or (value.path if isinstance(value, Measured) else "")

    def _value(self, place: int, section: int) -> Any:
        return self._lines[place].get(self.spec.columns[section].key)

    def _shown_at(self, place: int, section: int) -> Shown | None:
        return self._shown(place, self.spec.columns[section])

    def _shown(self, place: int, one: EntryColumn) -> Shown | None:
        if one.show is None or not self.begun(place):
            return None
        found: Shown | None = in_words(one.show(self.line(place)))
        return found

    def _words(self, place: int, one: EntryColumn) -> str:
        value = self._lines[place].get(one.key)
        if one.kind is EntryKind.SHOWN:
            worked_out = self._shown(place, one)
            return worked_out.text if worked_out else ""
        if isinstance(value, Choice):
            return shown(value.text)
        if isinstance(value, Measured):
            return value.typed
        if one.kind is EntryKind.CHOICE and value is not None:
            return next((choice.text for choice in self.options.get(one.key, ()) if choice.value == value), str(value))
        return "" if value is None else str(value)
