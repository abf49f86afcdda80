"""Storage locations in a real database."""

from decimal import Decimal
from uuid import UUID

import pytest

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Conflict, Denied, UserError
from ims_desktop.domain.listing import Filter, ListQuery, Match
from ims_desktop.features.storage import service
from ims_desktop.features.storage.service import LocationDraft
from tests.features.desks import sit_down
from tests.restaurant import Restaurant, receive, seed
from tests.statements import statements
from tests.tenants import Tenant


@pytest.fixture
def place(tenant: Tenant) -> Restaurant:
    return seed(tenant)


@pytest.fixture
def desk(place: Restaurant) -> TenantDatabase:
    return sit_down(place.tenant)


def walk(desk: TenantDatabase, place: Restaurant) -> list[tuple[str, int]]:
    rows = desk.run(service.locations, ListQuery(site=place.site)).rows
    return [(row.name, row.walk_order) for row in rows if row.is_active]


def add(desk: TenantDatabase, place: Restaurant, name: str, parent: UUID | None = None) -> UUID:
    key: UUID = desk.run(service.save_location, LocationDraft(name, place.site, parent)).result.id
    return key


def test_a_new_location_comes_last(place: Restaurant, desk: TenantDatabase) -> None:
    cellar = add(desk, place, "  Wine   cellar ")
    add(desk, place, "Rack", cellar)
    assert walk(desk, place)[-2:] == [("Wine cellar", 12), ("Rack", 22)]
    with statements() as sent:
        found = desk.run(service.location, cellar)
    assert len(sent) == 1
    assert (found.name, found.site, found.children, found.items) == ("Wine cellar", "Downtown", ("Rack",), ())


def test_moving_and_renumbering(place: Restaurant, desk: TenantDatabase) -> None:
    bar = place.locations["Downtown", "Bar"]
    desk.run(service.renumber, place.site)
    assert walk(desk, place) == [("Walk-in", 10), ("Dry store", 20), ("Bar", 30)]
    assert desk.run(service.move, bar, -1).result == 2
    assert walk(desk, place) == [("Walk-in", 10), ("Bar", 20), ("Dry store", 30)]
    desk.run(service.move, bar, -1)
    assert desk.run(service.move, bar, -1).result == 0, "it is the first already"
    assert walk(desk, place)[0] == ("Bar", 10)


def test_what_holds_stock_is_not_closed(place: Restaurant, desk: TenantDatabase) -> None:
    receive(desk, place, {"Flour": ("3", "1"), "Olive oil": ("2", "9")})
    store = place.locations["Downtown", "Dry store"]
    with pytest.raises(UserError, match="Dry store still holds 2 items"):
        desk.run(service.close, [store])
    detail = desk.run(service.location, store)
    assert [(item.name, item.quantity, item.unit) for item in detail.items] == [
        ("Flour", Decimal(3), "kg"),
        ("Olive oil", Decimal(2), "l"),
    ]
    [row] = [row for row in desk.run(service.locations, ListQuery(site=place.site)).rows if row.id == store]
    assert (row.stocked, row.homes) == (2, 3)


def test_a_home_a_parent_and_the_last_location_stay_open(place: Restaurant, desk: TenantDatabase) -> None:
    with pytest.raises(UserError, match="Bar is the home of 2 items"):
        desk.run(service.close, [place.locations["Downtown", "Bar"]])
    cellar = add(desk, place, "Cellar")
    rack = add(desk, place, "Rack", cellar)
    with pytest.raises(UserError, match="Rack lies inside Cellar"):
        desk.run(service.close, [cellar])
    assert desk.run(service.close, [cellar, rack]).result == 2, "together they may be closed"
    closed = (Filter("is_active", Match.IN, (False,)),)
    assert [row.name for row in desk.run(service.locations, ListQuery(filters=closed)).rows] == ["Cellar", "Rack"]
    assert desk.run(service.locations_tab_counts, ListQuery(site=place.site)) == {"open": 3, "closed": 2}
    desk.run(service.reopen, [cellar])
    assert desk.run(service.location, cellar).is_active
    with place.tenant.as_root() as root:
        root.execute("UPDATE item_site_settings SET home_location_id = NULL")
    keys = [place.locations["Downtown", name] for name in ("Walk-in", "Dry store", "Bar")]
    with pytest.raises(UserError, match="Downtown keeps one storage location open"):
        desk.run(service.close, [*keys, cellar])


def test_what_is_wrong_with_a_location_is_said_at_once(place: Restaurant, desk: TenantDatabase) -> None:
    cellar = add(desk, place, "Cellar")
    rack = add(desk, place, "Rack", cellar)
    found = desk.run(service.location, cellar)
    with pytest.raises(UserError) as refused:
        desk.run(service.save_location, LocationDraft("BAR", place.site, rack, cellar, found.version))
    assert [p.field for p in refused.value.problems] == ["parent_id", "name"]
    other = place.locations["Harbour", "Bar"]
    with pytest.raises(UserError, match="cannot be saved") as refused:
        desk.run(service.save_location, LocationDraft("Shelf", place.site, other))
    assert "same site" in refused.value.problems[0].text
    with pytest.raises(UserError) as refused:
        desk.run(service.save_location, LocationDraft("", None))
    assert [p.field for p in refused.value.problems] == ["name", "site_id"]


def test_somebody_else_was_faster(place: Restaurant, desk: TenantDatabase) -> None:
    cellar = desk.run(service.location, add(desk, place, "Cellar"))
    draft = LocationDraft("Vault", place.site, None, cellar.id, cellar.version)
    desk.run(service.save_location, draft)
    with pytest.raises(Conflict):
        desk.run(service.save_location, draft)


def test_a_manager_arranges_the_own_site_only(place: Restaurant, desk: TenantDatabase) -> None:
    manager = sit_down(place.tenant, "MANAGER", site=place.sites["Harbour"])
    assert {row.site for row in manager.run(service.locations, ListQuery()).rows} == {"Harbour"}
    manager.run(service.renumber, place.sites["Harbour"])
    for attempt in (
        lambda: manager.run(service.renumber, place.site),
        lambda: manager.run(service.save_location, LocationDraft("Mine", place.site)),
    ):
        with pytest.raises(Denied):
            attempt()
    counter = sit_down(place.tenant, "EMPLOYEE")
    with pytest.raises(Denied):
        counter.run(service.close, [place.locations["Harbour", "Bar"]])
