"""One house under load: desks at work, killed at random moments as their server and their lines are."""

import multiprocessing
import random
import re
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ims_desktop.admin.verification.seals import Head
from ims_desktop.database.sealing import seal
from tests.app.journal.cut import Cutting, cutting
from tests.restaurant import ITEMS, Restaurant, receive, seed
from tests.tenants import Tenant, enrol, new_tenant
from tests.torture.crashes import desk, window
from tests.torture.crashes.books import breaches
from tests.torture.crashes.desk import Seat
from tests.torture.crashes.ground import Ground
from tests.torture.crashes.notebook import FOUND, KEPT, Notes, read_notes
from tests.torture.crashes.papers import House

DESKS, WINDOW = ("d1", "d2", "d3", "d4"), "w1"
STOCK = 100_000
CUT_WITHIN = 40_000  # bytes
SEAL_EVERY = 10
LIMIT = 120.0
NO_LOCK, NEW_KEY, LAX = "posting without the lock", "a new key on retry", "synchronous_commit off"
MUTANTS: Mapping[str, str] = {
    LAX: r"was acknowledged .* and is lost",
    NEW_KEY: r"was posted \d+ times",
    NO_LOCK: r"^(level|quantity|value|zero|replay)\b",
}
"""What is wrong on purpose, and the words by which the books must tell it."""


@dataclass(frozen=True)
class Wish:
    """How often the server is killed, what is wrong on purpose, and how many papers are recorded at least."""

    times: int
    seed: int = 1
    mutant: str = ""
    least: int = 0
    desks_die: bool = True
    most_load: float = 1.5  # seconds from when all are at work again until the next kill


@dataclass
class Story:
    """What happened, and what the books say to it."""

    kills: int = 0
    desk_kills: int = 0
    cuts: int = 0
    seconds: float = 0.0
    notes: list[Notes] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)

    def told(self, mutant: str) -> list[str]:
        """The breaches that name what was wrong on purpose."""
        return [breach for breach in self.breaches if re.search(MUTANTS[mutant], breach)]

    def __str__(self) -> str:
        papers = sum(len(one.papers) for one in self.notes)
        safe = sum(len(one.acknowledged) for one in self.notes)
        kept = sum(end == KEPT for one in self.notes for end in one.ends.values())
        found = sum(end == FOUND for one in self.notes for end in one.ends.values())
        retried = sum(len(one.again) for one in self.notes)
        again = sum(one.again.total() for one in self.notes)
        return (
            f"{self.kills} kills of the server, {self.desk_kills} of desks, {self.cuts} lines cut,"
            f" {self.seconds:.0f} s: {papers:,} papers, {safe:,} acknowledged ({kept:,} by a journal),"
            f" {retried:,} sent again {again:,} times, {found:,} of them found by their key."
            f" Breaches: {len(self.breaches)}."
        )


def live_through(ground: Ground, wish: Wish) -> Story:
    """A new restaurant group at this server, its story, and what its books say in the end."""
    with TemporaryDirectory(prefix="ims-desks-") as folder, ExitStack() as stack:
        trial = Trial(ground, wish, Path(folder), stack)
        stack.callback(trial.end)
        return trial.run()


