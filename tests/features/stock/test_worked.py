"""Histories worked out by hand come out of the importer and the report as they were worked out."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest

from ims_desktop.admin.histories import import_movements
from ims_desktop.features.stock.rules import COLUMNS
from ims_desktop.features.stock.service import LedgerQuestion, ledger
from tests.features.stock.conftest import Bench
from tests.features.stock.facts import totals
from tests.restaurant import fill
from tests.tenants import Tenant

SIGNS = {"@": "unit_cost", "=": "value", ">": "refers_to"}
NAMES = {"to": "to_site", "w": "weight", "m": "method", "u": "unit", "sp": "spread", "cur": "currency"}
SAID = ("total", "running_quantity", "running_value", "unit_cost")


@dataclass
class Worked:
    """A history: its items by letter with method and unit, its rows, and what is expected of them."""

    name: str
    number: int
    items: tuple[tuple[str, ...], ...]
    rows: list[dict[str, str]] = field(default_factory=list)
    expected: dict[str, tuple[Decimal, ...]] = field(default_factory=dict)
    as_at: list[tuple[datetime, str, tuple[Decimal, ...]]] = field(default_factory=list)

    def sku(self, letter: str) -> str:
        return f"W-{self.number}-{letter}"

    def own(self, written: str) -> str:
        return f"{self.number}.{written}"

    def read(self, line: str) -> None:
        said, _, figures = line.partition("|")
        words, expected = said.split(), tuple(map(Decimal, figures.split()))
        if words[0] == "?":
            self.as_at.append((_moment(words[1]), words[2], expected))
            return
        if expected:
            self.expected[words[0]] = expected
        row = {"id": self.own(words[0]), "at": _moment(words[1]).isoformat(), "kind": words[2]}
        where = self._where(words[3])
        self.rows.append(row | where | dict(map(self._cell, words[4:] if where else words[3:])))

    def _cell(self, word: str) -> tuple[str, str]:
        key, _, value = word.partition(":")
        if key in NAMES and value:
            return NAMES[key], value
        if word[0] == ">":
            return "refers_to", " ".join(self.own(one) for one in word[1:].split(","))
        return (SIGNS[word[0]], word[1:]) if word[0] in SIGNS else ("quantity", word)

    def _where(self, word: str) -> dict[str, str]:
        letter, _, site = word.partition("@")
        if letter not in {item[0] for item in self.items}:
            return {}
        return {"item": self.sku(letter), "site": site or "Downtown"}


def _moment(written: str) -> datetime:
    day, hour = written.split("T")
    return datetime(2026, 3, int(day), int(hour), tzinfo=UTC)


def worked() -> list[Worked]:
    """Every history in the file beside this one."""
    found = list[Worked]()
    for block in Path(__file__).with_name("worked.txt").read_text("utf-8").split("\n\n")[1:]:
        head, *lines = block.strip().splitlines()
        name, _, items = head.partition(" | ")
        found.append(Worked(name, len(found), tuple(tuple(item.split(":")) for item in items.split())))
        for line in lines:
            found[-1].read(line)
    return found


WORKED = worked()
Lines = Mapping[str, Mapping[str, Any]]


class Told(NamedTuple):
    """A group that took all of the histories in."""

    bench: Bench

    def lines(self, history: Worked, moment: datetime | None = None) -> Lines:
        records = (
            record
            for letter, *_ in history.items
            for record in self.bench.desk.run(ledger, LedgerQuestion(history.sku(letter), None, moment))
        )
        return {record["id"].partition(".")[2]: record for record in records if record["id"]}


@pytest.fixture(scope="module")
def told(shared_tenant: Tenant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with shared_tenant.as_root() as root:
        bench = Bench(shared_tenant, root)
        fill(root, "exchange_rates", "base, quote, valid_from, rate", [("EUR", "USD", "2026-01-01", "1.25")])
        for history in WORKED:
            for letter, method, *unit in history.items:
                _item(bench, history, letter, method, (unit or ["kg"])[0])
        root.commit()
        path = tmp_path_factory.mktemp("worked") / "worked.csv"
        with path.open("w", encoding="utf-8", newline="") as written:
            sheet = csv.DictWriter(written, COLUMNS, restval="")
            sheet.writeheader()
            sheet.writerows(row for history in WORKED for row in history.rows)
        import_movements(bench.desk, [path], "", dry_run=False)
        yield Told(bench)


def _item(bench: Bench, history: Worked, letter: str, method: str, unit: str) -> None:
    key: UUID = uuid4()
    known = "id, sku, name, category_id, base_unit, cost_method"
    row = (key, history.sku(letter), f"{history.name} {letter}", bench.restaurant.categories["Dairy"], unit, method)
    fill(bench.root, "items", known, [row])
    if unit == "each":
        fill(bench.root, "item_units", "item_id, name, quantity, of_unit", [(key, "case", 12, "each")])


def _figures(record: Mapping[str, Any], many: int) -> tuple[Decimal | None, ...]:
    said = (record[key] for key in SAID[:many])
    return tuple(None if one is None else Decimal(one) for one in said)


@pytest.mark.parametrize("history", WORKED, ids=lambda history: history.name)
def test_it_comes_out_as_it_was_worked_out(told: Told, history: Worked) -> None:
    lines = told.lines(history)
    assert {own: _figures(lines[own], len(said)) for own, said in history.expected.items()} == history.expected
    for moment, own, (quantity, value) in history.as_at:
        record = told.lines(history, moment)[own]
        assert (Decimal(record["running_quantity"]), Decimal(record["running_value"])) == (quantity, value)


def test_what_was_read_is_what_the_books_say(told: Told) -> None:
    assert totals(told.bench.root) == []
    assert len(WORKED) > 40
    assert all(history.expected for history in WORKED)
