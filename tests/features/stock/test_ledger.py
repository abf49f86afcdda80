"""The ledger: worked cases, keys, refusals and rights."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Connection, text

from ims_desktop.domain.errors import Conflict, Denied, UserError
from ims_desktop.domain.work import call
from ims_desktop.features.stock.service import Kind, Posted, outcome, post, reverse
from tests.features.stock.conftest import Bench, figures, moment
from tests.features.stock.facts import totals


def test_average_of_two_receipts_and_an_issue(bench: Bench) -> None:
    bench.receive("Flour", 8, 10)
    bench.receive("Flour", 4, 16)
    assert bench.cost("Flour") == figures(12, 144, 12)
    assert bench.waste("Flour", 10).value == -120
    assert bench.cost("Flour")[:2] == figures(2, 24)
    bench.receive("Flour", 2, 6)
    assert bench.cost("Flour") == figures(4, 36, 9)


def test_a_receipt_covers_what_was_issued_before_it(bench: Bench) -> None:
    bench.receive("Flour", 1, "1.50")
    issued = bench.waste("Flour", 4)
    assert bench.cost("Flour")[:2] == figures(-3, Decimal("-4.5"))
    received = bench.receive("Flour", 20, "1.75")
    assert bench.true_up(received.id, "Flour") == Decimal("-0.75")
    assert bench.cost("Flour")[:2] == figures(17, Decimal("29.75"))
    assert bench.movements(issued.id)[0].corrections == Decimal("-0.75")


def test_the_rounding_residue_leaves_with_the_last_issue(bench: Bench) -> None:
    bench.receive("Lemon", 13, Decimal(15) / 13)
    for _ in range(13):
        bench.waste("Lemon", 1)
    assert bench.cost("Lemon")[:2] == figures(0, 0)


def test_trade_goes_on_during_a_count(bench: Bench) -> None:
    bench.receive("Flour", 50, 2, at=moment(8))
    bench.waste("Flour", 5, at=moment(10, 5))
    counted = bench.post(Kind.COUNT, bench.line("Flour", 48), at=moment(10))
    assert [moved.quantity for moved in bench.movements(counted.id)] == [-2]
    assert bench.cost("Flour").quantity == 43


def test_entries_of_one_item_at_one_place_add_up(bench: Bench) -> None:
    bench.receive("Flour", 50, 2)
    counted = bench.post(Kind.COUNT, bench.line("Flour", 10), bench.line("Flour", 7))
    assert [moved.quantity for moved in bench.movements(counted.id)] == [-33]
    found = bench.post(Kind.COUNT, bench.line("Flour", 10), bench.line("Flour", 7, place="Bar"))
    assert [moved.quantity for moved in bench.movements(found.id)] == [-7, 7]
    assert bench.cost("Flour").quantity == 17


def test_a_count_without_a_difference_is_posted_without_lines(bench: Bench) -> None:
    bench.receive("Flour", 50, 2)
    assert bench.post(Kind.COUNT, bench.line("Flour", 50)).lines == 0
    counted = bench.root.execute("SELECT last_counted_at IS NOT NULL FROM stock_costs").fetchone()
    assert counted == (True,)


def test_undoing_a_delivery_takes_its_price_out_of_the_average(bench: Bench) -> None:
    bench.receive("Flour", 8, 10)
    wrong = bench.receive("Flour", 4, 16)
    undone = bench.undo(wrong)
    assert undone.value == -64
    assert bench.cost("Flour") == figures(8, 80, 10)
    assert totals(bench.root) == []


def test_undoing_waste_brings_it_back_at_the_cost_it_left_with(bench: Bench) -> None:
    bench.receive("Flour", 10, 2)
    wasted = bench.waste("Flour", 4)
    bench.receive("Flour", 6, 5)
    bench.undo(wasted)
    assert bench.cost("Flour")[:2] == figures(16, 50)
    assert totals(bench.root) == []


def test_only_once_and_only_what_is_not_an_undo_itself(bench: Bench) -> None:
    bench.receive("Flour", 10, 2)
    wasted = bench.waste("Flour", 4)
    undone = bench.undo(wasted)
    with pytest.raises(Conflict):
        bench.undo(wasted)
    with pytest.raises(UserError, match="not undone themselves"):
        bench.undo(undone)
    with pytest.raises(UserError, match="Say why"):
        bench.undo(bench.waste("Flour", 1), " ")


def test_the_same_key_posts_once(bench: Bench) -> None:
    bench.receive("Flour", 10, 2)
    sent = bench.document(Kind.WASTE, bench.line("Flour", -3, "SPOILAGE"))
    first = bench.desk.run(post, sent).result
    assert bench.desk.run(post, sent).result == first == bench.desk.run(outcome, sent.key)
    assert bench.cost("Flour").quantity == 7
    with pytest.raises(Conflict):
        bench.desk.run(post, replace(sent, note="Another note"))
    with pytest.raises(Conflict):
        bench.desk.run(post, replace(sent, lines=(bench.line("Flour", -4, "SPOILAGE"),)))
    assert bench.desk.run(outcome, uuid4()) is None


def test_a_key_keeps_its_answer_when_the_item_is_archived_meanwhile(bench: Bench) -> None:
    bench.receive("Flour", 3, 2)
    sent = bench.document(Kind.WASTE, bench.line("Flour", -3, "SPOILAGE"))
    first: Posted = bench.desk.run(post, sent).result
    bench.root.execute("UPDATE items SET is_active = false WHERE name = 'Flour'")
    assert bench.desk.run(post, sent).result == first


def test_the_same_undo_twice_answers_the_same(bench: Bench) -> None:
    bench.receive("Flour", 10, 2)
    moved = bench.movements(bench.waste("Flour", 3).id)[0]
    key = uuid4()
    first = bench.desk.run(reverse, key, (moved.id,), "Typed twice").result
    assert bench.desk.run(reverse, key, (moved.id,), "Typed twice").result == first
    assert bench.cost("Flour").quantity == 10


def test_everything_wrong_is_said_at_once_with_its_row(bench: Bench) -> None:
    good = bench.line("Flour", -1, "SPOILAGE")
    with pytest.raises(UserError) as refused:
        bench.post(
            Kind.WASTE,
            good,
            replace(good, quantity=Decimal(2)),
            replace(good, reason_id=None, item_id=uuid4()),
            replace(good, location_id=bench.restaurant.locations["Harbour", "Bar"]),
            replace(good, reason_id=bench.restaurant.reasons["THEFT"], unit_cost=Decimal(1)),
        )
    found = {(problem.row, problem.field) for problem in refused.value.problems}
    assert found == {
        *((2, "quantity"), (3, "item"), (3, "reason"), (4, "location")),
        *((5, "reason"), (5, "unit_cost")),
    }
    assert refused.value.text == "This was not posted: something has to be put right first."
    assert bench.cost("Flour").quantity == 0


@pytest.mark.parametrize(
    ("kind", "quantity", "cost"),
    [
        (Kind.DELIVERY, "-1", "2"),
        (Kind.DELIVERY, "1", None),
        (Kind.DELIVERY, "1", "-1"),
        (Kind.ADJUSTMENT, "0", None),
        (Kind.ADJUSTMENT, "-1", "2"),
        (Kind.COUNT, "-1", None),
        (Kind.COUNT, "1", "2"),
        (Kind.ADJUSTMENT, "NaN", None),
        (Kind.ADJUSTMENT, "0.0000001", None),
        (Kind.ADJUSTMENT, "1000000000", None),
    ],
)
def test_impossible_lines_are_refused(bench: Bench, kind: Kind, quantity: str, cost: str | None) -> None:
    reason = "CORRECTION" if kind is Kind.ADJUSTMENT else None
    line = replace(bench.line("Flour", quantity, reason), unit_cost=Decimal(cost) if cost else None)
    with pytest.raises(UserError) as refused:
        bench.post(kind, line)
    assert {problem.row for problem in refused.value.problems} == {1}


def test_nothing_is_posted_without_lines_or_for_the_future(bench: Bench) -> None:
    with pytest.raises(UserError, match="lines"):
        bench.post(Kind.DELIVERY)
    with pytest.raises(UserError, match="future"):
        bench.waste("Flour", 1, at=datetime.now(UTC) + timedelta(minutes=5))


def test_a_site_without_negative_stock_names_what_is_missing(bench: Bench) -> None:
    bench.root.execute("UPDATE sites SET allows_negative = false")
    bench.receive("Flour", 2, 1)
    bench.receive("Lemon", 5, 1)
    with pytest.raises(UserError, match="not enough stock at Downtown") as refused:
        bench.post(
            Kind.WASTE,
            bench.line("Lemon", -5, "TRIM"),
            bench.line("Flour", "-1.5", "TRIM"),
            bench.line("Flour", -1, "TRIM"),
            bench.line("Basil", -3, "TRIM"),
        )
    assert [(problem.row, problem.text) for problem in refused.value.problems] == [
        (2, "Flour: only 2 kg on hand at Downtown."),
        (4, "Basil: only 0 g on hand at Downtown."),
    ]
    assert bench.cost("Lemon").quantity == 5


def test_a_closed_site_takes_nothing(bench: Bench) -> None:
    bench.root.execute("UPDATE sites SET is_active = false WHERE name = 'Downtown'")
    with pytest.raises(UserError, match="Downtown is closed"):
        bench.receive("Flour", 1, 1)


def test_rights_are_held_at_a_site(bench: Bench) -> None:
    counter = bench.sign_in(bench.tenant.person("EMPLOYEE", site=bench.restaurant.sites["Harbour"]))
    with pytest.raises(Denied):
        counter.run(post, bench.document(Kind.WASTE, bench.line("Flour", -1, "TRIM")))
    location = bench.restaurant.locations["Harbour", "Bar"]
    there = replace(bench.line("Flour", -1, "TRIM"), location_id=location)
    assert counter.run(post, bench.document(Kind.WASTE, there, site="Harbour")).result.lines == 1
    with pytest.raises(Denied):
        counter.run(post, bench.document(Kind.ADJUSTMENT, replace(there, quantity=Decimal(1)), site="Harbour"))
    with pytest.raises(Denied):
        counter.run(post, bench.document(Kind.COUNT, replace(there, quantity=Decimal(1)), site="Harbour"))


def test_only_own_entries_may_be_undone_without_the_right_to_reverse(bench: Bench) -> None:
    counter = bench.sign_in(bench.tenant.person("EMPLOYEE", site=bench.restaurant.site))
    bench.receive("Flour", 10, 1)
    mine = counter.run(post, bench.document(Kind.WASTE, bench.line("Flour", -1, "TRIM"))).result
    theirs = bench.waste("Flour", 1)
    assert counter.run(reverse, uuid4(), (bench.movements(mine.id)[0].id,), "Mistake").result.value is None
    with pytest.raises(Denied):
        counter.run(reverse, uuid4(), (bench.movements(theirs.id)[0].id,), "Mistake")


@pytest.mark.parametrize("table", ["stock_movements", "postings", "stock_costs", "stock_levels", "cost_corrections"])
@pytest.mark.parametrize(
    "deed",
    ["INSERT INTO {0} (site_id) VALUES (gen_random_uuid())", "DELETE FROM {0}", "UPDATE {0} SET site_id = site_id"],
)
def test_the_ledger_cannot_be_touched_past_its_functions(shared_bench: Bench, table: str, deed: str) -> None:
    @call
    def touch(connection: Connection) -> None:
        connection.execute(text(deed.format(table)))

    with pytest.raises(Denied):
        shared_bench.desk.run(touch)


@pytest.mark.parametrize("table", ["stock_movements", "postings", "cost_corrections"])
def test_even_the_owner_of_the_tables_only_adds(bench: Bench, table: str) -> None:
    bench.receive("Flour", 1, 1)
    for deed in (f"DELETE FROM {table}", f"UPDATE {table} SET site_id = site_id", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only grows"):
            bench.root.execute(deed)
