"""Lines that the menu does not know: kept with their value, mapped later into the days of their sale, or left out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Confirm, Conflict, Denied, UserError
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.sales import service
from ims_desktop.features.sales.rules import Choices, SalesFile
from ims_desktop.features.sales.service import FileToImport, Ignoring, Meaning, Recorded, Refund, RefundLine, Void
from tests.features.sales.tills import new_version, used, without, wrong_in
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import MakeTenant

D = Decimal
TILL = """Order,Date,Time,Item,Qty,Price,Total
1,2025-03-04,12:30,Espresso,2,3.00,6.00
1,2025-03-04,12:30,Ristretto,1,3.20,3.20
2,2025-03-04,13:00,Ristretto,2,3.20,6.40
3,2025-03-05,09:00,Margherita,1,11.50,11.50
3,2025-03-05,09:00,Ristretto,1,3.20,3.20
3,2025-03-05,09:00,Gift card,1,50.00,50.00
"""


@pytest.fixture
def restaurant(make_tenant: MakeTenant) -> Restaurant:
    """A restaurant with something in stock."""
    made = seed(make_tenant())
    goods = {"Flour": ("50", "1.20"), "Mozzarella": ("20", "8"), "Espresso beans": ("5", "18")}
    receive(made.tenant.desk(), made, goods, at=datetime(2025, 3, 1, 9, tzinfo=UTC))
    return made


@pytest.fixture
def desk(restaurant: Restaurant) -> TenantDatabase:
    """The desk of the owner."""
    return restaurant.tenant.desk()


def a_file(restaurant: Restaurant, text: str = TILL) -> FileToImport:
    """A file of the till."""
    return FileToImport((SalesFile("till.csv", text.encode()),), Choices(), restaurant.site)


def take(desk: TenantDatabase, file: FileToImport) -> Recorded:
    """Import everything of it that can be."""
    return service.record_orders(desk.run, desk.run(service.check_file, file).prepared())


def waiting(desk: TenantDatabase) -> dict[str, tuple[int, Decimal, str]]:
    """What waits, by the till's words."""
    rows = desk.run(service.till_products, ListQuery()).rows
    return {row.words: (row.lines, row.amount, row.state) for row in rows}


def key_of(desk: TenantDatabase, words: str) -> UUID:
    """The id of a product of the till."""
    return next(row.id for row in desk.run(service.till_products, ListQuery()).rows if row.words == words)


def meaning(restaurant: Restaurant, desk: TenantDatabase, words: str, name: str) -> Meaning:
    """A product of the till means a menu item."""
    product = desk.run(service.till_product, key_of(desk, words))
    return Meaning(uuid4(), product.site_id, product.product, product.words, restaurant.menu[name])


def agree(desk: TenantDatabase, said: Meaning) -> str:
    """Map after reading the question; gives the question."""
    with pytest.raises(Confirm) as asked:
        desk.run(service.map_product, said)
    desk.run(service.map_product, said, consents=frozenset({asked.value.consent}))
    return asked.value.question


def test_unknown_lines_are_kept_and_the_others_recorded(restaurant: Restaurant, desk: TenantDatabase) -> None:
    preview = desk.run(service.check_file, a_file(restaurant)).preview
    totals = preview.totals
    assert (totals.accepted, totals.kept, totals.held, totals.revenue_kept) == (2, 4, 0, D("62.80"))
    recorded = take(desk, a_file(restaurant))
    assert (recorded.orders, recorded.kept) == (2, 4)
    assert waiting(desk) == {"Ristretto": (3, D("12.80"), "WAITING"), "Gift card": (1, D("50.00"), "WAITING")}
    assert used(restaurant)["Espresso beans"] == D("0.018")
    assert wrong_in(restaurant) == []


