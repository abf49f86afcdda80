"""What the records of a journal say: entries, and what became of each."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.plain_values import NotThisValue, from_plain, to_plain
from ims_desktop.domain.wording import Words
from ims_desktop.ui.journal import UNSETTLED, Entry, Sending, State

UNKNOWN = "This program cannot read the entry: another version wrote it. Start that version, or discard the entry."


@dataclass(frozen=True)
class Noted:
    """What is kept of an entry beside its states; `plain` is written again when the file is."""

    entry: Entry
    plain: Mapping[str, Any]
    going: bool = False  # sent, and no answer so far
    doubtful: bool = False  # an earlier sending had no answer


class Entries:
    """The entries of a journal by key, in the order in which they were made; every change has a record."""

    def __init__(self, sendings: Mapping[str, Sending]) -> None:
        self._sendings = sendings
        self._noted: dict[UUID, Noted] = {}

    def __iter__(self) -> Any:
        return (noted.entry for noted in self._noted.values())

    def find(self, key: UUID) -> Entry | None:
        """An entry by its key."""
        noted = self._noted.get(key)
        return noted.entry if noted else None

    def of(self, *states: State) -> tuple[Entry, ...]:
        """The entries in these states."""
        return tuple(entry for entry in self if entry.state in states)

    def take(self, records: Iterable[bytes]) -> None:
        """Hear what the records say, in their order."""
        for record in records:
            said = json.loads(record)
            key = UUID(said["key"])
            if said["is"] == "entry":
                self._add(key, said)
            elif key in self._noted:
                self._noted[key] = self._after(self._noted[key], said)

    def compact(self) -> tuple[bytes, ...]:
        """Records that say the same of everything that is not settled."""
        records = []
        for noted in self._noted.values():
            entry = noted.entry
            if entry.state not in UNSETTLED:
                continue
            records.append(_record(**{**noted.plain, "replaces": None}))
            if noted.doubtful or noted.going:
                records.append(going(entry.key))
            if entry.state is State.REFUSED:
                records.append(refused(entry.key, UserError(entry.text, entry.problems)))
            elif entry.state is State.HELD and entry.text != UNKNOWN:
                records.append(held(entry.key, entry.text))
        return tuple(records)

    def _add(self, key: UUID, said: Mapping[str, Any]) -> None:
        entry = Entry(
            key,
            said["kind"],
            datetime.fromisoformat(said["at"]),
            UUID(said["site"]) if said["site"] else None,
            tuple(said["lines"]),
        )
        sending = self._sendings.get(entry.kind)
        try:
            if sending is None:
                raise NotThisValue(entry.kind)
            entry = replace(entry, value=from_plain(sending.value, said["value"]))
        except NotThisValue:
            entry = replace(entry, state=State.HELD, text=UNKNOWN)
        self._noted[key] = Noted(entry, said)
        before = UUID(said["replaces"]) if said["replaces"] else None
        if before in self._noted and self._noted[before].entry.state in UNSETTLED:
            old = self._noted[before]
            self._noted[before] = replace(old, entry=replace(old.entry, state=State.DISCARDED, text=""))

    def _after(self, noted: Noted, said: Mapping[str, Any]) -> Noted:
        entry, what = noted.entry, said["is"]
        if what == "going":
            noted = replace(noted, going=True, doubtful=noted.doubtful or noted.going)
        elif what == "unsent":
            noted = replace(noted, going=False)
        elif what == "refused":
            problems = tuple(Problem(text, field, row) for text, field, row in said["problems"])
            entry = replace(entry, state=State.REFUSED, text=said["text"], problems=problems)
            noted = replace(noted, going=False, doubtful=False)
        elif what == "held":
            entry = replace(entry, state=State.HELD, text=said["text"])
        elif what == "again":
            entry = replace(entry, state=State.WAITING, text="", problems=())
        else:
            entry = replace(entry, state=State(what), text="", problems=())
        settled = entry.state is not State.WAITING
        return replace(noted, entry=replace(entry, may_discard=settled or not (noted.going or noted.doubtful)))


def written(
    sending: Sending, value: Any, at: datetime, site: UUID | None, lines: tuple[str, ...], replaces: UUID | None
) -> bytes:
    """The record of a new entry."""
    return _record(
        **{"is": "entry"},
        key=str(value.key),
        kind=sending.kind,
        at=at.isoformat(),
        site=str(site) if site else None,
        lines=list(lines),
        value=to_plain(value),
        replaces=str(replaces) if replaces else None,
    )


def going(key: UUID) -> bytes:
    """It is being sent: from now on the server may have it."""
    return _record(**{"is": "going"}, key=str(key))


def unsent(key: UUID) -> bytes:
    """The server was not reached at all."""
    return _record(**{"is": "unsent"}, key=str(key))


def sent(key: UUID) -> bytes:
    """The server has it."""
    return _record(**{"is": State.SENT.value}, key=str(key))


def refused(key: UUID, error: UserError) -> bytes:
    """The server said no."""
    problems = [[problem.text, problem.field, problem.row] for problem in error.problems]
    return _record(**{"is": "refused"}, key=str(key), text=error.text, problems=problems)


def held(key: UUID, why: Words) -> bytes:
    """Somebody has to look at it first."""
    return _record(**{"is": "held"}, key=str(key), text=why)


def again(key: UUID) -> bytes:
    """Its person wants it sent as it is."""
    return _record(**{"is": "again"}, key=str(key))


def discarded(key: UUID) -> bytes:
    """Its person gave it up."""
    return _record(**{"is": State.DISCARDED.value}, key=str(key))


def _record(**said: Any) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
