"""What stands above the lines of an entered order: what it is for, whom, when, how many, a note."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ims_desktop.domain.business_calendar import instant_of
from ims_desktop.domain.errors import Problem
from ims_desktop.features.customers.service import customer_choices
from ims_desktop.features.sales.screen.order_lines import STAFF_MEAL
from ims_desktop.features.sales.service import OpenOrder
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.controls import row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.fields import Field, FieldKind
from ims_desktop.ui.form_panel import FieldBox

KINDS = (
    Choice("CATERING", "Catering"),
    Choice("WHOLESALE", "Wholesale"),
    Choice("INTERNAL", "Internal"),
    Choice(STAFF_MEAL, "Staff meal"),
)
KIND_WORDS = {choice.value: choice.text for choice in KINDS}
FIELDS = (
    Field("kind", "For", FieldKind.CHOICE, required=True, choices=Choices(KINDS)),
    Field("customer_id", "Customer", FieldKind.CHOICE, choices=Choices(load=customer_choices)),
    Field("day", "Day", FieldKind.DATE, required=True),
    Field("time", "Time", FieldKind.TIME, required=True),
    Field("covers", "Covers", FieldKind.NUMBER, decimals=0),
    Field("note", "Note", max_length=1000, placeholder="Delivery, allergies, wishes"),
)
STRETCH = {"kind": 3, "customer_id": 5, "day": 3, "time": 2, "covers": 2, "note": 6}
PRICING = ("kind", "day", "time")  # another one of these brings other prices


class OrderHead(QWidget):
    """A row of fields; `priced_anew` when something changed that the prices depend on."""

    priced_anew = Signal()
    edited = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        offered = [one for one in FIELDS if one.key != "customer_id" or desk.may("customers.view")]
        self.boxes = {field.key: FieldBox(desk, field) for field in offered}
        layout = row(*self.boxes.values(), spacing=12)
        for place, key in enumerate(self.boxes):
            layout.setStretch(place, STRETCH[key])
            self.boxes[key].editor.edited.connect(self.priced_anew if key in PRICING else self.edited)
        self.setLayout(layout)

    def read(self) -> tuple[dict[str, Any], list[Problem]]:
        """What stands in the fields, and what is wrong with it."""
        values: dict[str, Any] = {"customer_id": None}
        return values, [problem for box in self.boxes.values() for problem in box.problems(values)]

    def moment(self, zone: ZoneInfo) -> datetime | None:
        """Day and time as an instant at the site, once both can be read."""
        values, _problems = self.read()
        if values.get("day") is None or values.get("time") is None:
            return None
        return instant_of(datetime.combine(values["day"], values["time"]), zone)

    def show_order(self, order: OpenOrder | None, zone: ZoneInfo) -> None:
        """Show an order, or an empty one of now."""
        local = (order.placed_at if order else datetime.now(zone)).astimezone(zone)
        shown: dict[str, Any] = {"kind": "CATERING", "day": local.date(), "time": local.time().replace(second=0)}
        if order is not None:
            shown |= {key: getattr(order, key) for key in ("kind", "customer_id", "covers", "note")}
        for key, box in self.boxes.items():
            box.editor.show_value(shown.get(key))
            box.show_problems(())

    def show_problems(self, problems: Sequence[Problem]) -> list[str]:
        """Problems at their fields; answers those that belong to none."""
        for key, box in self.boxes.items():
            fields = (key, "placed_at") if key == "day" else (key,)
            box.show_problems([one for one in problems if one.row is None and one.field in fields])
        known = {*self.boxes, "placed_at"}
        return [one.text for one in problems if one.row is None and one.field not in known]

    def state(self) -> tuple[Any, ...]:
        """What stands in the fields, to be compared."""
        return tuple(box.editor.state() for box in self.boxes.values())

    def stand(self) -> None:
        """Stand in the first field."""
        self.boxes["kind"].editor.setFocus()
