"""A desk that records papers until the house closes, whatever happens to the server and to itself."""

import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from ims_desktop.database import place
from ims_desktop.database.sign_in import Identity
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Conflict, Offline, UnknownOutcome, UserError
from ims_desktop.features.stock.service import Posted, outcome
from tests.torture.crashes.notebook import FOUND, POSTED, Notebook, read_notes
from tests.torture.crashes.papers import DOINGS, Author, House, Paper

BEFORE, AFTER = 0.03, 0.03  # so often something breaks just before, and just after COMMIT
PAUSE = 0.05
MOST_CONFLICTS = 5
STRICT, LAX = (
    "set_config('synchronous_commit', 'on', false) = 'on'",
    "set_config('synchronous_commit', 'off', false) = 'off'",
)


@dataclass(frozen=True)
class Seat:
    """Where a desk sits: who is at it, what the house is like, and where its notes are."""

    name: str
    identity: Identity
    house: House
    folder: Path
    seed: int
    is_lax: bool = False  # a mutant: it lets the server answer before anything is written
    forgets_keys: bool = False  # a mutant: what goes again has another key

    @property
    def notes(self) -> Path:
        """Its notebook."""
        return self.folder / f"{self.name}.notes"

    @property
    def is_closing(self) -> bool:
        """Whether nothing new is begun."""
        return closing(self.folder).exists()


def closing(folder: Path) -> Path:
    """What lies there once the house closes."""
    return folder / "closing"


def work(seat: Seat) -> None:
    """Settle what is unanswered from before, then go on until the house closes."""
    if seat.is_lax:
        place.KEEP = _lax(place.KEEP)
    Desk(seat).work()


def _lax(keep: str) -> str:
    assert STRICT in keep
    return keep.replace(f"current_setting('synchronous_commit') <> 'off' OR {STRICT}", LAX)


class Desk:
    """Sends one paper at a time, under its key, until it has an answer."""

    def __init__(self, seat: Seat) -> None:
        notes = read_notes(seat.notes)
        self._seat = seat
        self._chance = random.Random(seat.seed + len(notes.papers))
        self._database = TenantDatabase(seat.identity, pool_size=1)
        self._author = Author(seat.house, seat.name, self._chance, notes.acknowledged)
        self._waiting = notes.unanswered
        self._notebook = Notebook(seat.notes)

    def work(self) -> None:
        """Papers, one after another."""
        for paper in self._waiting:
            self._settle(self._changed(paper))
        while not self._seat.is_closing:
            if (begun := self._next()) is not None:
                self._notebook.ask(begun)
                self._settle(begun)

    def _next(self) -> Paper | None:
        try:
            return self._author.next(self._database.run)
        except (Offline, Conflict):
            time.sleep(PAUSE)
        except Exception as odd:  # noted, and judged at the end
            self._notebook.odd(f"{self._seat.name} could not read: {odd!r}")
            time.sleep(PAUSE)
        return None

    def _settle(self, paper: Paper) -> None:
        conflicts = 0
        while True:
            try:
                result = self._send(paper)
                number = result.number if isinstance(result, Posted) else None
                self._notebook.end(paper, POSTED, number)
                break
            except UnknownOutcome as unknown:
                self._notebook.again(paper, unknown)
                if self._is_there(paper):
                    break
                paper = self._changed(paper)
            except Offline as not_now:
                self._notebook.again(paper, not_now)
                time.sleep(PAUSE)
            except UserError as refused:
                conflicts += isinstance(refused, Conflict)
                if isinstance(refused, Conflict) and conflicts < MOST_CONFLICTS:
                    self._notebook.again(paper, refused)
                    time.sleep(PAUSE)
                    continue
                self._notebook.refuse(paper, " ".join([refused.text, *(one.text for one in refused.problems)]))
                return
            except Exception as odd:
                self._notebook.refuse(paper, repr(odd))
                return
        self._author.heard(paper)

    def _send(self, paper: Paper) -> Any:
        use_case, trouble = DOINGS[paper.kind].use_case, self._chance.random()
        if trouble < BEFORE:
            self._database.run(breaking_before_commit, use_case, paper.value)
        answer = self._database.run(use_case, paper.value).result
        if trouble > 1 - AFTER:
            raise UnknownOutcome("It broke after COMMIT.")
        return answer

    def _is_there(self, paper: Paper) -> bool:
        """Half of the time it is asked first what became of the key; the other half goes again without asking."""
        if self._seat.forgets_keys or self._chance.random() < 0.5:
            return False
        try:
            found = self._database.run(outcome, paper.key)
        except (Offline, UnknownOutcome):
            return False
        if found is not None:
            self._notebook.end(paper, FOUND, found.number)
        return found is not None

    def _changed(self, paper: Paper) -> Paper:
        if not self._seat.forgets_keys:
            return paper
        changed = paper.under_another_key()
        self._notebook.ask(changed)
        return changed


def breaking_before_commit(connection: Connection, use_case: Any, value: Any) -> None:
    """Does it, and breaks when all is done but COMMIT."""
    use_case(connection, value)
    raise UnknownOutcome("It broke before COMMIT.")
