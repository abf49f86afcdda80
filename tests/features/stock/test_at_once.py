"""Two desks at the same moment: the first has not ended when the second begins, and afterwards the books agree."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection

from ims_desktop.admin.verification.replay import replay
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.valuation import Method
from ims_desktop.features.adjustments import service as adjustments
from ims_desktop.features.adjustments.service import SendingBack
from ims_desktop.features.production import service as production
from ims_desktop.features.production.rules import Part, Production
from ims_desktop.features.stock.service import Kind, MethodSwitch, Posted, reverse, switch_method
from ims_desktop.features.transfers import service as transfers
from ims_desktop.features.transfers.rules import Arrival, Receipt, Rest, Sending, SentLine
from ims_desktop.features.transfers.service import TakingBack
from tests.features.stock.conftest import Bench, figures
from tests.features.stock.facts import totals

LONG = 30.0
Deed = tuple[TenantDatabase, Callable[..., Any], tuple[Any, ...]]
"""A desk, what it does, and with what."""


@dataclass
class Ended:
    """How a deed ended: with an answer, or refused."""

    answer: Any = None
    refusal: UserError | None = None


def at_once(bench: Bench, first: Deed, second: Deed) -> tuple[Ended, Ended]:
    """The second begins when the first is done but not over, and goes on when it waits for it or is done as well."""
    done, over = threading.Event(), threading.Event()
    ended = Ended(), Ended()

    def held(connection: Connection, work: Callable[..., Any], *args: Any) -> Any:
        answer = work(connection, *args)
        done.set()
        over.wait(LONG)
        return answer

    def run(place: int, deed: Deed) -> None:
        desk, work, args = deed
        try:
            ended[place].answer = desk.run(held, work, *args) if place == 0 else desk.run(work, *args)
        except UserError as refused:
            ended[place].refusal = refused
        finally:
            done.set()

    threads = [threading.Thread(target=run, args=(place, deed)) for place, deed in enumerate((first, second))]
    threads[0].start()
    assert done.wait(LONG)
    threads[1].start()
    with bench.tenant.as_root() as watcher:
        ends = time.monotonic() + LONG
        while threads[1].is_alive() and time.monotonic() < ends and not _waits(watcher):
            time.sleep(0.02)
    over.set()
    for thread in threads:
        thread.join(LONG)
        assert not thread.is_alive()
    return ended


def _waits(watcher: Any) -> bool:
    waiting = watcher.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()[0]
    watcher.rollback()
    return bool(waiting)


def agree(bench: Bench) -> bool:
    """Whether the sums are those of the lines, and everything is worth what the model says."""
    with bench.root.transaction():
        return totals(bench.root) == [] and list(replay(bench.root)) == []


@pytest.fixture(scope="module")
def desks(shared_bench: Bench) -> tuple[TenantDatabase, TenantDatabase]:
    """A second desk, of a manager, and one of somebody who wastes up to 10.00 a day."""
    bench = shared_bench
    bench.root.execute("UPDATE roles SET limits = limits || '{\"waste.record\": 10}' WHERE name = 'Counter'")
    bench.root.execute("UPDATE roles SET limits = limits || '{\"waste.record\": 1000}' WHERE name = 'Manager'")
    bench.root.commit()
    people = bench.tenant.person("MANAGER"), bench.tenant.person("EMPLOYEE", site=bench.restaurant.site)
    return bench.sign_in(people[0]), bench.sign_in(people[1])


@pytest.fixture
def other(desks: tuple[TenantDatabase, TenantDatabase]) -> TenantDatabase:
    """The manager's."""
    return desks[0]


@pytest.fixture
def counter(desks: tuple[TenantDatabase, TenantDatabase]) -> TenantDatabase:
    """That of somebody whose waste waits."""
    return desks[1]


@pytest.fixture
def bench(shared_bench: Bench) -> Bench:
    """With an item of this test's own, called as the last one was: Flour."""
    made, [item] = shared_bench.restaurant, shared_bench.new_items(1)
    shared_bench.root.commit()
    made.items["Flour"] = item
    return shared_bench


