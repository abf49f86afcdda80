"""The page of production: make a prep, repack an item, and look up what was made."""

from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QWidget

from ims_desktop.features.adjustments.screen import REVIEW, Reviewed, reviews_spec
from ims_desktop.features.production import service
from ims_desktop.features.production.screen.entry_view import EntryView
from ims_desktop.features.production.screen.lists import list_spec
from ims_desktop.features.production.screen.produce_view import ProduceView
from ims_desktop.features.production.screen.repack_view import RepackView
from ims_desktop.features.stock.service import Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Section
from ims_desktop.ui.entry_page import EntryPage, EntryTab
from ims_desktop.ui.journal import UNSETTLED
from ims_desktop.ui.list_page import ListPage

PRODUCE, REPACK, LIST, REVIEWS = "produce", "repack", "list", "reviews"
REVIEWED = Reviewed(key="production", kind=Kind.PRODUCTION, title="Production", permission=service.RECORD, signed=True)


def build(desk: Desk, sections: tuple[Section, ...] = (), waiting: tuple[Section, ...] = ()) -> QWidget:
    """The page; what other capabilities show under a production, and under one that waits. Who may only look sees the
    list."""
    if not desk.may(service.RECORD):
        return ListPage(desk, list_spec().with_sections(sections))
    return ProductionPage(desk, sections, waiting)


class ProductionPage(EntryPage[EntryView]):
    """Preps, repacking, what was made, and what waits for approval."""

    def __init__(self, desk: Desk, sections: tuple[Section, ...] = (), waiting: tuple[Section, ...] = ()) -> None:
        super().__init__(desk, self.tr("Production"))
        self.tells_offline = desk.journal is not None
        self.list = ListPage(desk, list_spec(self.start_new).with_sections(sections))
        self.reviews = ListPage(desk, reviews_spec(REVIEWED, self._take_up).with_sections(waiting))
        self.furnish(
            (
                EntryTab(PRODUCE, self.tr("Make a prep"), partial(ProduceView, desk)),
                EntryTab(REPACK, self.tr("Repack"), partial(RepackView, desk)),
                EntryTab(LIST, self.tr("Made"), self.list),
                EntryTab(REVIEWS, self.tr("To review"), self.reviews),
            ),
            self.tr("What is made goes into the stock of one site: choose it above the navigation."),
        )

    def show_record(self, key: UUID | str) -> None:
        """Open a production or one that waits for approval, or put one that this PC keeps back on the page."""
        if isinstance(key, str):
            self.go_to_list(REVIEWS).show_tab("all")
            self.reviews.open_record(UUID(key.removeprefix(REVIEW)))
            return
        entry = self.desk.journal.find(key) if self.desk.journal is not None else None
        if entry is None or entry.site is None or entry.state not in UNSETTLED:
            self.go_to_list().show_record(key)
            return
        view = self._view_at(entry.site, repacking=getattr(entry.value, "is_repacking", False))
        if view is not None:
            view.take_up(entry)

    def _take_up(self, request: service.Request) -> None:
        making = request.document.making
        view = self._view_at(request.row.site_id, repacking=making is None or making.version_id is None)
        if view is not None:
            view.take_up_request(request)

    def _view_at(self, site: UUID, *, repacking: bool) -> EntryView | None:
        self.desk.choose_site(site)
        self.go_to(REPACK if repacking else PRODUCE)
        return self.view