class Trial:
    """The desks, their lines, and who ends them."""

    def __init__(self, ground: Ground, wish: Wish, folder: Path, stack: ExitStack) -> None:
        self._ground, self._wish, self._folder = ground, wish, folder
        self._chance = random.Random(wish.seed)
        self._story = Story()
        self._heads: list[Head] = []
        self._tenant = new_tenant(ground.server)
        house = House.of(_stocked(self._tenant))
        place = ground.server.place
        self._lines: dict[str, Cutting] = {}
        self._seats: dict[str, Seat] = {}
        for number, name in enumerate((*DESKS, *([] if wish.mutant else [WINDOW]))):
            self._lines[name] = stack.enter_context(cutting(place))
            identity = _identity(self._tenant, name)
            there = replace(identity, place=replace(place, port=self._lines[name].port))
            self._seats[name] = Seat(
                name, there, house, folder, wish.seed * 1_000 + number, wish.mutant == LAX, wish.mutant == NEW_KEY
            )
        self._tenant.close()
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([desk.__name__, window.__name__])
        self._process: Callable[..., BaseProcess] = context.Process
        self._at_work: dict[str, BaseProcess] = {}

    def run(self) -> Story:
        """All of it."""
        begun = time.monotonic()
        self._spoil()
        for name in self._seats:
            self._seat(name)
        for number in range(self._wish.times):
            self._round(number)
        self._until(lambda: self._begun() >= self._wish.least, "enough is recorded")
        self._close()
        self._story.seconds = time.monotonic() - begun
        self._story.cuts = sum(line.cuts for line in self._lines.values())
        self._story.notes = [read_notes(seat.notes) for seat in self._seats.values()]
        self._story.breaches += breaches(self._tenant, self._story.notes, self._heads)
        return self._story

    def end(self) -> None:
        """Leave nobody behind."""
        for process in self._at_work.values():
            process.kill()
            process.join()
        if self._wish.mutant == LAX:
            self._ground.flush_late(False)

    # what happens --------------------------------------------------------------------------------------------

    def _round(self, number: int) -> None:
        """Everybody is at work again; then lines are cut, desks die, and the server does."""
        sizes = self._sizes()
        self._until(lambda: all(size > sizes[name] for name, size in self._sizes().items()), "every desk goes on")
        for name in self._chance.sample(list(self._lines), 2):
            self._lines[name].cut_after(self._chance.randrange(CUT_WITHIN))
        time.sleep(self._chance.uniform(0, self._wish.most_load))
        dying = self._chance.random() if self._wish.desks_die else 1.0
        if dying < 0.2:
            self._kill_desk()
        self._ground.kill()
        self._story.kills += 1
        if 0.2 <= dying < 0.4:
            self._kill_desk()
        self._ground.restart()
        if number % SEAL_EVERY == 0 and self._wish.mutant != LAX:
            self._keep_head()

    def _kill_desk(self) -> None:
        name = self._chance.choice(list(self._at_work))
        process = self._at_work[name]
        process.kill()
        process.join()
        self._story.desk_kills += 1
        self._seat(name)

    def _seat(self, name: str) -> None:
        work = window.work if name == WINDOW else desk.work
        self._at_work[name] = self._process(target=work, args=(self._seats[name],), daemon=True)
        self._at_work[name].start()

    def _close(self) -> None:
        for line in self._lines.values():
            line.cut_after(None)
        desk.closing(self._folder).touch()
        for name, process in self._at_work.items():
            process.join(LIMIT)
            if process.exitcode != 0:
                self._story.breaches.append(f"{name} did not come to rest (exit code {process.exitcode})")

    def _keep_head(self) -> None:
        """A seal that was exported must still be there in the end."""
        with self._ground.server.operator() as operator:
            made = seal(operator, self._tenant.names)
        if made is not None and made.number is not None:
            self._heads.append(
                Head(self._tenant.id, "crashes", made.number, made.hash or "", str(made.sealed_at))
            )  # fmt: skip

    def _spoil(self) -> None:
        """Make wrong what is to be noticed."""
        if self._wish.mutant == LAX:
            self._ground.flush_late(True)
        if self._wish.mutant == NO_LOCK:
            with self._tenant.as_root() as root:
                row = root.execute("SELECT pg_get_functiondef(to_regproc('lock_costs'))").fetchone()
                assert row is not None
                assert " FOR UPDATE" in row[0]
                root.execute(row[0].replace(" FOR UPDATE OF c", "").replace(" FOR UPDATE", "").encode())

    # waiting -------------------------------------------------------------------------------------------------

    def _sizes(self) -> dict[str, int]:
        return {name: seat.notes.stat().st_size if seat.notes.exists() else 0 for name, seat in self._seats.items()}

    def _begun(self) -> int:
        return sum(len(read_notes(seat.notes).papers) for seat in self._seats.values())

    def _until(self, happened: Callable[[], bool], what: str) -> None:
        limit = time.monotonic() + LIMIT
        while not happened():
            stopped = [name for name, process in self._at_work.items() if not process.is_alive()]
            assert not stopped, f"{stopped} ended by themselves"
            assert time.monotonic() < limit, f"in {LIMIT:.0f} seconds nobody saw that {what}: {self._sizes()}"
            time.sleep(0.02)


def _stocked(tenant: Tenant) -> Restaurant:
    made = seed(tenant)
    owner = tenant.desk()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    for site in made.sites:
        receive(owner, made, {item[0]: (STOCK, item[7]) for item in ITEMS}, site=site, at=yesterday)
    return made


def _identity(tenant: Tenant, name: str) -> Any:
    """A person of its own for each desk, at a PC of its own."""
    gate = enrol(tenant.server.place, tenant.server.operator_password)
    return tenant.desk(tenant.person("OWNER", role=None), gate).identity
