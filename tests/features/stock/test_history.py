"""A history from another system: in any order, once, everything wrong at once; and the ledger that comes of it."""

from decimal import Decimal
from typing import Any

import pytest

from ims_desktop.domain.errors import UserError
from ims_desktop.features.stock.rules import read_history
from ims_desktop.features.stock.service import LedgerQuestion, import_history, ledger
from tests.features.stock.conftest import Bench, figures
from tests.features.stock.facts import totals
from tests.restaurant import fill

DAY = "2026-03-02T{:02d}:00:00+00:00"


def row(hour: int, kind: str, key: str, **cells: str) -> dict[str, str]:
    """A row of flour at Downtown."""
    return {"at": DAY.format(hour), "kind": kind, "id": key, "item": "Flour", "site": "Downtown"} | cells


HISTORY = (
    row(13, "cancellation", "C1", refers_to="R9"),
    row(9, "transfer_in", "T2", site="Harbour", quantity="2", refers_to="T1"),
    row(6, "receipt", "R1", quantity="10", unit_cost="3"),
    row(7, "sale", "I1", quantity="4"),
    row(8, "transfer_out", "T1", quantity="2"),
    row(5, "receipt", "R0", quantity="10", unit_cost="1", unit="kg"),
    row(10, "customer_return", "B1", quantity="1", refers_to="I1"),
    row(10, "supplier_return", "S1", quantity="1"),
    row(11, "production_output", "P2", item="Butter", quantity="3", refers_to="P1", value="0.5"),
    row(11, "production_input", "P1", quantity="2"),
    row(12, "count", "K1", quantity="11"),
    row(12, "revaluation", "V1", value="1.00"),
    row(12, "receipt", "R9", quantity="100", unit_cost="50"),
    row(14, "price", "N1", refers_to="R1", unit_cost="2"),
    row(14, "landed_cost", "L1", refers_to="R0 R1", value="2", spread="quantity"),
)


def read(*rows: dict[str, str]) -> tuple[Any, list[Any]]:
    return read_history(list(enumerate(rows, 2)))


def test_a_history_in_any_order_comes_out_as_it_happened(bench: Bench) -> None:
    found, problems = read(*HISTORY)
    assert problems == []
    assert bench.desk.run(import_history, found).result.repeated == 0
    assert bench.desk.run(import_history, found).result.repeated == len(HISTORY)
    lines = {line["id"]: line for line in bench.desk.run(ledger, LedgerQuestion("Flour")) if line["id"]}
    expected = {"R0": "11", "R1": "21", "I1": "-6.4", "T1": "-3.2", "B1": "1.6", "T2": "3.2", "P1": "-3.2"}
    assert {key: Decimal(lines[key]["total"]) for key in expected} == {key: Decimal(v) for key, v in expected.items()}
    assert sum(Decimal(one["value"]) for one in lines["R1"]["corrections"]) + Decimal(lines["R1"]["value"]) == 21
    assert Decimal(lines["K1"]["running_quantity"]) == 11
    butter = bench.desk.run(ledger, LedgerQuestion("Butter"))
    assert [Decimal(line["total"]) for line in butter] == [Decimal("3.7")]
    cost = bench.cost("Flour")
    last = [line for line in bench.desk.run(ledger, LedgerQuestion("Flour")) if line["site"] == "Downtown"][-1]
    assert (Decimal(last["running_quantity"]), Decimal(last["running_value"])) == cost[:2]
    assert totals(bench.root) == []


def test_the_ledger_speaks_the_words_of_the_import(bench: Bench) -> None:
    rows = (
        row(5, "receipt", "R", quantity="3", unit_cost="2", unit="kg"),
        row(6, "waste", "W", quantity="1"),
        row(7, "sale", "I", quantity="1"),
        row(8, "adjustment", "A", quantity="-1"),
        row(9, "count", "K", quantity="1"),
        row(10, "cancellation", "C", refers_to="W"),
        row(11, "issue", "J", quantity="1"),
    )
    bench.desk.run(import_history, read(*rows)[0])
    lines = bench.desk.run(ledger, LedgerQuestion("Flour"))
    said = {line["id"]: line["kind"] for line in lines}
    assert said == {
        "R": "receipt", "W": "waste", "I": "issue", "A": "adjustment", "K": "count", "C": "cancellation", "J": "issue",
    }  # fmt: skip
    assert not [text for line in lines for text in line.values() if isinstance(text, str) and text.startswith("-0.000")]
    kinds = bench.root.execute("SELECT DISTINCT p.kind FROM postings p WHERE p.reference = 'W'").fetchall()
    assert kinds == [("WASTE",)]