def asked(bench: Bench, counter: TenantDatabase) -> UUID:
    """Waste that waits for somebody."""
    bench.receive("Flour", 100, 1)
    document = bench.document(Kind.WASTE, bench.line("Flour", -20, "SPOILAGE"))
    counter.run(adjustments.ask_approval, document)
    return document.key


def test_two_who_approve_at_once_post_it_once(bench: Bench, other: TenantDatabase, counter: TenantDatabase) -> None:
    key = asked(bench, counter)
    first, second = at_once(bench, (bench.desk, adjustments.approve, (key, 1)), (other, adjustments.approve, (key, 1)))
    assert (first.refusal, second.answer) == (None, None)
    assert "it is approved" in str(second.refusal)
    assert bench.cost("Flour").quantity == 80
    assert agree(bench)


@pytest.mark.parametrize("way", ["withdrawn", "sent back"])
def test_what_is_taken_away_while_somebody_approves_is_not_posted(
    bench: Bench, other: TenantDatabase, counter: TenantDatabase, way: str
) -> None:
    key = asked(bench, counter)
    gone: Deed = (counter, adjustments.withdraw, (key, 1))
    if way == "sent back":
        gone = (other, adjustments.send_back, (SendingBack(key, 1, "Not so much"),))
    first, second = at_once(bench, gone, (bench.desk, adjustments.approve, (key, 1)))
    assert (first.refusal, second.answer) == (None, None)
    assert way in str(second.refusal)
    assert bench.cost("Flour").quantity == 100
    assert bench.movements(key) == []


def test_what_is_approved_while_it_is_withdrawn_stays_posted(
    bench: Bench, other: TenantDatabase, counter: TenantDatabase
) -> None:
    key = asked(bench, counter)
    first, second = at_once(bench, (other, adjustments.approve, (key, 1)), (counter, adjustments.withdraw, (key, 1)))
    assert (first.refusal, second.answer) == (None, None)
    state = bench.root.execute("SELECT state FROM approval_requests WHERE id = %s", [key]).fetchone()
    assert state == ("APPROVED",)
    assert bench.cost("Flour").quantity == 80


def sent(bench: Bench) -> tuple[UUID, Callable[[int, Rest], Receipt]]:
    """Ten under way to the harbour, and what is said of them."""
    bench.receive("Flour", 20, 2)
    made = bench.restaurant
    line = SentLine(made.items["Flour"], made.home("Flour"), Decimal(10))
    transfer: UUID = bench.desk.run(
        transfers.send, Sending(uuid4(), made.site, made.sites["Harbour"], (line,), "Van 1")
    ).result.id
    [shown] = bench.desk.run(transfers.transfer, transfer).lines
    place, why = made.locations["Harbour", "Dry store"], made.reasons["DAMAGE"]

    def said(quantity: int, rest: Rest) -> Receipt:
        arrival = Arrival(shown.id, Decimal(quantity), place, rest, why if rest is Rest.MISSING else None)
        return Receipt(uuid4(), transfer, (arrival,))

    return transfer, said


def arrived(bench: Bench) -> Decimal:
    """What came to the harbour and is there."""
    sums = "SELECT coalesce(sum(quantity), 0) FROM stock_movements WHERE kind = 'TRANSFER_IN' AND item_id = %s"
    found = bench.root.execute(sums, [bench.restaurant.items["Flour"]])
    return Decimal((found.fetchone() or (0,))[0])


def test_two_who_receive_at_once_receive_it_once(bench: Bench, other: TenantDatabase) -> None:
    _, said = sent(bench)
    one, another = said(10, Rest.STAYS), said(10, Rest.MISSING)
    first, second = at_once(bench, (bench.desk, transfers.receive, (one,)), (other, transfers.receive, (another,)))
    assert (first.refusal, second.answer) == (None, None)
    assert arrived(bench) == 10
    assert agree(bench)


