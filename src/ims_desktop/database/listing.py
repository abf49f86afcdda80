"""Reads lists: one keyset page or one summary a statement, from a description of what may be searched and sorted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import signature
from operator import itemgetter
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Label,
    Select,
    String,
    and_,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.listing import COUNT_CAP, Filter, ListQuery, Match, Page, Sort, Summary
from ims_desktop.domain.wording import say

Row = TypeVar("Row")


@dataclass(frozen=True)
class ListSource(Generic[Row]):
    """Where a list comes from. `select` yields the columns of `row`, by name; `key` is unique.

    What `select` yields can be filtered by, under its name; `filters` adds what is not shown, or is asked otherwise.
    `sorts`: column keys to NOT NULL expressions; those that must carry a big list are indexed together with the key.
    `finds`: narrow columns holding public.sort_key of something, searched by "contains". `site`: what the site
    selector narrows. `keys`: the same rows from fewer tables, where the others cost more than finding the page; then
    only these may be asked about, and the rest is joined to the page that was found.
    """

    row: Callable[..., Row]
    select: Select[Any]
    key: ColumnElement[Any]
    sorts: Mapping[str, ColumnElement[Any]]
    default: Sequence[Sort]
    filters: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    finds: Sequence[ColumnElement[Any]] = ()
    site: ColumnElement[Any] | None = None
    totals: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    shape: Callable[[Any], Row] | None = None
    keys: Select[Any] | None = None

    def page(self, connection: Connection, query: ListQuery) -> Page[Row]:
        """Up to `query.limit` rows behind `query.after`, in one statement."""
        orders = self._orders(query)
        keys = [expression.label(f"_k{place}") for place, (expression, _down) in enumerate(orders)]
        statement = self._narrowed(query, self.keys).add_columns(*keys)
        if query.after is not None:
            statement = statement.where(_behind(orders, query.after))
        statement = statement.order_by(*(e.desc() if down else e.asc() for e, down in orders))
        statement = statement.limit(_written_out(query.limit + 1))
        found = connection.execute(statement if self.keys is None else self._joined(statement, orders)).all()
        shape = self.shape or self._shaping()
        rows = tuple(shape(row) for row in found[: query.limit])
        more = len(found) > query.limit
        return Page(rows, tuple(found[query.limit - 1][-len(keys) :]) if more else None)

    def _joined(self, page: Select[Any], orders: Sequence[tuple[ColumnElement[Any], bool]]) -> Select[Any]:
        """The rows of a page of keys, in its order; the last key is the one that is unique."""
        found = page.subquery("page")
        keys = [found.c[f"_k{place}"] for place in range(len(orders))]
        order = (key.desc() if down else key.asc() for key, (_e, down) in zip(keys, orders, strict=True))
        return self.select.add_columns(*keys).where(self.key == keys[-1]).order_by(*order)

    def summary(self, connection: Connection, query: ListQuery) -> Summary:
        """The count and the totals of everything the query selects, in one statement; without totals a capped count."""
        if self.totals:
            sums = (func.sum(expression) for expression in self.totals.values())
            plain = self._narrowed(query).with_only_columns(func.count(), *sums, maintain_column_froms=True)
            count, *found = connection.execute(plain.order_by(None)).one()
            known = {key: total for key, total in zip(self.totals, found, strict=True) if total is not None}
            return Summary(count, known, exact=True)
        # Without its columns a select forgets the tables it only knew through them.
        ones = self._narrowed(query).with_only_columns(true().label("one"), maintain_column_froms=True)
        capped = ones.order_by(None).limit(COUNT_CAP).subquery()
        return Summary(connection.execute(select(func.count()).select_from(capped)).scalar_one())

    def _orders(self, query: ListQuery) -> list[tuple[ColumnElement[Any], bool]]:
        wanted = [sort for sort in (query.sort or self.default) if sort.key in self.sorts]
        orders = [(self.sorts[sort.key], sort.descending) for sort in wanted or self.default]
        return [*orders, (self.key, bool(orders) and orders[-1][1])]

    def _narrowed(self, query: ListQuery, among: Select[Any] | None = None) -> Select[Any]:
        statement = self.select if among is None else among
        if query.search.strip() and self.finds:
            words = [_as_sorted(word) for word in query.search.split()]
            statement = statement.where(and_(*(or_(*(func.strpos(f, w) > 0 for f in self.finds)) for w in words)))
        if query.site is not None and self.site is not None:
            statement = statement.where(self.site == query.site)
        for chip in query.filters:
            statement = statement.where(self._test(chip))
        return statement

    def _test(self, chip: Filter) -> ColumnElement[bool]:
        expression = self._asked_about(chip)
        match chip.test:
            case Match.IN:
                known = [value for value in chip.values if value is not None]
                among = expression.in_(known) if known else false()
                return or_(among, expression.is_(None)) if None in chip.values else among
            case Match.CONTAINS:
                return func.strpos(_kept_key(expression), _as_sorted(chip.values[0])) > 0
            case Match.EMPTY:
                return _written(expression).is_(None)
            case Match.FILLED:
                return _written(expression).is_not(None)
        low, high = chip.values
        return and_(true() if low is None else expression >= low, true() if high is None else expression <= high)

    def _asked_about(self, chip: Filter) -> ColumnElement[Any]:
        """Which of several: the key of what is shown, where the list knows it. Anything else is about what is seen."""
        shown = self.select.selected_columns.get(chip.key)
        seen = shown.element if isinstance(shown, Label) else shown
        said = self.filters.get(chip.key)
        first, second = (said, seen) if chip.test is Match.IN else (seen, said)
        found = second if first is None else first
        if found is None:
            raise UserError(
                say("This list cannot be filtered by {key}.", key=chip.key), [Problem("Unknown filter.", chip.key)]
            )
        return found

    def _shaping(self) -> Callable[[Any], Row]:
        """Makes row values by position, which is four times as fast as by name."""
        names = self.select.selected_columns.keys()
        pick = itemgetter(*(names.index(name) for name in signature(self.row).parameters))
        return lambda row: self.row(*pick(row))


def _as_sorted(text: str) -> ColumnElement[Any]:
    """What somebody typed, as it stands in sort columns: a query of its own, or a plan for any text asks once a row."""
    return select(func.public.sort_key(text)).scalar_subquery()


def _kept_key(expression: ColumnElement[Any]) -> ColumnElement[Any]:
    """The sort key of a text; the one its table keeps where it keeps one."""
    table = getattr(expression, "table", None)
    kept = None if table is None else table.c.get(f"sort_{expression.name}")
    return func.public.sort_key(expression) if kept is None else kept


def _written(expression: ColumnElement[Any]) -> ColumnElement[Any]:
    """A text without letters is as good as none."""
    return func.nullif(expression, "") if isinstance(expression.type, String) else expression


def _written_out(number: int) -> ColumnElement[int]:
    """A limit as part of the statement: behind a parameter the server plans anew each time, longer than it reads."""
    return literal_column(str(number))


def _behind(orders: Sequence[tuple[ColumnElement[Any], bool]], after: Sequence[Any]) -> ColumnElement[bool]:
    """Rows behind a cursor. One direction: a row comparison, which an index answers; mixed ones: the long form.

    The long form says first what an index on the first key can answer: no row lies before its value.
    """
    values = [literal(value, expression.type) for (expression, _down), value in zip(orders, after, strict=True)]
    left = tuple_(*(expression for expression, _down in orders))
    if len({down for _e, down in orders}) == 1:
        # Each value a query of its own: knowing it, the server expects so few rows near the end of a list that it plans
        # every page there anew, which takes longer than reading one.
        cursor = tuple_(*(select(value).scalar_subquery() for value in values))
        return left < cursor if orders[0][1] else left > cursor
    steps = []
    for place, ((expression, down), value) in enumerate(zip(orders, values, strict=True)):
        same = [orders[i][0] == values[i] for i in range(place)]
        steps.append(and_(*same, expression < value if down else expression > value))
    (first, down), value = orders[0], values[0]
    return and_(first <= value if down else first >= value, or_(*steps))


def one_or_gone(row: Any, what: str) -> Any:
    """The row, or a sentence that it is no longer there."""
    if row is None:
        raise UserError(say("This {what} no longer exists, or your roles do not let you see it.", what=what))
    return row


def ids(values: Sequence[UUID | str]) -> list[UUID]:
    """Keys as they come from a link or a command line."""
    return [value if isinstance(value, UUID) else UUID(value) for value in values]
