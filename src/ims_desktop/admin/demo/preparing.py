"""What was made in advance on the last evening: some batches of each prep that is kept."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from ims_desktop.admin.demo.design import Design
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.features.production import service
from ims_desktop.features.production.rules import Part, Production

A_BATCH = timedelta(minutes=4)


def prepare(desk: TenantDatabase, design: Design, site: UUID, last: datetime) -> None:
    """Make every prep of a design at a site, one batch after the other, as its recipe says."""
    for stocked in design.stocked:
        [found] = desk.run(service.preps, stocked.item.name)
        prep, items = desk.run(service.prep_with_items, site, found.value, last)
        for number, (wanted, came_out) in enumerate(stocked.batches, 1):
            used = tuple(
                Part(one.item_id, items[one.item_id].home_id, one.quantity, one.quantity)
                for one in prep.for_quantity(wanted)
            )
            made = Part(prep.item_id, prep.home_id, came_out, wanted)
            at = last + number * A_BATCH
            desk.run(service.produce, Production(uuid4(), site, used, (made,), prep.version_id, at))
