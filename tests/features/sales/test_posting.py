"""Orders in the books: what they take out of stock, what they are worth, and that nothing counts twice."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import psycopg
import pytest

from ims_desktop.domain.errors import Conflict, Denied, UserError
from ims_desktop.features.sales import service
from ims_desktop.features.stock.service import reverse
from tests.features.sales.tills import an_order, new_version, record, sales_of, used
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import MakeTenant

NOON = datetime(2025, 3, 4, 12, 30)
D = Decimal


@pytest.fixture
def restaurant(make_tenant: MakeTenant) -> Restaurant:
    """A restaurant of this test's own."""
    return seed(make_tenant())


def one(restaurant: Restaurant, statement: str, *params: object) -> tuple[object, ...]:
    """One row, read past every policy."""
    with restaurant.tenant.as_root() as root:
        row = root.execute(statement, params).fetchone()
    assert row is not None
    return tuple(row)


def test_a_sale_takes_what_its_recipe_says_through_sub_recipes_and_yields(restaurant: Restaurant) -> None:
    recorded = record(
        restaurant.tenant.desk(), restaurant, an_order(restaurant, "1", NOON, ("Margherita", "2", "11.50"))
    )
    assert (recorded.orders, recorded.repeated, recorded.movements) == (1, 0, 5)
    assert used(restaurant) == {
        "Flour": D("0.32"),
        "Mozzarella": D("0.25"),
        "Tomato tin": D("0.4"),  # 160 g of a sauce whose 2 kg take 5 tins
        "Olive oil": D("0.008"),
        "Basil": D("8"),  # 4 g and, in the sauce, 2.4 g, both at 80 %
    }


def test_portions_multiply_and_equal_items_of_an_order_are_one_movement(restaurant: Restaurant) -> None:
    order = an_order(restaurant, "1", NOON, ("Margherita, large", "1", "15.00"), ("Pizza prosciutto", "1", "14.50"))
    recorded = record(restaurant.tenant.desk(), restaurant, order)
    assert recorded.movements == 6
    assert used(restaurant)["Flour"] == D("0.4")  # 1.5 portions and 1
    assert used(restaurant)["Prosciutto"] == D("0.066667")  # 60 g at 90 %


def test_stock_leaves_the_home_location_at_the_average_cost(restaurant: Restaurant) -> None:
    desk = restaurant.tenant.desk()
    receive(
        desk,
        restaurant,
        {"Flour": ("50", "1.20"), "Espresso beans": ("5", "18")},
        at=datetime(2025, 3, 1, 9).astimezone(),
    )
    recorded = record(
        desk, restaurant, an_order(restaurant, "1", NOON, ("Espresso, double", "1", "4.50"), ("Espresso", "3", "3"))
    )
    assert recorded.cost == D("0.81")  # five times 9 g at 18
    row = one(
        restaurant,
        "SELECT w.name FROM stock_movements m JOIN storage_locations w ON w.id = m.location_id WHERE m.kind = 'SALE'",
    )
    assert row == ("Bar",)
    assert one(
        restaurant, "SELECT quantity, value FROM stock_costs WHERE item_id = %s", restaurant.items["Espresso beans"]
    ) == (
        D("4.955"),
        D("89.19"),
    )


def test_without_a_home_or_with_a_closed_one_the_first_location_in_walk_order_gives(restaurant: Restaurant) -> None:
    with restaurant.tenant.as_root() as root:
        root.execute(
            "UPDATE storage_locations SET is_active = false WHERE id = %s", [restaurant.locations["Downtown", "Bar"]]
        )
    record(restaurant.tenant.desk(), restaurant, an_order(restaurant, "1", NOON, ("Espresso", "1", "3")))
    row = one(restaurant, "SELECT location_id FROM stock_movements WHERE kind = 'SALE'")
    assert row == (restaurant.locations["Downtown", "Walk-in"],)


def test_the_recipe_of_the_day_counts(restaurant: Restaurant) -> None:
    new_version(restaurant, "Espresso", date(2025, 3, 5), "1", "portion", ("Espresso beans", "0.010", "100"))
    days = [NOON, NOON + timedelta(days=1), NOON + timedelta(days=1, hours=12)]  # the last at 00:30 belongs to the 5th
    record(
        restaurant.tenant.desk(),
        restaurant,
        *(an_order(restaurant, str(n), at, ("Espresso", "1", "3")) for n, at in enumerate(days)),
    )
    with restaurant.tenant.as_root() as root:
        rows = root.execute("SELECT business_day, -quantity FROM stock_movements ORDER BY effective_at").fetchall()
    assert rows == [(date(2025, 3, 4), D("0.009")), (date(2025, 3, 5), D("0.01")), (date(2025, 3, 5), D("0.01"))]


