"""Cells of the items on a real database: rights, sites, conflicts, everything wrong at once, few statements."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.editing import CellChange, CellPlace, CellsRefused
from ims_desktop.domain.errors import Denied
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.items import service
from ims_desktop.features.items.service.cells import save_cells
from tests.features.desks import sit_down
from tests.restaurant import Restaurant, seed
from tests.statements import statements
from tests.tenants import Tenant


@pytest.fixture
def place(tenant: Tenant) -> Restaurant:
    return seed(tenant)


@pytest.fixture
def desk(place: Restaurant) -> TenantDatabase:
    return sit_down(place.tenant)


def row_of(desk: TenantDatabase, name: str, site: UUID | None = None) -> service.ItemRow:
    found: list[service.ItemRow] = [
        row for row in desk.run(service.items, ListQuery(site=site)).rows if row.name == name
    ]
    return found[0]


def change(key: UUID, column: str, old: Any, new: Any, site: UUID | None = None) -> CellChange:
    return CellChange(CellPlace(key, column, site), old, new)


def test_several_columns_of_several_items_are_one_save(place: Restaurant, desk: TenantDatabase) -> None:
    flour, butter = row_of(desk, "Flour", place.site), row_of(desk, "Butter", place.site)
    lemon = row_of(desk, "Lemon", place.site)
    changed = desk.run(
        save_cells,
        (
            change(flour.id, "name", "Flour", "Flour  00"),
            change(flour.id, "allergens_text", flour.allergens, ("gluten", "eggs")),
            change(butter.id, "shelf_life_days", butter.shelf_life_days, Decimal(30)),
            change(flour.id, "par", flour.par, Decimal("120.5"), place.site),
            change(flour.id, "reorder_point", flour.reorder_point, Decimal(40), place.site),
            change(lemon.id, "par", lemon.par, Decimal(7), place.site),
        ),
    )
    assert (changed.result, changed.subjects) == (6, {"items"})
    flour = row_of(desk, "Flour 00", place.site)
    assert [list(flour.allergens), flour.par, flour.reorder_point] == [["eggs", "gluten"], Decimal("120.5"), 40]
    assert row_of(desk, "Butter").shelf_life_days == 30
    assert row_of(desk, "Lemon", place.site).par == 7


def test_a_site_that_said_nothing_yet_says_it_now(place: Restaurant, desk: TenantDatabase) -> None:
    harbour = place.sites["Harbour"]
    every = [row for row in desk.run(service.items, ListQuery(site=harbour)).rows if row.par is None]
    assert every
    desk.run(save_cells, tuple(change(row.id, "par", None, Decimal(9), harbour) for row in every))
    assert {row_of(desk, row.name, harbour).par for row in every} == {9}


def test_everything_wrong_and_every_conflict_come_at_once_and_nothing_is_saved(
    place: Restaurant, desk: TenantDatabase
) -> None:
    flour, butter = row_of(desk, "Flour", place.site), row_of(desk, "Butter", place.site)
    wrong = (
        change(flour.id, "name", "Flour", "  "),
        change(butter.id, "shelf_life_days", butter.shelf_life_days, Decimal("1.5")),
        change(butter.id, "name", "Butter before", "Beurre"),
        change(flour.id, "allergens_text", flour.allergens, ("plutonium",)),
        change(flour.id, "par", flour.par, Decimal(5), place.site),
        change(flour.id, "reorder_point", flour.reorder_point, Decimal(6), place.site),
        change(uuid4(), "name", "Nobody", "Somebody"),
        change(flour.id, "on_hand", 1, 2),
        change(butter.id, "category", butter.category_id, None),
    )
    with pytest.raises(CellsRefused) as refused:
        desk.run(save_cells, wrong)
    assert [(problem.row, problem.field) for problem in refused.value.problems] == [
        (1, "name"), (2, "shelf_life_days"), (4, "allergens_text"), (6, "reorder_point"), (7, "name"), (8, "on_hand"),
        (9, "category"),
    ]  # fmt: skip
    [theirs] = refused.value.conflicts
    assert (theirs.place, theirs.value) == (wrong[2].place, "Butter")
    assert row_of(desk, "Flour", place.site).par == flour.par


def test_other_cells_of_a_row_are_no_conflict_and_the_same_wish_is_none_either(
    place: Restaurant, desk: TenantDatabase
) -> None:
    flour = row_of(desk, "Flour", place.site)
    desk.run(save_cells, (change(flour.id, "shelf_life_days", flour.shelf_life_days, Decimal(99)),))
    desk.run(save_cells, (change(flour.id, "name", "Flour", "Flour 0"),))
    desk.run(save_cells, (change(flour.id, "shelf_life_days", flour.shelf_life_days, Decimal(99)),))
    row = row_of(desk, "Flour 0")
    assert row.shelf_life_days == 99


def test_a_save_is_taken_back_by_its_changes_the_other_way_round(place: Restaurant, desk: TenantDatabase) -> None:
    before = {row.id: row for row in desk.run(service.items, ListQuery(site=place.site)).rows}
    changes = tuple(change(key, "par", row.par, Decimal(77), place.site) for key, row in before.items())
    desk.run(save_cells, changes)
    desk.run(save_cells, tuple(one.back() for one in changes))
    after = {row.id: row for row in desk.run(service.items, ListQuery(site=place.site)).rows}
    assert {key: row.par for key, row in after.items()} == {key: row.par for key, row in before.items()}


def test_who_may_not_edit_items_is_refused_also_by_the_server(place: Restaurant, desk: TenantDatabase) -> None:
    flour = row_of(desk, "Flour", place.site)
    counter = sit_down(place.tenant, "EMPLOYEE")
    with pytest.raises(Denied):
        counter.run(save_cells, (change(flour.id, "name", "Flour", "Mine"),))


def test_a_manager_of_one_site_changes_what_that_site_wants_and_no_other(
    place: Restaurant, desk: TenantDatabase
) -> None:
    flour = row_of(desk, "Flour", place.site)
    manager = sit_down(place.tenant, "MANAGER", site=place.sites["Harbour"])
    wanted = row_of(manager, "Flour", place.sites["Harbour"]).par
    manager.run(save_cells, (change(flour.id, "par", wanted, Decimal(3), place.sites["Harbour"]),))
    with pytest.raises(Denied):
        manager.run(save_cells, (change(flour.id, "par", flour.par, Decimal(3), place.site),))


def test_the_number_of_statements_does_not_grow_with_the_cells(place: Restaurant, desk: TenantDatabase) -> None:
    rows = desk.run(service.items, ListQuery(site=place.site)).rows
    sent: dict[int, int] = {}
    for count in (1, len(rows)):
        changes = [change(row.id, "shelf_life_days", row.shelf_life_days, Decimal(50 + count)) for row in rows[:count]]
        changes += [change(row.id, "par", row.par, Decimal(50 + count), place.site) for row in rows[:count]]
        with statements() as seen:
            desk.run(save_cells, tuple(changes))
        sent[count] = len(seen)
        rows = desk.run(service.items, ListQuery(site=place.site)).rows
    assert sent[len(rows)] <= sent[1] + 1  # one more where rows are made
    assert sent[1] <= 6


def test_every_change_is_in_the_audit_log(place: Restaurant, desk: TenantDatabase) -> None:
    flour = row_of(desk, "Flour", place.site)
    with place.tenant.as_root() as root:
        asked = "SELECT count(*) FROM audit_log WHERE subject IN ('items', 'item_site_settings')"
        [before] = root.execute(asked).fetchone() or (0,)
    desk.run(
        save_cells,
        (
            change(flour.id, "shelf_life_days", flour.shelf_life_days, Decimal(5)),
            change(flour.id, "par", flour.par, Decimal(5), place.site),
        ),
    )
    with place.tenant.as_root() as root:
        [after] = root.execute(asked).fetchone() or (0,)
    assert after == before + 2
