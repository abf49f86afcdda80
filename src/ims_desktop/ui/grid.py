"""Editing in a list: staging, taking back, saving in one transaction, problems and conflicts."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from ims_desktop.domain.editing import CellChange, CellPlace, CellsRefused, rows_of
from ims_desktop.domain.errors import Offline, UserError
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.grid_cells import GridCells, Proposal
from ims_desktop.ui.language import counted
from ims_desktop.ui.list_spec import ListSpec
from ims_desktop.ui.sliced_work import SlicedWork
from ims_desktop.ui.table_model import TableModel
from ims_desktop.ui.table_view import TableView


class Grid(QObject):
    """What can be done with the cells of one list; the save bar, the keys and the panels ask here."""

    changed = Signal()
    saving = Signal(object)  # bool: whether a save is under way

    def __init__(self, desk: Desk, spec: ListSpec, table: TableView, model: TableModel, cells: GridCells) -> None:
        super().__init__(table)
        self.desk, self.spec, self.table, self.model, self.cells = desk, spec, table, model, cells
        self.staging = cells.staging
        self.is_saving = False
        cells.changed.connect(self.changed)

    # editing -------------------------------------------------------------------------------------------------

    def type_into(self, column: Column, row: Any, typed: str) -> None:
        """Stage what was typed by hand; what cannot be read stays there, marked."""
        self.cells.stage([self.cells.propose(column, row, typed)], keep_wrong=True)

    def stage(self, proposals: Sequence[Proposal]) -> None:
        """Stage what is possible as one step, and tell what is not."""
        self.cells.stage(proposals)
        refused = [each for each in proposals if each.refused]
        if refused:
            first = refused[0]
            more = self.tr(" (and {count} more)").format(count=len(refused) - 1) if len(refused) > 1 else ""
            words = self.tr("Not changed: {name}: {why}{more}")
            self.desk.messages.note(words.format(name=first.name, why=first.refused, more=more))

    def stage_all(self, steps: Iterable[Proposal]) -> None:
        """Stage as many proposals as there are without the window standing still."""
        SlicedWork(self, steps, self.stage)

    def clear(self) -> None:
        """Empty the selected cells."""
        self.stage_all(self.cells.propose(column, row, "") for row, column in self._selected() if not _is_flag(column))

    def turn(self) -> None:
        """Tick the selected cells, or untick them when all are ticked."""
        flags = [(row, column) for row, column in self._selected() if _is_flag(column)]
        on = not all(self.cells.value(column, row) for row, column in flags)
        self.stage_all(self.cells.propose_value(column, row, on) for row, column in flags)

    def fill_down(self) -> None:
        """Write the first selected cell of each column into those below; a single cell takes what is above it."""
        places: dict[int, list[int]] = defaultdict(list)
        for place, section in self.table.selected_cells():
            places[section].append(place)
        self.stage_all(step for section, rows in places.items() for step in self._down(section, sorted(rows)))

    def _down(self, section: int, places: list[int]) -> Iterator[Proposal]:
        rows, column = self.model.rows, self.model.columns[section]
        first, *below = places if len(places) > 1 else (max(places[0] - 1, 0), places[0])
        value = self.cells.value(column, rows[first]) if column in self.cells.editable else None
        for place in below:
            yield self.cells.propose_value(column, rows[place], value)

    def fill_right(self) -> None:
        """Write the first selected cell of each row into those to the right, as if it were typed there."""
        sections: dict[int, list[int]] = defaultdict(list)
        for place, section in self.table.selected_cells():
            sections[place].append(section)
        self.stage_all(step for place, among in sections.items() for step in self._right(place, among))

    def _right(self, place: int, sections: list[int]) -> Iterator[Proposal]:
        shown, row = self.table.shown_sections(), self.model.rows[place]
        if len(sections) == 1:
            sections = [shown[max(shown.index(sections[0]) - 1, 0)], *sections]
        first = self.model.columns[sections[0]]
        words = self.cells.typed(first, row) if first in self.cells.editable else self.cells.shown(first, row)
        for section in sections[1:]:
            yield self.cells.propose(self.model.columns[section], row, words)

    def undo(self) -> None:
        """Take the newest step back, and go where it was."""
        self._moved(self.staging.undo())

    def redo(self) -> None:
        """Do the step again that was taken back last."""
        self._moved(self.staging.redo())

    # problems ------------------------------------------------------------------------------------------------

    def next_problem(self) -> None:
        """Go to the next cell that needs a second look (F8)."""
        marked = self.staging.marked
        if marked:
            here = self.current_place()
            at = marked.index(here) + 1 if here in marked else 0
            self.go_to(marked[at % len(marked)])

    def current_place(self) -> CellPlace | None:
        """The key of the cell the keyboard stands on."""
        index = self.table.currentIndex()
        if not index.isValid():
            return None
        return self.cells.place(self.model.columns[index.column()], self.model.row_at(index))

    def go_to(self, place: CellPlace) -> None:
        """Stand on a cell, when its row is among those that are loaded."""
        sections = {column.key: section for section, column in enumerate(self.model.columns)}
        for number, row in enumerate(self.model.rows):
            if self.spec.row_key(row) == place.row:
                self.table.stand_on(number, sections[place.column])
                return
        cell = self.staging.cells.get(place)
        if cell is not None:
            words = self.tr("{name} is not in the rows shown: clear the filters to see it.")
            self.desk.messages.note(words.format(name=self.cells.name(cell.row)))

    def keep_mine(self, place: CellPlace) -> None:
        """Write over what somebody else wrote, with the next save."""
        self.staging.keep_mine(place)
        self.cells.changed.emit()

    def take_theirs(self, place: CellPlace) -> None:
        """Give the own value up."""
        self.staging.drop((place,))
        self.cells.changed.emit()

    # saving --------------------------------------------------------------------------------------------------

    @property
    def dirty(self) -> bool:
        """Whether anything waits to be saved."""
        return bool(self.staging.cells)

    def save(self) -> None:
        """Save everything in one transaction; what needs a second look comes first."""
        if self.is_saving or not self.dirty:
            return
        if self.staging.marked:
            self.next_problem()
            return
        self.send(self.staging.changes())

    def send(self, changes: Sequence[CellChange]) -> None:
        """Save these changes in one transaction."""
        self._begin(True)
        done, failed = partial(self._saved, changes), partial(self._failed, changes)
        self.desk.start(self, done, self.spec.save, tuple(changes), failed=failed)  # type: ignore[arg-type]

    def discard(self) -> None:
        """Give every edit up; Undo brings them back."""
        staged = dict(self.staging.cells)
        self.staging.drop(staged)
        self.cells.changed.emit()
        words = self.tr("Discarded {changes}").format(changes=self.count_in_words(len(staged)))
        self.desk.messages.done(words, lambda: self._restage(staged))

    def leave(self, go_on: Callable[[], None]) -> None:
        """Go on when nothing waits to be saved, or when the person gives it up."""
        if not self.dirty:
            go_on()
            return
        count = len(self.staging.cells)
        one, many = (
            self.tr("1 change is not saved. Leave without it?"),
            self.tr("{count} changes are not saved. Leave?"),
        )
        question = one if count == 1 else many.format(count=counted(count))
        self.desk.messages.ask(
            question, partial(self._given_up, go_on), go_on=self.tr("Leave without saving"), parent=self.table.window()
        )

    def count_in_words(self, cells: int) -> str:
        """So many changes."""
        return self.tr("1 change") if cells == 1 else self.tr("{count} changes").format(count=counted(cells))

    def _given_up(self, go_on: Callable[[], None]) -> None:
        self.staging.drop(tuple(self.staging.cells))
        self.cells.changed.emit()
        go_on()

    def _restage(self, staged: dict[CellPlace, Any]) -> None:
        self.staging.stage(staged)
        self.cells.changed.emit()

    def _begin(self, on: bool) -> None:
        self.is_saving = on
        self.saving.emit(on)

    def _saved(self, changes: Sequence[CellChange], _count: Any) -> None:
        self.cells.saved = {c.place: self.staging.cells[c.place] for c in changes if c.place in self.staging.cells}
        self.staging.settle(changes)
        self._begin(False)
        self.cells.changed.emit()
        self.offer_undo(changes)

    def offer_undo(self, changes: Sequence[CellChange]) -> None:
        """Tell what was saved, with the way back."""
        words = self.tr("Saved {changes} in {rows}").format(
            changes=self.count_in_words(len(changes)), rows=self.rows_in_words(rows_of(changes))
        )
        self.desk.messages.done(words, partial(self._write_back, tuple(change.back() for change in changes)))

    def _write_back(self, changes: tuple[CellChange, ...]) -> None:
        def done(_count: Any) -> None:
            words = self.tr("Took back {changes}").format(changes=self.count_in_words(len(changes)))
            self.desk.messages.done(words, partial(self._write_back, tuple(change.back() for change in changes)))

        self.desk.start(self, done, self.spec.save, changes)  # type: ignore[arg-type]

    def _failed(self, changes: Sequence[CellChange], error: Exception) -> None:
        self._begin(False)
        if isinstance(error, CellsRefused):
            self.staging.refuse(
                {changes[each.row - 1].place: each.text for each in error.problems if each.row},
                {each.place: each.value for each in error.conflicts},
            )
            self.cells.changed.emit()
            self.next_problem()
        if isinstance(error, (UserError, Offline)):
            self.desk.messages.failed(error.text if isinstance(error, UserError) else str(error))

    def rows_in_words(self, rows: int) -> str:
        """So many rows, by their noun."""
        one, many = self.spec.noun
        return f"{counted(rows)} {one if rows == 1 else many}"

    def _moved(self, places: Sequence[CellPlace]) -> None:
        if places:
            self.cells.changed.emit()
            self.go_to(places[0])

    def _selected(self) -> Iterator[tuple[Any, Column]]:
        rows = self.model.rows
        for place, section in self.table.selected_cells():
            yield rows[place], self.model.columns[section]


def _is_flag(column: Column) -> bool:
    return column.kind is Kind.FLAG