def test_a_transfer_that_is_cancelled_while_it_arrives(bench: Bench, other: TenantDatabase) -> None:
    transfer, said = sent(bench)
    moved = tuple(one.id for one in bench.movements(transfer))
    cancel: Deed = (bench.desk, reverse, (uuid4(), moved, "Not sent"))
    first, second = at_once(bench, cancel, (other, transfers.receive, (said(10, Rest.STAYS),)))
    assert (first.refusal, second.answer) == (None, None)
    assert (arrived(bench), bench.cost("Flour").quantity) == figures(0, 20)
    assert agree(bench)


def test_two_who_take_back_what_was_said_of_a_transfer(bench: Bench, other: TenantDatabase) -> None:
    _, said = sent(bench)
    receipt = said(4, Rest.MISSING)
    bench.desk.run(transfers.receive, receipt)
    deeds: list[Deed] = [
        (desk, transfers.undo_receipt, (TakingBack(uuid4(), receipt.key, "Found"),)) for desk in (bench.desk, other)
    ]
    first, second = at_once(bench, *deeds)
    assert (first.refusal, second.answer) == (None, None)
    assert bench.cost("Flour").quantity == 10
    assert agree(bench)


def repacking(bench: Bench, item: str, into: UUID, at: datetime) -> Production:
    """Five of an item become ten of another."""
    made = bench.restaurant
    used = Part(made.items[item], made.home(item), Decimal(5), Decimal(5))
    out = Part(into, made.home(item), Decimal(10))
    return Production(uuid4(), made.site, (used,), (out,), effective_at=at, reason_id=made.reasons["SPOILAGE"])


def switch(item: UUID) -> MethodSwitch:
    """First in, first out from long ago."""
    return MethodSwitch(uuid4(), item, Method.FIFO, date(2026, 3, 1), "The auditors asked")


@pytest.mark.parametrize("switched", ["what is used", "what is made for the first time"])
@pytest.mark.parametrize("before", [True, False], ids=["switching first", "producing first"])
def test_production_while_the_method_of_an_item_changes(
    bench: Bench, other: TenantDatabase, switched: str, before: bool
) -> None:
    day = datetime(2026, 3, 9, 12, tzinfo=UTC)
    bench.receive("Flour", 10, 1, at=day)
    bench.receive("Flour", 10, 3, at=day + timedelta(hours=1))
    [new] = bench.new_items(1)
    bench.root.commit()
    item = bench.restaurant.items["Flour"] if switched == "what is used" else new
    change: Deed = (bench.desk, switch_method, (switch(item),))
    made: Deed = (other, production.produce, (repacking(bench, "Flour", new, day + timedelta(hours=2)),))
    first, second = at_once(bench, *((change, made) if before else (made, change)))
    assert (first.refusal, second.refusal) == (None, None)
    assert agree(bench)
    worth = {True: Decimal(5), False: Decimal(10)}[switched == "what is used"]
    kept = bench.root.execute("SELECT value FROM stock_costs WHERE item_id = %s", [new]).fetchone()
    assert kept == (worth,)
    layers = bench.root.execute("SELECT count(*) FROM cost_layers WHERE item_id = %s", [item]).fetchone()
    assert layers is not None
    assert layers[0] > 0


def test_two_who_undo_a_production_at_once(bench: Bench, other: TenantDatabase) -> None:
    day = datetime(2026, 3, 9, 12, tzinfo=UTC)
    bench.receive("Flour", 10, 1, at=day)
    [new] = bench.new_items(1)
    bench.root.commit()
    posted: Posted = bench.desk.run(production.produce, repacking(bench, "Flour", new, day)).result
    undo = [(desk, production.take_back, (uuid4(), posted.id, "It burnt")) for desk in (bench.desk, other)]
    first, second = at_once(bench, *undo)
    assert (first.refusal, second.answer) == (None, None)
    assert bench.cost("Flour").quantity == 10
    assert agree(bench)
