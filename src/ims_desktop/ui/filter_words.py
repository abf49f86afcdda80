"""Filters in words, for chips, files and paper."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from PySide6.QtCore import QCoreApplication

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.domain.moving_days import MovingDays
from ims_desktop.ui.choices import AsAt, Choice, Choices
from ims_desktop.ui.columns import DATED, Kind
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_spec import FilterField


def _tr(text: str) -> str:
    return QCoreApplication.translate("FilterWords", text)


def moving_words(days: str) -> str:
    """A range of days that moves on, as people call it."""
    return {
        MovingDays.TODAY: _tr("Today"),
        MovingDays.YESTERDAY: _tr("Yesterday"),
        MovingDays.THIS_WEEK: _tr("This week"),
        MovingDays.LAST_7_DAYS: _tr("Last 7 days"),
        MovingDays.LAST_30_DAYS: _tr("Last 30 days"),
        MovingDays.THIS_MONTH: _tr("This month"),
        MovingDays.LAST_MONTH: _tr("Last month"),
    }[MovingDays(days)]


def fixed(chosen: Filter, kind: Kind, formats: Formats) -> Filter:
    """The filter with the days it means today; moments from the first to the last one of them at the site."""
    if chosen.test is not Match.MOVING:
        return chosen
    days = MovingDays(chosen.values[0]).on(formats.today())
    ends: tuple[Any, Any] = (days.first, days.last)
    if kind is Kind.DATETIME:
        zone = formats.zone
        ends = datetime.combine(days.first, time.min, zone), datetime.combine(days.last, time.max, zone)
    return Filter(chosen.key, Match.BETWEEN, ends)


def filter_words(field: FilterField, chosen: Filter, known: Sequence[Choice] | None, formats: Formats) -> str:
    """A filter as its title and what it asks for; `known` names what may be chosen."""
    if chosen.test is Match.IN:
        return _among(field, chosen, known)
    if isinstance(field.by, AsAt):
        return f"{field.title}: {formats.stamp(chosen.values[-1])}"
    return f"{field.title}: {_asked(field.kind, chosen, formats)}"


def names_of(field: FilterField, chosen: Filter, known: Sequence[Choice] | None) -> tuple[str, ...]:
    """The names of everything that was chosen, for files and paper; nothing where one of them is not known."""
    if known is None:
        known = field.by.options if isinstance(field.by, Choices) else ()
    named = {choice.value: choice.text for choice in known} | {None: _tr("none")}
    return tuple(named[value] for value in chosen.values) if all(value in named for value in chosen.values) else ()


def _asked(kind: Kind, chosen: Filter, formats: Formats) -> str:
    if chosen.test is Match.MOVING:
        return moving_words(chosen.values[0])
    if chosen.test is Match.CONTAINS:
        return f"“{chosen.values[0]}”"
    if chosen.test is not Match.BETWEEN:
        return _tr("empty") if chosen.test is Match.EMPTY else _tr("not empty")
    low, high = (_end(kind, value, formats) for value in chosen.values)
    if low and high:
        return low if low == high else f"{low} – {high}"
    return f"≥ {low}" if low else f"≤ {high}"


def _among(field: FilterField, chosen: Filter, known: Sequence[Choice] | None) -> str:
    by = field.by
    if known is None:
        known = by.options if isinstance(by, Choices) else ()
    names = [choice.text for choice in known if choice.value in chosen.values]
    if len(chosen.values) == 1 and (names or chosen.values == (None,)):
        return f"{field.title}: {names[0] if names else _tr('none')}"
    if not known and (not field.offered or not isinstance(by, Choices)):
        return field.title
    count = str(len(chosen.values))
    whole = isinstance(by, Choices) and by.search is None and len(known) > 0
    return f"{field.title}: " + (_tr("{count} of {all}").format(count=count, all=len(known)) if whole else count)


def _end(kind: Kind, value: object, formats: Formats) -> str:
    if value is None:
        return ""
    return _day(kind, value, formats) if kind in DATED else _number(kind, value, formats)


def _day(kind: Kind, value: Any, formats: Formats) -> str:
    return formats.date(formats.local(value).date() if kind is Kind.DATETIME else value)


def _number(kind: Kind, value: Any, formats: Formats) -> str:
    return formats.typed_number(value * 100) + "%" if kind is Kind.PERCENT else formats.typed_number(value)
