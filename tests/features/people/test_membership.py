"""Roles are given and taken, and people leave: at once, everywhere, and written down."""

import json
from uuid import uuid4

import psycopg
import pytest

from ims_desktop.domain.errors import Conflict, UserError
from tests.features.people.desks import House, ask, me, save, site_of


def test_a_role_is_given_once_and_deleted_when_nobody_has_it(house: House) -> None:
    _, cook = house.sit("EMPLOYEE")
    key = save(house.owner, "Grill", {"waste.record": True})
    below = save(house.owner, "Grill night", parent=key)
    made = ask(house.owner, "assign_role", cook, key, site_of(house))
    with pytest.raises(UserError, match="already has this role there"):
        ask(house.owner, "assign_role", cook, key, site_of(house))
    with pytest.raises(UserError, match="still has the role Grill"):
        ask(house.owner, "delete_role", key, 1)
    ask(house.owner, "withdraw_role", made)
    with pytest.raises(Conflict, match="already withdrawn"):
        ask(house.owner, "withdraw_role", made)
    with pytest.raises(UserError, match="Grill night inherits from Grill"):
        ask(house.owner, "delete_role", key, 1)
    with pytest.raises(Conflict):
        ask(house.owner, "delete_role", below, 7)
    ask(house.owner, "delete_role", below, 1)
    ask(house.owner, "delete_role", key, 1)
    for nowhere in (
        (uuid4(), house.role("Counter"), None),
        (cook, uuid4(), None),
        (cook, house.role("Counter"), uuid4()),
    ):
        with pytest.raises(UserError):
            ask(house.owner, "assign_role", *nowhere)


def test_a_deactivated_person_sees_nothing_at_once_and_is_cut_off(house: House) -> None:
    desk, key = house.sit("MANAGER")
    identity = desk.identity
    with identity.place.connect(identity.role, identity.password) as held:
        assert held.execute("SELECT count(*) FROM items").fetchone() != (0,)
        ask(house.owner, "deactivate_member", key)
        with pytest.raises(psycopg.OperationalError):
            held.execute("SELECT count(*) FROM items")
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        identity.place.connect(identity.role, identity.password)
    with pytest.raises(Conflict, match="already deactivated"):
        ask(house.owner, "deactivate_member", key)
    ask(house.owner, "reactivate_member", key)
    assert house.value("SELECT is_active FROM public.user_tenants WHERE id = %s", key)


def test_what_a_withdrawn_role_gave_is_gone_in_the_next_statement(house: House) -> None:
    desk, key = house.sit("MANAGER")
    identity = desk.identity
    with identity.place.connect(identity.role, identity.password) as held:
        assert held.execute("SELECT count(*) FROM items").fetchone() != (0,)
        ask(house.owner, "withdraw_role", house.assignment(key))
        with pytest.raises(psycopg.OperationalError):
            held.execute("SELECT 1")
    with identity.place.connect(identity.role, identity.password) as again:
        assert again.execute("SELECT count(*) FROM items").fetchone() == (0,)


def test_the_desks_are_told(house: House) -> None:
    identity = house.owner.identity
    _, key = house.sit("EMPLOYEE")
    with identity.place.connect(identity.role, identity.password) as listening:
        listening.execute(f'LISTEN "{house.tenant.names.group}"')
        ask(house.owner, "deactivate_member", key)
        [notice] = listening.notifies(timeout=30, stop_after=1)
        assert json.loads(notice.payload) == ["", ["people", "rights"]]


def test_changes_of_people_are_audited(house: House) -> None:
    desk, key = house.sit("EMPLOYEE")
    ask(house.owner, "assign_role", key, house.role("Manager"), None)
    ask(house.owner, "deactivate_member", key)
    save(house.owner, "Grill", {"waste.record": True})
    del desk
    with house.tenant.as_root() as root:
        told = root.execute(
            "SELECT subject, action FROM audit_log WHERE member_id = %s ORDER BY id", [me(house.owner)]
        ).fetchall()
    assert told[-3:] == [("user_roles", "INSERT"), ("members", "UPDATE"), ("roles", "INSERT")]
