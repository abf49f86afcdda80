"""The restaurant other tests build on."""

from decimal import Decimal

from sqlalchemy import Connection, text

from ims_desktop.domain.work import read
from tests.restaurant import ITEMS, receive, seed
from tests.tenants import Tenant


@read
def on_hand(connection: Connection) -> Decimal:
    return Decimal(connection.execute(text("SELECT quantity FROM stock_costs")).scalar_one())


def test_a_seeded_restaurant_can_receive(tenant: Tenant) -> None:
    restaurant = seed(tenant)
    desk = tenant.desk()
    assert len(restaurant.items) == len(ITEMS) == 12
    posted = receive(desk, restaurant, {"Mozzarella": ("4.5", "7.90")})
    assert (posted.lines, posted.value) == (1, Decimal("35.55"))
    assert desk.run(on_hand) == Decimal("4.5")
