"""What a list can be filtered by: what its description says, and every other column by its kind."""

from collections.abc import Sequence

from ims_desktop.ui.choices import YES_NO, Between, Choice, Choices, Contains, FilterBy
from ims_desktop.ui.columns import DATED, NUMERIC, Column, Kind
from ims_desktop.ui.list_spec import FilterField, ListSpec

TEXTS = frozenset({Kind.TEXT, Kind.TITLE, Kind.LINK})


def by_kind(column: Column) -> FilterBy | None:
    """How a column can be filtered by when nobody said otherwise."""
    if column.derived:
        return None
    if column.kind in TEXTS:
        return Contains()
    if column.kind in DATED | NUMERIC:
        return Between()
    if column.kind is Kind.FLAG:
        return YES_NO
    if column.kind is Kind.CHIP and column.chips:
        return Choices(tuple(Choice(key, chip.text) for key, chip in column.chips.items()))
    return None


def filter_fields(spec: ListSpec, columns: Sequence[Column]) -> tuple[FilterField, ...]:
    """All filters of a list: those of its columns, its own, and aside of them what the kinds of its columns allow."""
    any_column = spec.filters_by_kind
    said = [FilterField(c.key, c.title, c.filter, c.kind, empties=any_column) for c in columns if c.filter is not None]
    known = {field.key for field in (*said, *spec.filters)}
    rest = [column for column in columns if any_column and column.key not in known]
    allowed = [(column, by) for column in rest if (by := by_kind(column)) is not None]
    aside = (FilterField(c.key, c.title, by, c.kind, aside=True, empties=True) for c, by in allowed)
    return (*said, *spec.filters, *aside)