def test_what_cannot_be_read_and_what_is_not_known_is_said_together(bench: Bench) -> None:
    found, problems = read(row(5, "gift", "A", quantity="1"), {**row(6, "sale", "B", quantity="1"), "item": "Gold"})
    with pytest.raises(UserError) as refused:
        bench.desk.run(import_history, found, tuple(problems))
    assert [(problem.row, problem.field) for problem in refused.value.problems] == [(2, "kind"), (3, "item")]


def test_everything_wrong_is_said_at_once(bench: Bench) -> None:
    wrong = (
        row(5, "receipt", "A", quantity="x", unit_cost="1"),
        row(5, "gift", "B", quantity="1"),
        row(5, "receipt", "C", quantity="1"),
        {**row(5, "sale", "D", quantity="1"), "at": "yesterday"},
    )
    _found, problems = read(*wrong)
    assert [(problem.row, problem.field) for problem in problems] == [
        (2, "quantity"), (3, "kind"), (4, "unit_cost"), (5, "at"),
    ]  # fmt: skip
    found, problems = read(
        row(5, "sale", "E", quantity="1", unit="bucket"),
        {**row(5, "sale", "F", quantity="1"), "item": "Gold"},
        row(5, "price", "G", refers_to="nowhere", value="3"),
    )
    assert problems == []
    with pytest.raises(UserError) as refused:
        bench.desk.run(import_history, found)
    assert [problem.row for problem in refused.value.problems] == [2, 3, 4]
    assert bench.cost("Flour").quantity == 0


def refused(bench: Bench, *rows: dict[str, str]) -> list[tuple[int | None, str]]:
    """The rows that are refused, and the beginning of why."""
    found, problems = read(*rows)
    with pytest.raises(UserError) as told:
        bench.desk.run(import_history, found, tuple(problems))
    assert bench.root.execute("SELECT count(*) FROM postings").fetchone() == (0,)
    return [(problem.row, str(problem.text).split(":")[0][:40]) for problem in told.value.problems]


def test_all_that_the_ledger_refuses_is_said_at_once_with_its_row(bench: Bench) -> None:
    bench.root.execute("UPDATE sites SET allows_negative = false WHERE name = 'Harbour'")
    bench.root.commit()
    rows = (
        row(5, "receipt", "R", quantity="3", unit_cost="2"),
        row(6, "waste", "W", quantity="1"),
        row(7, "customer_return", "B1", quantity="2", refers_to="W"),
        row(7, "transfer_out", "T", quantity="1"),
        row(8, "issue", "I", site="Harbour", quantity="1"),
        row(9, "receipt", "N", quantity="1", value="-3"),
        row(9, "cancellation", "C", refers_to="W"),
        row(9, "cancellation", "D", refers_to="W"),
    )
    assert [number for number, _ in refused(bench, *rows)] == [4, 5, 6, 7, 9]


def test_what_stands_on_a_refused_row_says_nothing_of_its_own(bench: Bench) -> None:
    rows = (
        row(5, "receipt", "R", quantity="3", value="-2"),
        row(6, "price", "P", refers_to="R", value="4"),
        row(7, "cancellation", "C", refers_to="R"),
    )
    assert refused(bench, *rows) == [(2, "A value cannot be below zero.")]


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ((row(5, "production_input", "A", quantity="1"),), [(2, "No row of kind production_output refers ")]),
        (
            (row(5, "transfer_in", "A", quantity="1", refers_to="B"),
             row(5, "transfer_in", "B", quantity="1", refers_to="A")),
            [(2, "transfer_in cannot refer to B, which is "), (3, "transfer_in cannot refer to A, which is ")],
        ),
        ((row(5, "receipt", "A", quantity="0", value="3"),), [(2, "Enter a quantity above zero; the kind sa")]),
        (
            (row(5, "landed_cost", "A", refers_to="A", value="3", spread="volume"),),
            [(2, "Costs are spread by one of value, quanti")],
        ),
        (
            (row(5, "receipt", "A", quantity="1", value="3"), row(6, "issue", "I", quantity="1"),
             row(7, "method", "M", method="FIFO"), row(8, "issue", "J", quantity="1")),
            [(4, "Methods change with a business day, and ")],
        ),
        (
            (row(5, "receipt", "A", quantity="1", value="3"), row(6, "cancellation", "C", refers_to="A"),
             row(6, "cancellation", "D", refers_to="C")),
            [(4, "A cancellation or a change of method can")],
        ),
    ],
)  # fmt: skip
def test_a_sentence_names_the_row(bench: Bench, rows: tuple[dict[str, str], ...], wrong: list[tuple[int, str]]) -> None:
    assert refused(bench, *rows) == wrong


