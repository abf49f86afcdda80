"""A group keeps an owner who may everything."""

from decimal import Decimal

import psycopg
import pytest

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import UserError
from tests.features.people.desks import House, ask, me, save, site_of, together


def test_the_owner_keeps_everything_whatever_becomes_of_the_roles_below(
    house: House, administrator: TenantDatabase
) -> None:
    before = house.rights(me(house.owner))
    counter, manager = house.role("Counter"), house.role("Manager")
    save(house.owner, "Counter", {}, key=counter, version=1, limits={"waste.record": 20})
    save(house.owner, "Manager", {"stock.cost": False}, key=manager, version=1, limits={"sales.void": 50})
    assert house.rights(me(house.owner)) == before
    assert set(house.powers(me(house.owner)).values()) == {Decimal("Infinity")}
    assert ("stock.cost", None) not in house.rights(me(administrator))
    owner = house.role("Owner")
    with pytest.raises(UserError) as refused:
        save(
            house.owner,
            "Owner",
            {"items.view": False},
            key=owner,
            version=house.version(owner),
            limits={"sales.void": 5},
        )
    assert [p.text for p in refused.value.problems] == ["The owner keeps everything.", "The owner has no limits."]
    save(house.owner, "Owner", {}, key=owner, version=house.version(owner), parent=None)
    assert house.rights(me(house.owner)) == before


def test_the_last_active_owner_stays(house: House) -> None:
    other, key = house.sit("OWNER")
    mine = me(house.owner)
    ask(other, "withdraw_role", house.assignment(mine))
    with pytest.raises(UserError):  # no rights are left to withdraw anything with
        ask(house.owner, "withdraw_role", house.assignment(key))
    helper, _ = house.sit("ADMIN")
    for change in (("withdraw_role", house.assignment(key)), ("deactivate_member", key)):
        with pytest.raises(UserError, match="Somebody must remain the owner"):
            ask(helper, *change)
    ask(other, "assign_role", mine, house.role("Owner"), site_of(house))  # of one site: does not count
    with pytest.raises(UserError, match="Somebody must remain the owner"):
        ask(helper, "deactivate_member", key)
    ask(other, "assign_role", mine, house.role("Owner"), None)
    ask(helper, "deactivate_member", key)


def test_two_owners_cannot_drop_each_other_at_once(house: House) -> None:
    for _turn in range(3):
        other, key = house.sit("OWNER")
        first, second = house.assignment(me(house.owner)), house.assignment(key)
        failures = together(
            lambda: ask(house.owner, "withdraw_role", second),  # noqa: B023
            lambda: ask(other, "withdraw_role", first),  # noqa: B023
        )
        assert sum(failure is None for failure in failures) <= 1
        owners = house.value(
            "SELECT count(*) FROM user_roles a JOIN members m ON m.id = a.member_id AND m.is_active WHERE role_id = %s",
            house.role("Owner"),
        )
        assert owners >= 1
        with house.tenant.as_root() as root:
            root.execute("DELETE FROM user_roles WHERE member_id = %s", [key])
            root.execute(
                "INSERT INTO user_roles (member_id, role_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                [me(house.owner), house.role("Owner")],
            )


def test_an_old_snapshot_may_change_nobody(house: House) -> None:
    identity = house.owner.identity
    with identity.place.connect(identity.role, identity.password) as client:
        for level in ("REPEATABLE READ", "SERIALIZABLE"):
            client.execute(f"BEGIN ISOLATION LEVEL {level}".encode())
            with pytest.raises(psycopg.Error, match="read committed"):
                client.execute("SELECT delete_role(gen_random_uuid(), 1)")
            client.execute("ROLLBACK")
