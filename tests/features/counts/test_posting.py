"""From the first entry to the posting, and back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb

from ims_desktop.domain.errors import Conflict, Denied, UserError
from ims_desktop.features.counts import service
from ims_desktop.features.counts.rules import Blanks, LineState
from ims_desktop.features.counts.service import Ending, Posting
from tests.features.counts.conftest import Bench, enter, entry, line, post, read, review_and_post, start

WHY = "The point was in the wrong place"
SHIFT = ("counts.enter", "counts.post", "stock.view", "items.view", "sites.view")


def ago(minutes: int) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)


def test_a_sale_between_counting_and_posting_is_handled(bench: Bench) -> None:
    bench.receive("Flour", 50, 2, at=ago(300))
    sheet = start(bench)
    enter(bench, sheet, entry(bench, "Flour", "48", at=ago(60)))
    bench.waste("Flour", 5, at=ago(55))
    posted = review_and_post(bench, sheet)
    assert [moved.quantity for moved in bench.movements(posted.id)] == [-2]
    assert bench.cost("Flour").quantity == 43
    assert read(bench, sheet).state == "POSTED"


def test_two_places_and_a_correction_of_one_entry_alone(bench: Bench) -> None:
    bench.receive("Flour", 50, 2, at=ago(300))
    sheet = start(bench)
    enter(bench, sheet, entry(bench, "Flour", "10"), entry(bench, "Flour", "7", place="Bar"))
    first = line(bench, sheet, "Flour").entries[0]
    enter(bench, sheet, entry(bench, "Flour", "9", takes_back=first.id))
    again = line(bench, sheet, "Flour")
    assert [each.quantity for each in again.entries] == [10, 9], "nothing is overwritten"
    assert again.counted == 9
    assert line(bench, sheet, "Flour", "Bar").counted == 7
    assert again.counting[0].counted_at == first.counted_at, "a correction is as of what it corrects"
    review_and_post(bench, sheet)
    assert bench.cost("Flour").quantity == 16


def test_every_place_is_compared_at_its_own_time(bench: Bench) -> None:
    bench.receive("Flour", 50, 2, at=ago(300))
    sheet = start(bench)
    enter(bench, sheet, entry(bench, "Flour", "50", at=ago(60)), entry(bench, "Lemon", "3", at=ago(10)))
    bench.waste("Flour", 5, at=ago(50))
    bench.receive("Lemon", 3, 1, at=ago(20))
    posted = review_and_post(bench, sheet)
    assert bench.movements(posted.id) == [], "both agree with the books of their own moment"
    assert posted.number
    assert bench.cost("Flour").quantity == 45
    assert bench.cost("Lemon").quantity == 3


def test_what_moved_while_a_place_was_counted_is_marked(bench: Bench) -> None:
    bench.receive("Flour", 50, 2, at=ago(300))
    sheet = start(bench)
    enter(bench, sheet, entry(bench, "Flour", "30", at=ago(60)), entry(bench, "Flour", "15", at=ago(40)))
    bench.waste("Flour", 5, at=ago(50))
    found = next(each for each in bench.desk.run(service.review, sheet).findings if each.item == "Flour")
    assert (found.has_moved, found.expected, found.difference) == (True, 45, 0)


@pytest.mark.parametrize(("blanks", "left"), [("LEAVE", 20), ("ZERO", 0)])
def test_the_person_decides_about_blanks(bench: Bench, blanks: str, left: int) -> None:
    bench.receive("Flour", 50, 2, at=ago(300))
    bench.receive("Butter", 20, 7, at=ago(300))
    sheet = start(bench)
    enter(bench, sheet, entry(bench, "Flour", "50"))
    bench.desk.run(service.hand_over, sheet, read(bench, sheet).version)
    with pytest.raises(UserError) as refused:
        post(bench, sheet, None)
    assert "lines were not counted: leave them as they are, or count them as zero." in refused.value.problems[0].text
    post(bench, sheet, blanks)
    assert bench.cost("Flour").quantity == 50
    assert bench.cost("Butter").quantity == left


def test_over_the_tolerance_it_is_counted_again_or_approved(bench: Bench) -> None:
    bench.receive("Flour", 50, 2, at=ago(300))
    bench.receive("Butter", 20, 7, at=ago(300))
    sheet = start(bench, tolerance_percent=Decimal(5), tolerance_value=Decimal(10))
    enter(bench, sheet, entry(bench, "Flour", "49"), entry(bench, "Butter", "15"))
    bench.desk.run(service.hand_over, sheet, read(bench, sheet).version)
    with pytest.raises(UserError) as refused:
        post(bench, sheet)
    assert [each.text for each in refused.value.problems] == [
        "Butter in Walk-in is over the tolerance: have it counted again, or approved."
    ]
    place, item = bench.restaurant.home("Butter"), bench.restaurant.items["Butter"]
    assert bench.desk.run(service.recount, sheet, ((place, item),)).result == 1
    again = line(bench, sheet, "Butter")
    assert again.state is LineState.RECOUNT
    assert again.counted is None
    assert again.before == 15
    with pytest.raises(UserError, match="something has to be decided"):
        post(bench, sheet)
    # counting is done, but for what is counted again
    with pytest.raises(UserError, match="something has to be put right"):
        enter(bench, sheet, entry(bench, "Flour", "1"))
    enter(bench, sheet, entry(bench, "Butter", "14"))
    post(bench, sheet)
    assert bench.cost("Butter").quantity == 14
    assert bench.cost("Flour").quantity == 49


def test_an_approval_is_of_what_was_seen(bench: Bench) -> None:
    bench.receive("Flour", 50, 2, at=ago(300))
    sheet = start(bench, tolerance_percent=Decimal(5))
    enter(bench, sheet, entry(bench, "Flour", "40"))
    bench.desk.run(service.hand_over, sheet, read(bench, sheet).version)
    seen = bench.desk.run(service.review, sheet).seen
    bench.desk.run(service.recount, sheet, ((bench.restaurant.home("Flour"), bench.restaurant.items["Flour"]),))
    enter(bench, sheet, entry(bench, "Flour", "41"))
    with pytest.raises(Conflict, match="counted meanwhile"):
        bench.desk.run(service.approve, sheet, read(bench, sheet).version, seen)
    with pytest.raises(Conflict, match="counted meanwhile"):
        bench.desk.run(service.post, Posting(uuid4(), sheet, read(bench, sheet).version, seen, Blanks.LEAVE))
    bench.desk.run(service.approve, sheet, read(bench, sheet).version, seen + 1)
    assert read(bench, sheet).approved_by
    post(bench, sheet)
    assert bench.cost("Flour").quantity == 41


def test_what_was_approved_and_differs_since_is_not_approved(bench: Bench) -> None:
    bench.receive("Flour", 50, 2, at=ago(300))
    sheet = start(bench, tolerance_percent=Decimal(5))
    enter(bench, sheet, entry(bench, "Flour", "40"))
    bench.desk.run(service.hand_over, sheet, read(bench, sheet).version)
    seen = bench.desk.run(service.review, sheet).seen
    bench.desk.run(service.approve, sheet, read(bench, sheet).version, seen)
    bench.waste("Flour", 4, at=ago(200))  # late paper from before the count
    with pytest.raises(UserError) as refused:
        post(bench, sheet)
    assert refused.value.problems[0].text.startswith("Flour in Dry store is over the tolerance")
    bench.desk.run(service.approve, sheet, read(bench, sheet).version, seen)
    post(bench, sheet)
    assert bench.cost("Flour").quantity == 40


def test_a_posting_is_undone_with_a_reason_put_right_and_posted_again(bench: Bench) -> None:
    bench.receive("Flour", 50, 2, at=ago(300))
    sheet = start(bench)
    enter(bench, sheet, entry(bench, "Flour", "4.8", at=ago(60)))
    review_and_post(bench, sheet)
    assert bench.cost("Flour").quantity == Decimal("4.8")
    version, key = read(bench, sheet).version, uuid4()
    with pytest.raises(UserError, match="Say why"):
        bench.desk.run(service.undo, Ending(key, sheet, version, " "))
    undone = bench.desk.run(service.undo, Ending(key, sheet, version, WHY)).result
    assert bench.cost("Flour").quantity == 50
    assert bench.desk.run(service.undo, Ending(key, sheet, version, WHY)).result == undone
    again = read(bench, sheet)
    assert (again.state, again.reason) == ("REVIEW", WHY)
    bench.desk.run(service.reopen, sheet, again.version)
    enter(bench, sheet, entry(bench, "Flour", "48", takes_back=line(bench, sheet, "Flour").entries[0].id))
    review_and_post(bench, sheet)
    assert bench.cost("Flour").quantity == 48


def test_the_same_key_posts_once(bench: Bench) -> None:
    bench.receive("Flour", 50, 2, at=ago(300))
    sheet = start(bench)
    one = entry(bench, "Flour", "48")
    assert (enter(bench, sheet, one), enter(bench, sheet, one)) == (1, 0)
    bench.desk.run(service.hand_over, sheet, read(bench, sheet).version)
    seen, version, key = bench.desk.run(service.review, sheet).seen, read(bench, sheet).version, uuid4()
    first, again = (
        bench.desk.run(service.post, Posting(key, sheet, version, seen, Blanks.LEAVE)).result for _ in range(2)
    )
    assert first == again
    assert bench.cost("Flour").quantity == 48
    with pytest.raises(Conflict):
        bench.desk.run(service.post, Posting(uuid4(), sheet, version, seen, Blanks.LEAVE))


def test_all_errors_of_a_block_at_once_and_nothing_of_it_entered(shared_bench: Bench) -> None:
    sheet = start(shared_bench)
    good, negative = entry(shared_bench, "Flour", "1"), entry(shared_bench, "Butter", "-1")
    late = entry(shared_bench, "Lemon", "2", at=datetime.now(UTC) + timedelta(hours=1))
    gone = entry(shared_bench, "Prawns", None)
    with pytest.raises(UserError) as refused:
        enter(shared_bench, sheet, good, negative, late, gone)
    assert [(each.row, each.field) for each in refused.value.problems] == [
        (2, "quantity"),
        (3, "counted_at"),
        (4, "quantity"),
    ]
    assert line(shared_bench, sheet, "Flour").entries == ()


def test_somebody_whose_limit_is_too_low_needs_an_approval(bench: Bench) -> None:
    bench.receive("Flour", 50, 2, at=ago(300))
    with bench.tenant.as_root() as root:
        role = root.execute(
            "INSERT INTO roles (name, permissions, limits) VALUES ('Shift', %s, %s) RETURNING name",
            (Jsonb(dict.fromkeys(SHIFT, True)), Jsonb({"counts.post": 10})),
        ).fetchone()
    assert role is not None
    shift = bench.sign_in(bench.tenant.person("EMPLOYEE", role="Shift"))
    sheet = start(bench, desk=shift)
    enter(bench, sheet, entry(bench, "Flour", "40"), desk=shift)
    shift.run(service.hand_over, sheet, read(bench, sheet).version)
    with pytest.raises(Denied, match=r"worth more than your limit of 10\.00"):
        post(bench, sheet, desk=shift)
    with pytest.raises(Denied, match="somebody with a higher one approves"):
        shift.run(service.approve, sheet, read(bench, sheet).version, shift.run(service.review, sheet).seen)
    bench.desk.run(service.approve, sheet, read(bench, sheet).version, bench.desk.run(service.review, sheet).seen)
    post(bench, sheet, desk=shift)
    assert bench.cost("Flour").quantity == 40


def test_a_count_ends_without_a_posting(shared_bench: Bench) -> None:
    shared_bench.receive("Flour", 50, 2, at=ago(300))
    before = shared_bench.cost("Flour").quantity
    sheet = start(shared_bench)
    enter(shared_bench, sheet, entry(shared_bench, "Flour", "1"))
    shared_bench.desk.run(service.discard, Ending(uuid4(), sheet, read(shared_bench, sheet).version, "Started twice"))
    assert read(shared_bench, sheet).state == "DISCARDED"
    with pytest.raises(Conflict, match="discarded"):
        enter(shared_bench, sheet, entry(shared_bench, "Flour", "1"))
    assert shared_bench.cost("Flour").quantity == before
