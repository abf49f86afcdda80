"""Nobody gives what they lack, and nobody changes themselves."""

from uuid import UUID, uuid4

import pytest

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Denied
from tests.features.people.desks import SALT, House, ask, invite, me, save, site_of


def test_nobody_gives_what_they_do_not_hold(house: House, clerk: tuple[TenantDatabase, UUID]) -> None:
    desk, _ = clerk
    _, cook = house.sit("EMPLOYEE")
    small = save(desk, "Reader", {"items.view": True})
    ask(desk, "assign_role", cook, small, None)
    for refused in ("Manager", "Owner", "Administrator", "Counter"):
        with pytest.raises(Denied, match="gives more than you hold at all sites"):
            ask(desk, "assign_role", cook, house.role(refused), None)
        with pytest.raises(Denied, match="gives more than you hold"):
            invite(desk, f"{refused}@example.com", house.role(refused))
    with pytest.raises(Denied, match="See costs and values"):
        save(desk, "Reader", {"items.view": True, "stock.cost": True}, key=small, version=1)
    with pytest.raises(Denied, match="Nobody gives or takes"):
        save(desk, "Reader", {}, key=small, version=1, parent=house.role("Manager"))
    with pytest.raises(Denied, match="Nobody gives or takes"):  # taking is not theirs either
        save(desk, "Counter", {}, key=house.role("Counter"), version=1)
    with pytest.raises(Denied):
        ask(desk, "withdraw_role", house.assignment(me(house.owner)))
    with pytest.raises(Denied):
        ask(desk, "deactivate_member", me(house.owner))
    with pytest.raises(Denied):
        ask(desk, "reset_member", me(house.owner), SALT.decode(), b"k" * 32)
    ask(house.owner, "assign_role", cook, house.role("Manager"), None)


def test_scope_counts_as_well(house: House) -> None:
    save(house.owner, "Local", {"people.view": True, "people.edit": True}, parent=house.role("Manager"))
    downtown = site_of(house)
    desk, _ = house.sit("EMPLOYEE", role="Local", site=downtown)
    other = house.value("SELECT id FROM sites WHERE id <> %s", downtown)
    _, cook = house.sit("EMPLOYEE", site=downtown)
    counter = house.role("Counter")
    ask(house.owner, "withdraw_role", house.assignment(cook))
    made = ask(desk, "assign_role", cook, counter, downtown)
    for place, words in ((None, "at all sites"), (other, "at ")):
        with pytest.raises(Denied, match=f"more than you hold {words}"):
            ask(desk, "assign_role", cook, counter, place)
    with pytest.raises(Denied, match="Roles count at all sites"):
        save(desk, "Mine", {"items.view": True})
    elsewhere = ask(house.owner, "assign_role", cook, counter, other)
    with pytest.raises(Denied):
        ask(desk, "withdraw_role", elsewhere)
    with pytest.raises(Denied):  # the person also works where this one has no say
        ask(desk, "deactivate_member", cook)
    ask(desk, "withdraw_role", made)
    ask(house.owner, "withdraw_role", elsewhere)
    ask(desk, "deactivate_member", cook)
    ask(desk, "reactivate_member", cook)


def test_limits_are_given_only_as_far_as_held(house: House) -> None:
    save(
        house.owner,
        "Lead",
        {"people.edit": True, "people.view": True, "waste.record": True},
        limits={"waste.record": 100},
    )
    desk, _ = house.sit("EMPLOYEE", role="Lead")
    _, cook = house.sit("EMPLOYEE")
    save(desk, "Fifty", {"waste.record": True}, limits={"waste.record": 50})
    with pytest.raises(Denied, match="Record waste"):
        save(desk, "Any", {"waste.record": True})
    with pytest.raises(Denied, match="Record waste"):
        save(desk, "Much", {"waste.record": True}, limits={"waste.record": 100.01})
    much = save(house.owner, "Much", {"waste.record": True}, limits={"waste.record": 500})
    with pytest.raises(Denied, match="more than you hold"):
        ask(desk, "assign_role", cook, much, None)
    ask(desk, "assign_role", cook, house.role("Fifty"), None)


def test_nobody_changes_themselves(house: House, administrator: TenantDatabase) -> None:
    mine = me(administrator)
    for change in (
        ("assign_role", mine, house.role("Owner"), None),
        ("withdraw_role", house.assignment(mine)),
        ("deactivate_member", mine),
        ("reactivate_member", mine),
        ("reset_member", mine, SALT.decode(), b"k" * 32),
    ):
        with pytest.raises(Denied, match="Nobody changes their own rights"):
            ask(administrator, *change)
    key = house.role("Administrator")
    with pytest.raises(Denied, match="change what you may do yourself"):
        save(administrator, "Administrator", {"people.edit": True}, key=key, version=1, parent=house.role("Manager"))
    ask(house.owner, "assign_role", mine, house.role("Counter"), None)


def test_who_may_not_change_people_changes_nothing(house: House) -> None:
    manager, _ = house.sit("MANAGER")
    _, cook = house.sit("EMPLOYEE")
    counter = house.role("Counter")
    for change in (
        ("save_role", uuid4(), 0, "Mine", None, "{}", "{}"),
        ("delete_role", counter, 1),
        ("assign_role", cook, counter, None),
        ("withdraw_role", house.assignment(cook)),
        ("deactivate_member", cook),
        ("reactivate_member", cook),
        ("invite_member", "a@example.com", "A", "B", counter, None, SALT.decode(), b"k" * 32),
        ("reset_member", cook, SALT.decode(), b"k" * 32),
    ):
        with pytest.raises(Denied, match="do not allow changing people"):
            ask(manager, *change)
    for table in ("roles", "user_roles", "members"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id", f"INSERT INTO {table} DEFAULT VALUES"):
            with pytest.raises(Denied):
                manager.run(lambda connection, statement=statement: connection.exec_driver_sql(statement))
            with pytest.raises(Denied):  # the owner as well: only the functions may
                house.owner.run(lambda connection, statement=statement: connection.exec_driver_sql(statement))
