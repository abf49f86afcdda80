"""How a file is read: encoding, delimiter, signs, and which column means what, each to be changed by the person."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout

from ims_desktop.domain.file_values import DateOrder
from ims_desktop.domain.import_reading import ImportChoices
from ims_desktop.domain.table_file import DELIMITERS
from ims_desktop.domain.text_file import ENCODINGS, Found
from ims_desktop.domain.wording import say
from ims_desktop.features.exchange.service import CheckedFile
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.controls import Label, clear_layout, column, label
from ims_desktop.ui.flow import Flow
from ims_desktop.ui.inputs import Combo
from ims_desktop.ui.language import said
from ims_desktop.ui.theme import font

SIGNS = (Choice(".", "Point  16.50"), Choice(",", "Comma  16,50"))
ORDERS = (
    Choice(None, "As each says itself"),
    Choice(DateOrder.DAY_FIRST, "Day first"),
    Choice(DateOrder.MONTH_FIRST, "Month first"),
)
HEADERS = (Choice(0, "No header"), *(Choice(row, say("Line {row}", row=row)) for row in range(1, 31)))
WHOLE = (Choice("workbook", "Workbook"), Choice("catalogue", "UBL catalogue"))  # these say themselves how to be read


class ReadingCard(QFrame):
    """`answered` carries new ImportChoices."""

    answered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._choices = ImportChoices()
        self._reasons: dict[str, Label] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        delimiters = [Choice(sign, f"{name}  {sign.strip()}".strip()) for sign, name in DELIMITERS.items()]
        encodings = [Choice(key, name.split(" (")[0], name) for key, name in ENCODINGS.items()]
        self.encoding = self._field("encoding", self.tr("Encoding"), [*encodings, *WHOLE])
        self.delimiter = self._field("delimiter", self.tr("Delimiter"), [*delimiters, *WHOLE])
        self.header = self._field("header_row", self.tr("Column names"), list(HEADERS))
        self.sign = self._field("decimal_sign", self.tr("Decimal sign"), list(SIGNS))
        self.order = self._field("date_order", self.tr("Date order"), list(ORDERS))
        self.columns: dict[int, Combo] = {}
        self._flow = Flow()
        title = label(self.tr("How to read the file"), 14, 600)
        means = label(self.tr("What the columns mean"), 12, 500, "sub")
        self.setLayout(column(title, 10, self._grid, 12, means, 4, self._flow, margins=(16, 14, 16, 14)))

    def _field(self, key: str, title: str, choices: list[Choice]) -> Combo:
        combo = Combo(choices, name=title, hint=self.tr("Choose"))
        place = len(self._reasons)
        reason = self._reasons[key] = label("", 11, role="muted", elide=True)
        self._grid.addWidget(label(title, 12, 500, "sub"), 0, place)
        self._grid.addWidget(combo, 1, place)
        self._grid.addWidget(reason, 2, place)
        self._grid.setColumnStretch(place, 1)
        combo.setFont(font(12))
        combo.setMinimumWidth(90)
        combo.chosen.connect(lambda value: self.answered.emit(replace(self._choices, **{key: value})))
        return combo

    def show_file(self, checked: CheckedFile) -> None:
        """Show what was found, and why."""
        reading, table = checked.reading, checked.reading.table
        self._choices = reading.choices
        founds: list[tuple[str, Combo, Found[Any]]] = [
            ("encoding", self.encoding, table.encoding),
            ("delimiter", self.delimiter, table.delimiter),
            ("header_row", self.header, table.header_row),
            ("decimal_sign", self.sign, reading.decimal_sign),
            ("date_order", self.order, reading.date_order),
        ]
        for key, combo, found in founds:
            combo.choose(found.value)
            self._reasons[key].say(found.reason)
        for combo in (self.encoding, self.delimiter):
            combo.setEnabled(table.encoding.value not in {choice.value for choice in WHOLE})
        self._show_columns(checked)

    def _show_columns(self, checked: CheckedFile) -> None:
        clear_layout(self._flow)
        self.columns = {}
        fields = [Choice(one.key, said(one.title), said(one.help)) for one in checked.spec.fields]
        for one in checked.reading.columns:
            combo = Combo([Choice(None, self.tr("Leave out")), *fields], name=one.header)
            combo.setToolTip(one.reason)
            combo.setFont(font(12))
            combo.setFixedWidth(170)
            combo.choose(one.field)
            combo.setAccessibleName(self.tr("Meaning of {column}").format(column=one.header))
            combo.chosen.connect(lambda key, place=one.place: self._map(place, key))
            self.columns[one.place] = combo
            holder = QFrame()
            holder.setLayout(column(label(one.header, 11, role="muted", elide=True), combo, spacing=2))
            self._flow.addWidget(holder)

    def _map(self, place: int, key: str | None) -> None:
        """Give a column another meaning; the column that had it before is left out."""
        columns: dict[int, str | None] = {at: combo.value() for at, combo in self.columns.items()}
        columns = {at: None if known == key and at != place else known for at, known in columns.items()}
        self.answered.emit(replace(self._choices, columns={**columns, place: key}))
