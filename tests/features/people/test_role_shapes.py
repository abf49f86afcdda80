"""What a role may look like: names, permissions and limits of every shape."""

import json
from typing import Any
from uuid import uuid4

import pytest

from ims_desktop.domain.errors import UserError
from tests.features.people.desks import House, ask, save

NAMES = [
    ("", "Give the role a name."),
    ("   \t ", "Give the role a name."),
    ("x" * 101, "A name has at most 100 letters."),
    ("y" * 10_000, "A name has at most 100 letters."),
    ("OWNER", "Another role has this name, or one that looks like it."),
    ("Оwnеr", "Another role has this name, or one that looks like it."),
    ("Öwner", "Another role has this name, or one that looks like it."),
    ("Owner", "Another role has this name, or one that looks like it."),
    (" Owner ", "Another role has this name, or one that looks like it."),
    ("Own\u200ber", "A name has no invisible characters."),
    ("Cook\u202etseb", "A name has no invisible characters."),
    ("Bell\x07", "A name has no invisible characters."),
    ("Two\nlines", "A name has no invisible characters."),
]


def test_hostile_names_are_refused_in_a_sentence_and_odd_ones_are_kept(house: House) -> None:
    for name, sentence in NAMES:
        with pytest.raises(UserError) as refused:
            save(house.owner, name)
        assert [(p.field, p.text) for p in refused.value.problems] == [("name", sentence)], name[:20]
    odd = 'Robert\'); DROP TABLE roles; -- "½%s" {x} 寿司 🍕'
    made = save(house.owner, f"  {odd}  ")
    assert house.role(odd) == made
    assert house.value("SELECT count(*) FROM roles") == 5


SHAPES: list[tuple[Any, Any, list[str]]] = [
    ([], {}, ["permissions"]),
    ("items.view", {}, ["permissions"]),
    (7, 7, ["permissions", "limits"]),
    (
        {"items.view": "yes", "items.edit": 1, "stock.view": None, "menu.view": {}},
        {},
        ["items.edit", "items.view", "menu.view", "stock.view"],
    ),
    ({"items.destroy": True, "": True}, {}, ["", "items.destroy"]),
    ({"x" * 30_000: True}, {}, ["permissions"]),
    (
        {},
        {"items.view": 5, "waste.record": "5", "sales.void": -1, "adjustments.record": 1.001},
        ["adjustments.record", "items.view", "sales.void", "waste.record"],
    ),
    ({}, {"waste.record": 1e12, "sales.void": [1]}, ["sales.void", "waste.record"]),
]


def test_permissions_of_the_wrong_shape_are_refused_all_at_once(house: House) -> None:
    for permissions, limits, fields in SHAPES:
        with pytest.raises(UserError) as refused:
            ask(house.owner, "save_role", uuid4(), 0, "Odd", None, json.dumps(permissions), json.dumps(limits))
        assert sorted(str(p.field) for p in refused.value.problems) == sorted(fields), str(permissions)[:40]
    for missing in (None,):
        with pytest.raises(UserError):
            ask(house.owner, "save_role", uuid4(), 0, "Odd", None, missing, missing)
    assert house.value("SELECT count(*) FROM roles WHERE name = 'Odd'") == 0
    save(
        house.owner,
        "Good",
        {"items.view": True, "stock.cost": False},
        limits={"waste.record": 12.5, "sales.void": None},
    )


def test_the_first_roles_can_be_changed_but_keep_their_names_and_stay(house: House) -> None:
    counter = house.role("Counter")
    save(house.owner, "Counter", {"items.view": True, "stock.view": True}, key=counter, version=1)
    with pytest.raises(UserError, match="cannot be saved"):
        save(house.owner, "Till", {}, key=counter, version=2)
    with pytest.raises(UserError, match="stays"):
        ask(house.owner, "delete_role", counter, 2)
