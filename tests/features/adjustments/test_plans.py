"""How the server answers entry tables on a ledger that has grown."""

from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.adjustments import service
from ims_desktop.features.stock.service import Kind
from tests.features.adjustments.conftest import Bench
from tests.features.stock.test_plans import buffers, explained, grown, per_row

__all__ = ["grown"]


def test_rights_are_asked_once_and_the_ledger_is_not_read_through(grown: Bench) -> None:
    found = grown.root.execute("SELECT item_id, site_id FROM stock_movements WHERE kind = 'WASTE' LIMIT 1").fetchone()
    assert found is not None
    item, site = found
    for plan, most in (
        (explained(grown, service.find_items, site, "generated 12"), 6_000),
        (explained(grown, service.entry_facts, site, item), 1_000),
        (explained(grown, service.recorded_today, Kind.WASTE, site), 3_000),
        (explained(grown, service.waste_log, ListQuery(site=site)), 12_000),
        (explained(grown, service.waste_by_reason, ListQuery(site=site)), 3_000),
    ):
        assert per_row(plan) == []
        assert "Seq Scan on" not in "".join(line for line in plan.splitlines() if "stock_movements" in line)
        assert buffers(plan) < most
