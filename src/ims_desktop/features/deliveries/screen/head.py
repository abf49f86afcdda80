"""What a delivery says once for all lines: supplier, number, when it came, the total, discount and freight."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ims_desktop.domain.errors import Problem
from ims_desktop.features.deliveries.rules import LONGEST_REFERENCE, Delivery
from ims_desktop.features.deliveries.screen.memory import Memory
from ims_desktop.ui.choices import Choices
from ims_desktop.ui.controls import column, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.fields import Field, FieldKind
from ims_desktop.ui.form_panel import FieldBox
from ims_desktop.ui.lookup import Lookup
from ims_desktop.ui.when import When

FIELDS = (
    Field("supplier_id", "Supplier", FieldKind.CHOICE, required=True),
    Field("reference", "Number on the paper", max_length=LONGEST_REFERENCE),
    Field("total", "Total on the paper", FieldKind.MONEY),
    Field("discount", "Discount", FieldKind.MONEY),
    Field("freight", "Freight", FieldKind.MONEY),
)
WIDTHS = {"supplier_id": 240, "reference": 180, "total": 150, "discount": 130, "freight": 130}
NEEDS = {"supplier_id": ("suppliers.view",), "freight": ("adjustments.record", "stock.cost")}


class Head(QWidget):
    """`changed` when anything was typed or chosen, `supplier_chosen` when prices may be others now."""

    changed = Signal()
    supplier_chosen = Signal()

    def __init__(self, desk: Desk, memory: Memory) -> None:
        super().__init__()
        self.when = When(desk)
        chosen = {"supplier_id": Choices(load=memory.suppliers)}
        fields = (replace(field, choices=chosen.get(field.key)) for field in FIELDS)
        self.boxes = {
            field.key: FieldBox(desk, field) for field in fields if all(map(desk.may, NEEDS.get(field.key, ())))
        }
        for key, box in self.boxes.items():
            box.setFixedWidth(WIDTHS[key])
            box.editor.edited.connect(self.changed)
        if "supplier_id" in self.boxes:
            self.boxes["supplier_id"].editor.edited.connect(self.supplier_chosen)
        self.when.changed.connect(self.supplier_chosen)
        self.setLayout(column(row(*self.boxes.values(), None, spacing=12), 4, self.when))

    def load_choices(self) -> None:
        """Ask once more for the suppliers, where nobody answered before."""
        for line in self.findChildren(Lookup):
            if line.choice is None:
                line.load()

    @property
    def supplier(self) -> UUID | None:
        """The supplier, once one was chosen; nobody is told what is wrong while they type."""
        values: dict[str, Any] = {}
        box = self.boxes.get("supplier_id")
        return None if box is None or box.problems(values) else values["supplier_id"]

    def read(self, zone: ZoneInfo) -> tuple[dict[str, Any], datetime | None, list[Problem]]:
        """What was typed, the moment (None: now), and everything that is wrong with it."""
        values: dict[str, Any] = {}
        problems = [one for box in self.boxes.values() for one in box.problems(values)]
        at, late = self.when.read(zone)
        if "supplier_id" in self.boxes and values.get("supplier_id") is None and not problems:
            problems.append(Problem("Choose the supplier.", "supplier_id"))
        self.show_problems([*problems, *late])
        return values, at, [*problems, *late]

    def amount(self, key: str) -> Decimal:
        """An amount as far as it can be read; nothing otherwise."""
        box = self.boxes.get(key)
        values: dict[str, Any] = {}
        if box is None or box.problems(values):
            return Decimal(0)
        return values[key] or Decimal(0)

    @property
    def places(self) -> frozenset[str]:
        """The fields at which a problem is told here."""
        return frozenset(self.boxes) | (frozenset({"day", "time", "effective_at"}) if self.when.is_earlier else set())

    @property
    def has_total(self) -> bool:
        """Whether the paper's total was typed."""
        values: dict[str, Any] = {}
        return not self.boxes["total"].problems(values) and values["total"] is not None

    @property
    def dirty(self) -> bool:
        """Whether something was typed here that is not recorded; a supplier alone is not work."""
        return any(str(box.editor.state() or "").strip() for key, box in self.boxes.items() if key != "supplier_id")

    def show_problems(self, problems: list[Problem]) -> None:
        """What is wrong, at its field."""
        for key, box in self.boxes.items():
            box.show_problems([one for one in problems if one.field == key and one.row is None])
        self.when.show_problems([one for one in problems if one.row is None])

    def clear(self) -> None:
        """Begin the next delivery, of the same supplier and of now."""
        for key, box in self.boxes.items():
            if key != "supplier_id":
                box.editor.show_value(None)
        self.when.set_now()
        self.show_problems([])

    def fill(self, delivery: Delivery) -> None:
        """Show a delivery that is put right."""
        shown = {
            "supplier_id": delivery.supplier_id,
            "reference": delivery.reference,
            "discount": delivery.discount or None,
            "freight": delivery.freight or None,
        }
        for key, value in shown.items():
            if key in self.boxes:
                self.boxes[key].editor.show_value(value)
        if delivery.effective_at is not None:
            self.when.set(delivery.effective_at)
