"""Terms of suppliers, changed in the cells of their list."""

from datetime import time
from decimal import Decimal

import pytest

from ims_desktop.domain.editing import CellChange, CellPlace, CellsRefused
from ims_desktop.domain.errors import Denied
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.suppliers import service
from tests.features.desks import sit_down
from tests.restaurant import seed
from tests.tenants import Tenant


def test_terms_are_saved_together_and_all_that_is_wrong_is_said(tenant: Tenant) -> None:
    seed(tenant)
    desk = sit_down(tenant)
    first, *_others = desk.run(service.suppliers, ListQuery()).rows

    def change(column: str, old: object, new: object) -> CellChange:
        return CellChange(CellPlace(first.id, column), old, new)

    wanted = (
        change("order_days_text", first.order_days, (5, 2)),
        change("order_cutoff", first.order_cutoff, time(14, 30)),
        change("minimum_order", first.minimum_order, Decimal("150.50")),
        change("payment_days", first.payment_days, Decimal(30)),
        change("status", "ACTIVE", "ON_HOLD"),
    )
    with pytest.raises(CellsRefused, match="one cell is not possible"):
        desk.run(service.save_cells, wanted)
    wanted = (*wanted, change("status_reason", "", "Late four times in a row"))
    desk.run(service.save_cells, wanted)
    now = next(row for row in desk.run(service.suppliers, ListQuery()).rows if row.id == first.id)
    assert (now.order_days, now.order_cutoff, now.payment_days, now.status) == ((2, 5), time(14, 30), 30, "ON_HOLD")
    assert now.minimum_order == Decimal("150.50")
    with pytest.raises(CellsRefused) as refused:
        desk.run(
            service.save_cells,
            (
                change("order_days_text", (2, 5), (9,)),
                change("minimum_order", Decimal("150.50"), Decimal(-1)),
                change("payment_days", 30, Decimal("1.5")),
                change("status", "ON_HOLD", "GONE"),
            ),
        )
    assert [problem.row for problem in refused.value.problems] == [1, 2, 3, 4]
    counter = sit_down(tenant, "EMPLOYEE")
    with pytest.raises(Denied):
        counter.run(service.save_cells, (change("payment_days", 30, Decimal(60)),))
