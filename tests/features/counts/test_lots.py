"""Lots are counted one by one: what is found or missing is of that lot, and what nobody named stands for the rest."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from ims_desktop.admin.verification.lots import LOT_CHECKS
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.counts import service
from ims_desktop.features.counts.rules import Finding, LineState, Scope
from ims_desktop.features.stock.service import DocumentLine, Kind, LotPart
from tests.features.counts.conftest import Bench, enter, entry, line, post, read, review_and_post, start
from tests.features.stock.emptied import emptied

SOON, LATER = date(2026, 3, 12), date(2026, 3, 20)
ITEM, PLACE = "Mozzarella", "Walk-in"


@pytest.fixture(scope="module")
def kept(shared_bench: Bench) -> Bench:
    """Mozzarella is kept by lots that expire; nobody knows for how long it is good."""
    shared_bench.root.execute("UPDATE items SET tracks_lots = 'EXPIRY', shelf_life_days = NULL WHERE name = %s", [ITEM])
    return shared_bench


@pytest.fixture
def there(kept: Bench) -> Iterator[Bench]:
    """5 of a lot that expires late, 4 of one that does so soon, and nothing else."""
    made = emptied(kept).restaurant
    for code, day, quantity in (("late", LATER, 5), ("soon", SOON, 4)):
        lot = (LotPart(code, None, day),)
        arrived = DocumentLine(made.items[ITEM], made.home(ITEM), Decimal(quantity), Decimal(7), lots=lot)
        kept.post(Kind.DELIVERY, arrived, at=datetime.now(UTC) - timedelta(hours=3))
    yield kept
    for check in LOT_CHECKS:
        assert kept.root.execute(check.sql).fetchall() == []


def held(bench: Bench) -> dict[str, Decimal]:
    return dict(
        bench.root.execute(
            "SELECT t.code, s.on_hand FROM stock_lots s JOIN lots t ON t.id = s.lot_id"
            " WHERE s.location_id = %s AND s.item_id = %s AND s.on_hand > 0",
            [bench.restaurant.home(ITEM), bench.restaurant.items[ITEM]],
        ).fetchall()
    )


def say(bench: Bench, sheet: UUID, quantity: str, lot: str | None = None, day: date | None = None) -> None:
    enter(bench, sheet, entry(bench, ITEM, quantity, lot=lot, expires_on=day))


def found(bench: Bench, sheet: UUID) -> dict[str | None, Finding]:
    review = bench.desk.run(service.review, sheet)
    return {one.lot: one for one in review.findings if one.item == ITEM}


def figures(bench: Bench, sheet: UUID) -> dict[str | None, str]:
    """What was counted of what the books had, by lot."""
    return {lot: f"{one.counted:.0f} of {one.expected:.0f}" for lot, one in found(bench, sheet).items()}


def test_each_lot_differs_by_itself_and_a_new_one_is_found(there: Bench) -> None:
    sheet = start(there)
    say(there, sheet, "5", "late")
    say(there, sheet, "1", "soon")
    say(there, sheet, "2", " new ", LATER)
    assert figures(there, sheet) == {"late": "5 of 5", "soon": "1 of 4", "new": "2 of 0"}
    posted = review_and_post(there, sheet)
    assert posted.lines == 2
    assert held(there) == {"late": 5, "soon": 1, "new": 2}


def test_a_lot_that_nobody_named_is_blank_and_somebody_decides_about_it(there: Bench) -> None:
    for blanks, left in (("LEAVE", {"late": Decimal(4), "soon": Decimal(4)}), ("ZERO", {"late": Decimal(4)})):
        sheet = start(there, scope=Scope.LOCATIONS, chosen=(there.restaurant.home(ITEM),))
        say(there, sheet, "4", "late")
        assert found(there, sheet)["soon"].counted is None
        there.desk.run(service.hand_over, sheet, read(there, sheet).version)
        with pytest.raises(UserError, match="something has to be decided"):
            post(there, sheet, None)
        post(there, sheet, blanks)
        assert held(there) == left


def test_what_is_counted_without_a_lot_stands_for_all_that_no_entry_names(there: Bench) -> None:
    sheet = start(there)
    say(there, sheet, "8")
    assert figures(there, sheet) == {None: "8 of 9"}
    say(there, sheet, "5", "late")
    assert figures(there, sheet) == {"late": "5 of 5", None: "8 of 4"}
    again = next(one for one in line(there, sheet, ITEM).entries if one.lot is None)
    enter(there, sheet, entry(there, ITEM, "1", takes_back=again.id))
    review_and_post(there, sheet)
    assert held(there) == {"late": 5, "soon": 1}, "what is missing is of the lot that nobody named"


def test_nothing_named_is_lost_from_what_expires_first(there: Bench) -> None:
    sheet = start(there)
    say(there, sheet, "3")
    review_and_post(there, sheet)
    assert held(there) == {"late": 3}


def test_a_lot_is_compared_with_the_books_of_the_moment_it_was_counted(there: Bench) -> None:
    sheet = start(there)
    say(there, sheet, "4", "soon")
    there.waste(ITEM, 3)  # of what expires first, after it was counted
    say(there, sheet, "5", "late")
    assert [one.difference for one in found(there, sheet).values()] == [0, 0]
    review_and_post(there, sheet)
    assert held(there) == {"late": 5, "soon": 1}


def test_undoing_a_count_gives_its_lots_back(there: Bench) -> None:
    sheet = start(there)
    say(there, sheet, "0", "soon")
    say(there, sheet, "6", "late")
    posted = review_and_post(there, sheet)
    assert held(there) == {"late": 6}
    ending = service.Ending(UUID(int=posted.id.int ^ 1), sheet, read(there, sheet).version, "Wrong shelf")
    there.desk.run(service.undo, ending)
    assert held(there) == {"late": 5, "soon": 4}


@pytest.mark.parametrize(
    ("item", "lot", "day", "said"),
    [
        ("Flour", "A", None, "Flour is not kept by lots."),
        (ITEM, " ", None, "The name of a lot has 1 to 40 letters."),
        (ITEM, "x" * 41, None, "The name of a lot has 1 to 40 letters."),
        (ITEM, "unheard", None, "Say when lot unheard expires."),
        (ITEM, "soon", LATER, "Lot soon of Mozzarella expires on 2026-03-12."),
        (ITEM, None, LATER, "Name the lot that expires."),
        (ITEM, "far", date(1999, 1, 1), "Say when lot far expires."),
    ],
)
def test_what_cannot_be_a_lot_is_said_in_a_sentence(
    there: Bench, item: str, lot: str | None, day: date | None, said: str
) -> None:
    sheet = start(there)
    with pytest.raises(UserError) as refused:
        enter(there, sheet, entry(there, item, "1", lot=lot, expires_on=day))
    assert [(one.field, str(one.text)) for one in refused.value.problems] == [("lot", said)]
    assert line(there, sheet, item).entries == ()


def test_the_lots_are_listed_in_the_order_in_which_they_are_used_unless_one_counts_blind(there: Bench) -> None:
    counter = there.sign_in(there.tenant.person("EMPLOYEE"))

    def listed(sheet: UUID) -> list[str]:
        [whole] = counter.run(service.lines_of, sheet, there.restaurant.home(ITEM), there.restaurant.items[ITEM])
        return [f"{part.lot} {'?' if part.system is None else part.system.normalize()}" for part in whole.parts]

    assert listed(start(there)) == ["soon 4", "late 5", " 0"]
    sheet = start(there, is_blind=True)
    assert listed(sheet) == [" ?"]
    say(there, sheet, "4", "soon")
    assert listed(sheet) == ["soon ?", " ?"], "what somebody counted is no secret"
    assert found(there, sheet)["late"].counted is None, "who reviews it sees what nobody named"
    there.desk.run(service.discard, service.Ending(sheet, sheet, read(there, sheet).version, "Done"))


def progress(bench: Bench, sheet: UUID) -> tuple[int, int]:
    """How many lines of the place are counted, and how many are to be counted again: the same wherever it is asked."""
    shown = read(bench, sheet)
    kept_here = service.counted_so_far(shown, bench.desk.run(service.lines_of, sheet))
    assert [(a.lines, a.counted, a.recounts) for a in kept_here.areas] == [
        (a.lines, a.counted, a.recounts) for a in shown.areas
    ]
    row = next(one for one in bench.desk.run(service.counts, ListQuery()).rows if one.id == sheet)
    assert (row.counted, row.lines) == (shown.counted, shown.lines)
    area = next(one for one in shown.areas if one.location_id == bench.restaurant.home(ITEM))
    return area.counted, area.recounts


def test_an_item_with_lots_is_counted_when_each_that_lies_there_was_named(there: Bench) -> None:
    sheet = start(there, scope=Scope.LOCATIONS, chosen=(there.restaurant.home(ITEM),))
    assert progress(there, sheet) == (0, 0)
    say(there, sheet, "4", "soon")
    assert progress(there, sheet) == (0, 0), "the other lot waits, as the review will say"
    say(there, sheet, "0", "late")
    assert progress(there, sheet) == (1, 0), "missing is said as well"
    there.desk.run(service.recount, sheet, ((there.restaurant.home(ITEM), there.restaurant.items[ITEM]),))
    say(there, sheet, "4", "soon")
    assert progress(there, sheet) == (0, 1), "half of it was counted again"
    say(there, sheet, "5")
    assert progress(there, sheet) == (1, 0), "what is counted without a lot stands for the rest"
    assert {part.lot: part.state for part in line(there, sheet, ITEM).parts} == {
        "soon": LineState.RECOUNTED,
        "late": LineState.TOGETHER,
        "": LineState.RECOUNTED,
    }


def test_what_is_of_no_lot_waits_beside_lots_that_were_counted(there: Bench) -> None:
    item, place = there.restaurant.items[ITEM], there.restaurant.home(ITEM)
    emptied(there)
    there.root.execute("UPDATE items SET tracks_lots = 'NO' WHERE id = %s", [item])
    there.receive(ITEM, 3, 7)
    there.root.execute("UPDATE items SET tracks_lots = 'EXPIRY' WHERE id = %s", [item])
    there.post(Kind.DELIVERY, DocumentLine(item, place, Decimal(4), Decimal(7), lots=(LotPart("soon", None, SOON),)))
    sheet = start(there, scope=Scope.LOCATIONS, chosen=(place,))
    say(there, sheet, "4", "soon")
    assert progress(there, sheet) == (0, 0)
    assert found(there, sheet)[None].counted is None, "the review asks about it too"
    say(there, sheet, "3")
    assert progress(there, sheet) == (1, 0)


def test_how_far_a_blind_count_is_tells_nothing_of_what_lies_there(there: Bench) -> None:
    sheet = start(there, scope=Scope.LOCATIONS, chosen=(there.restaurant.home(ITEM),), is_blind=True)
    say(there, sheet, "4", "soon")
    assert progress(there, sheet) == (1, 0)
    there.desk.run(service.discard, service.Ending(sheet, sheet, read(there, sheet).version, "Done"))


def test_a_count_that_is_over_stays_as_far_as_it_was_whatever_arrives_later(there: Bench) -> None:
    sheet = start(there, scope=Scope.LOCATIONS, chosen=(there.restaurant.home(ITEM),))
    say(there, sheet, "4", "soon")
    say(there, sheet, "5", "late")
    review_and_post(there, sheet)
    arrived = DocumentLine(there.restaurant.items[ITEM], there.restaurant.home(ITEM), Decimal(2), Decimal(7),
                           lots=(LotPart("newest", None, LATER),))  # fmt: skip
    there.post(Kind.DELIVERY, arrived)
    assert read(there, sheet).counted == 1
