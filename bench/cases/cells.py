"""Five thousand cells that were pasted into the list of items, on their way into the database."""

from decimal import Decimal
from itertools import count
from typing import Any

from bench.case import Case, Step, Work, floor_sql
from bench.world import World
from ims_desktop.database.sign_in import Gate
from ims_desktop.domain.editing import CellChange, CellPlace
from ims_desktop.features.items.service.cells import save_cells

CELLS = 5_000
_numbers = count(1)


def _pars(world: World) -> list[Any]:
    """What is wanted of some items at the site, as it stands."""
    asked = (
        "SELECT s.item_id, s.par FROM item_site_settings s JOIN items i ON i.id = s.item_id"
        " WHERE s.site_id = %s AND s.par IS NOT NULL AND s.reorder_point IS NULL ORDER BY i.sort_name LIMIT %s"
    )
    return world.root(world.catalogue).execute(asked, [world.catalogue.site, CELLS]).fetchall()


def _floor(world: World) -> Step:
    root, statement = world.root(world.catalogue), floor_sql("cells_save").encode()

    def ready() -> Work:
        pars = _pars(world)
        more = next(_numbers)
        sent = {
            "site": world.catalogue.site,
            "items": [key for key, _par in pars],
            "pars": [Decimal(more + place % 7) for place in range(len(pars))],
        }
        return lambda: root.execute(statement, sent)

    return ready


def _run(world: World, gate: Gate) -> Step:
    desk = world.desk(world.catalogue, gate)

    def ready() -> Work:
        more, site = next(_numbers), world.catalogue.site
        changes = [
            CellChange(CellPlace(key, "par", site), par, Decimal(more + place % 7))
            for place, (key, par) in enumerate(_pars(world))
        ]
        return lambda: desk.run(save_cells, changes)

    return ready


CASES = (Case("cells-save", "Save 5,000 pasted cells", _floor, _run, target=6, trips=None, limit=1_000, rounds=8),)