def test_before_its_first_recipe_version_a_dish_takes_nothing(restaurant: Restaurant) -> None:
    recorded = record(
        restaurant.tenant.desk(),
        restaurant,
        an_order(restaurant, "1", datetime(2024, 12, 31, 20), ("Espresso", "1", "3")),
    )
    assert (recorded.orders, recorded.movements) == (1, 0)


def test_a_batch_of_batches(restaurant: Restaurant) -> None:
    """100 soups use one batch of 100 toppings, which uses 5 mixes of 1 tin and 2 lemons each."""
    with restaurant.tenant.as_root() as root:
        for name in ("Mix", "Topping"):
            restaurant.recipes[name] = uuid4()
            root.execute(
                "INSERT INTO recipes (id, name, kind) VALUES (%s, %s, 'SUB_RECIPE')", [restaurant.recipes[name], name]
            )
    new_version(restaurant, "Mix", date(2025, 1, 2), "1", "batch", ("Tomato tin", "1", "100"), ("Lemon", "2", "100"))
    new_version(restaurant, "Topping", date(2025, 1, 2), "100", "portion", ("Mix", "5", "100"))
    new_version(restaurant, "Espresso", date(2025, 1, 2), "100", "portion", ("Topping", "100", "100"))
    desk = restaurant.tenant.desk()
    record(desk, restaurant, an_order(restaurant, "1", NOON, ("Espresso", "1", "3")))
    assert used(restaurant) == {"Tomato tin": D("0.05"), "Lemon": D("0.1")}
    record(desk, restaurant, an_order(restaurant, "2", NOON, ("Espresso", "99", "3")))
    assert used(restaurant) == {"Tomato tin": D("5"), "Lemon": D("10")}


def test_a_prep_counts_as_its_own_item_in_that_items_unit(restaurant: Restaurant) -> None:
    with restaurant.tenant.as_root() as root:
        root.execute(
            "UPDATE recipes SET kind = 'PREP', output_item_id = %s WHERE id = %s",
            [restaurant.items["Butter"], restaurant.recipes["Tomato sauce"]],
        )
    new_version(restaurant, "Tomato sauce", date(2025, 2, 1), "2000", "g", ("Tomato tin", "5", "100"))
    new_version(restaurant, "Espresso", date(2025, 2, 1), "1", "portion", ("Tomato sauce", "80", "100"))
    record(restaurant.tenant.desk(), restaurant, an_order(restaurant, "1", NOON, ("Espresso", "1", "3")))
    assert used(restaurant) == {"Butter": D("0.08")}  # 80 g of an item kept in kg


def test_a_recipe_made_of_itself_is_refused_by_name(restaurant: Restaurant) -> None:
    lines = ("Margherita", "1", "100"), ("Margherita", "1", "100")
    with pytest.raises(psycopg.Error, match="of itself: Tomato sauce → Margherita → Tomato sauce"):
        new_version(restaurant, "Tomato sauce", date(2025, 2, 1), "1", "kg", *lines)
    with restaurant.tenant.as_root() as root:  # only whoever reaches past the triggers can write one
        root.execute("ALTER TABLE recipe_lines DISABLE TRIGGER added")
    new_version(restaurant, "Tomato sauce", date(2025, 2, 2), "1", "kg", *lines)
    with pytest.raises(UserError, match="made of itself"):
        record(restaurant.tenant.desk(), restaurant, an_order(restaurant, "1", NOON, ("Margherita", "1", "11.50")))
    assert used(restaurant) == {}


@pytest.mark.parametrize(("included", "net", "tax"), [(False, "29.00", "2.57"), (True, "26.64", "2.36")])
def test_tax_is_in_the_price_or_comes_on_top(restaurant: Restaurant, included: bool, net: str, tax: str) -> None:
    with restaurant.tenant.as_root() as root:
        root.execute("UPDATE sites SET prices_include_tax = %s", [included])
    record(restaurant.tenant.desk(), restaurant, an_order(restaurant, "1", NOON, ("Pizza prosciutto", "2", "14.50")))
    assert one(restaurant, "SELECT net_total, tax_total FROM orders") == (D(net), D(tax))
    assert one(restaurant, "SELECT net_amount, tax_amount, unit_price FROM order_items") == (D(net), D(tax), D("14.50"))


