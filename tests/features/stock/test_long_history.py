"""A long history is settled many rows at a time, comes out as one that is not, and is never left unsettled."""

import random
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, text

from ims_desktop.domain.errors import UserError
from ims_desktop.features.stock.rules import read_history
from ims_desktop.features.stock.service import (
    Document,
    DocumentLine,
    Kind,
    LedgerQuestion,
    import_history,
    ledger,
    post,
)
from tests.features.stock.conftest import Bench, moment
from tests.features.stock.facts import totals

ROWS, DAY = 60, "2026-03-{:02d}T{:02d}:00:00+00:00"


def shuffled(sku: str, number: int) -> list[dict[str, str]]:
    """Receipts, issues, counts and transfers of an item, in no order of time."""
    chance = random.Random(number)
    rows = list[dict[str, str]]()
    for key in map(str, range(ROWS)):
        kind = chance.choice(("receipt", "receipt", "waste", "sale", "count", "transfer_out", "supplier_return"))
        row = {"at": DAY.format(chance.randint(2, 20), chance.randint(0, 20)), "kind": kind, "id": f"{sku}-{key}"}
        row |= {"item": sku, "site": "Downtown", "quantity": str(chance.randint(1, 9))}
        if kind == "receipt":
            row["unit_cost"] = str(Decimal(chance.randint(100, 900)) / 100)
        rows.append(row)
        if kind == "transfer_out":
            rows.append(
                {**row, "kind": "transfer_in", "site": "Harbour", "id": row["id"] + "i", "refers_to": row["id"]}
            )
    rows.append(
        {"at": DAY.format(20, 22), "kind": "price", "id": f"{sku}-p", "refers_to": rows[0]["id"], "unit_cost": "3"}
    )
    rows[0] |= {"kind": "receipt", "unit_cost": "2"}
    return rows


def story(bench: Bench, sku: str, long: int) -> list[tuple[Any, ...]]:
    """What the ledger says of such a history, without names."""
    rows = [{key: cell.replace("DAI-0017", sku) for key, cell in row.items()} for row in shuffled("DAI-0017", 4)]
    if rows[1]["kind"] == "transfer_in":
        del rows[1]
    found, problems = read_history(list(enumerate(rows, 2)))
    assert problems == []
    bench.desk.run(import_history, found, (), long)
    told = bench.desk.run(ledger, LedgerQuestion(sku))
    figures = ("quantity", "total", "running_quantity", "running_value", "unit_cost")
    return [
        (line["at"], line["site"], line["kind"], *(Decimal(line[figure] or 0) for figure in figures)) for line in told
    ]


@pytest.mark.parametrize("method", ["AVERAGE", "FIFO"])
def test_a_long_history_comes_out_as_a_short_one(bench: Bench, method: str) -> None:
    bench.root.execute("UPDATE items SET cost_method = %s", [method])
    bench.root.commit()
    assert story(bench, "DAI-0017", 0) == story(bench, "DAI-0004", 500)
    assert totals(bench.root) == []


def test_what_would_be_missing_is_said_of_its_row(bench: Bench) -> None:
    bench.root.execute("UPDATE sites SET allows_negative = false")
    bench.root.commit()
    row = {"item": "Flour", "site": "Downtown"}
    rows = [
        row | {"at": DAY.format(5, 8), "kind": "receipt", "id": "a", "quantity": "10", "unit_cost": "1"},
        row | {"at": DAY.format(7, 8), "kind": "sale", "id": "b", "quantity": "8"},
        row | {"at": DAY.format(6, 8), "kind": "sale", "id": "c", "quantity": "3"},
        row | {"at": DAY.format(6, 9), "kind": "sale", "id": "d", "quantity": "2"},
    ]
    with pytest.raises(UserError) as refused:
        bench.desk.run(import_history, read_history(list(enumerate(rows, 2)))[0], (), 0)
    assert [problem.row for problem in refused.value.problems] == [4]
    assert "only 2 kg on hand at Downtown" in refused.value.problems[0].text


def test_nothing_is_kept_that_was_never_settled(bench: Bench) -> None:
    bench.receive("Flour", 10, 2, at=moment(10))
    flour = bench.restaurant.items["Flour"]
    early = bench.document(
        Kind.DELIVERY, DocumentLine(flour, bench.restaurant.home("Flour"), Decimal(1), Decimal(9)), at=moment(8)
    )

    def begun(connection: Connection, document: Document) -> object:
        connection.execute(text("SELECT settle_later(ARRAY[:item])"), {"item": flour})
        return post(connection, document)

    with pytest.raises(UserError, match="What was posted is not settled"):
        bench.desk.run(begun, early)
    assert bench.cost("Flour").quantity == 10
