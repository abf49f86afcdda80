"""A page where things are entered: tabs of tables to type into, one for each site, and tabs of lists of what was."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from ims_desktop.domain.listing import Filter
from ims_desktop.domain.wording import Words, meant, say
from ims_desktop.ui.controls import Button, bind, named
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.empty_state import EmptyState
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.page_header import PageHeader, TabBar
from ims_desktop.ui.side_area import SideArea


class EntryBody(QWidget):
    """What is typed into at one site; the page has the button that records it."""

    ready_changed = Signal()
    foretold = Signal(object)  # a panel: what dating it back would change, to be shown before it is recorded

    @property
    def busy(self) -> bool:
        """Whether something is on its way."""
        raise NotImplementedError

    @property
    def recording(self) -> Words:
        """What the button says."""
        return meant("Record", "command")

    @property
    def lacking(self) -> Words:
        """Why nothing can be recorded yet; empty when it can."""
        raise NotImplementedError

    def start(self) -> None:
        """Stand where one types next."""
        raise NotImplementedError

    def record(self) -> None:
        """Record what was typed."""
        raise NotImplementedError


Body = TypeVar("Body", bound=EntryBody)


@dataclass(frozen=True)
class EntryTab(Generic[Body]):
    """A tab of the page: a list, or what makes the body of a site."""

    key: str
    title: str
    shows: ListPage | Callable[[UUID], Body]


class EntryPage(SideArea, Generic[Body]):
    """Keeps what was typed for each site apart, so that nothing is lost when another site is chosen.

    The first tab to type into is where Ctrl+N goes, the first list the one that other pages narrow and open.
    """

    def __init__(self, desk: Desk, title: Words) -> None:
        content = named(QWidget(), "page")
        super().__init__(content)
        self.desk = desk
        self._bodies: dict[str, Callable[[UUID], Body]] = {}
        self._lists: dict[str, ListPage] = {}
        self._made: dict[tuple[str, UUID], Body] = {}
        self.record_button = Button(meant("Record", "command"), "primary", "check")
        self.export_button = Button(self.tr("Export"), icon="download-simple")
        self.export_button.setMenu(QMenu(self.export_button))
        self.header = PageHeader(title, self.export_button, self.record_button)
        self.setAccessibleName(self.header.title.text())
        self.tabs: TabBar
        self.nowhere = EmptyState()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.nowhere)
        self._head = QVBoxLayout()
        self._head.setContentsMargins(24, 18, 24, 0)
        self._head.setSpacing(8)
        self._head.addWidget(self.header)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._head)
        layout.addWidget(self.stack, 1)

    def furnish(self, tabs: Sequence[EntryTab[Body]], nowhere: Words) -> None:
        """Give the page its tabs, and the sentence that is read where no site is chosen."""
        self.nowhere.say("storefront", self.tr("Choose a site"), nowhere)
        for tab in tabs:
            if isinstance(tab.shows, ListPage):
                self._lists[tab.key] = tab.shows
                tab.shows.body.header.hide()
                self.stack.addWidget(tab.shows)
            else:
                self._bodies[tab.key] = tab.shows
        self.tabs = TabBar([(tab.key, tab.title) for tab in tabs])
        self._head.addWidget(self.tabs)
        self.tabs.chosen.connect(lambda _key: self.show_tab())
        self.record_button.clicked.connect(self._record)
        self.export_button.menu().aboutToShow.connect(self._offer_export)
        self.desk.site_changed.connect(self.show_site)
        bind(self, "Ctrl+N", self.start_new)
        self.show_site()

    # what the shell and other pages may ask ------------------------------------------------------------------

    def show_filters(self, filters: tuple[Filter, ...]) -> None:
        """Show the list narrowed to something."""
        self.go_to_list().show_filters(filters)

    def start_new(self) -> None:
        """Go where one types (Ctrl+N)."""
        self.go_to(next(iter(self._bodies)))

    @property
    def view(self) -> Body | None:
        """What is typed into at the chosen site in the chosen tab, made now when it was not there."""
        site, key = self.desk.site, self.tabs.current
        if site is None or key not in self._bodies:
            return None
        if (key, site) not in self._made:
            body = self._bodies[key](site)
            body.ready_changed.connect(self._show_ready)
            body.foretold.connect(self.open_panel)
            self._made[key, site] = body
            self.stack.addWidget(body)
        return self._made[key, site]

    # what pages build on -------------------------------------------------------------------------------------

    def go_to(self, key: str) -> None:
        """Show a tab."""
        self.tabs.choose(key)
        self.show_tab()

    def go_to_list(self, key: str = "") -> ListPage:
        """Show a list, the first without a name."""
        self.go_to(key or next(iter(self._lists)))
        return self._lists[self.tabs.current]

    def show_site(self) -> None:
        """Another site was chosen."""
        self.header.say(self.desk.site_name)
        self.show_tab()

    def show_tab(self) -> None:
        """Show what the tab has at this site."""
        chosen, view = self._lists.get(self.tabs.current), self.view
        self.stack.setCurrentWidget(chosen or view or self.nowhere)
        self.record_button.setVisible(view is not None)
        self.export_button.setVisible(chosen is not None)
        self._show_ready()
        if self.isVisible():
            self._stand()

    # inside --------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Stand ready to type."""
        super().showEvent(event)
        self._stand()

    def _stand(self) -> None:
        if self.view is not None:
            self.view.start()

    def _show_ready(self) -> None:
        if (view := self.view) is not None:
            self.record_button.say(view.recording)
            waiting = say("What was recorded last is still on its way.") if view.busy else ""
            self.record_button.refuse(waiting or view.lacking or None)

    def _record(self) -> None:
        if self.view is not None:
            self.view.record()

    def _offer_export(self) -> None:
        self.export_button.menu().clear()
        self._lists[self.tabs.current].output.fill(self.export_button.menu())
