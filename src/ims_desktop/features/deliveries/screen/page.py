"""The page of deliveries: enter one from its paper, and look up those that came."""

from uuid import UUID

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from ims_desktop.domain.listing import Filter
from ims_desktop.domain.wording import meant, say_count
from ims_desktop.features.deliveries.screen.entry_view import EntryView
from ims_desktop.features.deliveries.screen.lists import list_spec
from ims_desktop.ui.controls import Button, bind, named
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Section
from ims_desktop.ui.empty_state import EmptyState
from ims_desktop.ui.journal import UNSETTLED
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.page_header import PageHeader, TabBar
from ims_desktop.ui.side_area import SideArea

ENTER, LIST = "enter", "list"


def build(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page; `sections` are what other capabilities show under a delivery."""
    return DeliveriesPage(desk, sections)


class DeliveriesPage(SideArea):
    """Keeps what was typed for each site apart, so that nothing is lost when another site is chosen."""

    def __init__(self, desk: Desk, sections: tuple[Section, ...] = ()) -> None:
        content = named(QWidget(), "page")
        super().__init__(content)
        self.setAccessibleName(self.tr("Deliveries"))
        self.desk = desk
        self.tells_offline = desk.journal is not None
        self._views: dict[UUID, EntryView] = {}
        self.record_button = Button(meant("Record", "command"), "primary", "check")
        self.export_button = Button(self.tr("Export"), icon="download-simple")
        self.export_button.setMenu(QMenu(self.export_button))
        self.header = PageHeader(self.tr("Deliveries"), self.export_button, self.record_button)
        self.tabs = TabBar(((ENTER, self.tr("Enter")), (LIST, self.tr("Received"))))
        self.list = ListPage(desk, list_spec(self.start_new).with_sections(sections))
        self.nowhere = EmptyState()
        self._fill_in(content)
        self._listen()
        self.show_site()

    def _fill_in(self, content: QWidget) -> None:
        self.nowhere.say(
            "storefront",
            self.tr("Choose a site"),
            self.tr("A delivery comes to one site: choose it above the navigation."),
        )
        self.stack = QStackedWidget()
        self.list.body.header.hide()
        for widget in (self.nowhere, self.list):
            self.stack.addWidget(widget)
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
        self.record_button.clicked.connect(self._record)
        self.export_button.menu().aboutToShow.connect(self._offer_export)
        self.tabs.chosen.connect(lambda _key: self._show_tab())
        self.desk.site_changed.connect(self.show_site)
        bind(self, "Ctrl+N", self.start_new)

    # what the shell and other pages may ask ------------------------------------------------------------------

    def show_filters(self, filters: tuple[Filter, ...]) -> None:
        """Show the list narrowed to something."""
        self._show_list()
        self.list.show_filters(filters)

    def show_record(self, key: UUID) -> None:
        """Open a delivery, or put one that this PC keeps back into the table of its site."""
        entry = self.desk.journal.find(key) if self.desk.journal is not None else None
        if entry is None or entry.site is None or entry.state not in UNSETTLED:
            self._show_list()
            self.list.show_record(key)
            return
        self.desk.choose_site(entry.site)
        self.start_new()
        if self.view is not None:
            self.view.take_up(entry)

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
            view = EntryView(self.desk, site)
            view.ready_changed.connect(self._show_ready)
            view.foretold.connect(self.open_panel)
            self._views[site] = view
            self.stack.addWidget(view)
        self.header.say(self.desk.site_name)
        self._show_tab()

    def _show_list(self) -> None:
        self.tabs.choose(LIST)
        self._show_tab()

    def _show_tab(self) -> None:
        entering = self.tabs.current == ENTER
        self.stack.setCurrentWidget((self.view or self.nowhere) if entering else self.list)
        self.record_button.setVisible(entering and self.view is not None)
        self.export_button.setVisible(not entering)
        self._show_ready()
        if entering and self.view is not None and self.isVisible():
            self.view.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Stand ready to type."""
        super().showEvent(event)
        if self.tabs.current == ENTER and self.view is not None:
            self.view.start()

    def _show_ready(self) -> None:
        count = len(self.view.grid.lines()) if self.view is not None else 0
        lines = say_count("Receive 1 line", "Receive {count} lines", count)
        self.record_button.say(lines if count else meant("Record", "command"))
        waiting = self.view is not None and self.view.busy
        why = self.tr("Fill in a line first.") if count == 0 else None
        self.record_button.refuse(self.tr("The last lines are still on their way.") if waiting else why)

    def _record(self) -> None:
        if self.view is not None:
            self.view.grid.record()

    def _offer_export(self) -> None:
        self.export_button.menu().clear()
        self.list.output.fill(self.export_button.menu())
