"""The page of waste and the page of adjustments: enter, log, by reason."""

from functools import partial
from uuid import UUID

from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.features.adjustments import service
from ims_desktop.features.adjustments.screen.entry_view import EntryView
from ims_desktop.features.adjustments.screen.lists import log_spec, reasons_spec
from ims_desktop.features.adjustments.screen.photos import REQUEST_PHOTOS
from ims_desktop.features.adjustments.screen.purpose import ADJUSTMENTS, WASTE, Purpose
from ims_desktop.features.adjustments.screen.reviews import REVIEW, reviews_spec
from ims_desktop.features.adjustments.screen.side import EntryPanel
from ims_desktop.features.stock.service import Document
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Section
from ims_desktop.ui.entry import Line
from ims_desktop.ui.entry_page import EntryPage, EntryTab
from ims_desktop.ui.list_page import ListPage

ENTER, LOG, REASONS, REVIEWS = "enter", "log", "reasons", "reviews"


def build_waste(desk: Desk, sections: tuple[Section, ...] = (), waiting: tuple[Section, ...] = ()) -> QWidget:
    """The page of waste; what other capabilities show under a document of the log, and under an entry that waits."""
    return AdjustmentsPage(desk, WASTE, sections, waiting)


def build_adjustments(desk: Desk, sections: tuple[Section, ...] = (), waiting: tuple[Section, ...] = ()) -> QWidget:
    """The page of adjustments, in the same way."""
    return AdjustmentsPage(desk, ADJUSTMENTS, sections, waiting)


class AdjustmentsPage(EntryPage[EntryView]):
    """One purpose: the table to enter, the log, the reasons, and what waits for approval.

    The panel about the current line stands beside the table where there is room.
    """

    def __init__(
        self, desk: Desk, purpose: Purpose, sections: tuple[Section, ...] = (), waiting: tuple[Section, ...] = ()
    ) -> None:
        super().__init__(desk, purpose.title)
        self.purpose = purpose
        self.tells_offline = desk.journal is not None
        self.reviews = ListPage(desk, reviews_spec(purpose, self._take_up, (REQUEST_PHOTOS,)).with_sections(waiting))
        self.log = ListPage(desk, log_spec(purpose, self.start_new).with_sections(sections))
        self.reasons = ListPage(desk, reasons_spec(purpose, self.start_new))
        self.reasons.table.opened.connect(lambda row: self.show_filters((Filter("reason", Match.IN, (row.id,)),)))
        self._side: EntryPanel | None = None
        self._closed_by_hand = False
        self.furnish(
            (
                EntryTab(ENTER, self.tr("Enter"), self._table),
                EntryTab(LOG, self.tr("Log"), self.log),
                EntryTab(REASONS, self.tr("By reason"), self.reasons),
                EntryTab(REVIEWS, self.tr("To review"), self.reviews),
            ),
            self.tr("What is recorded belongs to one site: choose it above the navigation."),
        )

    def _table(self, site: UUID) -> EntryView:
        view = EntryView(self.desk, self.purpose, site)
        view.counted.connect(partial(self._counted, site))
        view.line_changed.connect(partial(self._follow, view))
        return view

    # what the shell and other pages may ask ------------------------------------------------------------------

    def show_record(self, key: object) -> None:
        """Put an entry that this PC keeps back into the table of its site, or show one that waits for approval.

        A document that another page prepared is put there as well, to be looked at and recorded.
        """
        if isinstance(key, Document):
            self.desk.choose_site(key.site_id)
            self.start_new()
            if self.view is not None:
                self.view.prepare(key)
            return
        if isinstance(key, str) and key.startswith(REVIEW):
            self.go_to_list(REVIEWS).show_tab("all")
            self.reviews.open_record(UUID(key.removeprefix(REVIEW)))
            return
        entry = self.desk.journal.find(key) if self.desk.journal is not None and isinstance(key, UUID) else None
        if entry is None or entry.site is None:
            return
        self.desk.choose_site(entry.site)
        self.start_new()
        if self.view is not None:
            self.view.take_up(entry)

    def _take_up(self, request: service.Request) -> None:
        self.desk.choose_site(request.row.site_id)
        self.start_new()
        if self.view is not None:
            self.view.take_up_request(request)

    # inside --------------------------------------------------------------------------------------------------

    def show_site(self) -> None:
        """The panel is that of the site."""
        if self._side is not None:
            self._take_away()
        super().show_site()

    def show_tab(self) -> None:
        """The panel and the worth of the day stand beside the table only."""
        super().show_tab()
        if self.view is not None and self.view.today is not None:
            self._counted(self.view.site, self.view.today)
        self._show_panel()

    def showEvent(self, event: QShowEvent) -> None:
        """The panel waits for the page to be seen."""
        super().showEvent(event)
        self._show_panel()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The panel comes and goes with the room for it."""
        super().resizeEvent(event)
        self._show_panel()

    def _show_panel(self) -> None:
        view = self.view
        wanted = self.wide and view is not None and not self._closed_by_hand
        if wanted and view is not None and self._side is None and self.isVisible():
            self._side = EntryPanel(self.desk, self.purpose, view.site)
            self._side.closed.connect(self._panel_closed)
            self.open_panel(self._side)
            self._side.show_line(view.grid.current())
        elif not wanted and self._side is not None:
            self._take_away()

    def _take_away(self) -> None:
        panel, self._side = self._side, None
        self.close_panel(panel)

    def _panel_closed(self) -> None:
        self._side, self._closed_by_hand = None, True

    def _follow(self, view: EntryView, line: Line | None) -> None:
        if self._side is not None and view is self.view:
            self._side.show_line(line)

    def _counted(self, site: UUID, today: service.Today) -> None:
        if site != self.desk.site:
            return
        if self._side is not None:
            self._side.read_again()
        formats = self.desk.formats
        pieces = [formats.date(formats.today()), self.desk.site_name]
        if today.value is not None:
            value = today.value if self.purpose.signed else -today.value
            pieces.append(self.tr("{value} today").format(value=formats.money(value, currency=True)))
        self.header.say(" · ".join(pieces))
