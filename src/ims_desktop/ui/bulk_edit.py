"""Changes many rows at once: a form of what can be edited, in which what is left blank stays as it is.

Each row reads what was typed as its own cell would: 2 case are 12 tins here and 24 bottles there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtWidgets import QLineEdit

from ims_desktop.domain.editing import CellChange, CellsRefused, same_value
from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.wording import say
from ims_desktop.domain.work import Changed
from ims_desktop.ui.cell_reading import edit_of, held
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.controls import Button
from ims_desktop.ui.field_editors import ComboEditor
from ims_desktop.ui.fields import Field, FieldKind, Group
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.form_panel import FieldBox, FormPanel
from ims_desktop.ui.formats import UNKNOWN
from ims_desktop.ui.grid import Grid
from ims_desktop.ui.language import said

SHOWN_PROBLEMS = 5
EMPTIED = object()
"""Chosen where a value should be taken away, which is not the same as leaving it alone."""


class BulkPanel(FormPanel):
    """Counts while somebody fills it in how many rows would change; saves them as one transaction."""

    def __init__(self, grid: Grid, rows: Sequence[Any]) -> None:
        self._grid, self._rows = grid, tuple(rows)
        self._sent: tuple[CellChange, ...] = ()
        super().__init__(grid.desk, self._form())
        for column in _many(grid):
            box = self.boxes[column.key]
            box.editor.edited.connect(self._count)
            if isinstance(box.editor, ComboEditor) and box.field.choices is not None:
                box.editor.combo.offer((Choice(None, box.field.placeholder), *box.field.choices.options))
            if box.field.kind is FieldKind.TEXT and not edit_of(column).required:
                self._offer_to_empty(column, box)
        self._count()

    def _form(self) -> FormSpec:
        grid = self._grid
        return FormSpec(
            title=self.tr("Change {what}").format(what=grid.rows_in_words(len(self._rows))),
            subtitle=self.tr("What you leave blank stays as it is. All changes are saved together, or none."),
            groups=(Group(self.tr("What should be different"), tuple(_field(grid, column) for column in _many(grid))),),
            build=lambda values, _initial: self.changes(values),
            save=self._save,
        )

    def _offer_to_empty(self, column: Column, box: FieldBox) -> None:
        """A button behind the line writes the sign for nothing into it."""
        line = box.editor.findChildren(QLineEdit)[0]
        button = Button(self.tr("Empty"), "small", name=self.tr("Empty {column}").format(column=column.title))
        button.clicked.connect(partial(self._empty, line))
        layout = box.editor.layout()
        if layout is not None:
            layout.addWidget(button)

    def _empty(self, line: QLineEdit, _checked: bool = False) -> None:
        line.setText("" if line.text() == UNKNOWN else UNKNOWN)
        line.textEdited.emit(line.text())

    def changes(self, values: Mapping[str, Any]) -> tuple[CellChange, ...]:
        """What the form says, cell by cell; raises UserError with every row that cannot be changed so."""
        found, refused = list[CellChange](), list[Problem]()
        for column in _many(self._grid):
            wanted = values.get(column.key)
            if wanted is None or wanted in ("", ()):
                continue
            for row in self._rows:
                try:
                    found += self._cell(column, row, wanted)
                except UserError as error:
                    refused.append(Problem(f"{self._grid.cells.name(row)}: {said(error.text)}", column.key))
        if refused:
            raise UserError(self.tr("Not all of them can be changed so."), list(_few(refused)))
        if not found:
            raise UserError(self.tr("Nothing would change: fill in what should be different."))
        self._sent = tuple(found)
        return self._sent

    def _cell(self, column: Column, row: Any, said: Any) -> Iterator[CellChange]:
        """The change of one cell, where there is one."""
        cells = self._grid.cells
        if why := cells.why_not(column, row):
            raise UserError(why)
        if said is EMPTIED or (isinstance(said, tuple) and EMPTIED in said):
            said = UNKNOWN
        value = cells.reader.read(column, row, said).value if isinstance(said, str) else said
        old = held(column, row)
        if not same_value(old, value):
            yield CellChange(cells.place(column, row), old, value)

    def _save(self, connection: Any, changes: tuple[CellChange, ...]) -> Changed:
        """Save, with the name of its row before every sentence."""
        save: Any = self._grid.spec.save
        try:
            changed: Changed = save(connection, changes)
        except CellsRefused as error:
            names = {self._grid.spec.row_key(row): self._grid.cells.name(row) for row in self._rows}
            refused = [
                replace(each, text=f"{names[changes[(each.row or 1) - 1].place.row]}: {said(each.text)}", row=None)
                for each in error.problems
            ]
            refused += [
                Problem(say("{name}: somebody else changed it meanwhile.", name=names[one.place.row]), one.place.column)
                for one in error.conflicts
            ]
            raise UserError(error.text, list(_few(refused))) from error
        return changed

    def _saved(self, result: Any) -> None:
        """Offer to take it back, as the list does with what is typed into it."""
        self._rest()
        self._states = {key: box.editor.state() for key, box in self.boxes.items()}
        self._grid.offer_undo(self._sent)
        self.saved.emit(result)
        self.closed.emit()

    def _count(self) -> None:
        """Say on the button how many rows would change as the form stands."""
        values, problems = self.values()
        try:
            rows = 0 if problems else len({change.place.row for change in self.changes(values)})
        except UserError:
            rows = 0
        self.save_button.say(self.tr("Change {what}").format(what=self._grid.rows_in_words(rows)))


def _many(grid: Grid) -> tuple[Column, ...]:
    """What many rows may have in common: everything but what names them."""
    return tuple(column for column in grid.cells.editable if column.kind is not Kind.TITLE)


def _field(grid: Grid, column: Column) -> Field:
    edit = edit_of(column)
    stays = grid.tr("Stays as it is")
    if edit.choices is not None:
        kind = FieldKind.MANY if edit.several else FieldKind.CHOICE
        nothing = (
            () if edit.required else (Choice(EMPTIED, grid.tr("None of them") if edit.several else grid.tr("Empty")),)
        )
        offered = Choices((*nothing, *grid.cells.reader.options.get(column.key, ())))
        return Field(column.key, column.title, kind, choices=offered, placeholder=stays)
    if column.kind is Kind.FLAG:
        offered = Choices((Choice(True, grid.tr("Yes")), Choice(False, grid.tr("No"))))
        return Field(column.key, column.title, FieldKind.CHOICE, choices=offered, placeholder=stays)
    help_ = grid.tr("In the stock unit or a pack: 2 case + 4") if edit.units is not None else ""
    return Field(column.key, column.title, FieldKind.TEXT, help=help_, placeholder=stays)


def _few(problems: list[Problem]) -> Iterator[Problem]:
    """The first of each field and how many more: a sentence for each of a thousand rows helps nobody."""
    for key in dict.fromkeys(problem.field for problem in problems):
        these = [problem for problem in problems if problem.field == key]
        yield from these[:SHOWN_PROBLEMS]
        if len(these) > SHOWN_PROBLEMS:
            yield Problem(say("And {count:,} more.", count=len(these) - SHOWN_PROBLEMS), key)
