"""The walk through the storage locations, numbered in the cells of their list."""

from decimal import Decimal

import pytest

from ims_desktop.domain.editing import CellChange, CellPlace, CellsRefused
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.storage import service
from tests.features.desks import sit_down
from tests.restaurant import seed
from tests.tenants import Tenant


def test_the_walk_is_numbered_at_once_and_only_where_one_may(tenant: Tenant) -> None:
    place = seed(tenant)
    desk = sit_down(tenant)
    rows = desk.run(service.locations, ListQuery(site=place.site)).rows
    turned = tuple(
        CellChange(CellPlace(row.id, "walk_order"), row.walk_order, Decimal(10 * number))
        for number, row in enumerate(reversed(rows), 1)
    )
    desk.run(service.save_cells, turned)
    after = desk.run(service.locations, ListQuery(site=place.site)).rows
    assert [row.id for row in after] == [row.id for row in reversed(rows)]
    elsewhere = sit_down(tenant, "MANAGER", site=place.sites["Harbour"])
    with pytest.raises(CellsRefused) as refused:
        elsewhere.run(service.save_cells, tuple(change.back() for change in turned))
    assert len(refused.value.problems) == len(turned)
    assert "your roles do not let you change it" in refused.value.problems[0].text
