"""Inheritance of roles: the nearest decides, no circle, and of two edits at once one."""

import json
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Conflict, UserError
from ims_desktop.domain.permissions import CODES, RoleDesign, effective
from tests.features.people.desks import House, save, together
from tests.tenants import Tenant

SOME = sorted(CODES)[:5]
GRAPHS = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(0, 6)), st.dictionaries(st.sampled_from(SOME), st.booleans())),
    min_size=1,
    max_size=7,
)


@settings(max_examples=60, deadline=None)
@given(graph=GRAPHS)
def test_the_database_and_the_domain_agree_about_every_graph(shared_tenant: Tenant, graph: list[Any]) -> None:
    with shared_tenant.as_root() as root, root.transaction(force_rollback=True):
        keys = [uuid4() for _ in graph]
        member = root.execute("SELECT id FROM members").fetchone()
        designs, parents = {}, {}
        for place, (parent, permissions) in enumerate(graph):
            above = parent % place if parent is not None and place else None  # a parent comes first: no circles
            parents[place] = above
            designs[str(place)] = RoleDesign(str(place), "", permissions, None if above is None else str(above))
            root.execute(
                "INSERT INTO roles (id, name, parent_role_id, permissions) VALUES (%s, %s, %s, %s)",
                [keys[place], f"R{place}", None if above is None else keys[above], json.dumps(permissions)],
            )
        root.execute("DELETE FROM user_roles")
        for place, key in enumerate(keys):
            root.execute("INSERT INTO user_roles (member_id, role_id) VALUES (%s, %s)", [member[0], key])  # type: ignore[index]
            granted = {
                code
                for code in SOME
                if root.execute("SELECT FROM grants_of(%s, %s)", [member[0], code]).fetchone() is not None  # type: ignore[index]
            }
            powers = {row[0] for row in root.execute("SELECT permission FROM role_powers(%s)", [key])}
            assert granted == powers == effective(str(place), designs)
            root.execute("DELETE FROM user_roles")


LIMITS = st.lists(st.one_of(st.just("absent"), st.none(), st.integers(0, 900)), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(limits=LIMITS)
def test_the_nearest_role_that_names_a_limit_decides(shared_tenant: Tenant, limits: list[Any]) -> None:
    with shared_tenant.as_root() as root, root.transaction(force_rollback=True):
        above = None
        for place, limit in enumerate(reversed(limits)):
            key = uuid4()
            own = {} if limit == "absent" else {"waste.record": limit}
            root.execute(
                "INSERT INTO roles (id, name, parent_role_id, permissions, limits) VALUES (%s, %s, %s, %s, %s)",
                [key, f"L{place}", above, '{"waste.record": true}', json.dumps(own)],
            )
            above = key
        nearest = next((limit for limit in limits if limit != "absent"), None)
        wanted = Decimal("Infinity") if nearest is None else Decimal(nearest)
        assert root.execute("SELECT amount FROM role_powers(%s)", [above]).fetchone() == (wanted,)


def test_no_role_inherits_from_itself_nor_over_more_than_ten(house: House) -> None:
    chain = [save(house.owner, "Step 1")]
    for step in range(2, 11):
        chain.append(save(house.owner, f"Step {step}", parent=chain[-1]))
    with pytest.raises(UserError, match="cannot be saved") as refused:
        save(house.owner, "Step 11", parent=chain[-1])
    assert [problem.field for problem in refused.value.problems] == ["parent_id"]
    with pytest.raises(UserError) as refused:
        save(house.owner, "Step 1", parent=chain[2], key=chain[0], version=1)
    assert refused.value.problems[0].text == ("The role would inherit from itself: Step 1 → Step 3 → Step 2 → Step 1.")
    top = save(house.owner, "Above")
    with pytest.raises(UserError, match="cannot be saved"):  # ten below it
        save(house.owner, "Step 1", parent=top, key=chain[0], version=1)
    with pytest.raises(UserError) as refused:
        save(house.owner, "Step 1", parent=chain[0], key=chain[0], version=1)
    assert "inherit from itself" in refused.value.problems[0].text
    assert house.value("SELECT count(*) FROM roles WHERE version > 1") == 0


def test_two_edits_at_once_make_no_circle(house: House, administrator: TenantDatabase) -> None:
    for turn in range(5):
        one, two = save(house.owner, f"One {turn}"), save(house.owner, f"Two {turn}")
        failures = together(
            lambda: save(house.owner, f"One {turn}", parent=two, key=one, version=1),  # noqa: B023
            lambda: save(administrator, f"Two {turn}", parent=one, key=two, version=1),  # noqa: B023
        )
        assert len([failure for failure in failures if failure is None]) == 1
        assert all(isinstance(failure, UserError) for failure in failures if failure)


def test_of_two_who_edit_one_role_the_second_is_told(house: House, administrator: TenantDatabase) -> None:
    key = save(house.owner, "Cook", {"items.view": True})
    failures = together(
        lambda: save(house.owner, "Cook", {"stock.view": True}, key=key, version=1),
        lambda: save(administrator, "Cook", {"menu.view": True}, key=key, version=1),
    )
    [failure] = [failure for failure in failures if failure]
    assert isinstance(failure, Conflict)
    assert "Somebody else changed the role Cook" in str(failure)
    assert house.version(key) == 2
