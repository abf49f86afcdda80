"""How a file is read: encoding, delimiter, signs, and which column means what, each to be changed by the person."""

from dataclasses import replace

from PySide6.QtWidgets import QFrame

from ims_desktop.domain.import_reading import ImportChoices
from ims_desktop.features.exchange.service import CheckedFile
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.controls import clear_layout, column, label
from ims_desktop.ui.flow import Flow
from ims_desktop.ui.how_to_read import HowToRead
from ims_desktop.ui.inputs import Combo
from ims_desktop.ui.language import said
from ims_desktop.ui.theme import font

WHOLE = (Choice("workbook", "Workbook"), Choice("catalogue", "UBL catalogue"))  # these say themselves how to be read


class ReadingCard(HowToRead):
    """`answered` carries new ImportChoices."""

    def __init__(self) -> None:
        super().__init__(ImportChoices(), WHOLE)
        self.columns: dict[int, Combo] = {}
        self._flow = Flow()
        means = label(self.tr("What the columns mean"), 12, 500, "sub")
        self.setLayout(column(self.title, 10, self.grid, 12, means, 4, self._flow, margins=(16, 14, 16, 14)))

    def show_file(self, checked: CheckedFile) -> None:
        """Show what was found, and why."""
        reading, table = checked.reading, checked.reading.table
        self.choices = reading.choices
        for key, combo, found in self.founds(reading):
            combo.choose(found.value)
            self.explain(key, combo, found.reason)
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
        self.answered.emit(replace(self.choices, columns={**columns, place: key}))
