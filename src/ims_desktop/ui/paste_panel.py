"""The preview of a pasted block: what will change, what is refused and why, before anything is staged."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from ims_desktop.domain.wording import Words, say_count
from ims_desktop.ui.controls import Button, bind, column, label, line, row
from ims_desktop.ui.grid_cells import Proposal
from ims_desktop.ui.language import counted, said
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.side_area import SidePanel
from ims_desktop.ui.theme import Tone, color, font

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
NOWHERE = QModelIndex()
WRAPPED, WRAPPED_HEIGHT = 200, 54  # refused rows that get room for three lines


class ProposalModel(QAbstractTableModel):
    """Refused cells first: they are what has to be looked at."""

    def __init__(self, proposals: Sequence[Proposal], parent: QObject) -> None:
        super().__init__(parent)
        shown = (replace(each, refused=said(each.refused)) for each in proposals if not each.same)
        self.proposals = sorted(shown, key=lambda each: not each.refused)
        self._titles = (self.tr("Row"), self.tr("Column"), self.tr("Now"), self.tr("Becomes"))

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """One row a cell that changes or is refused."""
        return 0 if parent.isValid() else len(self.proposals)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Row, column, now, becomes."""
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Words; what is refused says why instead of what it would become."""
        if not index.isValid():
            return None
        one = self.proposals[index.row()]
        becomes = one.refused or one.after
        words = (one.name, said(one.column.title) if one.column else "", one.before, becomes)[index.column()]
        if role in (Role.DisplayRole, Role.AccessibleTextRole):
            return words
        if role == Role.ToolTipRole:
            return f"{one.after}\n{one.refused}" if one.refused else words
        if role == Role.ForegroundRole:
            return color("bad" if one.refused and index.column() == len(self._titles) - 1 else "text2")
        return font(12, tabular=True) if role == Role.FontRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """The titles."""
        if orientation == Qt.Orientation.Horizontal and role == Role.DisplayRole:
            return self._titles[section]
        return None


class PastePanel(SidePanel):
    """`accepted` carries the proposals to stage."""

    accepted = Signal(object)
    wanted_width = 560

    def __init__(self, proposals: Sequence[Proposal], words: Words = "") -> None:
        super().__init__()
        self._proposals = proposals
        self.refused = sum(bool(each.refused) for each in proposals)
        self.same = sum(each.same for each in proposals)
        self.changed = len(proposals) - self.refused - self.same
        title = said(say_count("Paste {count} cell", "Paste {count} cells", count=len(proposals)))
        self.setAccessibleName(title)
        close = Button("", "ghost", "x", name=self.tr("Close (Esc)"))
        close.clicked.connect(self.closed)
        self.model = ProposalModel(proposals, self)
        take = say_count("Take over {count} change", "Take over {count} changes", count=self.changed)
        self.take = Button(said(take), "primary", "check")
        self.take.clicked.connect(self.accept)
        self.take.refuse(None if self.changed else self.tr("Nothing of it can be taken over."))
        cancel = Button(self.tr("Cancel"))
        cancel.clicked.connect(self.closed)
        counts = self.tr("{changed} change, {same} stay as they are, {refused} are refused").format(
            changed=counted(self.changed), same=counted(self.same), refused=counted(self.refused)
        )
        note = NoteBox(counts, Tone.WARN if self.refused else Tone.INFO)
        waits = self.tr("Nothing is saved yet: changes wait in the list until you save them.")
        hint = label(said(words) or waits, 12, role="muted", wrap=True)
        self.setLayout(
            column(
                row(label(title, 16, 600), None, close, margins=(20, 12, 12, 4)),
                column(note, 6, hint, margins=(20, 0, 20, 8)),
                self._table(),
                line(),
                row(None, cancel, self.take, margins=(20, 12, 20, 12)),
            )
        )
        for key in ("Return", "Enter", "Ctrl+Return"):
            bind(self, key, self.accept)

    def accept(self) -> None:
        """Take over what is possible."""
        if self.changed:
            self.accepted.emit([each for each in self._proposals if not each.refused and not each.same])
            self.closed.emit()

    def _table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setAccessibleName(self.tr("What will change"))
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(28)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setShowGrid(False)
        table.setWordWrap(True)  # what is refused says why in as many lines as it takes
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setTabKeyNavigation(False)
        table.setStyleSheet("QTableView::item { padding: 0 8px; } QHeaderView::section { padding: 0 8px; }")
        header = table.horizontalHeader()
        header.setAccessibleName(self.tr("Column titles"))
        header.setFont(font(12))
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for section, width in enumerate((164, 88, 88)):
            table.setColumnWidth(section, width)
        header.setStretchLastSection(True)
        for place in range(min(self.refused, WRAPPED)):
            table.setRowHeight(place, WRAPPED_HEIGHT)
        self.setFocusProxy(self.take)
        return table