def test_the_same_file_again_changes_nothing(restaurant: Restaurant, desk: TenantDatabase) -> None:
    take(desk, a_file(restaurant))
    before = waiting(desk)
    again = desk.run(service.check_file, a_file(restaurant)).preview
    assert (again.totals.accepted, again.totals.kept, again.orders, again.unmapped) == (0, 0, (), ())
    agree(desk, meaning(restaurant, desk, "Ristretto", "Espresso"))
    third = desk.run(service.check_file, a_file(restaurant)).preview
    assert (third.orders, third.unmapped) == ((), ())
    assert before["Gift card"] == waiting(desk)["Gift card"]


def test_mapping_later_takes_the_past_with_the_recipes_of_its_days(
    restaurant: Restaurant, desk: TenantDatabase
) -> None:
    new_version(restaurant, "Espresso", date(2025, 3, 5), "1", "portion", ("Espresso beans", "0.010", "100"))
    take(desk, a_file(restaurant))
    said = meaning(restaurant, desk, "Ristretto", "Espresso")
    question = agree(desk, said)
    assert "3 lines worth 12.80" in question
    assert "2 business days" in question
    assert "0.037 kg Espresso beans" in question
    with restaurant.tenant.as_root() as root:
        rows = root.execute(
            "SELECT o.number, o.kind, b.number, o.business_day, o.net_total, -m.quantity, m.business_day FROM orders o"
            " LEFT JOIN orders b ON b.id = o.part_of_id JOIN stock_movements m ON m.order_id = o.id"
            " WHERE o.posting_id = %s ORDER BY o.placed_at",
            [said.key],
        ).fetchall()
    first, second = date(2025, 3, 4), date(2025, 3, 5)
    assert rows == [
        ("1/A1", "ADDITION", "1", first, D("3.20"), D("0.009"), first),
        ("2", "SALE", None, first, D("6.40"), D("0.018"), first),
        ("3/A1", "ADDITION", "3", second, D("3.20"), D("0.010"), second),
    ]
    assert waiting(desk)["Ristretto"] == (0, D(0), "MAPPED")
    assert wrong_in(restaurant) == []


def test_mapping_twice_under_one_key_takes_once(restaurant: Restaurant, desk: TenantDatabase) -> None:
    take(desk, a_file(restaurant))
    said = meaning(restaurant, desk, "Ristretto", "Espresso")
    agree(desk, said)
    after = used(restaurant)
    desk.run(service.map_product, said)
    assert used(restaurant) == after


def test_what_was_mapped_is_known_from_then_on(restaurant: Restaurant, desk: TenantDatabase) -> None:
    take(desk, a_file(restaurant))
    agree(desk, meaning(restaurant, desk, "Ristretto", "Espresso"))
    more = TILL.replace("2025-03-0", "2025-04-0").replace("\n1,", "\n11,").replace("\n2,", "\n12,")
    preview = desk.run(service.check_file, a_file(restaurant, more.replace("\n3,", "\n13,"))).preview
    assert (preview.totals.accepted, preview.totals.kept) == (5, 1)


def test_lines_that_came_meanwhile_are_shown_before_they_are_taken(
    restaurant: Restaurant, desk: TenantDatabase
) -> None:
    take(desk, a_file(restaurant))
    said = meaning(restaurant, desk, "Ristretto", "Espresso")
    with pytest.raises(Confirm) as asked:
        desk.run(service.map_product, said)
    take(desk, a_file(restaurant, TILL.replace("2025-03", "2025-04").replace("\n1,", "\n9,")))
    with pytest.raises(Confirm, match="6 lines"):
        desk.run(service.map_product, said, consents=frozenset({asked.value.consent}))


def test_a_dish_without_a_recipe_is_sold_and_takes_nothing(restaurant: Restaurant, desk: TenantDatabase) -> None:
    take(desk, a_file(restaurant))
    question = agree(desk, meaning(restaurant, desk, "Ristretto", "Sparkling water"))
    assert "Nothing leaves the stock" in question
    assert waiting(desk)["Ristretto"][2] == "MAPPED"
    assert wrong_in(restaurant) == []


