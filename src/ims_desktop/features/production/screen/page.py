"""The page of production: make a prep, repack an item, and look up what was made."""

from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QWidget

from ims_desktop.features.production import service
from ims_desktop.features.production.screen.entry_view import EntryView
from ims_desktop.features.production.screen.lists import list_spec
from ims_desktop.features.production.screen.produce_view import ProduceView
from ims_desktop.features.production.screen.repack_view import RepackView
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Section
from ims_desktop.ui.entry_page import EntryPage, EntryTab
from ims_desktop.ui.journal import UNSETTLED
from ims_desktop.ui.list_page import ListPage

PRODUCE, REPACK, LIST = "produce", "repack", "list"


def build(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page; `sections` are what other capabilities show under a production. Who may only look sees the list."""
    if not desk.may(service.RECORD):
        return ListPage(desk, list_spec().with_sections(sections))
    return ProductionPage(desk, sections)


class ProductionPage(EntryPage[EntryView]):
    """Preps, repacking, and what was made."""

    def __init__(self, desk: Desk, sections: tuple[Section, ...] = ()) -> None:
        super().__init__(desk, self.tr("Production"))
        self.tells_offline = desk.journal is not None
        self.list = ListPage(desk, list_spec(self.start_new).with_sections(sections))
        self.furnish(
            (
                EntryTab(PRODUCE, self.tr("Make a prep"), partial(ProduceView, desk)),
                EntryTab(REPACK, self.tr("Repack"), partial(RepackView, desk)),
                EntryTab(LIST, self.tr("Made"), self.list),
            ),
            self.tr("What is made goes into the stock of one site: choose it above the navigation."),
        )

    def show_record(self, key: UUID) -> None:
        """Open a production, or put one that this PC keeps back on the page of its site."""
        entry = self.desk.journal.find(key) if self.desk.journal is not None else None
        if entry is None or entry.site is None or entry.state not in UNSETTLED:
            self.show_list().show_record(key)
            return
        self.desk.choose_site(entry.site)
        self.go_to(REPACK if getattr(entry.value, "is_repacking", False) else PRODUCE)
        if self.view is not None:
            self.view.take_up(entry)
