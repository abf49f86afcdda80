"""Changes many rows at once: a form of what can be edited, in which what is left blank stays as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ims_desktop.domain.editing import CellChange, CellsRefused, same_value
from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.work import Changed
from ims_desktop.ui.cell_reading import edit_of, held
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.fields import Field, FieldKind
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.form_panel import FormPanel
from ims_desktop.ui.grid import Grid

KINDS = {
    Kind.NUMBER: FieldKind.NUMBER,
    Kind.QUANTITY: FieldKind.QUANTITY,
    Kind.MONEY: FieldKind.MONEY,
    Kind.COST: FieldKind.COST,
    Kind.PERCENT: FieldKind.PERCENT,
    Kind.DATE: FieldKind.DATE,
    Kind.TIME: FieldKind.TIME,
}
SHOWN_PROBLEMS = 5


class BulkPanel(FormPanel):
    """Counts while somebody fills it in how many rows would change; saves them as one transaction."""

    def __init__(self, grid: Grid, rows: Sequence[Any]) -> None:
        self._grid, self._rows = grid, tuple(rows)
        self._sent: tuple[CellChange, ...] = ()
        super().__init__(grid.desk, self._form())
        for box in self.boxes.values():
            box.editor.edited.connect(self._count)
        self._count()

    def _form(self) -> FormSpec:
        grid = self._grid
        words = self.tr("Change {count} {noun}").format(count=f"{len(self._rows):,}", noun=grid.spec.noun[1])
        return FormSpec(
            title=words,
            subtitle=self.tr("What you leave blank stays as it is. All changes are saved together, or none."),
            groups=tuple(_field(grid, column) for column in _many(grid)),
            build=lambda values, _initial: self.changes(values),
            save=self._save,
        )

    def changes(self, values: Mapping[str, Any]) -> tuple[CellChange, ...]:
        """What the form says, cell by cell; raises UserError with every row that cannot be changed so."""
        found, refused = list[CellChange](), list[Problem]()
        for column in _many(self._grid):
            value = values.get(column.key)
            if value is None or value in ("", ()):
                continue
            for row in self._rows:
                if why := self._grid.cells.why_not(column, row):
                    refused.append(Problem(f"{self._grid.cells.name(row)}: {why}", column.key))
                    continue
                old = held(column, row)
                if not same_value(old, value):
                    found.append(CellChange(self._grid.cells.place(column, row), old, value))
        if refused:
            raise UserError(self.tr("Not all of them can be changed so."), _few(refused))
        if not found:
            raise UserError(self.tr("Nothing would change: fill in what should be different."))
        self._sent = tuple(found)
        return self._sent

    def _save(self, connection: Any, changes: tuple[CellChange, ...]) -> Changed:
        """Save, with the name of its row before every sentence."""
        save: Any = self._grid.spec.save
        try:
            changed: Changed = save(connection, changes)
        except CellsRefused as error:
            names = {self._grid.spec.row_key(row): self._grid.cells.name(row) for row in self._rows}
            said = [
                replace(each, text=f"{names[changes[(each.row or 1) - 1].place.row]}: {each.text}", row=None)
                for each in error.problems
            ]
            said += [
                Problem(f"{names[one.place.row]}: somebody else changed it meanwhile.", one.place.column)
                for one in error.conflicts
            ]
            raise UserError(error.text, _few(said)) from error
        return changed

    def _saved(self, result: Any) -> None:
        """Offer to take it back, as the list does with what is typed into it."""
        self._rest()
        self._states = {key: box.editor.state() for key, box in self.boxes.items()}
        self._grid.offer_undo(self._sent)
        self.saved.emit(result)
        self.closed.emit()

    def _count(self) -> None:
        values, problems = self.values()
        try:
            rows = 0 if problems else len({change.place.row for change in self.changes(values)})
        except UserError:
            rows = 0
        noun = self._grid.spec.noun[0 if rows == 1 else 1]
        self.save_button.say(self.tr("Change {count} {noun}").format(count=f"{rows:,}", noun=noun))


def _many(grid: Grid) -> tuple[Column, ...]:
    """What many rows may have in common: everything but what names them."""
    return tuple(column for column in grid.cells.editable if column.kind is not Kind.TITLE)


def _field(grid: Grid, column: Column) -> Field:
    edit = edit_of(column)
    choices, kind = edit.choices, KINDS.get(column.kind, FieldKind.TEXT)
    if choices is not None:
        kind = FieldKind.MANY if edit.several else FieldKind.CHOICE
        choices = Choices(tuple(grid.cells.reader.options.get(column.key, ())))
    elif column.kind is Kind.FLAG:
        kind, choices = FieldKind.CHOICE, Choices((Choice(True, grid.tr("Yes")), Choice(False, grid.tr("No"))))
    return Field(
        column.key, column.title, kind, choices=choices, max_length=edit.most, placeholder=grid.tr("Stays as it is")
    )


def _few(problems: list[Problem]) -> list[Problem]:
    """The first ones and how many more: a sentence for each of a thousand rows helps nobody."""
    more = len(problems) - SHOWN_PROBLEMS
    if more <= 0:
        return problems
    return [*problems[:SHOWN_PROBLEMS], Problem(f"And {more:,} more.", problems[SHOWN_PROBLEMS].field)]
