"""What goes in a circle is worth one thing, whatever was worked out together with it."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from ims_desktop.domain.circles import Step, circles
from ims_desktop.domain.valuation import Books, Entry, Method

MORNING = datetime(2026, 3, 2, 6, tzinfo=UTC)


def step(place: str, quantity: int, *sources: int) -> Step:
    return Step(place, Decimal(quantity), sources)


def test_nothing_is_late_while_nothing_is_short() -> None:
    found = circles([step("a", 5), step("a", -2), step("b", 2, 1)])
    assert not any(found.late)
    assert set(found.stages) == {0}


def test_what_was_short_is_late_where_it_went() -> None:
    found = circles([step("a", -2), step("b", 2, 0), step("b", -1), step("c", 1, 2), step("a", 1), step("a", 1)])
    assert [number for number, late in enumerate(found.late) if late] == [1]
    assert set(found.stages) == {0}


def test_what_is_covered_by_what_it_became_goes_in_a_circle_and_what_follows_comes_after() -> None:
    steps = [step("a", -4), step("b", 4, 0), step("b", -4), step("a", 6, 2), step("a", -1), step("c", 1, 4)]
    assert [circles(steps).stages[number] for number in (1, 3, 5)] == [1, 1, 2]


def test_circles_stand_behind_those_they_depend_on() -> None:
    one = [step("a", -4), step("b", 4, 0), step("b", -4), step("a", 9, 2)]
    two = [step("a", -2), step("c", 2, 4), step("c", -6), step("d", 6, 6), step("d", -6), step("c", 6, 8)]
    assert [circles([*one, *two]).stages[number] for number in (1, 3, 5, 7, 9)] == [1, 1, 2, 3, 3]


def test_what_covers_the_short_it_was_made_of_is_a_circle_of_its_own() -> None:
    assert circles([step("a", -2), step("a", 3, 0)]).stages == [0, 1]


def entry(number: int, place: str, hour: int, quantity: str, worth: str | None = None, **more: Any) -> Entry:
    return Entry(
        number,
        place,
        MORNING + timedelta(hours=hour),
        Decimal(quantity),
        None if worth is None else Decimal(worth),
        **more,
    )


def test_a_circle_that_grows_out_of_all_measure_leaves_a_slow_one_alone() -> None:
    slow = [
        entry(5, "a", 1, "-5"),
        entry(6, "b", 1, "19.678850", made_of=(5,)),
        entry(3, "b", 5, "-10.510037"),
        entry(4, "a", 5, "4.151659", made_of=(3,)),
        entry(23, "b", 9, "-6"),
        entry(24, "a", 9, "1", "7", made_of=(23,)),
    ]
    wild = [
        entry(7, "c", 1, "-17.992403"),
        entry(8, "d", 1, "1", "0.333333", made_of=(7,)),
        entry(9, "d", 7, "-8.902897"),
        entry(10, "c", 7, "8", made_of=(9,)),
    ]
    alone, together = Books().settle(slow), Books().settle([*slow, *wild])
    assert alone.settled
    assert alone.worths[6] > 28
    assert not together.settled
    assert {one.id: together.worths[one.id] for one in slow} == alone.worths


def test_what_only_passes_covers_nothing_that_is_short() -> None:
    lost = [entry(4, "x", 2, "7.333333", of=2, passes=True), entry(5, "x", 2, "-7.333333", of=4, passes=True)]
    others = [
        entry(1, "x", 0, "10", "3.333333"),
        entry(2, "x", 1, "-11"),
        entry(3, "harbour", 2, "3.666667", of=2),
        entry(6, "y", 3, "7.471869", "17.84"),
        entry(7, "x", 4, "-9"),
        entry(8, "y", 4, "9", "7.98", made_of=(7,)),
        entry(9, "y", 5, "-11.234918"),
        entry(10, "x", 5, "6.829877", "7.57", made_of=(9,)),
    ]
    with_lost, without = Books().settle([*others, *lost]), Books().settle(others)
    assert {one.id: with_lost.worths[one.id] for one in others} == without.worths


def a_history(chance: random.Random) -> list[Entry]:
    """Receipts, issues, transfers there and back, and production, often short."""
    entries: list[Entry] = []
    for hour in range(30):
        at, number = MORNING + timedelta(hours=hour), len(entries) + 1
        place, other, third = chance.sample("abcd", 3)
        some = Decimal(chance.randint(1, 9)) / chance.choice((1, 1, 3, 7))
        some = some.quantize(Decimal("0.000001"))
        kind = chance.random()
        if kind < 0.3:
            entries.append(Entry(number, place, at, some, Decimal(chance.randint(1, 5000)) / 100))
        elif kind < 0.5:
            entries.append(Entry(number, place, at, -some))
        elif kind < 0.8:
            entries += [Entry(number, place, at, -some), Entry(number + 1, other, at, some, of=number)]
        else:
            entries += [
                Entry(number, place, at, -some),
                Entry(number + 1, other, at, some / 2, made_of=(number,)),
                Entry(number + 2, third, at, some, made_of=(number,)),
            ]
    method = chance.choice(list(Method))
    return [entry._replace(method=method, quantity=round(entry.quantity, 6)) for entry in entries]


def test_the_answer_is_the_same_with_what_it_depends_on_settled_before() -> None:
    seen: Counter[str] = Counter()
    for seed in range(120):
        entries = a_history(random.Random(seed))
        books = Books().settle(entries)
        seen["circles"] += books.circles > 0
        seen["endless"] += not books.settled
        number = {entry.id: place for place, entry in enumerate(entries)}
        steps = [
            Step(entry.place, entry.quantity, tuple(number[one] for one in (*entry.made_of, entry.of) if one))
            for entry in entries
        ]
        stages = circles(steps).stages
        before = {
            entry.id
            for entry, its in zip(entries, stages, strict=True)
            if (entry.of or entry.made_of) and its == 0 and _stages_of(entry, entries, stages) == {0}
        }
        given = [
            entry._replace(of=None, made_of=(), worth=books.worths[entry.id]) if entry.id in before else entry
            for entry in entries
        ]
        again = Books().settle(given)
        assert again.worths == books.worths, seed
        seen["given"] += len(before) > 0
    assert min(seen["circles"], seen["endless"], seen["given"]) > 3, seen


def _stages_of(entry: Entry, entries: list[Entry], stages: Sequence[int]) -> set[int]:
    """Of everything that takes from the same."""
    same = (entry.of, entry.made_of)
    return {its for one, its in zip(entries, stages, strict=True) if (one.of, one.made_of) == same}
