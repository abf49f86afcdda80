"""What a barcode scanner does on a list: it opens what was scanned, or narrows the list to it."""

from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QObject

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.domain.wording import say
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.list_body import ListBody
from ims_desktop.ui.list_spec import Scan
from ims_desktop.ui.scanner import SHORTEST, Scanner


class Scanned(Protocol):
    """The page of a list."""

    desk: Desk
    body: ListBody

    def open_record(self, key: Any) -> None:
        """Show the detail of a record."""


class ListScanning(QObject):
    """Listens wherever the keyboard stands in the list; a barcode typed into the search counts as well."""

    def __init__(self, page: Scanned, spec: Scan) -> None:
        super().__init__(page.body)
        self._page, self._spec = page, spec
        self.scanner = Scanner(page.body)
        self.scanner.scanned.connect(self.scanned)
        page.body.filters.search.returnPressed.connect(self._entered)

    def scanned(self, code: str) -> None:
        """Find what carries the barcode."""
        self._page.body.filters.forget_words(code)
        self._page.desk.start(self, partial(self._found, code), self._spec.find, code, replace="scan")

    def _found(self, code: str, found: Any) -> None:
        if found is None:
            self._page.desk.messages.note(say("No item has the barcode {code}.", code=code))
        elif self._spec.filter:
            chosen = Filter(self._spec.filter, Match.IN, (found.value,))
            self._page.body.filters.narrow(chosen, Choice(found.value, found.text, found.detail))
        else:
            self._page.open_record(found.value)

    def _entered(self) -> None:
        words = self._page.body.filters.search.text().strip()
        if words.isdigit() and len(words) >= SHORTEST:
            self.scanned(words)
