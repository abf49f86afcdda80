"""The matrix of roles: what a cell says, what turning it does, and whom changes concern."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.permissions import CATALOGUE
from ims_desktop.features.people.rules import (
    PermissionRow,
    Role,
    State,
    below,
    carried_over,
    cell_of,
    differ,
    differences,
    effect,
    heading_of,
    limited,
    name_problems,
    ordered,
    turned,
)

WASTE = PermissionRow("waste", "record", "Record waste", True)
STOCK = PermissionRow("stock", "view", "See stock")
BASE, MIDDLE, LEAF = UUID(int=1), UUID(int=2), UUID(int=3)


def roles(*said: dict[str, bool], limits: tuple[dict[str, Decimal | None], ...] = ({}, {}, {})) -> dict[UUID, Role]:
    keys = (BASE, MIDDLE, LEAF)
    return {
        key: Role(key, f"Role {place}", keys[place - 1] if place else None, permissions, limits[place], version=1)
        for place, (key, permissions) in enumerate(zip(keys, said, strict=False))
    }


def test_turning_a_cell_goes_round_and_denies_only_what_there_is() -> None:
    known = roles({"waste.record": True}, {})
    states = []
    for _ in range(3):
        states.append(cell_of(known[MIDDLE], WASTE, known).state)
        known[MIDDLE] = turned(known[MIDDLE], WASTE.code, known)
    assert states == [State.INHERITED, State.DENIED, State.INHERITED]
    states = []
    for _ in range(3):
        states.append(cell_of(known[MIDDLE], STOCK, known).state)
        known[MIDDLE] = turned(known[MIDDLE], STOCK.code, known)
    assert states == [State.NONE, State.OWN, State.NONE]


@given(st.lists(st.sampled_from(["turn", "above yes", "above no", "above nothing"]), max_size=12))
def test_turning_always_changes_who_may(steps: list[str]) -> None:
    known = roles({}, {})
    for step in steps:
        before = cell_of(known[MIDDLE], STOCK, known)
        if step == "turn":
            known[MIDDLE] = turned(known[MIDDLE], STOCK.code, known)
            assert cell_of(known[MIDDLE], STOCK, known) != before
        else:
            said: dict[str, bool] = {"above yes": {STOCK.code: True}, "above no": {STOCK.code: False}}.get(step, {})
            known[BASE] = replace(known[BASE], permissions=said)


def test_a_limit_is_shown_where_it_comes_from() -> None:
    known = roles({"waste.record": True}, {}, {}, limits=({"waste.record": Decimal(50)}, {}, {"waste.record": None}))
    base, middle, leaf = (cell_of(known[key], WASTE, known) for key in (BASE, MIDDLE, LEAF))
    assert (base.limit, base.own_limit) == (Decimal(50), True)
    assert (middle.limit, middle.own_limit, middle.source) == (Decimal(50), False, "Role 0")
    assert (leaf.limit, leaf.own_limit) == (None, True)
    assert cell_of(limited(known[LEAF], "waste.record", None, inherit=True), WASTE, known).limit == Decimal(50)


def test_the_owner_keeps_everything() -> None:
    known = roles({"waste.record": False}, {})
    owner = replace(known[MIDDLE], name="Owner", is_builtin=True)
    cell = cell_of(owner, WASTE, known | {MIDDLE: owner})
    assert (cell.state, cell.limit) == (State.OWN, None)


def test_changes_are_counted_and_concern_people() -> None:
    before = roles({"waste.record": True}, {"stock.view": True}, {})
    before[MIDDLE] = replace(before[MIDDLE], people=("Ana", "Ben"))
    before[LEAF] = replace(before[LEAF], people=("Ben", "Carla"))
    after = before | {BASE: replace(before[BASE], permissions={"stock.view": True}, name="New", parent_id=None)}
    assert differences(before[BASE], after[BASE]) == 3
    assert differences(None, after[BASE]) == 1
    assert effect(before, after, (WASTE, STOCK)) == (0, 3)
    assert differ(WASTE, before) is False
    assert differ(STOCK, before) is True
    assert below(before[MIDDLE], before) == {MIDDLE, LEAF}


CODES = st.sampled_from(["a.b", "c.d", "e.f"])
SAID = st.dictionaries(CODES, st.booleans())
LIMITS = st.dictionaries(CODES, st.one_of(st.none(), st.integers(0, 9).map(Decimal)))


@given(before=SAID, mine=SAID, theirs=SAID, limits=st.tuples(LIMITS, LIMITS, LIMITS))
def test_what_i_changed_stays_and_the_rest_is_theirs(before: Any, mine: Any, theirs: Any, limits: Any) -> None:
    old, changed, other = (
        Role(BASE, "Role", None, said, limit, version=version)
        for version, (said, limit) in enumerate(zip((before, mine, theirs), limits, strict=True), 1)
    )
    result = carried_over(old, changed, other)
    assert result.version == other.version
    for part, first, second, third in ((result.permissions, before, mine, theirs), (result.limits, *limits)):
        for code in ("a.b", "c.d", "e.f"):
            nothing = object()
            i_did = first.get(code, nothing) != second.get(code, nothing)
            assert part.get(code, nothing) is (second if i_did else third).get(code, nothing)


def test_roles_stand_from_the_simplest_to_the_owner() -> None:
    known = roles({}, {}, {})
    owner = Role(UUID(int=9), "Owner", None, {}, {}, is_builtin=True)
    assert [role.id for role in ordered([owner, known[LEAF], known[BASE], known[MIDDLE]])] == [
        BASE, MIDDLE, LEAF, owner.id,
    ]  # fmt: skip


def test_every_permission_has_a_heading_and_headings_stand_together() -> None:
    headings = [heading_of(PermissionRow(p.resource, p.action, p.title)) for p in CATALOGUE]
    runs = [heading for place, heading in enumerate(headings) if not place or headings[place - 1] != heading]
    assert len(runs) == len(set(runs))


def test_names_are_looked_at_before_they_are_sent() -> None:
    assert [problem.text for name in ("", " ", "x" * 101, "a\0b", "a\u202eb") for problem in name_problems(name)] == [
        "Enter a name.",
        "Enter a name.",
        "A name has at most 100 letters.",
        "A name has no invisible characters.",
        "A name has no invisible characters.",
    ]
    assert not name_problems("Robert'); DROP TABLE roles; -- 寿司")