def test_the_tax_of_the_site_and_the_day_counts(restaurant: Restaurant) -> None:
    with restaurant.tenant.as_root() as root:
        for since, percent in (("2025-03-01", 10), ("2025-03-05", 20)):
            root.execute(
                "INSERT INTO menu_prices (menu_item_id, site_id, valid_from, price, tax_percent)"
                " VALUES (%s, %s, %s, 3, %s)",
                [restaurant.menu["Espresso"], restaurant.site, since, percent],
            )
    orders = [an_order(restaurant, "1", NOON, ("Espresso", "1", "10"), site=site) for site in ("Downtown", "Harbour")]
    record(restaurant.tenant.desk(), restaurant, *orders)
    with restaurant.tenant.as_root() as root:
        assert root.execute("SELECT tax_total FROM orders ORDER BY tax_total").fetchall() == [
            (D("0.89"),),
            (D("1.00"),),
        ]


def test_what_was_charged_counts_not_the_price(restaurant: Restaurant) -> None:
    record(
        restaurant.tenant.desk(), restaurant, an_order(restaurant, "1", NOON, ("Espresso", "3", "3.00"), paid="7.99")
    )
    assert one(restaurant, "SELECT net_total FROM orders") == (D("7.99"),)


def test_the_same_import_again_answers_the_same_and_changes_nothing(restaurant: Restaurant) -> None:
    desk, key = restaurant.tenant.desk(), uuid4()
    orders = [an_order(restaurant, str(n), NOON, ("Espresso", "1", "3")) for n in range(5)]
    sales = sales_of(restaurant, *orders, key=key)
    first = service.record_orders(desk.run, sales)
    assert service.record_orders(desk.run, sales) == first
    assert one(restaurant, "SELECT count(*) FROM stock_movements") == (5,)


def test_a_repeated_key_answers_whatever_happened_since(restaurant: Restaurant) -> None:
    desk = restaurant.tenant.desk()
    sales = sales_of(restaurant, an_order(restaurant, "1", NOON, ("Espresso", "1", "3")))
    first = service.record_orders(desk.run, sales)
    (order_id,) = one(restaurant, "SELECT id FROM orders")
    void = service.Void(uuid4(), order_id, "Guest left")
    desk.run(service.void_order, void)
    with restaurant.tenant.as_root() as root:
        root.execute("UPDATE sites SET is_active = false")
        root.execute("UPDATE user_roles SET site_id = %s", [restaurant.sites["Harbour"]])
    # What things cost there is no longer theirs to know.
    assert service.record_orders(desk.run, sales) == replace(first, cost=None)
    assert desk.run(service.void_order, void).result == order_id
    with pytest.raises(UserError):
        record(desk, restaurant, an_order(restaurant, "2", NOON, ("Espresso", "1", "3")))


def test_the_same_key_with_other_sales_is_refused(restaurant: Restaurant) -> None:
    desk, key = restaurant.tenant.desk(), uuid4()
    record(desk, restaurant, an_order(restaurant, "1", NOON, ("Espresso", "1", "3")), key=key)
    with pytest.raises(Conflict, match="other content"):
        record(desk, restaurant, an_order(restaurant, "1", NOON, ("Espresso", "2", "3")), key=key)


def test_orders_that_are_there_are_counted_as_repeated(restaurant: Restaurant) -> None:
    desk = restaurant.tenant.desk()
    orders = [an_order(restaurant, str(n), NOON, ("Espresso", "1", "3")) for n in range(4)]
    record(desk, restaurant, *orders[:2])
    again = record(desk, restaurant, *orders)
    assert (again.orders, again.repeated, again.movements) == (2, 2, 2)
    nothing = record(desk, restaurant, *orders)
    assert (nothing.orders, nothing.repeated, nothing.movements, nothing.cost) == (0, 4, 0, 0)
    assert one(restaurant, "SELECT count(*), count(DISTINCT number) FROM orders") == (4, 4)
    assert one(restaurant, "SELECT count(*) FROM postings") == (2,)


