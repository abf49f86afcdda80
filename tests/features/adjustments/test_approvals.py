"""Entries beyond a money limit: they wait for somebody who may, and are posted at their own time or sent back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Conflict, Denied, UserError
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.adjustments import service
from ims_desktop.features.adjustments.service import SendingBack
from ims_desktop.features.stock.service import Document, Kind
from tests.features.adjustments.conftest import Bench

EARLIER = datetime.now(UTC) - timedelta(hours=3)
LIMIT = "UPDATE roles SET limits = limits || '{\"waste.record\": 10}' WHERE name = 'Counter'"
HIGHER = "UPDATE roles SET limits = limits || '{\"waste.record\": 1000}' WHERE name = 'Manager'"


@pytest.fixture
def counter(bench: Bench) -> TenantDatabase:
    """Somebody who may waste up to 10.00 a day; there are 100 kg of flour at 1.00."""
    login = bench.tenant.person("EMPLOYEE", site=bench.restaurant.site)
    for change in (LIMIT, HIGHER):
        bench.root.execute(change)
    bench.receive("Flour", 100, 1, at=datetime.now(UTC) - timedelta(days=2))
    return bench.sign_in(login)


def wasted(bench: Bench, quantity: int = 20, at: datetime | None = EARLIER) -> Document:
    return bench.document(Kind.WASTE, bench.line("Flour", -quantity, "SPOILAGE"), at=at)


def test_what_is_over_the_limit_waits_and_is_posted_at_its_own_time(bench: Bench, counter: TenantDatabase) -> None:
    document = wasted(bench)
    with pytest.raises(Denied) as refused:
        counter.run(service.post, document)
    assert [problem.field for problem in refused.value.problems] == ["limit"]
    asked = counter.run(service.ask_approval, document).result
    assert (asked.is_posted, counter.run(service.ask_approval, document).result) == (False, asked)
    assert bench.movements(document.key) == []
    (told,) = bench.desk.run(service.notable)
    assert (told.number, told.mine) == (asked.number, False)
    waiting = bench.desk.run(service.request, document.key)
    assert (waiting.row.amount, waiting.mine) == (20, False)
    assert (waiting.lines[0].name, waiting.lines[0].quantity, waiting.document.lines) == ("Flour", -20, document.lines)
    changed = bench.desk.run(service.approve, document.key, 1)
    assert {"approvals", "stock", "postings"} <= changed.subjects
    (moved,) = bench.movements(document.key)
    assert moved.quantity == -20
    [(at, by, asked_by)] = bench.root.execute(
        "SELECT m.effective_at, m.posted_by, r.asked_by"
        " FROM stock_movements m JOIN approval_requests r ON r.id = m.posting_id"
    ).fetchall()
    assert (at, by != asked_by) == (EARLIER, True)
    (row,) = bench.desk.run(service.requests, Kind.WASTE, ListQuery()).rows
    assert bench.desk.run(service.requests_summary, Kind.WASTE, ListQuery()).count == 1
    assert (row.state, row.what, row.lines) == ("APPROVED", "Flour", 1)


def test_what_is_within_the_limit_is_posted_at_once(bench: Bench, counter: TenantDatabase) -> None:
    document = wasted(bench, 5)
    assert counter.run(service.ask_approval, document).result.is_posted
    assert len(bench.movements(document.key)) == 1
    assert counter.run(service.post, wasted(bench, 5)).result.lines == 1


def test_it_is_sent_back_with_a_reason_and_taken_up_again(bench: Bench, counter: TenantDatabase) -> None:
    document = wasted(bench)
    counter.run(service.ask_approval, document)
    with pytest.raises(UserError) as refused:
        bench.desk.run(service.send_back, SendingBack(document.key, 1, "  "))
    assert [problem.field for problem in refused.value.problems] == ["reason"]
    bench.desk.run(service.send_back, SendingBack(document.key, 1, "Count it again"))
    (told,) = counter.run(service.notable)
    assert (told.mine, told.reason, told.state) == (True, "Count it again", "SENT_BACK")
    with pytest.raises(Conflict, match="it was sent back"):
        bench.desk.run(service.approve, document.key, 1)
    counter.run(service.withdraw, document.key, 2)
    counts = counter.run(service.requests_tab_counts, Kind.WASTE, ListQuery())
    assert counts == {"all": 1, "waiting": 0, "sent_back": 0}
    assert bench.movements(document.key) == []


def test_nobody_decides_about_their_own_nor_beyond_their_limit(bench: Bench, counter: TenantDatabase) -> None:
    document = wasted(bench)
    counter.run(service.ask_approval, document)
    other = bench.sign_in(bench.tenant.person("EMPLOYEE", site=bench.restaurant.site))
    with pytest.raises(Denied, match="Somebody else approves"):
        counter.run(service.approve, document.key, 1)
    with pytest.raises(Denied, match="your limit"):
        other.run(service.approve, document.key, 1)
    with pytest.raises(Denied, match="Only whoever entered it"):
        other.run(service.withdraw, document.key, 1)
    assert other.run(service.request, document.key).row.amount is None, "a counter sees no costs"


def test_what_is_wrong_is_said_before_it_waits(bench: Bench, counter: TenantDatabase) -> None:
    with pytest.raises(UserError) as refused:
        counter.run(service.ask_approval, bench.document(Kind.WASTE, bench.line("Flour", 20, "SPOILAGE")))
    assert [problem.field for problem in refused.value.problems] == ["quantity"]
    with pytest.raises(UserError, match="waste, an adjustment or production"):
        counter.run(service.ask_approval, bench.document(Kind.DELIVERY, bench.line("Flour", 20)))
    document = wasted(bench)
    counter.run(service.ask_approval, document)
    other = Document(document.key, Kind.WASTE, document.site_id, (bench.line("Flour", -30, "SPOILAGE"),))
    with pytest.raises(Conflict):
        counter.run(service.ask_approval, other)
    assert bench.cost("Flour").quantity == Decimal(100)