def test_a_gift_card_is_left_out_with_a_reason_and_may_wait_again(restaurant: Restaurant, desk: TenantDatabase) -> None:
    take(desk, a_file(restaurant))
    product = desk.run(service.till_product, key_of(desk, "Gift card"))
    assert desk.run(service.ignore_product, Ignoring(product.id, product.version, "No food")).result == 1
    assert waiting(desk)["Gift card"] == (0, D(0), "IGNORED")
    preview = desk.run(service.check_file, a_file(restaurant, TILL.replace("2025-03", "2025-04"))).preview
    assert (preview.totals.left_out, preview.totals.revenue_left_out) == (1, D("50.00"))
    with pytest.raises(Conflict):
        desk.run(service.ignore_product, Ignoring(product.id, product.version, "Again"))
    desk.run(service.ignore_product, Ignoring(product.id, product.version + 1))
    assert waiting(desk)["Gift card"] == (1, D("50.00"), "WAITING")


def test_the_panel_shows_where_the_lines_came_from(restaurant: Restaurant, desk: TenantDatabase) -> None:
    take(desk, a_file(restaurant))
    product = desk.run(service.till_product, key_of(desk, "Ristretto"))
    assert (product.lines, product.amount, product.state) == (3, D("12.80"), "WAITING")
    assert [(line.number, line.row, line.file_name) for line in product.newest] == [
        ("3", 6, "till.csv"), ("2", 4, "till.csv"), ("1", 3, "till.csv"),
    ]  # fmt: skip
    summary = desk.run(service.till_products_summary, ListQuery())
    assert (summary.count, summary.totals["amount"]) == (2, D("62.80"))
    assert desk.run(service.till_product_counts, ListQuery()) == {"WAITING": 2, "MAPPED": 0, "IGNORED": 0}


def test_only_who_imports_maps_and_only_at_their_site(restaurant: Restaurant, desk: TenantDatabase) -> None:
    take(desk, a_file(restaurant))
    said = meaning(restaurant, desk, "Ristretto", "Espresso")
    elsewhere = restaurant.tenant.desk(restaurant.tenant.person("MANAGER", site=restaurant.sites["Harbour"]))
    assert elsewhere.run(service.till_products, ListQuery()).rows == ()
    for use_case, what in (
        (service.map_product, said),
        (service.ignore_product, Ignoring(key_of(desk, "Gift card"), 1, "x")),
    ):
        with pytest.raises(Denied):
            elsewhere.run(use_case, what)
    manager = restaurant.tenant.desk(restaurant.tenant.person("MANAGER"))
    without(restaurant, "sales.import")
    with pytest.raises(Denied):
        manager.run(service.map_product, said)
    with pytest.raises(UserError, match="Choose"):
        desk.run(service.map_product, replace(said, menu_item_id=None))


def test_a_year_of_lines_is_mapped_in_one_document(restaurant: Restaurant, desk: TenantDatabase) -> None:
    days = [date(2025, 1, 2) + timedelta(days=n) for n in range(300)]
    lines = [f"{n},{day},12:00,Ristretto,1,3.20,3.20" for n, day in enumerate(days, 100)]
    take(desk, a_file(restaurant, "\n".join(["Order,Date,Time,Item,Qty,Price,Total", *lines])))
    agree(desk, meaning(restaurant, desk, "Ristretto", "Espresso"))
    assert used(restaurant)["Espresso beans"] == D("0.009") * 300
    assert wrong_in(restaurant) == []


def order_of(desk: TenantDatabase, number: str) -> UUID:
    """The id of an order."""
    return next(row.id for row in desk.run(service.orders, ListQuery()).rows if row.number == number)


