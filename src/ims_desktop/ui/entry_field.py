"""A table for fast keyboard entry as a field of a form: its value are the lines."""

from collections.abc import Sequence
from typing import Any

from ims_desktop.domain.errors import Problem
from ims_desktop.domain.wording import Words, say
from ims_desktop.ui.controls import Label, column
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry import EntrySpec, Line
from ims_desktop.ui.entry_grid import EntryGrid
from ims_desktop.ui.field_editors import Editor
from ims_desktop.ui.fields import Field
from ims_desktop.ui.language import said


class EntryEditor(Editor):
    """Lines of the described table, and under them what the field says about all of them."""

    def __init__(self, desk: Desk, field: Field) -> None:
        super().__init__(desk, field)
        self.grid = EntryGrid(desk, field.entry(desk) if field.entry else EntrySpec(()), records=False)
        self._foot = Label("", 13, 500, wrap=True)
        self._wrong = Label("", 12, role="bad", wrap=True)
        self._wrong.hide()
        self._marking = False
        self.setLayout(column(self.grid, 6, self._foot, self._wrong))
        self.setFocusProxy(self.grid)
        self.grid.lines_changed.connect(self._changed)
        self._tell()

    def value(self) -> tuple[Line, ...]:
        """The lines that were begun; what is wrong with them is told by `problems`."""
        self.grid.table.commit()
        return self.grid.begun()

    def problems(self) -> list[Problem]:
        """What is missing or wrong in the lines that were begun, with the row counted from 1."""
        return self.grid.problems(self.field.key)

    def ready(self) -> tuple[tuple[Line, ...], tuple[int, ...]]:
        """The lines with which nothing is wrong, and the number of each among those that were begun."""
        return self.grid.lines(), self.grid.ready_rows()

    def show_value(self, value: Any) -> None:
        """Show lines: mappings by the keys of the columns."""
        self._marking = True
        self.grid.fill(tuple(value or ()))
        self._marking = False
        self._tell()

    def state(self) -> Any:
        """What stands in every line."""
        return self.grid.words()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Mark the cells that problems name and write what names none under the table."""
        rows = [Problem(p.text, (p.field or "").rpartition(".")[2], p.row) for p in problems if p.row is not None]
        self._marking = True  # marks are no edits
        self.grid.show_problems_of_begun(rows)
        self._marking = False
        loose = [problem.text for problem in problems if problem.row is None]
        lines = [said(self._at_its_cell(one)) for one in rows]
        self._wrong.say("\n".join([*loose, *lines]))
        self._wrong.setVisible(bool(loose or lines))

    def _at_its_cell(self, problem: Problem) -> Words:
        titles = {column.key: column.title for column in self.grid.model.spec.columns}
        cell = titles.get(problem.field or "")
        if cell is None:
            return say("Line {row}: {text}", row=problem.row, text=problem.text)
        return say("Line {line}, {cell}: {problem}", line=problem.row, cell=cell, problem=problem.text)

    def _changed(self) -> None:
        if not self._marking:
            self._tell()
            self.edited.emit()

    def _tell(self) -> None:
        if self.field.foot is not None:
            self._foot.say(self.field.foot(self.grid.begun()))
