"""What goes in a circle is worth one thing, whatever was worked out together with it."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

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