def test_voiding_takes_back_what_was_mapped_later(restaurant: Restaurant, desk: TenantDatabase) -> None:
    take(desk, a_file(restaurant))
    before = used(restaurant)
    agree(desk, meaning(restaurant, desk, "Ristretto", "Espresso"))
    receive(desk, restaurant, {"Espresso beans": ("5", "30")})  # dearer since
    void = Void(uuid4(), order_of(desk, "1"), "Nobody came")
    desk.run(service.void_order, void)
    desk.run(service.void_order, void)  # sent again it changes nothing
    order = desk.run(service.order, order_of(desk, "1"))
    assert (order.state, [part.state for part in order.parts]) == ("VOIDED", ["VOIDED"])
    assert used(restaurant)["Espresso beans"] == before["Espresso beans"] - D("0.018") + D("0.027")  # of 2 and 3
    assert wrong_in(restaurant) == []
    for number in ("1", "1/A1"):
        with pytest.raises(Conflict, match="already voided"):
            desk.run(service.void_order, Void(uuid4(), order_of(desk, number), "again"))


def test_what_waits_of_a_voided_order_is_never_sold(restaurant: Restaurant, desk: TenantDatabase) -> None:
    take(desk, a_file(restaurant))
    desk.run(service.void_order, Void(uuid4(), order_of(desk, "1"), "Nobody came"))
    assert waiting(desk)["Ristretto"] == (2, D("9.60"), "WAITING")
    agree(desk, meaning(restaurant, desk, "Ristretto", "Espresso"))
    assert used(restaurant)["Espresso beans"] == D("0.027")
    assert [row.number for row in desk.run(service.orders, ListQuery()).rows if row.number.startswith("1")] == ["1"]
    assert wrong_in(restaurant) == []


def test_a_void_with_its_additions_stays_within_the_limit(restaurant: Restaurant, desk: TenantDatabase) -> None:
    take(desk, a_file(restaurant))
    agree(desk, meaning(restaurant, desk, "Ristretto", "Espresso"))
    with restaurant.tenant.as_root() as root:  # order 1 alone is worth less
        root.execute("UPDATE roles SET limits = limits || '{\"sales.void\": 8}' WHERE name = 'Manager'")
    manager = restaurant.tenant.desks[1]
    with pytest.raises(Denied, match="more than your limit"):
        manager.run(service.void_order, Void(uuid4(), order_of(desk, "1"), "x"))
    assert desk.run(service.order, order_of(desk, "1/A1")).state == "CLOSED"


def test_an_addition_of_which_some_was_refunded_keeps_its_order(restaurant: Restaurant, desk: TenantDatabase) -> None:
    take(desk, a_file(restaurant))
    agree(desk, meaning(restaurant, desk, "Ristretto", "Espresso"))
    desk.run(service.refund_order, Refund(uuid4(), order_of(desk, "1/A1"), (RefundLine(1, D("0.5")),), "Cold"))
    with pytest.raises(UserError, match="A part of order 1/A1 was refunded"):
        desk.run(service.void_order, Void(uuid4(), order_of(desk, "1"), "x"))


def test_voiding_and_mapping_at_once_leave_nothing_behind(restaurant: Restaurant, desk: TenantDatabase) -> None:
    take(desk, a_file(restaurant))
    void, said = Void(uuid4(), order_of(desk, "1"), "x"), meaning(restaurant, desk, "Ristretto", "Espresso")
    with pytest.raises(Confirm) as asked:
        desk.run(service.map_product, said)
    consent = frozenset({asked.value.consent})
    others = restaurant.tenant.desk()

    def tried(work: Callable[[], object]) -> bool:
        try:
            work()
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        mapped = pool.submit(tried, lambda: desk.run(service.map_product, said, consents=consent))
        voided = pool.submit(tried, lambda: others.run(service.void_order, void))
    assert voided.result()
    if not mapped.result():  # fewer lines wait now: asked again
        agree(desk, meaning(restaurant, desk, "Ristretto", "Espresso"))
    assert used(restaurant)["Espresso beans"] == D("0.027")
    assert wrong_in(restaurant) == []
