"""What was posted last."""

from functools import partial

from PySide6.QtWidgets import QFrame

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.domain.posting_kinds import DOCUMENTS
from ims_desktop.features.overview.screen.link_row import Link, LinkRow
from ims_desktop.features.overview.service import Activity, Figures
from ims_desktop.features.reports.screen import words
from ims_desktop.ui.controls import Button, clear_layout, column, label, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.language import counted, said

ICONS = {
    "DELIVERY": "truck", "SALE": "receipt", "WASTE": "trash", "ADJUSTMENT": "sliders-horizontal",
    "COUNT": "clipboard-text", "TRANSFER_OUT": "arrows-left-right", "TRANSFER_IN": "arrows-left-right",
    "MOVE": "arrows-left-right",
}  # fmt: skip


class LatestCard(QFrame):
    """The last documents; a line opens its movements."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("card")
        self._desk = desk
        self.rows: tuple[LinkRow, ...] = ()
        self._lines = column()
        every = Button(self.tr("All movements"))
        every.clicked.connect(lambda: desk.navigation.open("movements"))
        head = row(label(self.tr("Latest activity"), 14, 600), None, every, margins=(20, 10, 16, 8))
        self._nothing = label(self.tr("Nothing has been posted yet."), 13, role="sub")
        self._nothing.setContentsMargins(20, 0, 20, 12)
        self.setLayout(column(head, self._nothing, self._lines, None, margins=(0, 0, 0, 6)))

    def show_latest(self, found: Figures) -> None:
        """Show other documents."""
        clear_layout(self._lines)
        self.rows = tuple(LinkRow(self._link(one), partial(self._open, one)) for one in found.latest)
        for line in self.rows:
            self._lines.addWidget(line)
        self._nothing.setVisible(not self.rows)

    def _link(self, one: Activity) -> Link:
        name = said(DOCUMENTS[one.kind])
        title = self.tr("{name} undone") if one.undoes else "{name}"
        lines = (
            self.tr("1 movement") if one.lines == 1 else self.tr("{lines} movements").format(lines=counted(one.lines))
        )
        site = one.site if self._desk.site is None else ""
        note = " · ".join(filter(None, (f"#{one.number}", site, lines, one.by)))
        value = ""
        if one.value is not None and self._desk.may("stock.cost"):
            value = words.formats_of(self._desk, one.currency).money(one.value, currency=True)
        return Link(
            ICONS.get(one.kind, "file"), title.format(name=name), note, value, self._desk.formats.moment(one.at)
        )

    def _open(self, one: Activity) -> None:
        self._desk.navigation.open("movements", filters=(Filter("posting", Match.IN, (one.id,)),))
