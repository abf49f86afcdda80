"""Search, filter chips and Clear over a list."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.ui.choices import Between, Choice, Choices
from ims_desktop.ui.columns import DATED, Column, Kind
from ims_desktop.ui.controls import Button, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.inputs import SearchBox
from ims_desktop.ui.list_spec import FilterField, ListSpec
from ims_desktop.ui.popovers import ChoicePopover, Popover, RangePopover

DEBOUNCE_MS = 150
SHORTEST = 3  # characters that search by themselves; fewer need Enter


def filter_fields(spec: ListSpec, columns: Sequence[Column]) -> tuple[FilterField, ...]:
    """All filters of a list: those of its columns, then its own."""
    of_columns = (FilterField(c.key, c.title, c.filter, c.kind) for c in columns if c.filter is not None)
    return (*of_columns, *spec.filters)


class FilterBar(QWidget):
    """Says with `changed` that the rows must be read again."""

    changed = Signal()

    def __init__(self, desk: Desk, fields: tuple[FilterField, ...], hint: str) -> None:
        super().__init__()
        self._desk, self._fields = desk, fields
        self._filters: dict[str, Filter] = {}
        self._choices: dict[str, Sequence[Choice]] = {}
        self.search = SearchBox(hint or self.tr("Search"))
        self.search.setFixedWidth(236)
        if not hint:
            self.search.hide()  # showing it before it has a parent would open a window
        self.chips = {field.key: Button(field.title, "filter") for field in fields}
        for field in fields:
            self.chips[field.key].clicked.connect(partial(self.open, field))
        self.clear_button = Button(self.tr("Clear"), "link")
        self.clear_button.clicked.connect(self.clear)
        self.clear_button.hide()
        self.popover: Popover | None = None
        self._pause = QTimer(self, interval=DEBOUNCE_MS, singleShot=True)
        self._pause.timeout.connect(self._search)
        self._searched = ""
        self.search.textEdited.connect(lambda _: self._pause.start())
        self.search.returnPressed.connect(partial(self._search, True))
        self.setLayout(row(self.search, *self.chips.values(), self.clear_button, None))

    @property
    def words(self) -> str:
        """What is searched for."""
        return self._searched

    @property
    def filters(self) -> tuple[Filter, ...]:
        """The filters that are on."""
        return tuple(self._filters.values())

    def set_filters(self, filters: Sequence[Filter]) -> None:
        """Take over filters from a view or from another page."""
        self._filters = {item.key: item for item in filters}
        self._show()

    def clear(self) -> None:
        """No words, no filters."""
        self._filters.clear()
        self.search.clear()
        self._searched = ""
        self._show()
        self.changed.emit()

    def _search(self, at_once: bool = False) -> None:
        self._pause.stop()
        words = self.search.text().strip()
        if 0 < len(words) < SHORTEST and not at_once:
            return
        if words != self._searched or at_once:
            self._searched = words
            self._show()
            self.changed.emit()

    def open(self, field: FilterField, _checked: bool = False) -> None:
        """Open the popover of a filter, reading its choices first when they come from a use case."""
        if isinstance(field.by, Between):
            current = self._filters.get(field.key)
            values = current.values if current else ()
            popover = RangePopover(self, field.kind, values, self._desk.formats)
            popover.picked.connect(partial(self._ranged, field))
            self._open(popover, field)
        elif field.by.load is not None:
            self._desk.start(self, partial(self._offer, field), field.by.load, replace=f"choices {field.key}")
        else:
            self._offer(field, field.by.options)

    def _offer(self, field: FilterField, choices: Sequence[Choice]) -> None:
        self._choices[field.key] = choices
        current = self._filters.get(field.key)
        popover = ChoicePopover(self, choices, current.values if current else (), field.title)
        popover.picked.connect(partial(self._picked, field))
        self._open(popover, field)

    def _open(self, popover: Popover, field: FilterField) -> None:
        if self.popover is not None:
            self.popover.deleteLater()
        self.popover = popover
        popover.show_under(self.chips[field.key])

    def _picked(self, field: FilterField, values: tuple[Any, ...]) -> None:
        self._set(field.key, Filter(field.key, Match.IN, values) if values else None)

    def _ranged(self, field: FilterField, values: tuple[Any, ...]) -> None:
        self._set(field.key, Filter(field.key, Match.BETWEEN, values) if values else None)

    def _set(self, key: str, chosen: Filter | None) -> None:
        self._filters.pop(key, None)
        if chosen is not None:
            self._filters[key] = chosen
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        for field in self._fields:
            chosen = self._filters.get(field.key)
            self.chips[field.key].say(self._words(field, chosen) if chosen else field.title)
            self.chips[field.key].light(chosen is not None)
        self.clear_button.setVisible(bool(self._filters or self._searched))

    def _words(self, field: FilterField, chosen: Filter) -> str:
        if chosen.test is Match.IN:
            known = self._choices.get(field.key, field.by.options if isinstance(field.by, Choices) else ())
            names = [choice.text for choice in known if choice.value in chosen.values]
            if len(names) == 1:
                return f"{field.title}: {names[0]}"
            count = str(len(chosen.values))
            of_all = self.tr("{count} of {all}").format(count=count, all=len(known)) if known else count
            return f"{field.title}: {of_all}"
        low, high = (self._end(field.kind, value) for value in chosen.values)
        if low and high:
            return f"{field.title}: {low}" if low == high else f"{field.title}: {low} – {high}"
        return f"{field.title}: ≥ {low}" if low else f"{field.title}: ≤ {high}"

    def _end(self, kind: Kind, value: Any) -> str:
        formats = self._desk.formats
        if value is None:
            return ""
        if kind in DATED:
            return formats.date(formats.local(value).date() if kind is Kind.DATETIME else value)
        return formats.typed_number(value * 100) + "%" if kind is Kind.PERCENT else formats.typed_number(value)
