"""Search, filter chips and Clear over a list."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QWidget

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.ui.choices import AsAt, Between, Choice, Choices, Contains
from ims_desktop.ui.controls import Button
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.filter_words import filter_words, fixed, names_of
from ims_desktop.ui.flow import Flow
from ims_desktop.ui.inputs import SearchBox
from ims_desktop.ui.list_spec import FilterField
from ims_desktop.ui.popovers import ChoicePopover, Popover, SearchPopover
from ims_desktop.ui.value_popovers import MomentPopover, RangePopover, TextPopover, ValuePopover

DEBOUNCE_MS = 200
SHORTEST = 3  # characters that search by themselves; fewer need Enter
LONGEST = 30  # characters on a chip
LEAST_SEARCH, MOST_SEARCH, AROUND_SEARCH = 236, 400, 64


class FilterChip(Button):
    """A filter: Enter opens it, Delete takes it away."""

    removed = Signal()

    def key_words(self) -> list[tuple[str, str]]:
        """The keys of a chip."""
        return [("Delete", self.tr("On a filter: take it away"))]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and Backspace take the filter away."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        else:
            super().keyPressEvent(event)


class FilterBar(QWidget):
    """Says with `changed` that the rows must be read again."""

    changed = Signal()

    def __init__(self, desk: Desk, fields: tuple[FilterField, ...], hint: str) -> None:
        super().__init__()
        self._desk = desk
        self._fields = {field.key: field for field in fields}
        self._filters: dict[str, Filter] = {}
        self._choices: dict[str, Sequence[Choice]] = {}
        self.search = SearchBox(hint or self.tr("Search"))
        words = self.search.fontMetrics().horizontalAdvance(self.search.placeholderText())
        self.search.setFixedWidth(min(max(LEAST_SEARCH, words + AROUND_SEARCH), MOST_SEARCH))
        if not hint:
            self.search.hide()  # showing it before it has a parent would open a window
        self.chips = {field.key: FilterChip(field.title, "filter") for field in fields if field.offered}
        for key, chip in self.chips.items():
            chip.removed.connect(partial(self._take_away, key))
            chip.clicked.connect(partial(self.open, self._fields[key]))
            if self._fields[key].aside:
                chip.hide()
        self.more = self._more_button()
        self._set_elsewhere: dict[str, Button] = {}
        self.clear_button = Button(self.tr("Clear"), "link")
        self.clear_button.clicked.connect(self.clear)
        self.clear_button.hide()
        self.popover: Popover | None = None
        self._pause = QTimer(self, interval=DEBOUNCE_MS, singleShot=True)
        self._pause.timeout.connect(self._search)
        self._searched = ""
        self.search.textEdited.connect(lambda _: self._pause.start())
        self.search.returnPressed.connect(partial(self._search, True))
        self._flow = Flow(self.search, *self.chips.values(), self.more, self.clear_button)
        self.setLayout(self._flow)

    def _more_button(self) -> Button:
        """The way to the filters that stand aside."""
        more = Button(self.tr("Filter"), "filter", "funnel-simple", name=self.tr("More filters"))
        if not any(field.aside for field in self._fields.values()):
            more.hide()
        more.clicked.connect(self._offer_more)
        return more

    @property
    def words(self) -> str:
        """What is searched for."""
        return self._searched

    @property
    def filters(self) -> tuple[Filter, ...]:
        """The filters that are on."""
        return tuple(self._filters.values())

    @property
    def moment(self) -> datetime | None:
        """The moment the list tells of; None: now."""
        asked = (one.values[-1] for key, one in self._filters.items() if isinstance(self._field(key).by, AsAt))
        return next(asked, None)

    @property
    def narrows(self) -> bool:
        """Whether words or filters leave rows out that clearing would show."""
        return bool(self._searched) or any(not self._field(key).about for key in self._filters)

    def set_filters(self, filters: Sequence[Filter]) -> None:
        """Take over filters from a view or from another page, and learn the names of what they chose."""
        self._filters = {item.key: item for item in filters}
        self._show()
        for key, chosen in self._filters.items():
            by = self._field(key).by
            named = {choice.value for choice in self._choices.get(key, ())}
            if isinstance(by, Choices) and by.load is not None and not named.issuperset(chosen.values):
                self._desk.start(
                    self, partial(self._learn, key), by.load, failed=lambda _error: None, replace=f"names {key}"
                )

    def narrow(self, chosen: Filter, named: Choice) -> None:
        """Narrow the list further to something whose name is known."""
        known = self._choices.get(chosen.key, ())
        self._choices[chosen.key] = (*(one for one in known if one.value != named.value), named)
        self._set(chosen.key, chosen)

    def forget_words(self, words: str) -> None:
        """What was typed into the search was no search."""
        if self.search.text().strip() == words:
            self._pause.stop()
            self.search.clear()
            self._searched = ""

    def show_words(self, words: str, filters: Sequence[Filter]) -> None:
        """Show words and filters of a view; whoever asked reads the rows."""
        self._pause.stop()
        self.search.setText(words)
        self._searched = words if self.search.isVisibleTo(self) else ""
        self.set_filters(filters)

    def open_by_key(self, key: str) -> None:
        """Open the popover of a filter: the keyboard or the menu of a column asks for it."""
        if key in self.chips:
            self.open(self._fields[key])

    def _offer_more(self, _checked: bool = False) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for field in self._fields.values():
            if field.aside and field.key not in self._filters:
                menu.addAction(field.title, partial(self.open, field))
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 4)))

    def knows(self, key: str) -> bool:
        """Whether the list has such a filter."""
        return key in self._fields

    def _learn(self, key: str, choices: Sequence[Choice]) -> None:
        self._choices[key] = choices
        self._show()

    def clear(self) -> None:
        """No words, no filters but what the list is about."""
        self._filters = {key: one for key, one in self._filters.items() if self._field(key).about}
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
            self._ask_range(field)
        elif isinstance(field.by, AsAt):
            known = self._chosen(field, Match.BETWEEN)
            self._ask(field, Match.BETWEEN, MomentPopover(self, known[-1] if known else None, self._desk.formats))
        elif isinstance(field.by, Contains):
            self._ask(field, Match.CONTAINS, TextPopover(self, self._chosen(field, Match.CONTAINS)))
        elif field.by.search is not None:
            named = self._choices.get(field.key, ())
            find = partial(self._find, field, field.by.search)
            found = SearchPopover(self, named, self._chosen(field), field.title, field.by.many, find)
            found.picked.connect(partial(self._picked, field))
            self._open(found, field)
        elif field.by.load is not None:
            self._desk.start(self, partial(self._offer, field), field.by.load, replace=f"choices {field.key}")
        else:
            self._offer(field, field.by.options)

    def _offer(self, field: FilterField, choices: Sequence[Choice]) -> None:
        self._choices[field.key] = choices
        many = not isinstance(field.by, Choices) or field.by.many
        popover = ChoicePopover(self, choices, self._chosen(field), field.title, many)
        popover.picked.connect(partial(self._picked, field))
        self._open(popover, field)

    def _find(self, field: FilterField, search: Any, words: str, answer: Callable[[Sequence[Choice]], None]) -> None:
        def found(choices: Sequence[Choice]) -> None:
            new = {choice.value: choice for choice in (*self._choices.get(field.key, ()), *choices)}
            self._choices[field.key] = tuple(new.values())
            answer(choices)

        self._desk.start(self.popover or self, found, search, words, replace=f"choices {field.key}")

    def _ask(self, field: FilterField, test: Match, popover: ValuePopover) -> None:
        """Ask for values to compare with, or whether there is anything at all."""
        key = field.key
        popover.picked.connect(lambda values: self._set(key, Filter(key, test, values) if values else None))
        popover.asked.connect(lambda empty: self._set(key, Filter(key, empty, ())))
        self._open(popover, field)

    def _ask_range(self, field: FilterField) -> None:
        """Ask for both ends, beginning with those that are meant now."""
        formats, current = self._desk.formats, self._filters.get(field.key)
        meant = fixed(current, field.kind, formats) if current is not None else None
        values = meant.values if meant is not None and meant.test is Match.BETWEEN else ()
        asked = RangePopover(self, field.kind, values, formats, empties=field.empties, keeps_moving=True)
        asked.moving.connect(lambda days: self._set(field.key, Filter(field.key, Match.MOVING, (days,))))
        self._ask(field, Match.BETWEEN, asked)

    def _chosen(self, field: FilterField, test: Match = Match.IN) -> tuple[Any, ...]:
        current = self._filters.get(field.key)
        return current.values if current is not None and current.test is test else ()

    def _open(self, popover: Popover, field: FilterField) -> None:
        if self.popover is not None:
            self.popover.deleteLater()
        self.popover = popover
        chip = self.chips[field.key]
        popover.show_under(chip if chip.isVisible() else self.more)

    def _picked(self, field: FilterField, values: tuple[Any, ...]) -> None:
        self._set(field.key, Filter(field.key, Match.IN, values) if values else None)

    def _set(self, key: str, chosen: Filter | None) -> None:
        self._filters.pop(key, None)
        if chosen is not None:
            self._filters[key] = chosen
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        for key, chip in self.chips.items():
            field, chosen = self._fields[key], self._filters.get(key)
            chip.say(self._words(field, chosen) if chosen else field.title)
            chip.light(chosen is not None)
            chip.setVisible(chosen is not None or not field.aside)
        self._show_set_elsewhere()
        self.clear_button.setVisible(self.narrows)

    def _show_set_elsewhere(self) -> None:
        """A filter that another page has set and nobody can open here gets a chip that takes it away."""
        for key in [key for key in self._set_elsewhere if key not in self._filters]:
            gone = self._set_elsewhere.pop(key)
            self._flow.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for key in [key for key in self._filters if key not in self.chips]:
            if key not in self._set_elsewhere:
                chip = Button("", "filter", "x")
                chip.clicked.connect(partial(self._take_away, key))
                chip.light(True)
                self._set_elsewhere[key] = chip
                self._flow.insert(self._flow.count() - 1, chip)
                QWidget.setTabOrder(self.more, chip)  # what is made late would come last, and Tab skip what is between
                chip.show()
            words = self._words(self._field(key), self._filters[key])
            self._set_elsewhere[key].say(words, self.tr("Take away: {filter}").format(filter=words))

    def _take_away(self, key: str, _checked: bool = False) -> None:
        self._set(key, None)

    def _field(self, key: str) -> FilterField:
        return self._fields.get(key) or FilterField(key, key.replace("_", " ").capitalize(), Choices(), offered=False)

    def described(self) -> tuple[str, ...]:
        """Every filter in full words, for files and paper: what moves on with the days it means now."""
        return tuple(
            " · ".join(dict.fromkeys(self._in_full(self._field(key), one) for one in (chosen, self.fixed(chosen))))
            for key, chosen in self._filters.items()
        )

    def _in_full(self, field: FilterField, chosen: Filter) -> str:
        names = names_of(field, chosen, self._choices.get(field.key)) if chosen.test is Match.IN else ()
        return f"{field.title}: {', '.join(names)}" if names else self._named(field, chosen)

    def fixed(self, chosen: Filter) -> Filter:
        """A filter with the days it means today."""
        return fixed(chosen, self._field(chosen.key).kind, self._desk.formats)

    def _words(self, field: FilterField, chosen: Filter) -> str:
        words = self._named(field, chosen)
        return words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + "…"

    def _named(self, field: FilterField, chosen: Filter) -> str:
        return filter_words(field, chosen, self._choices.get(field.key), self._desk.formats)
