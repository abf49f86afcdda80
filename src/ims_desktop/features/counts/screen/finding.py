"""The box in which one looks for an item by name, SKU or barcode, and into which a scanner types."""

from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QMenu

from ims_desktop.domain.gs1 import Goods, read_goods
from ims_desktop.domain.wording import say
from ims_desktop.features.counts import service
from ims_desktop.features.counts.rules import Countable
from ims_desktop.features.items.rules.barcodes import LENGTHS, barcode_fault
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.inputs import SearchBox


class Finder(SearchBox):
    """`found` carries the item, in the unit of the pack whose barcode it was, and what else the code said of it."""

    found = Signal(object, object)  # Countable, Goods or None

    def __init__(self, desk: Desk, find: Any = service.find) -> None:
        super().__init__(desk.tr("Find or scan"), name=desk.tr("Find an item by name, SKU or barcode"))
        self._desk, self._find = desk, find
        self.setFixedWidth(170)
        self.returnPressed.connect(lambda: self.scan(self.text().strip()))

    @staticmethod
    def is_code(typed: str) -> bool:
        """Whether this is a barcode and no quantity: nobody counts ten million of anything."""
        return (typed.isascii() and typed.isdigit() and len(typed) in LENGTHS) or read_goods(typed) is not None

    def scan(self, typed: str) -> None:
        """Look for what was typed or scanned; a barcode that was misread is told from one that nobody knows."""
        if not typed:
            return
        goods = read_goods(typed)
        typed = goods.barcode if goods is not None else typed
        if self.is_code(typed) and (fault := barcode_fault(typed)):
            self._desk.messages.failed(fault)
            return
        self._desk.start(self, partial(self._answer, typed, goods), self._find, typed, replace="find to count")

    def _answer(self, typed: str, goods: Goods | None, items: tuple[Countable, ...]) -> None:
        if not items:
            self._desk.messages.note(say("No item has the name, SKU or barcode {text}.", text=typed))
        elif len(items) == 1 or self.is_code(typed):
            self._take(items[0], goods)
        else:
            menu = QMenu(self)
            for item in items:
                menu.addAction(f"{item.name}    {item.sku}", partial(self._take, item))
            menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def _take(self, item: Countable, goods: Goods | None = None) -> None:
        self.clear()
        self.found.emit(item, goods)
