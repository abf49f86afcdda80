"""People, their roles and what these permit."""

import json
from uuid import UUID, uuid4

import pytest

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.listing import Filter, ListQuery, Match, Sort
from ims_desktop.features.people import service
from ims_desktop.features.people.rules import Assignment, Role, decided_by, rights_of
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


def test_people_with_login_roles_and_scope(place: Restaurant, desk: TenantDatabase) -> None:
    login = place.tenant.person("MANAGER", site=place.site)
    place.tenant.person("EMPLOYEE")
    with statements() as sent:
        rows = {row.name: row for row in desk.run(service.people, ListQuery()).rows}
    assert len(sent) == 1
    manager = rows["Manager Person"]
    assert (manager.login, manager.roles, manager.scope, manager.state) == (login, "Manager", "Downtown", "active")
    assert (rows["Olive Owner"].roles, rows["Olive Owner"].scope) == ("Owner", "All sites")
    assert [row.name for row in desk.run(service.people, ListQuery(search="mana")).rows] == ["Manager Person"]
    by_role = desk.run(service.people, ListQuery(search="counter"))
    assert [row.name for row in by_role.rows] == ["Employee Person"]
    down = desk.run(service.people, ListQuery(sort=(Sort("roles", True),), limit=2))
    assert [row.roles for row in down.rows] == ["Owner", "Manager"]
    rest = desk.run(service.people, ListQuery(sort=(Sort("roles", True),), limit=2).following(down.after))
    assert [row.roles for row in rest.rows] == ["Counter"]


def test_who_has_left_is_counted_apart(place: Restaurant, desk: TenantDatabase) -> None:
    place.tenant.person("EMPLOYEE")
    with place.tenant.as_root() as root:
        root.execute("UPDATE members SET is_active = false WHERE display_name LIKE 'Employee%'")
    assert desk.run(service.people_tab_counts, ListQuery()) == {"active": 1, "left": 1}
    left = desk.run(service.people, ListQuery(filters=(Filter("is_active", Match.IN, (False,)),)))
    assert [(row.name, row.state) for row in left.rows] == [("Employee Person", "left")]


def test_the_detail_says_what_is_own_and_what_is_inherited(place: Restaurant, desk: TenantDatabase) -> None:
    place.tenant.person("MANAGER", site=place.site)
    key = next(row.id for row in desk.run(service.people, ListQuery()).rows if row.name == "Manager Person")
    with statements() as sent:
        person = desk.run(service.person, key)
    assert len(sent) == 1
    rights = {f"{right.resource}.{right.action}": right for right in person.rights}
    assert (rights["recipes.edit"].roles, rights["recipes.edit"].inherited) == (("Manager",), False)
    assert (rights["waste.record"].roles, rights["waste.record"].inherited) == (("Counter",), True)
    assert rights["waste.record"].sites == ("Downtown",)
    assert "audit.view" not in rights
    assert person.rights[0].resource == "sites", "in the order of the catalogue"


def test_the_detail_agrees_with_what_the_database_enforces(place: Restaurant, desk: TenantDatabase) -> None:
    with place.tenant.as_root() as root:
        root.execute(
            "INSERT INTO roles (name, parent_role_id, permissions)"
            " SELECT 'Stock clerk', id, %s FROM roles WHERE name = 'Manager'",
            [json.dumps({"stock.cost": False, "people.edit": True})],
        )
    login = place.tenant.person("EMPLOYEE", role="Stock clerk")
    key = next(row.id for row in desk.run(service.people, ListQuery()).rows if row.login == login)
    told = {f"{right.resource}.{right.action}" for right in desk.run(service.person, key).rights}
    with place.tenant.as_root() as root:
        enforced = {
            code
            for (code,) in root.execute(
                "SELECT resource || '.' || action FROM permissions p"
                " WHERE EXISTS (SELECT FROM grants_of(%s, p.resource || '.' || p.action))",
                [key],
            )
        }
    assert told == enforced
    assert "stock.cost" not in told
    assert "people.edit" in told


def test_who_may_not_see_people_sees_names_alone(place: Restaurant) -> None:
    counter = sit_down(place.tenant, "EMPLOYEE")
    rows = counter.run(service.people, ListQuery()).rows
    assert {(row.login, row.roles) for row in rows} == {(None, "")}


def test_a_circle_of_roles_ends() -> None:
    one, two = uuid4(), uuid4()
    roles = {one: Role(one, "One", two, {}, {}), two: Role(two, "Two", one, {}, {})}
    assert decided_by(roles[one], "items.view", roles) is None


def test_two_assignments_add_their_sites() -> None:
    key = UUID(int=1)
    roles = {key: Role(key, "Cook", None, {"waste.record": True, "items.view": False}, {})}
    held = [Assignment(key, "Cook", "B"), Assignment(key, "Cook", "A")]
    [right] = rights_of(held, roles, [("waste", "record", "Record waste"), ("items", "view", "See items")])
    assert (right.sites, right.everywhere, right.inherited) == (("A", "B"), False, False)
    [everywhere] = rights_of([*held, Assignment(key, "Cook", None)], roles, [("waste", "record", "Record waste")])
    assert everywhere.everywhere
