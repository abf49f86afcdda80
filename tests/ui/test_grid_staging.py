"""Staged edits against a plain model: a list of snapshots and a finger in it."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ims_desktop.domain.editing import CellPlace
from ims_desktop.ui.staging import Staged, Staging

OLD = {CellPlace(row, column): row * 10 for row in range(3) for column in ("par", "price")}
PLACES = st.sampled_from(sorted(OLD, key=str))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("stage"), st.dictionaries(PLACES, st.integers(0, 30) | st.none(), min_size=1, max_size=4)),
        st.tuples(st.sampled_from(("undo", "redo")), st.none()),
    ),
    max_size=25,
)


def _staged(place: CellPlace, new: int) -> Staged:
    return Staged(place.row, OLD[place], new, str(new))


@given(STEPS)
@settings(max_examples=300)
def test_undo_and_redo_are_a_finger_in_a_list_of_snapshots(steps: list[tuple[str, Any]]) -> None:
    staging = Staging()
    snapshots: list[dict[CellPlace, int]] = [{}]
    finger = 0
    for what, cells in steps:
        if what == "stage":
            staging.stage({place: None if new is None else _staged(place, new) for place, new in cells.items()})
            after = {**snapshots[finger], **cells}
            after = {place: new for place, new in after.items() if new is not None and new != OLD[place]}
            if after != snapshots[finger]:
                snapshots, finger = [*snapshots[: finger + 1], after], finger + 1
        elif what == "undo":
            staging.undo()
            finger = max(finger - 1, 0)
        else:
            staging.redo()
            finger = min(finger + 1, len(snapshots) - 1)
        assert {place: cell.new for place, cell in staging.cells.items()} == snapshots[finger]
        assert staging.can_undo is (finger > 0)
        assert staging.can_redo is (finger < len(snapshots) - 1)
        changes = {change.place: (change.old, change.new) for change in staging.changes()}
        assert changes == {place: (OLD[place], new) for place, new in snapshots[finger].items()}


def test_somebody_elses_value_is_kept_until_somebody_chooses() -> None:
    staging, place = Staging(), CellPlace(1, "par")
    staging.stage({place: _staged(place, 5)})
    staging.meet(place, 7)
    assert list(staging.marked) == [place]
    staging.meet(place, OLD[place])
    assert not staging.marked
    staging.meet(place, 7)
    staging.keep_mine(place)
    [change] = staging.changes()
    assert (change.old, change.new) == (7, 5)
    staging.meet(place, 5)  # the other one came to the same
    assert staging.cells == {}


def test_what_was_refused_is_forgiven_when_it_is_changed() -> None:
    staging, place = Staging(), CellPlace(1, "par")
    staging.stage({place: _staged(place, 5)})
    staging.refuse({place: "Too many."}, {})
    assert staging.problem(place) == "Too many."
    staging.stage({place: _staged(place, 6)})
    assert staging.problem(place) == ""
