"""The cells of a list that can be edited: what stands in them, what is staged, and what a text would make of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from ims_desktop.domain.editing import CellPlace
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import Words
from ims_desktop.ui.cell_edit import CellEdit
from ims_desktop.ui.cell_reading import CellReader, edit_of, held
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.columns import Column, Kind, text
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.list_spec import ListSpec
from ims_desktop.ui.staging import Staged, Staging


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a text would make of a cell; `refused` says why it cannot, `same` that it says what stands there."""

    name: str
    column: Column | None
    before: str
    after: str
    place: CellPlace | None = None
    staged: Staged | None = None
    refused: Words = ""

    @property
    def same(self) -> bool:
        """Whether nothing would change."""
        return not self.refused and self.before == self.after


class GridCells(QObject):
    """Joins the description of a list with the staged edits; `changed` says that cells look different now."""

    changed = Signal()

    def __init__(self, desk: Desk, spec: ListSpec, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._spec = desk, spec
        self.staging = Staging()
        self.saved: dict[CellPlace, Staged] = {}  # shown as saved until the rows are read again
        self.reader = CellReader(desk.formats)
        self.editable = tuple(c for c in columns if c.edit is not None and desk.may(c.edit.permission))
        self._keys = frozenset(column.key for column in self.editable)
        self._title = next((column for column in columns if column.kind is Kind.TITLE), columns[0])
        for column in self.editable:
            self._learn(column, edit_of(column))

    def _learn(self, column: Column, edit: CellEdit) -> None:
        choices = edit.choices
        if choices is not None and choices.load is not None:
            self._desk.start(self, partial(self._learned, column.key), choices.load, failed=_unanswered)
        elif choices is not None:
            self._learned(column.key, choices.options)

    def _learned(self, key: str, options: Sequence[Choice]) -> None:
        self.reader.options[key] = options
        self.changed.emit()

    # looking -------------------------------------------------------------------------------------------------

    def place(self, column: Column, row: Any) -> CellPlace:
        """The key of a cell."""
        by_site = column.edit is not None and column.edit.by_site
        return CellPlace(self._spec.row_key(row), column.key, self._desk.site if by_site else None)

    def staged(self, column: Column, row: Any) -> Staged | None:
        """The edit of a cell, if it has one."""
        if column.key not in self._keys or not (self.staging.cells or self.saved):
            return None
        place = self.place(column, row)
        return self.staging.cells.get(place) or self.saved.get(place)

    def why_not(self, column: Column, row: Any) -> str | None:
        """Why a cell stays as it is; None when it can be edited."""
        if column.key not in self._keys:
            return self.tr("{column} is worked out or not yours to change.").format(column=column.title)
        edit = edit_of(column)
        if edit.by_site and self._desk.site is None:
            return self.tr("{column} belongs to one site: choose it first.").format(column=column.title)
        return edit.why_not(row) if edit.why_not is not None else None

    def name(self, row: Any) -> str:
        """How a row is called."""
        return text(self._title, row, self._desk.formats)

    def value(self, column: Column, row: Any) -> Any:
        """What the cell holds, with what is staged."""
        staged = self.staged(column, row)
        return held(column, row) if staged is None or staged.wrong else staged.new

    def typed(self, column: Column, row: Any) -> str:
        """What an editor begins with."""
        staged = self.staged(column, row)
        if staged is not None and staged.wrong:
            return staged.words
        return self.reader.typed(column, row, self.value(column, row))

    def shown(self, column: Column, row: Any) -> str:
        """The words of the cell."""
        staged = self.staged(column, row)
        return staged.words if staged is not None else text(column, row, self._desk.formats)

    def wrong(self, column: Column, row: Any) -> str:
        """What speaks against what is staged."""
        return self.staging.problem(self.place(column, row))

    def theirs(self, column: Column, row: Any) -> str | None:
        """What somebody else wrote into the cell meanwhile, in words."""
        place = self.place(column, row)
        if place not in self.staging.theirs:
            return None
        return self.reader.shown(column, row, self.staging.theirs[place])

    def explain(self, column: Column, row: Any) -> str:
        """What a pointer resting on a cell tells: the old value, how the new one was worked out, what is wrong."""
        staged = self.staged(column, row)
        if staged is None:
            return ""
        before = self.reader.shown(column, staged.row, staged.old)
        theirs, wrong = self.theirs(column, row), self.wrong(column, row)
        said = [wrong] if wrong else []
        said += [self.tr("Somebody else wrote {theirs} meanwhile").format(theirs=theirs)] if theirs is not None else []
        said += [self.tr("Was {before}").format(before=before)] + ([staged.path] if staged.path else [])
        return "\n".join(said)

    # proposing -----------------------------------------------------------------------------------------------

    def propose(self, column: Column, row: Any, typed: str) -> Proposal:
        """What a text would make of a cell."""
        before = self.shown(column, row)
        if why := self.why_not(column, row):
            return Proposal(self.name(row), column, before, typed, refused=why)
        try:
            understood = self.reader.read(column, row, typed)
        except UserError as error:
            return self._unread(column, row, typed, before, error)
        return self._proposal(column, row, understood.value, before, understood.path)

    def propose_value(self, column: Column, row: Any, value: Any) -> Proposal:
        """What a value would make of a cell."""
        before = self.shown(column, row)
        if why := self.why_not(column, row):
            return Proposal(self.name(row), column, before, "", refused=why)
        return self._proposal(column, row, value, before)

    def _proposal(self, column: Column, row: Any, value: Any, before: str, path: str = "") -> Proposal:
        words = self.reader.shown(column, row, value)
        staged = Staged(row, held(column, row), value, words, path)
        return Proposal(self.name(row), column, before, words, self.place(column, row), staged)

    def _unread(self, column: Column, row: Any, typed: str, before: str, error: UserError) -> Proposal:
        says = " ".join(problem.text for problem in error.problems) or error.text
        staged = Staged(row, held(column, row), None, typed, wrong=says)
        return Proposal(self.name(row), column, before, typed, self.place(column, row), staged, says)

    # staging -------------------------------------------------------------------------------------------------

    def stage(self, proposals: Iterable[Proposal], *, keep_wrong: bool = False) -> int:
        """Take what is possible in as one step; what was typed by hand is kept even when it cannot be read."""
        cells = {
            each.place: each.staged for each in proposals if each.place is not None and (keep_wrong or not each.refused)
        }
        if self.staging.stage(cells):
            self.changed.emit()
        return len(cells)

    def meet(self, rows: Iterable[Any]) -> None:
        """Rows were read: what was saved is among them now, and somebody else may have changed what is staged."""
        self.saved.clear()
        if not self.staging.cells:
            return
        columns = {column.key: column for column in self.editable}
        staged: dict[Any, list[CellPlace]] = {}
        for place in self.staging.cells:
            staged.setdefault(place.row, []).append(place)
        for row in rows:
            for place in staged.get(self._spec.row_key(row), ()):
                if place == self.place(columns[place.column], row):
                    self.staging.meet(place, held(columns[place.column], row))
        self.changed.emit()


def _unanswered(_error: Exception) -> None:
    """The list tells the same failure; cells are read without choices until it answers."""
