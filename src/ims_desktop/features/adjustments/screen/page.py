"""The page of waste and the page of adjustments: enter, log, by reason."""

from functools import partial
from uuid import UUID

from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.domain.wording import meant, say_count
from ims_desktop.features.adjustments import service
from ims_desktop.features.adjustments.screen.entry_view import EntryView
from ims_desktop.features.adjustments.screen.lists import log_spec, reasons_spec
from ims_desktop.features.adjustments.screen.purpose import ADJUSTMENTS, WASTE, Purpose
from ims_desktop.features.adjustments.screen.reviews import REVIEW, reviews_spec
from ims_desktop.features.adjustments.screen.side import EntryPanel
from ims_desktop.features.stock.service import Document
from ims_desktop.ui.controls import Button, bind, named
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Section
from ims_desktop.ui.empty_state import EmptyState
from ims_desktop.ui.entry import Line
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.page_header import PageHeader, TabBar
from ims_desktop.ui.side_area import SideArea

ENTER, LOG, REASONS, REVIEWS = "enter", "log", "reasons", "reviews"


def build_waste(desk: Desk, sections: tuple[Section, ...] = (), waiting: tuple[Section, ...] = ()) -> QWidget:
    """The page of waste; what other capabilities show under a document of the log, and under an entry that waits."""
    return EntryPage(desk, WASTE, sections, waiting)


def build_adjustments(desk: Desk, sections: tuple[Section, ...] = (), waiting: tuple[Section, ...] = ()) -> QWidget:
    """The page of adjustments, in the same way."""
    return EntryPage(desk, ADJUSTMENTS, sections, waiting)


class EntryPage(SideArea):
    """Keeps what was typed for each site apart, so that nothing is lost when another site is chosen.

    The panel about the current line stands beside it where there is room.
    """

    def __init__(
        self, desk: Desk, purpose: Purpose, sections: tuple[Section, ...] = (), waiting: tuple[Section, ...] = ()
    ) -> None:
        content = named(QWidget(), "page")
        super().__init__(content)
        self.setAccessibleName(purpose.title)
        self.desk, self.purpose = desk, purpose
        self.tells_offline = desk.journal is not None
        self._views: dict[UUID, EntryView] = {}
        self.record_button = Button(meant("Record", "command"), "primary", "check")
        self.record_button.clicked.connect(self._record)
        self.export_button = Button(self.tr("Export"), icon="download-simple")
        self.export_button.setMenu(QMenu(self.export_button))
        self.export_button.menu().aboutToShow.connect(self._offer_export)
        self.header = PageHeader(purpose.title, self.export_button, self.record_button)
        self.tabs = TabBar(
            (
                (ENTER, self.tr("Enter")),
                (LOG, self.tr("Log")),
                (REASONS, self.tr("By reason")),
                (REVIEWS, self.tr("To review")),
            )
        )
        self.reviews = ListPage(desk, reviews_spec(purpose, self._take_up).with_sections(waiting))
        self.log = ListPage(desk, log_spec(purpose, self.start_new).with_sections(sections))
        self.reasons = ListPage(desk, reasons_spec(purpose, self.start_new))
        self._lists = {LOG: self.log, REASONS: self.reasons, REVIEWS: self.reviews}
        self.nowhere = EmptyState()
        self._side: EntryPanel | None = None
        self._closed_by_hand = False
        self._fill_in(content)
        self._listen()
        self.show_site()

    def _fill_in(self, content: QWidget) -> None:
        self.nowhere.say(
            "storefront",
            self.tr("Choose a site"),
            self.tr("What is recorded belongs to one site: choose it above the navigation."),
        )
        self.stack = QStackedWidget()
        for widget in (self.nowhere, self.log, self.reasons, self.reviews):
            self.stack.addWidget(widget)
        for page in (self.log, self.reasons, self.reviews):
            page.body.header.hide()
        head = QVBoxLayout()
        head.setContentsMargins(24, 18, 24, 0)
        head.setSpacing(8)
        head.addWidget(self.header)
        head.addWidget(self.tabs)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.stack, 1)

    def _listen(self) -> None:
        self.tabs.chosen.connect(lambda _key: self._show_tab())
        self.reasons.table.opened.connect(lambda row: self.show_filters((Filter("reason", Match.IN, (row.id,)),)))
        self.desk.site_changed.connect(self.show_site)
        bind(self, "Ctrl+N", self.start_new)

    # what the shell and other pages may ask ------------------------------------------------------------------

    def show_filters(self, filters: tuple[Filter, ...]) -> None:
        """Show the log narrowed to something."""
        self.tabs.choose(LOG)
        self._show_tab()
        self.log.show_filters(filters)

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
            self.tabs.choose(REVIEWS)
            self._show_tab()
            self.reviews.show_tab("all")
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

    def start_new(self) -> None:
        """Go to the entry table (Ctrl+N)."""
        self.tabs.choose(ENTER)
        self._show_tab()

    @property
    def view(self) -> EntryView | None:
        """The entry table of the chosen site."""
        return self._views.get(self.desk.site) if self.desk.site is not None else None

    # inside --------------------------------------------------------------------------------------------------

    def show_site(self) -> None:
        """Show the entry table of the chosen site, made now when it was not there."""
        site = self.desk.site
        if site is not None and site not in self._views:
            view = EntryView(self.desk, self.purpose, site)
            view.counted.connect(partial(self._counted, site))
            view.ready_changed.connect(self._show_ready)
            view.line_changed.connect(partial(self._follow, view))
            view.foretold.connect(self.open_panel)
            self._views[site] = view
            self.stack.addWidget(view)
        self.header.say(self.desk.site_name)
        if self.view is not None and self.view.today is not None:
            self._counted(self.view.site, self.view.today)
        if self._side is not None:
            self._take_away()
        self._show_tab()

    def _show_tab(self) -> None:
        entering = self.tabs.current == ENTER
        shown: QWidget = self._lists.get(self.tabs.current) or self.view or self.nowhere
        self.stack.setCurrentWidget(shown)
        self.record_button.setVisible(entering and self.view is not None)
        self.export_button.setVisible(not entering)
        self._show_ready()
        self._show_panel()
        if entering and self.view is not None and self.isVisible():
            self.view.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Stand ready to type."""
        super().showEvent(event)
        self._show_panel()
        if self.tabs.current == ENTER and self.view is not None:
            self.view.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The panel comes and goes with the room for it."""
        super().resizeEvent(event)
        self._show_panel()

    def _show_panel(self) -> None:
        view = self.view
        wanted = self.wide and view is not None and self.tabs.current == ENTER and not self._closed_by_hand
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

    def _show_ready(self) -> None:
        count = len(self.view.grid.lines()) if self.view is not None else 0
        lines = say_count("Record 1 line", "Record {count} lines", count)
        self.record_button.say(lines if count else meant("Record", "command"))
        waiting = self.view is not None and self.view.busy
        why = self.tr("Fill in a line first.") if count == 0 else None
        self.record_button.refuse(self.tr("The last lines are still on their way.") if waiting else why)

    def _record(self) -> None:
        if self.view is not None:
            self.view.grid.record()

    def _offer_export(self) -> None:
        self.export_button.menu().clear()
        self._lists[self.tabs.current].output.fill(self.export_button.menu())
