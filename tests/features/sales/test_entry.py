"""Orders that people enter: kept open, changed, posted with what they use, cancelled; staff meals are no sales."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from ims_desktop.domain.errors import Conflict, Denied, UserError
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.menu.service import menu_item
from ims_desktop.features.sales import service
from ims_desktop.features.sales.service import EnteredLine, OrderDraft, Sellable, ToCancel, ToPost
from tests.features.sales.tills import offer, used, without, wrong_in
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import MakeTenant

D = Decimal


@pytest.fixture
def restaurant(make_tenant: MakeTenant) -> Restaurant:
    """A restaurant with something in stock."""
    made = seed(make_tenant())
    goods = {"Flour": ("50", "1.20"), "Mozzarella": ("20", "8"), "Espresso beans": ("5", "18")}
    receive(made.tenant.desk(), made, goods, at=datetime(2025, 3, 1, 9, tzinfo=UTC))
    return made


def a_customer(restaurant: Restaurant) -> UUID:
    """A customer who caters."""
    key = uuid4()
    with restaurant.tenant.as_root() as root:
        root.execute("INSERT INTO customers (id, code, name) VALUES (%s, 'K1', 'Kant Library')", [key])
    return key


def a_line(
    restaurant: Restaurant, name: str, quantity: str, price: str | None = None, discount: str = "0"
) -> EnteredLine:
    """A line at the price of the list, where no other is given."""
    desk = restaurant.tenant.desk()
    found = desk.run(service.find_menu_items, restaurant.site, datetime.now(UTC).date(), name)
    item = next(one for one in found if one.id == restaurant.menu[name])
    return EnteredLine(item, D(quantity), item.price if price is None else D(price), D(discount))


def a_draft(restaurant: Restaurant, *lines: EnteredLine, kind: str = "INTERNAL", **more: object) -> OrderDraft:
    """An order of an hour ago."""
    at = datetime.now(UTC) - timedelta(hours=1)
    return replace(OrderDraft(uuid4(), 0, restaurant.site, kind, at, lines), **more)  # type: ignore[arg-type]


def test_what_is_planned_for_later_is_not_the_latest_day(restaurant: Restaurant) -> None:
    desk, line = restaurant.tenant.desk(), a_line(restaurant, "Margherita", "3")
    today = a_draft(restaurant, line)
    desk.run(service.save_order, today)
    desk.run(service.post_order, ToPost(uuid4(), today.id, 1))
    desk.run(service.save_order, replace(today, id=uuid4(), placed_at=today.placed_at + timedelta(days=7)))
    latest = ListQuery(filters=service.LATEST)
    assert [row.id for row in desk.run(service.orders, latest).rows] == [today.id]
    assert desk.run(service.order_counts, ListQuery())["latest"] == 1
    [month, _] = desk.run(menu_item, restaurant.menu["Margherita"]).sold
    assert (month.until, month.quantity) == (desk.run(service.order, today.id).business_day, 3)


def test_an_open_order_takes_nothing_until_it_is_posted(restaurant: Restaurant) -> None:
    desk = restaurant.tenant.desk()
    draft = a_draft(
        restaurant,
        a_line(restaurant, "Margherita", "3"),
        kind="CATERING",
        customer_id=a_customer(restaurant),
        covers=12,
    )
    kept = desk.run(service.save_order, draft).result
    assert (kept.number[0], kept.number[-2:]) == ("C", "-1")
    assert (kept.version, kept.net, kept.tax) == (1, D("34.50"), D("3.06"))
    assert used(restaurant) == {}
    again = replace(
        draft, version=1, lines=(a_line(restaurant, "Margherita", "2"), a_line(restaurant, "Espresso", "4"))
    )
    assert desk.run(service.save_order, again).result.net == D("35.00")
    desk.run(service.post_order, ToPost(uuid4(), draft.id, 2))
    assert used(restaurant)["Flour"] == D("0.32")
    order = desk.run(service.order, draft.id)
    assert (order.state, order.kind, order.customer, order.covers) == ("CLOSED", "CATERING", "Kant Library", 12)
    assert [(line.name, line.quantity) for line in order.lines] == [("Margherita", D(2)), ("Espresso single", D(4))]
    with restaurant.tenant.as_root() as root:
        assert root.execute("SELECT count(*) FROM planned_lines").fetchone() == (0,)
    assert wrong_in(restaurant) == []


def test_posting_twice_under_one_key_posts_once(restaurant: Restaurant) -> None:
    desk = restaurant.tenant.desk()
    draft = a_draft(restaurant, a_line(restaurant, "Espresso", "2"), posting_key=uuid4())
    first = desk.run(service.record_order, draft).result
    second = desk.run(service.record_order, draft).result
    assert (first.number, second.number) == (first.number, first.number)
    assert used(restaurant)["Espresso beans"] == D("0.018")
    with pytest.raises(Conflict):
        desk.run(service.post_order, ToPost(uuid4(), draft.id, 1))


def test_orders_of_a_day_are_numbered_one_after_the_other(restaurant: Restaurant) -> None:
    desk = restaurant.tenant.desk()
    line = a_line(restaurant, "Espresso", "1")
    numbers = [desk.run(service.save_order, a_draft(restaurant, line)).result.number for _ in range(3)]
    assert [number.partition("-")[2] for number in numbers] == ["1", "2", "3"]
    assert len({number.partition("-")[0] for number in numbers}) == 1


def test_a_planned_order_waits_for_its_day_and_may_be_cancelled(restaurant: Restaurant) -> None:
    desk = restaurant.tenant.desk()
    in_a_week = datetime.now(UTC) + timedelta(days=7)
    draft = a_draft(restaurant, a_line(restaurant, "Margherita", "1"), placed_at=in_a_week)
    desk.run(service.save_order, draft)
    with pytest.raises(UserError, match="posted on that day"):
        desk.run(service.post_order, ToPost(uuid4(), draft.id, 1))
    with pytest.raises(UserError, match="Say why"):
        desk.run(service.cancel_order, ToCancel(draft.id, 1, " "))
    desk.run(service.cancel_order, ToCancel(draft.id, 1, "The guests fell ill"))
    assert desk.run(service.order, draft.id).state == "CANCELLED"
    with pytest.raises(UserError, match="not posted"):
        desk.run(service.void_order, service.Void(uuid4(), draft.id, "Again"))
    assert desk.run(service.orders_summary, ListQuery()).totals["net_total"] == 0


def test_a_staff_meal_costs_but_is_no_cost_of_food_sold(restaurant: Restaurant) -> None:
    desk = restaurant.tenant.desk()
    draft = a_draft(restaurant, a_line(restaurant, "Espresso", "5", "0"), kind="STAFF_MEAL", posting_key=uuid4())
    assert desk.run(service.record_order, draft).result.net == 0
    with restaurant.tenant.as_root() as root:
        rows = root.execute(
            "SELECT m.kind, r.code, r.class, m.quantity, m.value FROM stock_movements m"
            " JOIN reason_codes r ON r.id = m.reason_id WHERE m.order_id = %s",
            [draft.id],
        ).fetchall()
    assert rows == [("ADJUSTMENT", "STAFF_MEAL", "NEITHER", D("-0.045"), D("-0.81"))]
    with pytest.raises(UserError, match="something has to be put right"):
        desk.run(service.save_order, replace(draft, id=uuid4(), lines=(a_line(restaurant, "Espresso", "1", "3"),)))
    desk.run(service.void_order, service.Void(uuid4(), draft.id, "Nobody came"))
    with restaurant.tenant.as_root() as root:
        assert root.execute("SELECT sum(value), sum(quantity) FROM stock_movements WHERE order_id = %s",
                            [draft.id]).fetchone() == (0, 0)  # fmt: skip
    assert wrong_in(restaurant) == []


def test_who_may_not_adjust_may_not_post_staff_meals(restaurant: Restaurant) -> None:
    desk = restaurant.tenant.desk()
    draft = a_draft(restaurant, a_line(restaurant, "Espresso", "5", "0"), kind="STAFF_MEAL")
    desk.run(service.save_order, draft)
    person = restaurant.tenant.person("MANAGER")
    without(restaurant, "adjustments.record")
    with pytest.raises(Denied, match=r"adjustments\.record"):
        restaurant.tenant.desk(person).run(service.post_order, ToPost(uuid4(), draft.id, 1))


def test_prices_are_those_of_the_day_unless_one_may_change_them(restaurant: Restaurant) -> None:
    owner, manager = restaurant.tenant.desk(), restaurant.tenant.desk(restaurant.tenant.person("MANAGER"))
    cheap, discounted = a_line(restaurant, "Espresso", "1", "2"), a_line(restaurant, "Margherita", "1", discount="1")
    assert owner.run(service.save_order, a_draft(restaurant, cheap, discounted)).result.net == D("12.50")
    without(restaurant, "sales.price")
    with pytest.raises(UserError) as refused:
        manager.run(service.save_order, a_draft(restaurant, cheap, discounted))
    assert [(p.row, p.field) for p in refused.value.problems] == [(1, "price"), (2, "discount")]
    assert manager.run(service.save_order, a_draft(restaurant, a_line(restaurant, "Espresso", "1"))).result.net == D(
        "3.00"
    )


def test_everything_wrong_with_an_order_is_said_at_once(restaurant: Restaurant) -> None:
    gone = EnteredLine(Sellable(uuid4(), "X", "Gone", None, D(0)), D("-1"), D("-2"), D("5"))
    draft = a_draft(restaurant, gone, kind="CATERING", covers=-1, note="x" * 1001)
    with pytest.raises(UserError) as refused:
        restaurant.tenant.desk().run(service.save_order, draft)
    assert {(p.row, p.field) for p in refused.value.problems} == {
        (None, "customer_id"), (None, "covers"), (None, "note"), (1, "menu_item"), (1, "quantity"), (1, "price"),
        (1, "discount"),
    }  # fmt: skip
    with pytest.raises(UserError) as empty:
        restaurant.tenant.desk().run(service.save_order, a_draft(restaurant))
    assert [p.field for p in empty.value.problems] == ["lines"]


def test_two_who_change_an_order_do_not_overwrite_each_other(restaurant: Restaurant) -> None:
    desk, draft = restaurant.tenant.desk(), a_draft(restaurant, a_line(restaurant, "Espresso", "1"))
    desk.run(service.save_order, draft)
    desk.run(service.save_order, replace(draft, version=1, covers=3))
    with pytest.raises(Conflict, match="meanwhile"):
        desk.run(service.save_order, replace(draft, version=1, covers=4))
    assert desk.run(service.open_order, draft.id).covers == 3


def test_only_who_may_enters_orders_and_only_at_their_site(restaurant: Restaurant) -> None:
    draft = a_draft(restaurant, a_line(restaurant, "Espresso", "1"))
    with pytest.raises(Denied):
        restaurant.tenant.desk(restaurant.tenant.person("EMPLOYEE")).run(service.save_order, draft)
    manager = restaurant.tenant.desk(restaurant.tenant.person("MANAGER", site=restaurant.sites["Harbour"]))
    with pytest.raises(Denied):
        manager.run(service.save_order, draft)
    restaurant.tenant.desk().run(service.save_order, draft)
    with pytest.raises(Denied):
        manager.run(service.post_order, ToPost(uuid4(), draft.id, 1))
    with pytest.raises(Denied):
        manager.run(service.cancel_order, ToCancel(draft.id, 1, "Mine"))


def with_modifiers(line: EnteredLine, *names: str) -> EnteredLine:
    """The line with these modifiers at the price of the list."""
    chosen = tuple(next(one for one in line.item.modifiers if one.name == name) for name in names)
    price = line.item.price_with(chosen)
    assert price is not None
    return replace(line, modifiers=chosen, unit_price=price)


def test_modifiers_are_charged_kept_and_take_what_they_use(restaurant: Restaurant) -> None:
    offer(restaurant, "Margherita", "Extras", ("Extra cheese", "1.50", ("Mozzarella", "0.05")))
    desk = restaurant.tenant.desk()
    line = with_modifiers(a_line(restaurant, "Margherita", "2"), "Extra cheese", "Extra cheese")
    draft = a_draft(restaurant, line)
    assert desk.run(service.save_order, draft).result.net == D("29.00")
    [kept] = desk.run(service.open_order, draft.id).lines
    assert ([one.name for one in kept.modifiers], kept.unit_price) == (["Extra cheese"] * 2, D("14.50"))
    assert desk.run(service.order, draft.id).lines[0].modifiers == ("Extra cheese", "Extra cheese")
    desk.run(service.post_order, ToPost(uuid4(), draft.id, 1))
    assert used(restaurant)["Mozzarella"] == D("0.25") + D("0.2")
    assert desk.run(service.order, draft.id).lines[0].modifiers == ("Extra cheese", "Extra cheese")
    assert wrong_in(restaurant) == []


def test_modifiers_must_be_offered_and_questions_answered(restaurant: Restaurant) -> None:
    thin, thick = ("Thin", "0", ("Flour", "-0.02")), ("Thick", "1", ("Flour", "0.05"))
    offer(restaurant, "Margherita", "Crust", thin, thick, at_least=1, at_most=1)
    offer(restaurant, "Espresso", "Milk", ("Oat milk", "0.30", ("Cream 35%", "0.05")))
    desk = restaurant.tenant.desk()
    pizza, coffee = a_line(restaurant, "Margherita", "1"), a_line(restaurant, "Espresso", "1")
    milk = with_modifiers(coffee, "Oat milk").modifiers
    lines = (
        pizza, with_modifiers(pizza, "Thin", "Thick"), replace(with_modifiers(pizza, "Thick"), unit_price=D("11.50")),
        replace(pizza, modifiers=milk), with_modifiers(pizza, "Thin"),
    )  # fmt: skip
    without(restaurant, "sales.price")
    with pytest.raises(UserError) as refused:
        restaurant.tenant.desks[1].run(service.save_order, a_draft(restaurant, *lines))
    said = {(problem.row, problem.field): problem.text for problem in refused.value.problems}
    assert said[1, "modifiers"] == "Crust: choose at least 1."
    assert said[2, "modifiers"] == "Crust: choose at most 1."
    assert "is 12.50 on that day" in said[3, "price"]
    assert said[4, "modifiers"] == "Oat milk is not offered with this dish."
    assert not any(row == 5 for row, _field in said)
    desk.run(service.save_order, a_draft(restaurant, lines[4]))
