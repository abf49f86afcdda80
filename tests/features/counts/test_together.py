"""Several people at several PCs on one sheet: nothing is overwritten, and everybody sees how far it is."""

import json
import subprocess
import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from queue import Empty, Queue
from statistics import median
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ims_desktop.features.counts.rules import CountEntry, live, total
from tests.features.counts.conftest import Bench, enter, entry, line, read, review_and_post, start

SOON = 2.0  # seconds until another desk shows what was entered
TIMES = 8
PATIENCE = 60.0  # seconds for the next word of a process on a busy computer


class Counter:
    """A counter in a process of its own, who stays at one place."""

    def __init__(self, bench: Bench, login: str, sheet: UUID, place: UUID) -> None:
        gate, where = bench.gate, bench.gate.place
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.features.counts.counter"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.tell(
            host=where.host,
            port=where.port,
            database=where.database,
            user=gate.user,
            gate=gate.password,
            login=login,
            tenant=str(bench.tenant.id),
            sheet=str(sheet),
            place=str(place),
        )
        self._said: Queue[str] = Queue()
        Thread(target=self._listen, daemon=True).start()
        assert self.hear("that it is ready") == {"ready": True}

    def _listen(self) -> None:
        """Every line it says, and an empty one when it ends."""
        assert self.process.stdout is not None
        for words in self.process.stdout:
            self._said.put(words)
        self._said.put("")

    def tell(self, **said: Any) -> None:
        """Say something to it."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(said) + "\n")
        self.process.stdin.flush()

    def hear(self, awaited: str) -> dict[str, Any]:
        """What it says next; a counter that says nothing fails the test, and is not waited for any longer."""
        try:
            words = self._said.get(timeout=PATIENCE)
        except Empty:
            raise AssertionError(f"the counter did not say {awaited} in {PATIENCE} seconds") from None
        assert words, f"the counter ended before it said {awaited}"
        said: dict[str, Any] = json.loads(words)
        return said

    def close(self) -> None:
        """Let it go home."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def test_two_counters_at_two_pcs_on_one_sheet_while_something_is_sold(bench: Bench) -> None:
    bench.receive("Flour", 50, 2, at=datetime.now(UTC) - timedelta(hours=5))
    bench.receive("Lemon", 30, 1, at=datetime.now(UTC) - timedelta(hours=5))
    sheet, made = start(bench), bench.restaurant
    flour, lemon = str(made.items["Flour"]), str(made.items["Lemon"])
    with ExitStack() as stack:
        here, there = (
            Counter(bench, bench.tenant.person("EMPLOYEE"), sheet, place)
            for place in (made.home("Flour"), made.home("Flour"))
        )
        for counter in (here, there):
            stack.callback(counter.close)
        for number in range(TIMES):  # both at once into the same line, and each into one of their own
            here.tell(item=flour, quantity=str(number))
            there.tell(item=flour, quantity=str(number))
        said: dict[Counter, list[dict[str, Any]]] = {here: [], there: []}
        for counter in (here, there):
            while not _done(said[counter]):
                heard = said[counter]
                told = f"all {TIMES} entries of its own and {2 * TIMES} on the sheet, but only {heard[-1:]}"
                heard.append(counter.hear(told))
        bench.waste("Flour", 6)  # sold after both were done
        here.tell(item=lemon, quantity="30")
        seen: dict[str, Any] = {}
        while seen.get("seen") != 2 * TIMES + 1 or "late" not in seen:
            seen = there.hear(f"that it was told of entry {2 * TIMES + 1}, but only {seen}")
    late = [one["late"] for each in (*said.values(), [seen]) for one in each if "late" in one]
    assert median(late) < SOON, "one of them may have waited for a computer that was busy with something else"
    flours = line(bench, sheet, "Flour")
    assert sorted(each.quantity for each in flours.entries if each.quantity is not None) == sorted([*range(TIMES)] * 2)
    assert len({each.by_id for each in flours.entries}) == 2
    assert flours.counted == 56
    review_and_post(bench, sheet)
    assert bench.cost("Flour").quantity == 56 - 6, "what was sold after it was counted is gone, and found is found"


def _done(said: list[dict[str, Any]]) -> bool:
    """Whether a counter entered everything and saw what the other one did."""
    return sum("entered" in one for one in said) == TIMES and any(one.get("seen") == 2 * TIMES for one in said)


WHO = (uuid4(), uuid4(), uuid4())
# Each step: who, what was counted or nothing, and which of one's own earlier entries it stands for, if any.
STEPS = st.lists(
    st.tuples(st.sampled_from(WHO), st.one_of(st.none(), st.integers(0, 10**6)), st.integers(-3, 12)), max_size=25
)


@given(STEPS, st.integers(0, 30))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_entries_add_up_as_a_ledger_of_them_does(steps: list[tuple[UUID, int | None, int]], recount: int) -> None:
    entries: list[CountEntry] = []
    model: dict[int, Decimal] = {}  # what counts, by entry
    for number, (who, quantity, back) in enumerate(steps, 1):
        mine = [each.id for each in entries if each.by_id == who and each.id in model]
        taken = mine[back % len(mine)] if mine and back >= 0 else None
        if quantity is None and taken is None:
            continue
        if taken is not None:
            del model[taken]
        if quantity is not None:
            model[number] = Decimal(quantity)
        amount = None if quantity is None else Decimal(quantity)
        entries.append(CountEntry(number, amount, "", "", datetime.now(UTC), taken, who, "", None))
    counting = {key: value for key, value in model.items() if key > recount}
    assert {each.id for each in live(entries, recount)} == set(counting)
    assert total(entries, recount) == (sum(counting.values(), Decimal(0)) if counting else None)
    assert total(entries) == (sum(model.values(), Decimal(0)) if model else None)


def test_the_server_adds_up_as_the_rules_do(bench: Bench) -> None:
    """The same history through the database: sums, corrections, somebody else's entry, a recount."""
    bench.receive("Flour", 5, 2, at=datetime.now(UTC) - timedelta(hours=5))
    sheet = start(bench)
    for quantity in ("10", "7", "0.5"):
        enter(bench, sheet, entry(bench, "Flour", quantity))
    first, second, _third = (each.id for each in line(bench, sheet, "Flour").entries)
    enter(bench, sheet, entry(bench, "Flour", "9", takes_back=first), entry(bench, "Flour", None, takes_back=second))
    assert line(bench, sheet, "Flour").counted == Decimal("9.5")
    assert read(bench, sheet).counted == 1
    review_and_post(bench, sheet)
    assert bench.cost("Flour").quantity == Decimal("9.5")
