"""Pages follow each other without a gap or a row twice, whatever the directions of the keys."""

import re
from dataclasses import dataclass
from itertools import permutations, product

import pytest
from sqlalchemy import Connection, Integer, Text, column, select, values

from ims_desktop.database.listing import ListSource
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.listing import Filter, ListQuery, Match, Sort
from ims_desktop.domain.work import read
from tests.tenants import Tenant

ROWS = [(number, number % 3, "abcde"[number * 7 % 5], f"Größe {number}") for number in range(40)]
TABLE = values(
    column("id", Integer), column("tier", Integer), column("letter", Text), column("name", Text), name="few"
).data(ROWS)


@dataclass(frozen=True)
class Few:
    """A row."""

    id: int
    tier: int
    letter: str
    name: str


SOURCE: ListSource[Few] = ListSource(
    Few,
    select(*(TABLE.c[name] for name in ("id", "tier", "letter", "name"))).select_from(TABLE),
    TABLE.c.id,
    sorts={"tier": TABLE.c.tier, "letter": TABLE.c.letter, "id": TABLE.c.id},
    default=(Sort("id"),),
    filters={"name": TABLE.c.name},
)


@read
def all_pages(connection: Connection, query: ListQuery) -> list[int]:
    """The keys of all pages, one after the other."""
    found: list[int] = []
    page = SOURCE.page(connection, query)
    while True:
        found += [row.id for row in page.rows]
        if page.after is None:
            return found
        page = SOURCE.page(connection, query.following(page.after))


def as_python_sorts(sort: tuple[Sort, ...]) -> list[int]:
    rows = sorted((Few(*row) for row in ROWS), key=lambda row: row.id, reverse=sort[-1].descending)
    for key in reversed(sort):
        rows.sort(key=lambda row, key=key: getattr(row, key.key), reverse=key.descending)  # type: ignore[misc]
    return [row.id for row in rows]


ORDERS = [
    tuple(Sort(key, down) for key, down in zip(keys, downs, strict=True))
    for keys in permutations(("tier", "letter"))
    for downs in product((False, True), repeat=2)
]


def test_pages_of_two_keys_are_the_whole_order(tenant: Tenant) -> None:
    desk = tenant.desk()
    for sort, limit in product(ORDERS, (1, 7, 40)):
        assert desk.run(all_pages, ListQuery(sort=sort, limit=limit)) == as_python_sorts(sort), (sort, limit)


def test_mixed_directions_begin_with_what_an_index_answers() -> None:
    class Silent:
        """Keeps the statement."""

        def execute(self, statement: object) -> "Silent":
            self.sent = str(statement)
            return self

        def all(self) -> list[object]:
            return []

    silent = Silent()
    query = ListQuery(sort=(Sort("tier", True), Sort("letter")), after=(1, "b", 5))
    SOURCE.page(silent, query)  # type: ignore[arg-type]
    assert re.search(r"WHERE few\.tier <= :param_\d+ AND \(", silent.sent)


def test_a_text_is_found_by_a_part_of_it(tenant: Tenant) -> None:
    desk = tenant.desk()
    for words, count in (("größe 3", 11), ("GROSSE 3", 11), ("%", 0), ("nothing", 0)):
        query = ListQuery(filters=(Filter("name", Match.CONTAINS, (words,)),))
        assert len(desk.run(all_pages, query)) == count, words


def test_what_is_shown_can_be_filtered_by_and_asked_whether_it_is_empty(tenant: Tenant) -> None:
    desk = tenant.desk()
    for test, key, asked, fits in (
        (Match.BETWEEN, "tier", (1, 2), lambda row: 1 <= row.tier <= 2),
        (Match.CONTAINS, "letter", ("B",), lambda row: "b" in row.letter),
        (Match.EMPTY, "letter", (), lambda row: not row.letter),
        (Match.FILLED, "tier", (), lambda row: True),
    ):
        found = desk.run(all_pages, ListQuery(filters=(Filter(key, test, asked),)))
        assert found == sorted(row.id for row in (Few(*each) for each in ROWS) if fits(row)), (test, key)
    with pytest.raises(UserError, match="cannot be filtered by colour"):
        desk.run(all_pages, ListQuery(filters=(Filter("colour", Match.FILLED, ()),)))
