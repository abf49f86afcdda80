"""What a till calls things the menu does not know: each with its value, and a line to say what it means."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ims_desktop.domain.work import read
from ims_desktop.features.sales import service
from ims_desktop.features.sales.rules import UnmappedLine
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.controls import column, label, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.lookup import Lookup

MOST = 12


@read
def menu_item_choices(connection: Any) -> tuple[Choice, ...]:
    """The menu to choose from."""
    return tuple(Choice(key, name, code) for key, name, code in service.menu_item_names(connection))


class UnknownProducts(QWidget):
    """The products with the most value first; the others are reached when these are known."""

    meant = Signal(object, object)  # UnmappedLine, UUID

    def __init__(self, desk: Desk, lines: Sequence[UnmappedLine]) -> None:
        super().__init__()
        worth: dict[str, Decimal] = {}
        first: dict[str, UnmappedLine] = {}
        for line in lines:
            worth[line.product] = worth.get(line.product, Decimal(0)) + line.revenue
            first.setdefault(line.product, line)
        dearest = sorted(worth, key=lambda product: (-worth[product], product))
        blocks = [self._block(desk, first[product], worth[product]) for product in dearest[:MOST]]
        if len(dearest) > MOST:
            blocks.append(
                column(label(self.tr("and {count} more").format(count=len(dearest) - MOST), 12, role="muted"))
            )
        self.setLayout(column(*blocks, spacing=8, margins=(0, 4, 0, 4)))

    def _block(self, desk: Desk, line: UnmappedLine, worth: Decimal) -> Any:
        words = label(line.words, 12, 500, elide=True)
        amount = label(desk.formats.money(worth), 12, role="sub", tabular=True)
        head = row(words, amount)
        head.setStretch(0, 1)
        name = self.tr("{words} means").format(words=line.words)
        means = Lookup(desk, Choices(load=menu_item_choices), hint=self.tr("Which menu item is it?"), name=name)
        means.chosen.connect(lambda choice: self.meant.emit(line, choice.value))
        return column(head, means, spacing=3)
