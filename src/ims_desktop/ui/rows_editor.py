"""A small table inside a form: one row of editors for each entry, with adding and removing."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QGridLayout, QWidget

from ims_desktop.domain.errors import Problem
from ims_desktop.ui.controls import Button, Label, column, label, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.field_editors import Editor, editor, read
from ims_desktop.ui.fields import Field

NOTHING = (None, "", False, ())


class RowsEditor(Editor):
    """Its value is a tuple of dicts, one a row; wholly empty rows are left out."""

    def __init__(self, desk: Desk, field: Field) -> None:
        super().__init__(desk, field)
        self._rows: list[tuple[dict[str, Editor], Any]] = []
        self._defaults: dict[str, Any] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(6)
        self._wrong = Label("", 12, role="bad", wrap=True)
        self._wrong.hide()
        self._add = Button(self.tr("Add a row"), "link", "plus")
        self._add.clicked.connect(self.add)
        if field.fixed:
            self._add.hide()  # showing it before it has a parent would open a window
        self.setLayout(column(self._grid, 4, self._wrong, row(self._add, None)))
        self._draw()

    def value(self) -> tuple[dict[str, Any], ...]:
        """What every row holds; problems are told by `problems`."""
        return tuple(values for values, _ in self._read())

    def problems(self) -> list[Problem]:
        """What is wrong, with the row counted from 1."""
        return [
            Problem(text, f"{self.field.key}.{key}", number)
            for number, (_, wrong) in enumerate(self._read(), 1)
            for key, text in wrong
        ]

    def show_value(self, value: Any) -> None:
        """Show rows; each is a value or a mapping with the columns' keys."""
        self._rows = []
        for one in value or ():
            self._append(one)
        self._draw()

    def add(self) -> None:
        """Add an empty row and go there."""
        self._append(None)
        self._draw()
        next(iter(self._rows[-1][0].values())).setFocus()
        self.edited.emit()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Mark the cells that problems name and write their sentences under the table."""
        for editors, _ in self._rows:
            for one in editors.values():
                one.mark(False)
        for problem in problems:
            cell = (problem.field or "").rpartition(".")[2]
            if problem.row is not None and 0 < problem.row <= len(self._filled()):
                editors = self._filled()[problem.row - 1]
                for key, one in editors.items():
                    if cell in (key, self.field.key):
                        one.mark(True)
        lines = [self.tr("Row {row}: {text}").format(row=p.row, text=p.text) if p.row else p.text for p in problems]
        self._wrong.say("\n".join(lines))
        self._wrong.setVisible(bool(lines))

    def state(self) -> tuple[Any, ...]:
        """What stands in every row."""
        return tuple(tuple(one.state() for one in editors.values()) for editors in self._filled())

    def _filled(self) -> list[dict[str, Editor]]:
        return [editors for editors, origin in self._rows if not self._blank(editors, origin)]

    def _blank(self, editors: dict[str, Editor], origin: Any) -> bool:
        """A row nobody filled in: defaults do not count in a new row."""
        by_default = self._defaults if origin is None else {}
        return all(one.state() in (*NOTHING, by_default.get(key, "")) for key, one in editors.items())

    def _read(self) -> list[tuple[dict[str, Any], list[tuple[str, str]]]]:
        answers = []
        for editors, origin in self._rows:
            if self._blank(editors, origin):
                continue
            wrong: list[tuple[str, str]] = []
            values = {key: read(one, wrong) for key, one in editors.items()}
            if origin is not None:
                values["origin"] = origin
            answers.append((values, wrong))
        return answers

    def _append(self, value: Any) -> None:
        made = {}
        for cell in self.field.columns:
            one = made[cell.key] = editor(self.desk, cell)
            one.show_value(cell.default if value is None else attribute(value, cell.key))
            one.edited.connect(self.edited)
        self._rows.append((made, value))
        if value is None:
            self._defaults = {key: one.state() for key, one in made.items()}

    def _remove(self, place: int) -> None:
        del self._rows[place]
        self._draw()
        self.edited.emit()

    def _draw(self) -> None:
        kept = {id(one) for editors, _ in self._rows for one in editors.values()}
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None and id(widget) not in kept:
                widget.hide()
                widget.deleteLater()
        for place, cell in enumerate(self.field.columns):
            title = cell.label + (" *" if cell.required else "")
            self._grid.addWidget(label(title, 12, role="muted"), 0, place)
            self._grid.setColumnStretch(place, 0 if cell.width else 1)
        for number, (editors, _) in enumerate(self._rows, 1):
            for place, (cell, one) in enumerate(zip(self.field.columns, editors.values(), strict=True)):
                if cell.width:
                    one.setFixedWidth(cell.width)
                self._grid.addWidget(one, number, place)
            remove = Button("", "ghost", "trash", name=self.tr("Remove row {number}").format(number=number))
            if self.field.fixed:
                remove.hide()
            remove.clicked.connect(lambda _=False, place=number - 1: self._remove(place))
            self._grid.addWidget(remove, number, len(self.field.columns))
        for widget in self._title_labels():
            widget.setVisible(bool(self._rows))

    def _title_labels(self) -> list[QWidget]:
        items = (self._grid.itemAtPosition(0, place) for place in range(len(self.field.columns)))
        return [widget for item in items if item is not None and (widget := item.widget()) is not None]


def attribute(value: Any, key: str) -> Any:
    """A named part of a value or a mapping."""
    return value.get(key) if isinstance(value, dict) else getattr(value, key, None)
