"""The page of deliveries: enter one from its paper, and look up those that came."""

from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QWidget

from ims_desktop.features.deliveries.screen.entry_view import EntryView
from ims_desktop.features.deliveries.screen.lists import list_spec
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Section
from ims_desktop.ui.entry_page import EntryPage, EntryTab
from ims_desktop.ui.journal import UNSETTLED
from ims_desktop.ui.list_page import ListPage

ENTER, LIST = "enter", "list"


def build(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page; `sections` are what other capabilities show under a delivery."""
    return DeliveriesPage(desk, sections)


class DeliveriesPage(EntryPage[EntryView]):
    """The table of a delivery, and those that came."""

    def __init__(self, desk: Desk, sections: tuple[Section, ...] = ()) -> None:
        super().__init__(desk, self.tr("Deliveries"))
        self.tells_offline = desk.journal is not None
        self.list = ListPage(desk, list_spec(self.start_new).with_sections(sections))
        self.furnish(
            (
                EntryTab(ENTER, self.tr("Enter"), partial(EntryView, desk)),
                EntryTab(LIST, self.tr("Received"), self.list),
            ),
            self.tr("A delivery comes to one site: choose it above the navigation."),
        )

    def show_record(self, key: UUID) -> None:
        """Open a delivery, or put one that this PC keeps back into the table of its site."""
        entry = self.desk.journal.find(key) if self.desk.journal is not None else None
        if entry is None or entry.site is None or entry.state not in UNSETTLED:
            self.go_to_list().show_record(key)
            return
        self.desk.choose_site(entry.site)
        self.start_new()
        if self.view is not None:
            self.view.take_up(entry)
