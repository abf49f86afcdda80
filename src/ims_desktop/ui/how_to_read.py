"""How a file of a table is read: encoding, delimiter, header, signs and dates, each with the reason it was found."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout

from ims_desktop.domain.file_values import DateOrder
from ims_desktop.domain.table_file import DELIMITERS, Table
from ims_desktop.domain.text_file import ENCODINGS, Found
from ims_desktop.domain.wording import say
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.controls import Label, label
from ims_desktop.ui.inputs import Combo
from ims_desktop.ui.theme import font

SIGNS = (Choice(".", "Point  16.50"), Choice(",", "Comma  16,50"))
ORDERS = (
    Choice(None, "As each says itself"),
    Choice(DateOrder.DAY_FIRST, "Day first"),
    Choice(DateOrder.MONTH_FIRST, "Month first"),
)
HEADERS = (Choice(0, "No header"), *(Choice(row, say("Line {row}", row=row)) for row in range(1, 31)))


class ReadTable(Protocol):
    """A file that was read as a table, with what was found out about it."""

    @property
    def table(self) -> Table:
        """Its rows, and how they were cut."""

    @property
    def decimal_sign(self) -> Found[str]:
        """What stands before the decimals."""

    @property
    def date_order(self) -> Found[DateOrder | None]:
        """Which comes first, day or month."""


class HowToRead(QFrame):
    """A card with one field for each answer. `answered` carries the choices with another answer in them."""

    answered = Signal(object)

    def __init__(self, choices: Any, whole: Sequence[Choice] = ()) -> None:
        """`choices` are those of a file nobody answered for; `whole` name files that say themselves how to be read."""
        super().__init__()
        self.setObjectName("card")
        self.choices = choices
        self._reasons: dict[str, Label] = {}
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(8)
        self.grid.setVerticalSpacing(4)
        self.title = label(self.tr("How to read the file"), 14, 600)
        delimiters = [Choice(sign, f"{name}  {sign.strip()}".strip()) for sign, name in DELIMITERS.items()]
        encodings = [Choice(key, name.split(" (")[0], name) for key, name in ENCODINGS.items()]
        self.encoding = self.field("encoding", self.tr("Encoding"), [*encodings, *whole])
        self.delimiter = self.field("delimiter", self.tr("Delimiter"), [*delimiters, *whole])
        self.header = self.field("header_row", self.tr("Column names"), HEADERS)
        self.sign = self.field("decimal_sign", self.tr("Decimal sign"), SIGNS)
        self.order = self.field("date_order", self.tr("Date order"), ORDERS)

    def field(self, key: str, title: str, choices: Sequence[Choice]) -> Combo:
        """One answer with its title above and the reason below."""
        combo = Combo(list(choices), name=title, hint=self.tr("Choose"))
        place = len(self._reasons)
        reason = self._reasons[key] = label("", 11, role="muted", elide=True)
        self.grid.addWidget(label(title, 12, 500, "sub"), 0, place)
        self.grid.addWidget(combo, 1, place)
        self.grid.addWidget(reason, 2, place)
        self.grid.setColumnStretch(place, 1)
        combo.setFont(font(12))
        combo.setMinimumWidth(90)
        combo.chosen.connect(lambda value: self.answer(key, value))
        return combo

    def answer(self, key: str, value: Any) -> None:
        """Somebody gave another answer."""
        self.answered.emit(replace(self.choices, **{key: value}))

    def founds(self, reading: ReadTable) -> Iterable[tuple[str, Combo, Found[Any]]]:
        """What was found for each answer."""
        table = reading.table
        yield "encoding", self.encoding, table.encoding
        yield "delimiter", self.delimiter, table.delimiter
        yield "header_row", self.header, table.header_row
        yield "decimal_sign", self.sign, reading.decimal_sign
        yield "date_order", self.order, reading.date_order

    def explain(self, key: str, combo: Combo, reason: str, role: str = "muted") -> None:
        """Say why an answer is what it is."""
        self._reasons[key].say(reason)
        self._reasons[key].tone(role)
        combo.setAccessibleDescription(self._reasons[key].text())
