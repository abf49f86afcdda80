"""The bar above a list that has edits: how many, what is wrong with them, and the way out."""

from typing import Any

from PySide6.QtWidgets import QFrame, QWidget

from ims_desktop.ui.controls import Button, column, fill, key_cap, label
from ims_desktop.ui.controls import row as side_by_side
from ims_desktop.ui.grid import Grid
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.theme import Tone


class SaveBar(QWidget):
    """ "12 changes in 7 items": Save, Discard, problems; under it what is to be said about the cell stood on."""

    def __init__(self, grid: Grid) -> None:
        super().__init__()
        self._grid = grid
        self._words = label("", 12, 600, "primary")
        self.problems = Button("", "small", "warning")
        self.problems.clicked.connect(grid.next_problem)
        self.discard = Button(self.tr("Discard"), "small")
        self.discard.clicked.connect(grid.discard)
        self.save = Button(self.tr("Save"), "small", "check")
        self.save.clicked.connect(grid.save)
        self._f8 = key_cap("F8")
        bar = QFrame()
        bar.setObjectName("bar")
        layout = side_by_side()
        pieces: tuple[Any, ...] = (
            self._words, 8, self.save, key_cap("Ctrl S"), self.discard, 8, self.problems, self._f8, None,
        )  # fmt: skip
        fill(layout, pieces, 8, (12, 4, 8, 4))
        bar.setLayout(layout)
        self._note: NoteBox | None = None
        self._room = column(bar, spacing=6)
        self.setLayout(self._room)
        self._told: tuple[str, str] | None = None
        grid.changed.connect(self.tell)
        grid.saving.connect(self._saving)
        grid.table.selectionModel().currentChanged.connect(lambda *_: self._tell_cell())
        self.hide()

    def tell(self) -> None:
        """Say what waits to be saved."""
        grid, staging = self._grid, self._grid.staging
        self.setVisible(grid.dirty)
        if not grid.dirty:
            return
        words = self.tr("{changes} in {rows}").format(
            changes=grid.count_in_words(len(staging.cells)), rows=grid.rows_in_words(staging.rows)
        )
        self._words.say(words)
        marked = len(staging.marked)
        self.problems.say(self.tr("1 problem") if marked == 1 else self.tr("{count} problems").format(count=marked))
        self.problems.setVisible(marked > 0)
        self._f8.setVisible(marked > 0)
        self._tell_cell()

    def _tell_cell(self) -> None:
        """What is wrong with the cell stood on, or both values when somebody else was faster."""
        grid = self._grid
        place = grid.current_place()
        index = grid.table.currentIndex()
        if place is None or place not in grid.staging.cells:
            self._show(None, None)
            return
        described, row = grid.model.columns[index.column()], grid.model.row_at(index)
        theirs, wrong = grid.cells.theirs(described, row), grid.cells.wrong(described, row)
        if theirs is not None:
            said = self.tr("Somebody else changed {column} of {name} meanwhile. Theirs: {theirs}. Yours: {mine}.")
            mine = grid.staging.cells[place].words
            words = said.format(column=described.title, name=grid.cells.name(row), theirs=theirs, mine=mine)
            keep = (self.tr("Keep mine"), lambda: grid.keep_mine(place))
            take = (self.tr("Take theirs"), lambda: grid.take_theirs(place))
            self._show((words, "theirs"), NoteBox(words, Tone.WARN, keep, take))
        elif wrong:
            words = f"{grid.cells.name(row)}, {described.title}: {wrong}"
            self._show((words, "wrong"), NoteBox(words, Tone.BAD))
        else:
            self._show(None, None)

    def _show(self, told: tuple[str, str] | None, note: NoteBox | None) -> None:
        if told == self._told:
            return
        self._told = told
        if self._note is not None:
            self._note.hide()
            self._note.deleteLater()
        self._note = note
        if note is not None:
            self._room.addWidget(note)

    def _saving(self, on: bool) -> None:
        self.save.refuse(self.tr("Saving …") if on else None)
        self.discard.refuse(self.tr("Saving …") if on else None)
