"""Prices and availability, changed in the cells of the menu."""

from decimal import Decimal

import pytest

from ims_desktop.domain.editing import CellChange, CellPlace, CellsRefused
from ims_desktop.domain.errors import Denied
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.menu import service
from tests.features.desks import sit_down
from tests.restaurant import seed
from tests.statements import statements
from tests.tenants import Tenant


def test_a_price_holds_at_its_site_from_today_with_its_tax_and_history(tenant: Tenant) -> None:
    place = seed(tenant)
    desk, harbour = sit_down(tenant), place.sites["Harbour"]
    rows = {row.name: row for row in desk.run(service.menu, ListQuery(site=place.site)).rows}
    pizza, espresso = rows["Margherita"], rows["Espresso"]

    def price(row: service.MenuRow, old: Decimal | None, new: Decimal | None) -> CellChange:
        return CellChange(CellPlace(row.id, "price", place.site), old, new)

    with statements() as sent:
        desk.run(
            service.save_cells,
            (
                price(pizza, pizza.price, Decimal("12.25")),
                price(espresso, espresso.price, Decimal("3.20")),
                CellChange(CellPlace(espresso.id, "is_available"), True, False),
            ),
        )
    assert len(sent) == 7
    here = {row.name: row for row in desk.run(service.menu, ListQuery(site=place.site)).rows}
    there = {row.name: row for row in desk.run(service.menu, ListQuery(site=harbour)).rows}
    assert (here["Margherita"].price, there["Margherita"].price) == (Decimal("12.25"), pizza.price)
    assert here["Margherita"].tax == pizza.tax
    assert not there["Espresso"].is_available
    history = desk.run(service.menu_item, pizza.id, place.site).prices
    assert [one.price for one in history] == [pizza.price, Decimal("12.25")]
    desk.run(service.save_cells, (price(pizza, Decimal("12.25"), Decimal(13)),))  # the same day: it is put right
    assert len(desk.run(service.menu_item, pizza.id, place.site).prices) == 2
    with pytest.raises(CellsRefused) as refused:
        desk.run(service.save_cells, (price(pizza, pizza.price, Decimal(14)), price(espresso, Decimal("3.20"), None)))
    assert refused.value.conflicts[0].value == 13
    assert refused.value.problems[0].row == 2
    counter = sit_down(tenant, "EMPLOYEE")
    with pytest.raises(Denied):
        counter.run(service.save_cells, (price(pizza, Decimal(13), Decimal(1)),))
