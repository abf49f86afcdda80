"""What a desk remembers of a site, so that entering goes on while the server does not answer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal

from ims_desktop.domain.errors import Offline
from ims_desktop.features.adjustments import service
from ims_desktop.features.adjustments.rules import EntryItem, KnownHere
from ims_desktop.features.sites.service import Option
from ims_desktop.features.stock.service import Kind
from ims_desktop.ui.desk import Desk

FRESH_MS = 10 * 60 * 1000


class Memory:
    """Answers instead of the server, on any thread; Offline where nothing is remembered."""

    def __init__(self, site: UUID) -> None:
        self._site = site
        self.known: KnownHere | None = None

    @property
    def at(self) -> datetime | None:
        """When it was so."""
        return self.known.at if self.known is not None else None

    def find_items(self, typed: str) -> tuple[EntryItem, ...]:
        """Items by what was typed."""
        return self._here().find(typed, service.MOST_FOUND)

    def find_dishes(self, typed: str) -> tuple[EntryItem, ...]:
        """Dishes by what was typed."""
        return self._here().find_dishes(typed, service.MOST_FOUND)

    def items(self, wanted: tuple[UUID, ...]) -> tuple[EntryItem, ...]:
        """Items and dishes by key."""
        here = self._here()
        items = tuple(item.entry_item() for item in here.items if item.id in wanted)
        return items + tuple(dish.entry_item() for dish in here.dishes if dish.id in wanted)

    def reasons(self, kind: Kind) -> tuple[Option, ...]:
        """The reasons for a kind of document."""
        return tuple(Option(one.id, one.name, one.cost_class) for one in self._here().reasons if kind in one.kinds)

    def locations(self) -> tuple[Option, ...]:
        """The storage locations."""
        return tuple(Option(key, name) for key, name in self._here().locations)

    def _here(self) -> KnownHere:
        if self.known is None:
            raise Offline("The server cannot be reached, and this PC remembers nothing of this site yet.")
        return self.known


class MemoryKeeper(QObject):
    """Fills a memory: from this PC at once, from the server now and then."""

    filled = Signal()  # for the first time

    def __init__(self, desk: Desk, site: UUID, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._site = desk, site
        self.memory = Memory(site)
        self._timer = QTimer(self, interval=FRESH_MS)
        self._timer.timeout.connect(self.refresh)
        if desk.journal is not None:
            desk.journal.recall(self, self._recalled, self._name, KnownHere)
            self._timer.start()
            self.refresh()

    @property
    def _name(self) -> str:
        return f"site-{self._site.hex[:12]}"

    def refresh(self) -> None:
        """Ask the server how it is now."""
        self._desk.start(self, self._came, service.known_here, self._site, failed=_unheard, replace="known")

    def _recalled(self, known: KnownHere | None) -> None:
        if self.memory.known is None and known is not None:
            self.memory.known = known
            self.filled.emit()

    def _came(self, known: KnownHere) -> None:
        is_first, self.memory.known = self.memory.known is None, known
        if is_first:
            self.filled.emit()
        if self._desk.journal is not None:
            self._desk.journal.remember(self._name, known)


def _unheard(_error: Any) -> None:
    """What is remembered goes on being so."""
