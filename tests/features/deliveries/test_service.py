"""Deliveries on a real database: received with discount and freight in one step, listed, compared, undone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.errors import Denied, UserError
from ims_desktop.domain.listing import Filter, ListQuery, Match
from ims_desktop.domain.work import rehearsal
from ims_desktop.features.deliveries import service
from ims_desktop.features.deliveries.rules import (
    DeliveredLine,
    Delivery,
    after_discount,
    apart,
    differs,
    net_of,
    problems_of,
)
from tests.features.stock.conftest import Bench, shared_bench
from tests.statements import statements

__all__ = ["shared_bench"]


def line(bench: Bench, item: str, quantity: str, net: str) -> DeliveredLine:
    """So much of an item at its home."""
    made = bench.restaurant
    return DeliveredLine(made.items[item], made.home(item), Decimal(quantity), Decimal(net))


def delivery(bench: Bench, *lines: DeliveredLine, **said: object) -> Delivery:
    """A delivery of Gusto Foods under a key of its own."""
    made = bench.restaurant
    return Delivery(uuid4(), made.site, made.suppliers["Gusto Foods"], lines, **said)  # type: ignore[arg-type]


def test_discount_and_freight_are_part_of_what_the_goods_cost(shared_bench: Bench) -> None:
    before = {name: shared_bench.cost(name) for name in ("Basil", "Espresso beans")}
    sent = delivery(
        shared_bench,
        line(shared_bench, "Basil", "10", "60"),
        line(shared_bench, "Espresso beans", "4", "40"),
        reference="LS-4711",
        discount=Decimal(10),
        freight=Decimal(9),
    )
    received = shared_bench.desk.run(service.receive, sent).result
    assert (received.id, received.lines, received.value) == (sent.key, 2, Decimal(90))
    basil, beans = (shared_bench.cost(name).value - before[name].value for name in before)
    assert (basil, beans) == (Decimal("59.4"), Decimal("39.6")), "54 and 36, each with its part of the freight"
    again = shared_bench.desk.run(service.receive, sent).result
    assert again == received, "sent again it is the same"
    assert shared_bench.cost("Basil").quantity - before["Basil"].quantity == 10
    found = shared_bench.desk.run(service.delivery, sent.key)
    assert (found.document.reference, found.document.value) == ("LS-4711", Decimal(99))
    shared_bench.desk.run(service.take_back, uuid4(), sent.key, "Came to the neighbour")
    assert shared_bench.cost("Basil").value == before["Basil"].value, "the freight goes with it"
    [row] = shared_bench.desk.run(service.deliveries, ListQuery("LS-4711")).rows
    assert row.state == "undone"


def test_everything_wrong_is_said_at_once_and_nothing_is_received(shared_bench: Bench) -> None:
    sent = delivery(
        shared_bench,
        line(shared_bench, "Basil", "1", "5"),
        line(shared_bench, "Flour", "1", "-1"),
        reference="x" * 201,
        discount=Decimal(6),
        freight=Decimal(-1),
    )
    with pytest.raises(UserError) as refused:
        shared_bench.desk.run(service.receive, sent)
    assert [one.field for one in refused.value.problems] == ["reference", "price", "discount", "freight"]
    bad = replace(sent.lines[0], quantity=Decimal(0))
    with pytest.raises(UserError) as refused:
        shared_bench.desk.run(service.receive, delivery(shared_bench, bad))
    assert [(one.field, one.row) for one in refused.value.problems] == [("quantity", 1)]


def test_freight_that_may_not_be_added_leaves_nothing_received(shared_bench: Bench) -> None:
    counter = shared_bench.sign_in(shared_bench.tenant.person("EMPLOYEE"))
    sent = replace(delivery(shared_bench, line(shared_bench, "Basil", "1", "5")), supplier_id=None)
    assert counter.run(service.receive, sent).result.value is None, "a counter receives, and sees no value"
    more = replace(sent, key=uuid4(), freight=Decimal(2))
    with pytest.raises(Denied):
        counter.run(service.receive, more)
    with pytest.raises(Denied):
        counter.run(rehearsal(service.rehearse), replace(more, reference="x" * 201))
    shared_bench.desk.run(rehearsal(service.rehearse), replace(more, discount=Decimal(9)))
    assert not shared_bench.root.execute("SELECT 1 FROM postings WHERE id = %s", [more.key]).fetchall()
    shared_bench.root.execute(
        "UPDATE roles SET permissions = permissions - 'deliveries.receive' WHERE name = 'Counter'"
    )
    shared_bench.root.commit()
    try:
        with pytest.raises(Denied):
            counter.run(service.receive, replace(sent, key=uuid4()))
    finally:
        granted = (
            "UPDATE roles SET permissions = permissions || '{\"deliveries.receive\": true}' WHERE name = 'Counter'"
        )
        shared_bench.root.execute(granted)
        shared_bench.root.commit()


def test_a_line_chooses_from_the_suppliers_own_items_first(shared_bench: Bench) -> None:
    made, today = shared_bench.restaurant, datetime.now(UTC).date()
    asked = (made.site, made.suppliers["Gusto Foods"], today)
    with statements() as sent:
        found = shared_bench.desk.run(service.deliverables, *asked, "")
    assert len(sent) == 1
    listed = [item.is_listed for item in found]
    assert listed == sorted(listed, reverse=True)
    first = found[0]
    assert (first.pack, first.per, first.unit) == ("Pack of 10", 10, "pack")
    assert first.units.convert(2, "pack").quantity == 20
    assert first.listed is not None
    by_code = shared_bench.desk.run(service.deliverables, *asked, first.supplier_code)
    assert [item.id for item in by_code] == [first.id]
    scanned = shared_bench.desk.run(service.deliverables, *asked, "18000500310424")
    assert [item.name for item in scanned] == ["Tomato tin"]
    abroad = shared_bench.root.execute("UPDATE suppliers SET currency = 'EUR' WHERE id = %s", [asked[1]])
    assert abroad.rowcount == 1
    shared_bench.root.commit()
    try:
        assert shared_bench.desk.run(service.deliverables, *asked, first.supplier_code)[0].listed is None
    finally:
        shared_bench.root.execute("UPDATE suppliers SET currency = 'USD' WHERE id = %s", [asked[1]])
        shared_bench.root.commit()


def test_the_list_finds_what_has_no_number_and_the_panel_what_differs(shared_bench: Bench) -> None:
    item = shared_bench.desk.run(
        service.deliverables,
        shared_bench.restaurant.site,
        shared_bench.restaurant.suppliers["Gusto Foods"],
        datetime.now(UTC).date(),
        "",
    )[0]
    assert item.listed is not None
    sent = delivery(shared_bench, line(shared_bench, item.name, "10", str(item.listed * 2)))
    shared_bench.desk.run(service.receive, sent)
    unnumbered = ListQuery(filters=(Filter("paper", Match.IN, ("unnumbered",)),))
    with statements() as asked:
        page = shared_bench.desk.run(service.deliveries, unnumbered)
    assert len(asked) == 1
    assert sent.key in {row.id for row in page.rows}
    assert all(row.reference == "" for row in page.rows)
    counted = shared_bench.desk.run(service.deliveries_tab_counts, ListQuery())
    assert 0 < counted["unnumbered"] <= counted["all"]
    found = shared_bench.desk.run(service.delivery, sent.key)
    [one] = found.document.lines
    assert found.listed[one.id] == item.listed
    assert differs(one.given, found.listed[one.id]) == 1
    assert shared_bench.desk.run(service.deliveries_summary, unnumbered).totals["value"] > 0


def test_what_is_dated_back_is_foretold(shared_bench: Bench) -> None:
    shared_bench.receive("Prosciutto", 10, 10, at=datetime.now(UTC) - timedelta(days=3))
    shared_bench.waste("Prosciutto", 2, at=datetime.now(UTC) - timedelta(days=1))
    late = delivery(
        shared_bench,
        line(shared_bench, "Prosciutto", "10", "200"),
        effective_at=datetime.now(UTC) - timedelta(days=2),
    )
    effects = shared_bench.desk.run(service.foretell, late)
    assert effects.others
    assert effects.weeks
    assert not shared_bench.root.execute("SELECT 1 FROM postings WHERE id = %s", [late.key]).fetchall()


CENTS = st.integers(0, 10**7).map(lambda cents: Decimal(cents) / 100)


@given(st.lists(CENTS, min_size=1, max_size=30), st.integers(0, 100))
def test_a_discount_is_taken_off_to_the_last_cent(nets: list[Decimal], percent: int) -> None:
    key = uuid4()
    lines = tuple(DeliveredLine(key, key, Decimal(1), net) for net in nets)
    discount = (sum(nets, Decimal(0)) * percent / 100).quantize(Decimal("0.01"))
    whole = Delivery(key, key, key, lines, discount=discount)
    after = after_discount(whole)
    assert sum(after) == whole.worth - discount
    assert all(0 <= value <= line.net for value, line in zip(after, lines, strict=True))
    assert problems_of(whole) == []
    assert apart(whole, whole.worth) == discount
    assert apart(whole, None) == 0


def test_a_price_is_for_a_pack_and_a_line_is_whole_cents() -> None:
    assert net_of(Decimal(25), Decimal(10), Decimal("7.99"), Decimal("0.05"), 2) == Decimal("18.98")
    assert net_of(Decimal(1), Decimal(3), Decimal(100), Decimal(0), 0) == Decimal(33)
    assert differs(Decimal("10.04"), Decimal(10)) is None
    assert differs(Decimal("10.50"), Decimal(10)) == Decimal("0.05")
    assert differs(Decimal(5), None) is None
