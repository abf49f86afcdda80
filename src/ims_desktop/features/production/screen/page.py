"""The page of production: make a prep, repack an item, and look up what was made."""

from uuid import UUID

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from ims_desktop.domain.listing import Filter
from ims_desktop.domain.wording import meant
from ims_desktop.features.production import service
from ims_desktop.features.production.screen.entry_view import EntryView
from ims_desktop.features.production.screen.lists import list_spec
from ims_desktop.features.production.screen.produce_view import ProduceView
from ims_desktop.features.production.screen.repack_view import RepackView
from ims_desktop.ui.controls import Button, bind, named
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Section
from ims_desktop.ui.empty_state import EmptyState
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.page_header import PageHeader, TabBar
from ims_desktop.ui.side_area import SideArea

PRODUCE, REPACK, LIST = "produce", "repack", "list"
VIEWS: dict[str, type[ProduceView] | type[RepackView]] = {PRODUCE: ProduceView, REPACK: RepackView}


def build(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page; `sections` are what other capabilities show under a production. Who may only look sees the list."""
    if not desk.may(service.RECORD):
        return ListPage(desk, list_spec().with_sections(sections))
    return ProductionPage(desk, sections)


class ProductionPage(SideArea):
    """Keeps what was typed for each site apart, so that nothing is lost when another site is chosen."""

    def __init__(self, desk: Desk, sections: tuple[Section, ...] = ()) -> None:
        content = named(QWidget(), "page")
        super().__init__(content)
        self.setAccessibleName(self.tr("Production"))
        self.desk = desk
        self._views: dict[tuple[str, UUID], EntryView] = {}
        self.record_button = Button(meant("Record", "command"), "primary", "check")
        self.export_button = Button(self.tr("Export"), icon="download-simple")
        self.export_button.setMenu(QMenu(self.export_button))
        self.header = PageHeader(self.tr("Production"), self.export_button, self.record_button)
        self.tabs = TabBar(((PRODUCE, self.tr("Make a prep")), (REPACK, self.tr("Repack")), (LIST, self.tr("Made"))))
        self.list = ListPage(desk, list_spec(self.start_new).with_sections(sections))
        self.nowhere = EmptyState()
        self._fill_in(content)
        self._listen()
        self.show_site()

    def _fill_in(self, content: QWidget) -> None:
        self.nowhere.say(
            "storefront", self.tr("Choose a site"),
            self.tr("What is made goes into the stock of one site: choose it above the navigation."),
        )  # fmt: skip
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
        """Open a production."""
        self._show_list()
        self.list.show_record(key)

    def start_new(self) -> None:
        """Go to the entry of a prep (Ctrl+N)."""
        self.tabs.choose(PRODUCE)
        self._show_tab()

    @property
    def view(self) -> EntryView | None:
        """The entry of the chosen site and kind, made now when it was not there."""
        site, kind = self.desk.site, self.tabs.current
        if site is None or kind not in VIEWS:
            return None
        if (kind, site) not in self._views:
            view = VIEWS[kind](self.desk, site)
            view.ready_changed.connect(self._show_ready)
            view.foretold.connect(self.open_panel)
            self._views[kind, site] = view
            self.stack.addWidget(view)
        return self._views[kind, site]

    # inside --------------------------------------------------------------------------------------------------

    def show_site(self) -> None:
        """Show the entry of the chosen site."""
        self.header.say(self.desk.site_name)
        self._show_tab()

    def _show_list(self) -> None:
        self.tabs.choose(LIST)
        self._show_tab()

    def _show_tab(self) -> None:
        entering, view = self.tabs.current != LIST, self.view
        self.stack.setCurrentWidget((view or self.nowhere) if entering else self.list)
        self.record_button.setVisible(entering and view is not None)
        self.export_button.setVisible(not entering)
        self._show_ready()
        if view is not None and self.isVisible():
            view.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Stand ready to type."""
        super().showEvent(event)
        if self.view is not None:
            self.view.start()

    def _show_ready(self) -> None:
        view = self.view
        waiting, ready = view is not None and view.busy, view is not None and view.ready
        why = None if ready else self.tr("Say what is made, and how much of it.")
        self.record_button.refuse(self.tr("The last one is still on its way.") if waiting else why)

    def _record(self) -> None:
        if self.view is not None:
            self.view.record()

    def _offer_export(self) -> None:
        self.export_button.menu().clear()
        self.list.output.fill(self.export_button.menu())