def test_a_method_changes_for_what_comes_after_it(bench: Bench) -> None:
    later = "2026-03-04T{:02d}:00:00+00:00"
    rows = (
        row(5, "receipt", "A", quantity="2", unit_cost="1"),
        row(6, "receipt", "B", quantity="2", unit_cost="3"),
        row(22, "method", "M", method="FIFO"),
        {**row(0, "issue", "I", quantity="1"), "at": later.format(9)},
        {**row(0, "receipt", "R", quantity="1", unit_cost="9"), "at": later.format(10)},
        {**row(0, "issue", "J", quantity="3"), "at": later.format(11)},
    )
    bench.desk.run(import_history, read(*rows)[0])
    lines = {line["id"]: Decimal(line["total"]) for line in bench.desk.run(ledger, LedgerQuestion("Flour"))}
    assert (lines["I"], lines["J"]) == figures(-2, -6)


def test_a_change_of_prices_is_cancelled(bench: Bench) -> None:
    rows = (
        row(5, "receipt", "A", quantity="4", unit_cost="1"),
        row(6, "issue", "I", quantity="1"),
        row(7, "landed_cost", "L", refers_to="A", value="4"),
        row(8, "price", "P", refers_to="A", unit_cost="3"),
        row(9, "cancellation", "C", refers_to="P"),
    )
    found, _problems = read(*rows)
    bench.desk.run(import_history, found)
    assert bench.desk.run(import_history, found).result.repeated == len(rows)
    assert bench.cost("Flour")[:2] == figures(3, 6)
    lines = {line["id"]: Decimal(line["total"]) for line in bench.desk.run(ledger, LedgerQuestion("Flour"))}
    assert (lines["A"], lines["I"]) == figures(8, -2)


def test_a_row_that_was_changed_since_is_named(bench: Bench) -> None:
    bench.desk.run(import_history, read(row(5, "receipt", "A", quantity="4", unit_cost="1"))[0])
    with pytest.raises(UserError) as told:
        bench.desk.run(import_history, read(row(5, "receipt", "A", quantity="5", unit_cost="1"))[0])
    assert [problem.row for problem in told.value.problems] == [2]


def test_a_rate_that_is_put_right_leaves_what_was_imported(bench: Bench) -> None:
    root = bench.root
    fill(root, "exchange_rates", "base, quote, valid_from, rate", [("EUR", "USD", "2026-01-01", "1.25")])
    receipt = row(5, "receipt", "A", quantity="4", unit_cost="1", currency="EUR")
    price = row(6, "price", "P", refers_to="A", unit_cost="2", currency="EUR")
    bench.desk.run(import_history, read(receipt)[0])
    root.execute("UPDATE exchange_rates SET rate = 2")
    assert bench.desk.run(import_history, read(receipt)[0]).result.repeated == 1
    assert bench.cost("Flour")[:2] == figures(4, 5)
    with pytest.raises(UserError) as told:
        bench.desk.run(import_history, read({**receipt, "unit_cost": "1.1"})[0])
    assert [(one.row, "rate of exchange" in one.text) for one in told.value.problems] == [(2, True)]
    bench.desk.run(import_history, read(receipt, price)[0])
    root.execute("UPDATE exchange_rates SET rate = 3")
    with pytest.raises(UserError) as told:
        bench.desk.run(import_history, read(receipt, price)[0])
    assert [(one.row, "rate of exchange" in one.text) for one in told.value.problems] == [(3, True)]


def test_a_count_has_no_cost_of_its_own() -> None:
    _, wrong = read(row(5, "count", "K", quantity="4", unit_cost="1"))
    assert [(one.row, one.field) for one in wrong] == [(2, "unit_cost")]
