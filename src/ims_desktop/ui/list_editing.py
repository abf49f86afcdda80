"""Joins a list page with its grid: keys, clipboard, panels, and what happens to edits when the page is left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import (
    QCoreApplication,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    Qt,
    QTimer,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from ims_desktop.ui.bulk_edit import BulkPanel
from ims_desktop.ui.cell_editors import CellEditors
from ims_desktop.ui.controls import bind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.grid import Grid
from ims_desktop.ui.grid_cells import GridCells, Proposal
from ims_desktop.ui.grid_keys import CTRL, PLAIN, SHIFT, Act, GridKeys
from ims_desktop.ui.language import counted
from ims_desktop.ui.list_body import ListBody
from ims_desktop.ui.list_reader import ListReader
from ims_desktop.ui.list_spec import Action, ListSpec, Needs
from ims_desktop.ui.paste_panel import PastePanel
from ims_desktop.ui.pasting import Pasting
from ims_desktop.ui.save_bar import SaveBar
from ims_desktop.ui.selection_sum import SelectionSum
from ims_desktop.ui.side_area import SideArea

Key = Qt.Key


@dataclass(frozen=True)
class Kept:
    """What was selected: the current cell, and ranges by the keys of their first and last row."""

    current: tuple[Any, int] | None
    ranges: tuple[tuple[Any, Any, int, int], ...]


class ListEditing(QObject):
    """The keys of a spreadsheet on a list, for who may edit something in it."""

    @classmethod
    def of(cls, page: SideArea, desk: Desk, spec: ListSpec, body: ListBody, reader: ListReader) -> "ListEditing | None":
        """The editing of a list; None where nothing can be edited, or not by this person."""
        if not can_edit(desk, spec):
            return None
        cells = GridCells(desk, spec, body.model.columns, body)
        body.model.make_editable(cells)
        return cls(page, body, Grid(desk, spec, body.table, body.model, cells), reader)

    def __init__(self, page: SideArea, body: ListBody, grid: Grid, reader: ListReader) -> None:
        super().__init__(page)
        self._page, self._body, self.grid = page, body, grid
        self.save_bar, self.sum = SaveBar(grid), SelectionSum(grid)
        body.take_in(self.save_bar, self.sum)
        grid.saving.connect(lambda on: body.busy.begin() if on else body.busy.end())
        self._kept: Kept | None = None
        self._waiting: Callable[[], None] | None = None
        self.pasting = Pasting(grid, reader)
        self.pasting.planned.connect(self._preview)
        self.keys = GridKeys(body.table, body.model.columns)
        self.keys.acts = self._acts()
        self.keys.may_undo = lambda: grid.staging.can_undo  # what is saved is taken back by the toast that told it
        self.keys.shown = body.table.shown_sections
        editors = CellEditors(grid.desk, grid.cells, body.table)
        editors.typed.connect(self._typed)
        editors.stepped.connect(self.keys.step)
        editors.closeEditor.connect(lambda *_: QTimer.singleShot(0, self, self._closed))
        body.table.edit_cells(editors, self.keys)
        reader.gate = self._when_free
        bind(body, "Ctrl+S", grid.save, words=self.tr("Save what was changed in the cells"))
        bind(body, "F8", grid.next_problem, words=self.tr("Go to the next cell that is wrong"))

    def _acts(self) -> dict[tuple[Key, Qt.KeyboardModifier], Act]:
        grid, copy = self.grid, self._body.table.copy
        return {
            (Key.Key_Delete, PLAIN): grid.clear,
            (Key.Key_Backspace, PLAIN): grid.clear,
            (Key.Key_Space, PLAIN): grid.turn,
            (Key.Key_D, CTRL): grid.fill_down,
            (Key.Key_R, CTRL): grid.fill_right,
            (Key.Key_C, CTRL): partial(copy, False),
            (Key.Key_C, CTRL | SHIFT): partial(copy, True),
            (Key.Key_V, CTRL): self.paste,
            (Key.Key_Z, CTRL): grid.undo,
            (Key.Key_Y, CTRL): grid.redo,
            (Key.Key_Z, CTRL | SHIFT): grid.redo,
        }

    def paste(self) -> None:
        """Paste what is on the clipboard."""
        self.pasting.paste(QGuiApplication.clipboard().text())

    def preview(self, proposals: Sequence[Proposal]) -> None:
        """Show what cells would become, and stage it when the person agrees."""
        self._preview(list(proposals))

    def change_rows(self, rows: tuple[Any, ...]) -> None:
        """Open the form that changes all these rows."""
        if rows:
            self._page.open_panel(BulkPanel(self.grid, rows))

    def remember(self) -> None:
        """Keep by key which cells are selected, before the rows are read again."""
        table, rows, key = self._body.table, self._body.model.rows, self.grid.spec.row_key
        index, parts = table.currentIndex(), table.selectionModel().selection()
        ranges = [parts.at(number) for number in range(parts.count())]
        self._kept = Kept(
            (key(rows[index.row()]), index.column()) if index.isValid() else None,
            tuple((key(rows[r.top()]), key(rows[r.bottom()]), r.left(), r.right()) for r in ranges),
        )

    def restore(self) -> bool:
        """Select the same cells again where their rows are still there; whether there was anything to select."""
        kept, self._kept = self._kept, None
        if kept is None or kept.current is None:
            return False
        table, model, key = self._body.table, self._body.model, self.grid.spec.row_key
        places = {key(row): place for place, row in enumerate(model.rows)}
        chosen, flag = QItemSelection(), QItemSelectionModel.SelectionFlag
        for first, last, left, right in kept.ranges:
            if first in places and last in places:
                low, high = sorted((places[first], places[last]))
                chosen.select(model.index(low, left), model.index(high, right))
        if kept.current[0] in places:
            here = model.index(places[kept.current[0]], kept.current[1])
            table.selectionModel().setCurrentIndex(here, flag.NoUpdate)
        table.selectionModel().select(chosen, flag.ClearAndSelect)
        return True

    def add_to(self, menu: QMenu) -> None:
        """Offer the same in a context menu."""
        menu.addAction(self.tr("Copy"), partial(self._body.table.copy, False))
        menu.addAction(self.tr("Paste"), self.paste)
        menu.addAction(self.tr("Fill down"), self.grid.fill_down)
        menu.addAction(self.tr("Clear"), self.grid.clear)

    def _typed(self, index: QModelIndex, words: str) -> None:
        self.keys.typed()
        self.grid.type_into(self._body.model.columns[index.column()], self._body.model.row_at(index), words)

    def _preview(self, proposals: list[Any]) -> None:
        panel = PastePanel(proposals)
        panel.accepted.connect(self.grid.stage)
        self._page.open_panel(panel)
        panel.take.setFocus()

    def _when_free(self, fill: Callable[[], None]) -> None:
        """Rows that come while somebody types into a cell wait until that is done."""
        if self._body.table.is_editing:
            self._waiting = fill
        else:
            fill()

    def _closed(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._when_free(waiting)


def can_edit(desk: Desk, spec: ListSpec) -> bool:
    """Whether this person may edit anything in a list."""
    shown = (column for column in spec.columns if desk.may(column.permission))
    return spec.save is not None and any(c.edit is not None and desk.may(c.edit.permission) for c in shown)


def with_change_action(desk: Desk, spec: ListSpec) -> ListSpec:
    """The list with an action that changes all selected rows, where something can be edited."""
    if not can_edit(desk, spec):
        return spec
    one, many = spec.noun
    said = QCoreApplication.translate("ListEditing", "Change {count} {noun}")
    change = Action(
        QCoreApplication.translate("ListEditing", "Change …"),
        lambda page, rows: page.change_rows(rows),  # type: ignore[attr-defined]
        "pencil-simple",
        needs=Needs.SOME,
        words=lambda rows: said.format(count=counted(rows), noun=one if rows == 1 else many),
    )
    return replace(spec, actions=(change, *spec.actions))