def test_the_same_order_twice_in_one_call_counts_once(restaurant: Restaurant) -> None:
    order = an_order(restaurant, "7", NOON, ("Espresso", "1", "3"))
    recorded = record(restaurant.tenant.desk(), restaurant, order, order)
    assert (recorded.orders, recorded.repeated) == (1, 1)
    assert used(restaurant) == {"Espresso beans": D("0.009")}


def test_the_same_number_on_another_day_or_site_is_another_order(restaurant: Restaurant) -> None:
    orders = [
        an_order(restaurant, "7", NOON, ("Espresso", "1", "3")),
        an_order(restaurant, "7", NOON + timedelta(days=1), ("Espresso", "1", "3")),
        an_order(restaurant, "7", NOON, ("Espresso", "1", "3"), site="Harbour"),
    ]
    assert record(restaurant.tenant.desk(), restaurant, *orders).orders == 3


def test_everything_that_cannot_be_right_is_named_at_once(restaurant: Restaurant) -> None:
    late = datetime.now() + timedelta(days=2)
    orders = [
        an_order(restaurant, "x" * 101, NOON, ("Espresso", "1", "3")),
        an_order(restaurant, "2", late, ("Espresso", "-1", "3"), ("Espresso", "200000", "3")),
    ]
    with pytest.raises(UserError) as refused:
        record(restaurant.tenant.desk(), restaurant, *orders)
    assert {problem.field for problem in refused.value.problems} == {"number", "placed_at", "quantity", "amount"}
    assert one(restaurant, "SELECT count(*) FROM orders") == (0,)


def test_where_the_site_forbids_it_stock_is_not_sold_below_zero(restaurant: Restaurant) -> None:
    with restaurant.tenant.as_root() as root:
        root.execute("UPDATE sites SET allows_negative = false")
    with pytest.raises(UserError, match="not enough stock"):
        record(restaurant.tenant.desk(), restaurant, an_order(restaurant, "1", NOON, ("Espresso", "1", "3")))


def test_a_counter_may_not_import(restaurant: Restaurant) -> None:
    desk = restaurant.tenant.desk(restaurant.tenant.person("EMPLOYEE"))
    with pytest.raises(Denied):
        record(desk, restaurant, an_order(restaurant, "1", NOON, ("Espresso", "1", "3")))


def test_a_manager_of_one_site_may_not_import_for_another(restaurant: Restaurant) -> None:
    desk = restaurant.tenant.desk(restaurant.tenant.person("MANAGER", site=restaurant.site))
    assert record(desk, restaurant, an_order(restaurant, "1", NOON, ("Espresso", "1", "3"))).orders == 1
    with pytest.raises(Denied):
        record(desk, restaurant, an_order(restaurant, "1", NOON, ("Espresso", "1", "3"), site="Harbour"))


def test_a_voided_order_gives_back_what_it_took_at_the_cost_it_left_with(restaurant: Restaurant) -> None:
    desk = restaurant.tenant.desk()
    receive(desk, restaurant, {"Espresso beans": ("1", "20")}, at=datetime(2025, 3, 1).astimezone())
    record(desk, restaurant, an_order(restaurant, "1", NOON, ("Espresso", "10", "3")))
    (order_id,) = one(restaurant, "SELECT id FROM orders")
    key = uuid4()
    for _again in range(2):
        desk.run(service.void_order, service.Void(key, order_id, "Guest left"))
    found = desk.run(service.order, order_id)
    assert (found.state, found.void_reason) == ("VOIDED", "Guest left")
    assert found.food_cost == D("1.8")
    assert one(restaurant, "SELECT sum(quantity), sum(value) FROM stock_movements WHERE kind = 'SALE'") == (0, 0)
    assert one(restaurant, "SELECT quantity, value FROM stock_costs WHERE quantity <> 0") == (D(1), D(20))
    with pytest.raises(Conflict, match="already voided"):
        desk.run(service.void_order, service.Void(uuid4(), order_id, "Again"))


