"""What is said once about a production: what is made, how much of it, where it goes, and when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ims_desktop.domain.errors import Problem
from ims_desktop.features.production.screen.memory import Memory
from ims_desktop.ui.choices import Choices
from ims_desktop.ui.controls import column, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.fields import Field, FieldKind
from ims_desktop.ui.form_panel import FieldBox
from ims_desktop.ui.lookup import Lookup
from ims_desktop.ui.when import When

WIDTHS = {"recipe": 220, "item": 220, "wanted": 140, "made": 140, "location": 150, "lot": 150, "labour": 120,
          "reason": 210}  # fmt: skip
NEEDS = {"labour": "stock.cost"}


def produce_fields(memory: Memory) -> tuple[Field, ...]:
    """What is said of a prep."""
    return (
        Field("recipe", "Prep", FieldKind.CHOICE, required=True, placeholder="Type its name",
              choices=Choices(search=memory.preps)),
        Field("wanted", "How much", required=True, placeholder="2 batch + 500 g"),
        Field("made", "Came out", placeholder="As planned"),
        Field("location", "Put into", FieldKind.CHOICE, required=True, choices=Choices(load=memory.places)),
        Field("lot", "Lot", placeholder="Its day"),
        Field("labour", "Labour", FieldKind.MONEY),
    )  # fmt: skip


def repack_fields(memory: Memory) -> tuple[Field, ...]:
    """What is said of an item that is repacked."""
    return (
        Field("item", "Repack", FieldKind.CHOICE, required=True, placeholder="Name, SKU, or scan",
              choices=Choices(search=memory.find_items)),
        Field("wanted", "How much", required=True, placeholder="10 kg"),
        Field("location", "Taken from", FieldKind.CHOICE, required=True, choices=Choices(load=memory.places)),
        Field("lot", "Lot", placeholder="First out"),
        Field("reason", "Why less came out", FieldKind.CHOICE, choices=Choices(load=memory.reasons)),
    )  # fmt: skip


class Head(QWidget):
    """`changed` when anything was typed or chosen, `subject_chosen` when it is about something else, or another day."""

    changed = Signal()
    subject_chosen = Signal()

    def __init__(self, desk: Desk, fields: Sequence[Field]) -> None:
        super().__init__()
        self.when = When(desk)
        self.boxes = {field.key: FieldBox(desk, field) for field in fields if desk.may(NEEDS.get(field.key))}
        for key, box in self.boxes.items():
            box.setFixedWidth(WIDTHS[key])
            box.editor.edited.connect(self.changed)
        self.boxes[fields[0].key].editor.edited.connect(self.subject_chosen)
        self.when.changed.connect(self.subject_chosen)
        self.setLayout(column(row(*self.boxes.values(), None, spacing=12), 4, self.when))

    def load_choices(self) -> None:
        """Ask once more for what may be chosen, where nobody answered before."""
        for line in self.findChildren(Lookup):
            if line.choice is None:
                line.load()

    def value(self, key: str) -> Any:
        """What stands in a field, as far as it can be read."""
        box = self.boxes.get(key)
        values: dict[str, Any] = {}
        return None if box is None or box.problems(values) else values[key]

    def read(self, zone: ZoneInfo) -> tuple[dict[str, Any], datetime | None, list[Problem]]:
        """What was typed, the moment (None: now), and everything that is wrong with it."""
        values: dict[str, Any] = {}
        problems = [one for box in self.boxes.values() for one in box.problems(values)]
        at, late = self.when.read(zone)
        return values, at, [*problems, *late]

    def fill(self, key: str, value: Any) -> None:
        """Fill a field in, where the person has it."""
        if key in self.boxes:
            self.boxes[key].editor.show_value(value)

    @property
    def places(self) -> frozenset[str]:
        """The fields at which a problem is told here."""
        return frozenset(self.boxes) | (frozenset({"day", "time", "effective_at"}) if self.when.is_earlier else set())

    @property
    def dirty(self) -> bool:
        """Whether something was typed here that is not recorded."""
        return any(str(box.editor.state() or "").strip() for key, box in self.boxes.items() if key != "location")

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """What is wrong, at its field."""
        for key, box in self.boxes.items():
            box.show_problems([one for one in problems if one.field == key and one.row is None])
        self.when.show_problems([one for one in problems if one.row is None])

    def clear(self) -> None:
        """Begin the next one, of now."""
        for box in self.boxes.values():
            box.editor.show_value(None)
        self.when.set_now()
        self.show_problems([])
