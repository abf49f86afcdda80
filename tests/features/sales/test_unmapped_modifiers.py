"""Modifiers a till writes beside its lines: known ones are taken at once, others wait and put the past right later."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Confirm, Denied, UserError
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.sales import service
from ims_desktop.features.sales.rules import Choices, Kind, Preview, SalesFile
from ims_desktop.features.sales.rules.modifiers import words_in
from ims_desktop.features.sales.service import (
    FileToImport,
    Ignoring,
    Meaning,
    ModifierMeaning,
    Recorded,
    Refund,
    RefundLine,
    Void,
)
from tests.features.sales.tills import offer, used, wrong_in
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import MakeTenant

D = Decimal
TILL = """Order,Date,Time,Item,Modifiers Applied,Qty,Price,Total
1,2025-03-04,12:30,Margherita,"Extra cheese, Sans basilic",2,13.00,26.00
2,2025-03-04,13:00,Margherita,2 x Doppio formaggio (+1.50),1,14.50,14.50
2,2025-03-04,13:00,Espresso,,1,3.00,3.00
3,2025-03-05,09:00,Pizza bianca,"Extra cheese, Sans basilic",1,12.00,12.00
"""


@pytest.fixture
def restaurant(make_tenant: MakeTenant) -> Restaurant:
    """A restaurant with something in stock, whose pizza may be had with more cheese and without basil."""
    made = seed(make_tenant())
    goods = {"Flour": ("50", "1.20"), "Mozzarella": ("20", "8"), "Basil": ("600", "0.03")}
    receive(made.tenant.desk(), made, goods, at=datetime(2025, 3, 1, 9, tzinfo=UTC))
    return made


@pytest.fixture
def modifiers(restaurant: Restaurant) -> Mapping[str, UUID]:
    """The keys of its modifiers."""
    cheese, basil = ("Extra cheese", "1.50", ("Mozzarella", "0.05")), ("No basil", "0", ("Basil", "-4"))
    return offer(restaurant, "Margherita", "Extras", cheese, basil)


@pytest.fixture
def desk(restaurant: Restaurant) -> TenantDatabase:
    """The desk of the owner."""
    return restaurant.tenant.desk()


def check(restaurant: Restaurant, desk: TenantDatabase) -> service.Checked:
    """The file of the till as it is read now."""
    return desk.run(
        service.check_file, FileToImport((SalesFile("till.csv", TILL.encode()),), Choices(), restaurant.site)
    )


def unknown_in(preview: Preview) -> list[str]:
    """The modifiers nobody knows, as the file names them."""
    groups = (group for group in preview.problems if group.kind is Kind.UNKNOWN_MODIFIER)
    return [place.value for group in groups for place in group.places]


def take(restaurant: Restaurant, desk: TenantDatabase) -> Recorded:
    """Import everything of it that can be."""
    return service.record_orders(desk.run, check(restaurant, desk).prepared())


def word(desk: TenantDatabase, words: str) -> service.TillProduct:
    """What is known of a word of the till."""
    key = next(row.id for row in desk.run(service.till_products, ListQuery()).rows if row.words == words)
    return desk.run(service.till_product, key)


def agree(desk: TenantDatabase, words: str, modifier: UUID) -> str:
    """Map a modifier after reading the question; gives the question."""
    known = word(desk, words)
    said = ModifierMeaning(uuid4(), known.site_id, known.product, known.words, modifier)
    with pytest.raises(Confirm) as asked:
        desk.run(service.map_modifier, said)
    for _again in range(2):  # sent again it changes nothing
        desk.run(service.map_modifier, said, consents=frozenset({asked.value.consent}))
        if desk.run(service.till_product, known.id).lines == 0:
            break
    return asked.value.question


def order_of(desk: TenantDatabase, number: str) -> UUID:
    """The id of an order."""
    return next(row.id for row in desk.run(service.orders, ListQuery()).rows if row.number == number)


def sold(desk: TenantDatabase) -> Decimal:
    """What all orders come to, with tax."""
    totals = desk.run(service.orders_summary, ListQuery()).totals
    return totals["net_total"] + totals["tax_total"]


def test_known_modifiers_are_taken_and_the_others_wait_beside_their_lines(
    restaurant: Restaurant, modifiers: Mapping[str, UUID], desk: TenantDatabase
) -> None:
    preview = check(restaurant, desk).preview
    assert preview.orders[0].lines[0].modifiers == (modifiers["Extra cheese"],)
    assert unknown_in(preview) == ["Sans basilic", "Doppio formaggio", "Doppio formaggio", "Sans basilic"]
    assert take(restaurant, desk).orders == 2
    assert used(restaurant)["Mozzarella"] == D("0.375") + D("0.1")
    rows = {row.words: (row.kind, row.lines, row.state) for row in desk.run(service.till_products, ListQuery()).rows}
    assert rows["Sans basilic"] == ("MODIFIER", 1, "WAITING")
    assert rows["Doppio formaggio"] == ("MODIFIER", 1, "WAITING")
    assert rows["Pizza bianca"] == ("PRODUCT", 1, "WAITING")
    assert take(restaurant, desk).orders == 0  # the same file again changes nothing
    assert word(desk, "Sans basilic").lines == 1
    assert wrong_in(restaurant) == []


def test_mapping_later_puts_the_past_right_and_keeps_what_was_charged(
    restaurant: Restaurant, modifiers: Mapping[str, UUID], desk: TenantDatabase
) -> None:
    take(restaurant, desk)
    charged, before = sold(desk), used(restaurant)
    assert "+0.1 kg Mozzarella" in agree(desk, "Doppio formaggio", modifiers["Extra cheese"])
    assert used(restaurant)["Mozzarella"] == before["Mozzarella"] + D("0.1")
    assert "-8 g Basil" in agree(desk, "Sans basilic", modifiers["No basil"])
    assert used(restaurant)["Basil"] == before["Basil"] - D(8)
    assert sold(desk) == charged
    assert [part.number for part in desk.run(service.order, order_of(desk, "1")).parts] == ["1/A1"]
    with restaurant.tenant.as_root() as root:  # basil comes back at what it cost
        back = root.execute("SELECT quantity, value FROM stock_movements WHERE of_id IS NOT NULL").fetchall()
    assert back == [(D(8), D("0.24"))]
    assert unknown_in(check(restaurant, desk).preview) == []
    assert wrong_in(restaurant) == []


def test_a_line_whose_dish_waits_keeps_its_modifiers(
    restaurant: Restaurant, modifiers: Mapping[str, UUID], desk: TenantDatabase
) -> None:
    take(restaurant, desk)
    agree(desk, "Sans basilic", modifiers["No basil"])
    pizza = word(desk, "Pizza bianca")
    said = Meaning(uuid4(), pizza.site_id, pizza.product, pizza.words, restaurant.menu["Margherita"])
    before = used(restaurant)
    with pytest.raises(Confirm) as asked:
        desk.run(service.map_product, said)
    desk.run(service.map_product, said, consents=frozenset({asked.value.consent}))
    assert used(restaurant)["Mozzarella"] == before["Mozzarella"] + D("0.175")
    assert used(restaurant).get("Basil", D(0)) == before.get("Basil", D(0))  # 4 g less than its 4 g
    assert desk.run(service.order, order_of(desk, "3")).lines[0].modifiers == ("Extra cheese", "No basil")
    assert wrong_in(restaurant) == []


def test_voiding_takes_back_the_modifiers_too_and_they_are_not_taken_back_alone(
    restaurant: Restaurant, modifiers: Mapping[str, UUID], desk: TenantDatabase
) -> None:
    take(restaurant, desk)
    agree(desk, "Sans basilic", modifiers["No basil"])
    agree(desk, "Doppio formaggio", modifiers["Extra cheese"])
    for refused in (
        lambda: desk.run(service.void_order, Void(uuid4(), order_of(desk, "1/A1"), "x")),
        lambda: desk.run(service.refund_order, Refund(uuid4(), order_of(desk, "1/A1"), (RefundLine(2, D(1)),), "x")),
    ):
        with pytest.raises(UserError, match="take that one back"):
            refused()
    for number in ("1", "2"):
        desk.run(service.void_order, Void(uuid4(), order_of(desk, number), "Nobody came"))
    assert {name: left for name, left in used(restaurant).items() if left} == {}
    assert sold(desk) == 0
    assert wrong_in(restaurant) == []


def test_what_waits_beside_a_voided_or_refunded_line_changes_nothing(
    restaurant: Restaurant, modifiers: Mapping[str, UUID], desk: TenantDatabase
) -> None:
    take(restaurant, desk)
    desk.run(service.void_order, Void(uuid4(), order_of(desk, "2"), "x"))
    assert word(desk, "Doppio formaggio").lines == 0
    desk.run(service.refund_order, Refund(uuid4(), order_of(desk, "1"), (RefundLine(1, D(1)),), "Cold"))
    before = used(restaurant)
    agree(desk, "Sans basilic", modifiers["No basil"])
    assert used(restaurant)["Basil"] == before["Basil"] - D(4)  # of the one that was eaten
    assert wrong_in(restaurant) == []


def test_a_modifier_left_out_for_good_never_waits_again(
    restaurant: Restaurant, modifiers: Mapping[str, UUID], desk: TenantDatabase
) -> None:
    take(restaurant, desk)
    known = word(desk, "Sans basilic")
    assert desk.run(service.ignore_product, Ignoring(known.id, known.version, "A wish of the guest")).result == 1
    assert word(desk, "Sans basilic").state == "IGNORED"
    preview = check(restaurant, desk).preview
    assert set(unknown_in(preview)) == {"Doppio formaggio"}
    known = word(desk, "Sans basilic")
    assert desk.run(service.ignore_product, Ignoring(known.id, known.version)).result == 1
    assert word(desk, "Sans basilic").lines == 1


def test_whoever_may_not_import_maps_nothing(
    restaurant: Restaurant, modifiers: Mapping[str, UUID], desk: TenantDatabase
) -> None:
    take(restaurant, desk)
    known = word(desk, "Sans basilic")
    said = ModifierMeaning(uuid4(), known.site_id, known.product, known.words, modifiers["No basil"])
    with pytest.raises(UserError, match="Choose a modifier"):
        desk.run(service.map_modifier, ModifierMeaning(uuid4(), known.site_id, known.product, known.words, None))
    with pytest.raises(Confirm) as asked:
        desk.run(service.map_modifier, said)
    with restaurant.tenant.as_root() as root:
        root.execute("UPDATE roles SET permissions = permissions || '{\"sales.import\": false}' WHERE name = 'Manager'")
    with pytest.raises(Denied):
        restaurant.tenant.desks[1].run(service.map_modifier, said, consents=frozenset({asked.value.consent}))


@given(
    wanted=st.lists(
        st.tuples(st.sampled_from(("Extra cheese", "No onion", "Sans gluten")), st.integers(1, 9)), max_size=5
    ),
    between=st.sampled_from((", ", "; ", " | ", "\n")),
    style=st.sampled_from(("{n} x {name}", "{n}x {name}", "{name} x{n}", "{n} × {name} (+$1.50)")),
)
def test_what_a_till_writes_is_read_as_often_as_it_was_wanted(
    wanted: list[tuple[str, int]], between: str, style: str
) -> None:
    cell = between.join(style.format(n=times, name=name) for name, times in wanted)
    assert list(words_in(cell)) == [name for name, times in wanted for _ in range(times)]


@given(st.text(max_size=80))
def test_no_cell_is_too_odd(cell: str) -> None:
    assert all(words.strip() and len(words) <= 300 for words in words_in(cell))