def test_voiding_takes_back_true_ups_too(restaurant: Restaurant) -> None:
    desk = restaurant.tenant.desk()
    receive(desk, restaurant, {"Espresso beans": ("0.001", "10")}, at=datetime(2025, 3, 1).astimezone())
    record(desk, restaurant, an_order(restaurant, "1", NOON, ("Espresso", "10", "3")))
    receive(desk, restaurant, {"Espresso beans": ("2", "20")}, at=datetime(2025, 3, 6).astimezone())
    (order_id,) = one(restaurant, "SELECT id FROM orders")
    cost = desk.run(service.order, order_id).food_cost
    assert cost == D("0.01") + D("0.089") * 20
    desk.run(service.void_order, service.Void(uuid4(), order_id, "Wrong till"))
    total = one(
        restaurant, "SELECT (SELECT sum(value) FROM stock_movements) + (SELECT sum(value) FROM cost_corrections)"
    )
    assert total == one(restaurant, "SELECT sum(value) FROM stock_costs")


def test_voiding_an_order_without_recipes_and_needs_a_reason(restaurant: Restaurant) -> None:
    desk = restaurant.tenant.desk()
    record(desk, restaurant, an_order(restaurant, "1", NOON, ("Sparkling water", "1", "5")))
    (order_id,) = one(restaurant, "SELECT id FROM orders")
    with pytest.raises(UserError, match="Say why"):
        desk.run(service.void_order, service.Void(uuid4(), order_id, "  "))
    desk.run(service.void_order, service.Void(uuid4(), order_id, "Mistake"))
    assert desk.run(service.order, order_id).state == "VOIDED"


def test_who_may_not_void_cannot(restaurant: Restaurant) -> None:
    record(restaurant.tenant.desk(), restaurant, an_order(restaurant, "1", NOON, ("Espresso", "1", "3")))
    (order_id,) = one(restaurant, "SELECT id FROM orders")
    desk = restaurant.tenant.desk(restaurant.tenant.person("EMPLOYEE"))
    with pytest.raises(Denied):
        desk.run(service.void_order, service.Void(uuid4(), order_id, "No"))


def test_sales_are_not_undone_behind_the_orders_back(restaurant: Restaurant) -> None:
    desk = restaurant.tenant.desk()
    record(desk, restaurant, an_order(restaurant, "1", NOON, ("Espresso", "1", "3")))
    (movement,) = one(restaurant, "SELECT id FROM stock_movements")
    with pytest.raises(UserError):
        desk.run(reverse, uuid4(), (movement,), "Not allowed")


def test_a_large_call_ties_to_the_ledger(restaurant: Restaurant) -> None:
    desk = restaurant.tenant.desk()
    names = list(restaurant.menu)[:5]
    orders = [
        an_order(restaurant, str(n), NOON + timedelta(minutes=n), *((names[(n + k) % 5], "1", "10") for k in range(3)))
        for n in range(2500)
    ]
    recorded = record(desk, restaurant, *orders)
    assert recorded.orders == 2500
    assert one(restaurant, "SELECT count(*), sum(net_total) FROM orders") == (2500, D(75000))
    assert one(restaurant, "SELECT count(*) FROM postings") == (3,)
    assert one(restaurant, "SELECT count(*) FROM stock_movements") == (recorded.movements,)
    levels = "SELECT sum(on_hand) FROM stock_levels"
    assert one(restaurant, levels) == one(restaurant, "SELECT sum(quantity) FROM stock_movements")


@pytest.mark.parametrize(
    "call", ["refuse_circle(NULL)", "explode_recipes(NULL, NULL)", f"check_sales({', '.join(['NULL'] * 9)})"]
)
def test_the_parts_of_a_posting_cannot_be_called_by_people(restaurant: Restaurant, call: str) -> None:
    with pytest.raises(Denied):
        restaurant.tenant.desk().run(lambda connection: connection.exec_driver_sql(f"SELECT {call}"))


def test_orders_without_stock_that_two_record_at_once_are_told_kindly(restaurant: Restaurant) -> None:
    desk, other = restaurant.tenant.desk(), restaurant.tenant.desk(restaurant.tenant.person("MANAGER"))
    order = an_order(restaurant, "1", NOON, ("Sparkling water", "1", "5"))
    chunk = sales_of(restaurant, order).chunks()[0]
    with desk._engine.begin() as first:
        service.post_chunk(first, chunk)
        with ThreadPoolExecutor(1) as beside:
            second = beside.submit(record, other, restaurant, order)
            first.exec_driver_sql("SELECT pg_sleep(0.3)")
            first.commit()
            with pytest.raises(UserError, match="at the same moment"):
                second.result()
    assert record(other, restaurant, order).repeated == 1
