"""The walk and the tree, without a database."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.features.storage.rules import LocationDraft, moved, parent_problem, path, renumbered

A, B, C, D = (UUID(int=number) for number in range(1, 5))
NAMES = {A: "Walk-in", B: "Shelf", C: "Box", D: "Bar"}
PARENTS = {A: None, B: A, C: B, D: None}

orders = st.lists(st.uuids(), min_size=1, unique=True)


@given(orders, st.data())
def test_moving_there_and_back_changes_nothing(order: list[UUID], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(order) - 1))
    key = order[place]
    up = moved(order, key, -1)
    assert sorted(up) == sorted(order)
    if place > 0:
        assert up.index(key) == place - 1
        assert moved(up, key, 1) == order
    else:
        assert up == order


@given(orders, st.data())
def test_numbers_rise_by_ten_and_only_differing_ones_are_written(order: list[UUID], data: st.DataObject) -> None:
    before = {key: data.draw(st.integers(0, 50)) for key in order}
    after = {**before, **renumbered(order, before)}
    assert [after[key] for key in order] == [10 * (place + 1) for place in range(len(order))]
    assert renumbered(order, after) == {}


def test_a_location_shows_where_it_lies() -> None:
    assert path(C, NAMES, PARENTS) == ("Walk-in", "Shelf", "Box")


def test_nothing_lies_inside_itself_or_at_another_site() -> None:
    circle = parent_problem(LocationDraft("Walk-in", D, C, A), PARENTS, NAMES)
    assert circle is not None
    assert circle.text == "It would lie inside itself: Walk-in inside Box inside Shelf inside Walk-in."
    assert parent_problem(LocationDraft("Walk-in", D, A, A), PARENTS, NAMES) is not None
    assert parent_problem(LocationDraft("Walk-in", D, UUID(int=99), A), PARENTS, NAMES) is not None
    assert parent_problem(LocationDraft("Shelf", D, D, B), PARENTS, NAMES) is None
