"""A table for fast keyboard entry: type, Tab, Enter; every line says by itself what is wrong with it."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView, QWidget

from ims_desktop.domain.cell_block import read_block
from ims_desktop.domain.errors import Problem
from ims_desktop.domain.wording import Words, say
from ims_desktop.ui.controls import bind, column, frame, key_cap, label, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry import EntrySpec, Line
from ims_desktop.ui.entry_cells import EntryHeader, EntryPainter
from ims_desktop.ui.entry_model import EntryModel
from ims_desktop.ui.flow import Flow
from ims_desktop.ui.language import said

LINE_HEIGHT, FEWEST, MOST = 42, 4, 10
MOST_TOLD = 5  # in words; all of it is marked in the table
BY_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class EntryTable(QTableView):
    """Opens the cell it stands on at once; Tab and Enter walk through the cells that can be filled in."""

    recorded = Signal(object)  # row number of a finished line
    walked = Signal()

    def __init__(self, model: EntryModel, name: str) -> None:
        super().__init__()
        self._lines = model
        self.setModel(model)
        self.setAccessibleName(name)
        titles = self.titles = EntryHeader(model.spec.columns, self)
        self.setHorizontalHeader(titles)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(LINE_HEIGHT)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)  # open cells are walked by Tab; from a closed one it leaves
        trigger = QAbstractItemView.EditTrigger
        # Not CurrentChanged: while rows go away the view would open editors for rows that are going too.
        self.setEditTriggers(trigger.AnyKeyPressed | trigger.EditKeyPressed | trigger.DoubleClicked)
        self.clicked.connect(self.edit)
        self.painter = EntryPainter(model.desk, self)
        self.setItemDelegate(self.painter)
        self.painter.stepped.connect(self._step)
        for section, one in enumerate(model.spec.columns):
            if one.stretch:
                titles.setSectionResizeMode(section, titles.ResizeMode.Stretch)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out the room."""
        super().resizeEvent(event)
        for section, width in self.titles.shares(self.viewport().width()).items():
            self.setColumnWidth(section, width)

    def go(self, line: int, section: int) -> None:
        """Stand on a cell and open it."""
        index = self._lines.index(line, section)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        self.setFocus()
        self.edit(index)

    def commit(self) -> None:
        """Keep what stands in the open cell."""
        editor = self.indexWidget(self.currentIndex())
        if editor is not None:
            self.painter.keep(editor)

    def drop(self) -> None:
        """Close the open cell without keeping anything."""
        editor = self.indexWidget(self.currentIndex())
        if editor is not None:
            self.painter.drop(editor)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing typed is lost when the page is left."""
        self.commit()
        super().hideEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Who comes by Tab can type at once, and sees where."""
        super().focusInEvent(event)
        if event.reason() in BY_TAB and not self._is_open():
            here, cells = self.currentIndex(), self._lines.cells
            self._later(max(here.row(), 0), here.column() if here.column() in cells else cells[0])

    def _is_open(self) -> bool:
        return self.state() == QAbstractItemView.State.EditingState

    def _step(self, step: str) -> None:
        """Where to go after a cell was left: the next or previous cell, the line below, or nowhere."""
        here = self.currentIndex()
        if step == "next":
            self._walk(here, 1)
        elif step == "back":
            self._walk(here, -1)
        elif step == "enter":
            wrong = self._lines.first_open(here.row())
            if wrong is not None:
                self._later(here.row(), wrong)
            else:
                self.recorded.emit(here.row())
                self._later(self._lines.rowCount() - 1, self._lines.cells[0])
        self.walked.emit()

    def _walk(self, here: QModelIndex, step: int) -> None:
        cells = self._lines.cells
        place = (cells.index(here.column()) if here.column() in cells else 0) + step
        line = here.row() + (place // len(cells))
        if 0 <= line < self._lines.rowCount():
            self._later(line, cells[place % len(cells)])
        else:  # beyond the last cell: on to what follows on the page
            QTimer.singleShot(0, self, lambda: self.focusNextPrevChild(step > 0))

    def _later(self, line: int, section: int) -> None:
        QTimer.singleShot(0, self, lambda: self.go(line, section))


class EntryGrid(QWidget):
    """Lines of an EntrySpec; the last one is always empty and waits."""

    lines_changed = Signal()
    current_changed = Signal(object)  # Line or None
    record_requested = Signal(object)  # tuple of lines; of none where the person asks and none is ready

    def __init__(self, desk: Desk, spec: EntrySpec, *, records: bool = True) -> None:
        super().__init__()
        self._records = records  # otherwise the lines are a part of something that is saved as a whole
        self.model = EntryModel(desk, spec, self)
        self.table = EntryTable(self.model, spec.name)
        self.setFocusProxy(self.table)
        self._spec = spec
        self.setLayout(column(frame("card", column(self.table, self._keys(), margins=(1, 1, 1, 1)))))
        self.model.changed.connect(self._changed)
        self.table.recorded.connect(self._finished)
        self.table.painter.pasted.connect(self.paste)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._tell_current())
        bind(self, "Ctrl+D", self.same_as_above, words=self.tr("The same as in the line above"))
        if records:
            bind(self, "Ctrl+Return", self.record, words=self.tr("Record the lines"))
            bind(self, "Ctrl+Enter", self.record)
        bind(self, "Ctrl+Delete", self.delete_line, words=self.tr("Delete the line"))
        self._fit()

    # what pages ask ------------------------------------------------------------------------------------------

    def lines(self) -> tuple[Line, ...]:
        """The lines that are ready to be recorded."""
        return tuple(self.model.line(place) for place in self._ready_places())

    def ready_rows(self) -> tuple[int, ...]:
        """Which of the begun lines (from 1) are ready."""
        ready = self._ready_places()
        return tuple(row for row, place in enumerate(self._begun_places(), 1) if place in ready)

    def begun(self) -> tuple[Line, ...]:
        """The lines in which something stands."""
        return tuple(self.model.line(place) for place in self._begun_places())

    def words(self) -> tuple[tuple[str, ...], ...]:
        """What stands in the cells of every begun line."""
        cells = self.model.cells
        return tuple(tuple(self.model.words(place, cell) for cell in cells) for place in self._begun_places())

    def problems(self, key: str) -> list[Problem]:
        """What is wrong in begun lines, row by row; fields are called `key.column`."""
        return [
            Problem(wrong, f"{key}.{self._spec.columns[cell].key}", row)
            for row, place in enumerate(self._begun_places(), 1)
            for cell in self.model.cells
            if (wrong := self.model.problem(place, cell))
        ]

    def fill(self, lines: Sequence[Line]) -> None:
        """Show these lines instead of what was there."""
        self.model.fill(lines)

    def paste(self, text: str) -> None:
        """Write a block of a spreadsheet from the current cell on; names are looked up."""
        here = self.table.currentIndex()
        if here.row() >= 0:
            self.table.drop()
            self.model.paste(read_block(text), here.row(), here.column())
            self.table.go(here.row(), here.column())

    def missing(self) -> tuple[Words, ...]:
        """What keeps begun lines from being ready, in words: the first of it, and how much more there is."""
        wrong = [
            (place + 1, self.model.spec.columns[cell].title, words)
            for place in self._begun_places()
            for cell in self.model.cells
            if (words := self.model.problem(place, cell))
        ]
        told = tuple(
            say("Line {line}, {cell}: {problem}", line=line, cell=cell, problem=words)
            for line, cell, words in wrong[:MOST_TOLD]
        )
        more = len(wrong) - len(told)
        return (*told, say("and {count} more", count=more)) if more else told

    def go_to_unfinished(self) -> None:
        """Stand on the first cell that is missing or wrong."""
        for place in self._begun_places():
            if (cell := self.model.first_open(place)) is not None:
                self.table.go(place, cell)
                return

    def unfinished(self) -> int:
        """How many lines were begun and are not ready."""
        return sum(self.model.begun(n) and not self.model.ready(n) for n in range(self.model.rowCount()))

    @property
    def dirty(self) -> bool:
        """Whether something typed here is not recorded."""
        return bool(self._begun_places())

    def put_aside(self, key: str, value: Any) -> None:
        """Keep something with the line the person stands on that is no cell of it."""
        self.table.commit()
        if (place := self.table.currentIndex().row()) >= 0:
            self.model.put_aside(place, key, value)

    def current(self) -> Line | None:
        """The line the person stands on, when it was begun."""
        place = self.table.currentIndex().row()
        return self.model.line(place) if place >= 0 and self.model.begun(place) else None

    def remove(self, lines: Sequence[Line]) -> None:
        """Take away lines, usually because they are recorded."""
        self.model.remove(lines)

    def clear(self) -> None:
        """Take away all lines."""
        self.model.clear()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Mark what the database refused; Problem.row counts the ready lines from 1."""
        self.model.show_problems(problems, self._ready_places())

    def show_problems_of_begun(self, problems: Sequence[Problem]) -> None:
        """The same where rows count the begun lines; what cells say by themselves is not kept besides."""
        places = self._begun_places()
        alone = {(one.row, said(one.text)) for one in self.problems("")}
        self.model.show_problems([one for one in problems if (one.row, said(one.text)) not in alone], places)

    def record(self) -> None:
        """Ask to record all ready lines (Ctrl+Enter); the page says what is missing where there is none."""
        self.table.commit()
        self.record_requested.emit(self.lines())

    def same_as_above(self) -> None:
        """Take over the cell above (Ctrl+D)."""
        here = self.table.currentIndex()
        if here.row() > 0:
            self.table.drop()
            self.model.copy_above(here.row(), here.column())
            self.table.go(here.row(), here.column())

    def delete_line(self) -> None:
        """Take away the line the person stands on (Ctrl+Delete)."""
        place = self.table.currentIndex().row()
        if place >= 0:
            self.table.drop()
            self.model.delete(place)
            self.table.go(min(place, self.model.rowCount() - 1), self.model.cells[0])

    # inside --------------------------------------------------------------------------------------------------

    def _begun_places(self) -> list[int]:
        return [place for place in range(self.model.rowCount()) if self.model.begun(place)]

    def _ready_places(self) -> list[int]:
        return [place for place in range(self.model.rowCount()) if self.model.ready(place)]

    def _finished(self, place: int) -> None:
        if self._spec.enter_records and self.model.ready(place):
            self.record_requested.emit((self.model.line(place),))

    def _changed(self) -> None:
        self._fit()
        self.lines_changed.emit()
        self._tell_current()

    def _tell_current(self) -> None:
        self.current_changed.emit(self.current())

    def _fit(self) -> None:
        shown = min(MOST, max(FEWEST, self.model.rowCount()))
        self.table.setFixedHeight(36 + LINE_HEIGHT * shown + 2)

    def _keys(self) -> QFrame:
        enter = self.tr("record the line") if self._spec.enter_records else self.tr("next line")
        record = self.tr("record") if self._spec.together else self.tr("record all ready")
        last = ("Ctrl Enter", record) if self._records else ("Ctrl V", self.tr("paste from a sheet"))
        pieces: list[Any] = []
        for key, words in (
            ("Tab", self.tr("next cell")), ("Enter", enter), ("Ctrl D", self.tr("same as above")),
            ("Ctrl Del", self.tr("delete line")), last,
        ):  # fmt: skip
            pieces.append(frame("clear", row(key_cap(key), label(words, 12, role="muted"))))
        return frame("clear", column(Flow(*pieces, spacing=12), margins=(16, 8, 16, 9)))
