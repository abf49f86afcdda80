"""Permissions and the roles a new group starts with."""

import pytest

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.permissions import CATALOGUE, CODES, DEFAULT_ROLES, RoleDesign, checked, effective

ROLES = {role.name: role for role in DEFAULT_ROLES}


def test_every_right_is_named_once_and_has_a_title() -> None:
    assert len(CODES) == len(CATALOGUE)
    assert all(permission.title[0].isupper() for permission in CATALOGUE)


def test_default_roles_give_only_rights_that_exist_and_parents_come_first() -> None:
    seen: set[str] = set()
    for role in DEFAULT_ROLES:
        assert checked(role.permissions) == role.permissions
        assert role.parent is None or role.parent in seen
        seen.add(role.name)


def test_each_role_may_more_than_the_one_it_inherits_from_and_the_owner_everything() -> None:
    counter, manager, administrator, owner = (effective(role.name, ROLES) for role in DEFAULT_ROLES)
    assert counter < manager < administrator <= owner
    assert owner == CODES


def test_a_counter_counts_without_seeing_costs() -> None:
    counter = effective("Counter", ROLES)
    assert {"counts.enter", "waste.record", "deliveries.receive"} <= counter
    assert not counter & {"stock.cost", "counts.post", "reports.view", "people.edit"}


def test_the_nearest_role_decides_and_false_overrides() -> None:
    roles = {
        "base": RoleDesign("base", "", {"items.view": True, "stock.view": True}),
        "middle": RoleDesign("middle", "", {"stock.view": False}, "base"),
        "leaf": RoleDesign("leaf", "", {"reports.view": True}, "middle"),
        "again": RoleDesign("again", "", {"stock.view": True}, "leaf"),
    }
    assert effective("leaf", roles) == {"items.view", "reports.view"}
    assert effective("again", roles) == {"items.view", "reports.view", "stock.view"}


def test_circles_and_missing_roles_are_refused() -> None:
    roles = {"a": RoleDesign("a", "", {}, "b"), "b": RoleDesign("b", "", {}, "a"), "c": RoleDesign("c", "", {}, "d")}
    with pytest.raises(UserError, match="inherits from itself: a → b → a"):
        effective("a", roles)
    with pytest.raises(UserError, match="d does not exist"):
        effective("c", roles)


def test_wrong_permissions_are_all_named() -> None:
    with pytest.raises(UserError) as refused:
        checked({"items.view": True, "items.destroy": True, "stock.view": "yes"})
    assert [problem.field for problem in refused.value.problems] == ["items.destroy", "stock.view"]
