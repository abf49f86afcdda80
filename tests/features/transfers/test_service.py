"""Transfers from sending to the last gram: in transit with their value, short, too much, in parts, back, and undone."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from ims_desktop.domain.errors import Conflict, Denied, UserError
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.stock.service import close_period, missing_before, reverse
from ims_desktop.features.stock.service.periods import UNFINISHED
from ims_desktop.features.transfers import service
from ims_desktop.features.transfers.rules import Arrival, Receipt, Rest, Sending, SentLine
from ims_desktop.features.transfers.service import TakingBack
from tests.features.stock.facts import totals
from tests.features.transfers.conftest import Bench


def sent(bench: Bench, quantity: int = 10, item: str = "Flour") -> UUID:
    """Twenty of an item at 2 each, and some of it sent to the harbour."""
    bench.receive(item, 20, 2)
    made = bench.restaurant
    line = SentLine(made.items[item], made.home(item), Decimal(quantity))
    sending = Sending(uuid4(), made.site, made.sites["Harbour"], (line,), "Van 1")
    posted: UUID = bench.desk.run(service.send, sending).result.id
    return posted


def arrives(bench: Bench, transfer: UUID, quantity: int, rest: Rest = Rest.STAYS, reason: str | None = None) -> Any:
    """Receive so much of the only line."""
    [line] = bench.desk.run(service.transfer, transfer).lines
    place = bench.restaurant.locations["Harbour", "Dry store"]
    why = bench.restaurant.reasons[reason] if reason else None
    receipt = Receipt(uuid4(), transfer, (Arrival(line.id, Decimal(quantity), place, rest, why),))
    return receipt, bench.desk.run(service.receive, receipt).result


def stock(bench: Bench) -> dict[str, Any]:
    rows = bench.root.execute("SELECT s.name, c.quantity, c.value FROM stock_costs c JOIN sites s ON s.id = c.site_id")
    return {site: (quantity, value) for site, quantity, value in rows.fetchall()}


def test_under_way_it_keeps_its_value_until_it_arrives(bench: Bench) -> None:
    transfer = sent(bench)
    [row] = bench.desk.run(service.transfers, ListQuery()).rows
    assert (row.route, row.state, row.value_under_way, row.days) == ("Downtown → Harbour", "under_way", 20, 0)
    assert bench.desk.run(service.transfers_tab_counts, ListQuery()) == {"under_way": 1, "short": 0, "all": 1}
    assert bench.desk.run(service.transfers_summary, ListQuery()).totals["value_under_way"] == 20
    arrives(bench, transfer, 4)
    [row] = bench.desk.run(service.transfers, ListQuery(site=bench.restaurant.sites["Harbour"])).rows
    assert (row.state, row.value_under_way, row.waiting) == ("partly", 12, 1)
    receipt, first = arrives(bench, transfer, 6)
    assert bench.desk.run(service.receive, receipt).result == first
    assert bench.desk.run(service.transfer, transfer).row.state == "arrived"
    assert stock(bench) == {"Downtown": (10, 20), "Harbour": (10, 20)}
    assert totals(bench.root) == []


def test_what_is_missing_leaves_at_what_it_left_with(bench: Bench) -> None:
    transfer = sent(bench)
    with pytest.raises(UserError) as refused:
        arrives(bench, transfer, 8, Rest.MISSING)
    assert [problem.field for problem in refused.value.problems] == ["reason"]
    receipt, _ = arrives(bench, transfer, 8, Rest.MISSING, "DAMAGE")
    assert stock(bench) == {"Downtown": (10, 20), "Harbour": (8, 16)}
    shown = bench.desk.run(service.transfer, transfer)
    assert (shown.row.state, shown.lines[0].missing, shown.row.value_under_way) == ("short", 2, 0)
    lost = bench.root.execute(
        "SELECT m.value, r.class, s.name FROM stock_movements m JOIN reason_codes r ON r.id = m.reason_id"
        " JOIN sites s ON s.id = m.site_id"
    ).fetchall()
    assert lost == [(Decimal(-4), "WASTE", "Downtown")]
    bench.desk.run(service.undo_receipt, TakingBack(uuid4(), receipt.key, "Found behind the door"))
    assert bench.desk.run(service.transfer, transfer).row.state == "under_way"
    assert stock(bench) == {"Downtown": (10, 20), "Harbour": (0, 0)}
    assert totals(bench.root) == []
    with pytest.raises(Conflict):
        bench.desk.run(service.undo_receipt, TakingBack(uuid4(), receipt.key, "Again"))


@pytest.mark.parametrize("method", ["AVERAGE", "FIFO"])
def test_what_is_missing_touches_nothing_else_at_the_sender(bench: Bench, method: str) -> None:
    bench.root.execute("UPDATE items SET cost_method = %s WHERE name = 'Flour'", [method])
    transfer = sent(bench)
    bench.receive("Flour", 10, 5)
    before = bench.cost("Flour")
    receipt, _ = arrives(bench, transfer, 8, Rest.MISSING, "DAMAGE")
    assert bench.cost("Flour") == before
    missing = bench.root.execute("SELECT id, value FROM stock_movements WHERE reason_id IS NOT NULL").fetchall()
    assert [value for _, value in missing] == [Decimal(-4)]
    with pytest.raises(Conflict, match="undo its receipt"):
        bench.desk.run(reverse, uuid4(), (missing[0][0],), "Found")
    bench.desk.run(service.undo_receipt, TakingBack(uuid4(), receipt.key, "Found behind the door"))
    assert bench.cost("Flour") == before
    assert totals(bench.root) == []


def test_what_arrived_in_closed_days_is_sent_back_and_not_undone(bench: Bench) -> None:
    made, long_ago = bench.restaurant, datetime.now(UTC) - timedelta(days=9)
    bench.receive("Flour", 20, 2, at=long_ago)
    line = SentLine(made.items["Flour"], made.home("Flour"), Decimal(10))
    sending = Sending(uuid4(), made.site, made.sites["Harbour"], (line,), effective_at=long_ago)
    transfer = bench.desk.run(service.send, sending).result.id
    [out] = bench.desk.run(service.transfer, transfer).lines
    place = made.locations["Harbour", "Dry store"]
    receipt = Receipt(uuid4(), transfer, (Arrival(out.id, Decimal(10), place),), effective_at=long_ago)
    bench.desk.run(service.receive, receipt)
    bench.desk.run(close_period, made.sites["Harbour"], (long_ago + timedelta(days=3)).date(), frozenset({UNFINISHED}))
    with pytest.raises(UserError, match="is closed up to"):
        bench.desk.run(service.undo_receipt, TakingBack(uuid4(), receipt.key, "Never came"))
    moved = bench.root.execute("SELECT id FROM stock_movements WHERE kind = 'TRANSFER_IN'").fetchone()
    assert moved is not None
    with pytest.raises(UserError, match="send it back as a transfer"):
        bench.desk.run(reverse, uuid4(), (moved[0],), "Never came")
    assert stock(bench) == {"Downtown": (10, 20), "Harbour": (10, 20)}
    assert bench.desk.run(service.transfer, transfer).row.state == "arrived"


def test_too_much_is_found_and_all_of_it_can_go_back(bench: Bench) -> None:
    transfer = sent(bench)
    arrives(bench, transfer, 12, reason="FOUND")
    assert stock(bench) == {"Downtown": (10, 20), "Harbour": (12, 24)}
    rejected = sent(bench, 5, "Butter")
    arrives(bench, rejected, 0, Rest.BACK)
    assert bench.desk.run(service.transfer, rejected).row.state == "returned"
    assert stock(bench)["Downtown"] == (20, 40)
    assert totals(bench.root) == []


def test_a_receipt_that_is_entered_later_counts_from_when_it_arrived(bench: Bench) -> None:
    made, now = bench.restaurant, datetime.now(UTC)
    bench.receive("Flour", 20, 2)
    line = SentLine(made.items["Flour"], made.home("Flour"), Decimal(10))
    at = bench.root.execute("SELECT max(effective_at) FROM stock_movements").fetchone()
    assert at is not None
    sending = Sending(uuid4(), made.site, made.sites["Harbour"], (line,), effective_at=at[0] + timedelta(seconds=1))
    bench.desk.run(service.send, sending)
    [there] = bench.desk.run(service.transfer, sending.key).lines
    place = made.locations["Harbour", "Dry store"]
    arrival = Arrival(there.id, Decimal(8), place, Rest.MISSING, made.reasons["DAMAGE"])
    for wrong in (at[0], now + timedelta(days=1)):
        with pytest.raises(UserError, match="cannot arrive before it was sent, nor later than now"):
            bench.desk.run(service.receive, Receipt(uuid4(), sending.key, (arrival,), effective_at=wrong))
    arrived = at[0] + timedelta(seconds=2)
    bench.desk.run(service.receive, Receipt(uuid4(), sending.key, (arrival,), effective_at=arrived))
    assert stock(bench) == {"Downtown": (10, 20), "Harbour": (8, 16)}
    times = bench.root.execute(
        "SELECT DISTINCT effective_at FROM stock_movements WHERE effective_at > %s", [sending.effective_at]
    )
    assert times.fetchall() == [(arrived,)]
    assert totals(bench.root) == []


def test_it_is_cancelled_before_anything_arrived_and_not_after(bench: Bench) -> None:
    transfer = sent(bench)
    arrives(bench, transfer, 1)
    with pytest.raises(Conflict, match="arrived elsewhere"):
        bench.desk.run(service.cancel, TakingBack(uuid4(), transfer, "Wrong site"))
    other = sent(bench, 5, "Butter")
    bench.desk.run(service.cancel, TakingBack(uuid4(), other, "Wrong site"))
    assert bench.desk.run(service.transfer, other).row.state == "cancelled"
    with pytest.raises(UserError):
        arrives(bench, other, 5)


def test_a_move_inside_a_site_is_one_step_without_value(bench: Bench) -> None:
    bench.receive("Flour", 20, 2)
    made = bench.restaurant
    line = SentLine(made.items["Flour"], made.home("Flour"), Decimal(5), made.locations["Downtown", "Bar"])
    bench.desk.run(service.move, Sending(uuid4(), made.site, None, (line,)))
    held = bench.root.execute(
        "SELECT w.name, l.on_hand FROM stock_levels l JOIN storage_locations w ON w.id = l.location_id ORDER BY 1"
    ).fetchall()
    assert held == [("Bar", 5), ("Dry store", 15)]
    assert stock(bench) == {"Downtown": (20, 40)}
    with pytest.raises(UserError) as refused:
        bench.desk.run(service.move, Sending(uuid4(), made.site, None, (SentLine(line.item_id, None, Decimal(1)),)))
    assert [(problem.field, problem.row) for problem in refused.value.problems] == [("lines.to", 1)]


def test_who_receives_sees_no_value_of_the_sender_and_who_may_not_does_not(bench: Bench) -> None:
    transfer = sent(bench)
    harbour = bench.restaurant.sites["Harbour"]
    counter = bench.sign_in(bench.tenant.person("EMPLOYEE", site=harbour))
    [row] = counter.run(service.transfers, ListQuery()).rows
    assert (row.to_site, row.value, row.value_under_way) == ("Harbour", None, None)
    [line] = counter.run(service.transfer, transfer).lines
    place = bench.restaurant.locations["Harbour", "Dry store"]
    counter.run(service.receive, Receipt(uuid4(), transfer, (Arrival(line.id, Decimal(10), place),)))
    assert stock(bench)["Harbour"] == (10, 20)
    sender = bench.sign_in(bench.tenant.person("EMPLOYEE", site=bench.restaurant.site))
    with pytest.raises(Denied):
        sender.run(
            service.send, Sending(uuid4(), bench.restaurant.site, harbour, (SentLine(line.item_id, place, Decimal(1)),))
        )
    other = sent(bench, 1, "Butter")
    [butter] = sender.run(service.transfer, other).lines
    with pytest.raises(Denied):
        sender.run(service.receive, Receipt(uuid4(), other, (Arrival(butter.id, Decimal(1), place),)))


def test_what_is_under_way_is_missing_before_a_period_is_closed(bench: Bench) -> None:
    transfer = sent(bench)
    arrives(bench, transfer, 4)
    day = bench.root.execute("SELECT max(business_day) FROM stock_movements").fetchone()
    assert day is not None
    gaps = {gap.what: gap.count for gap in bench.desk.run(missing_before, bench.restaurant.site, day[0])}
    assert gaps["on_the_way"] == 1
