"""What a desk writes down outside the database: before it sends, and when it heard an answer. It outlives the desk."""

import json
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ims_desktop.domain.plain_values import from_plain, to_plain
from tests.torture.crashes.papers import DOINGS, Paper

POSTED, FOUND, KEPT, REFUSED = "posted", "found", "kept", "refused"
ACKNOWLEDGED = frozenset({POSTED, FOUND, KEPT})


@dataclass
class Notes:
    """What stands in a notebook: the papers by number as they were sent last, how they ended, and what was odd."""

    papers: dict[str, Paper] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)  # what the server called them
    again: Counter[str] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)

    @property
    def acknowledged(self) -> list[Paper]:
        """What the desk was told is safe."""
        return [paper for number, paper in self.papers.items() if self.ends.get(number) in ACKNOWLEDGED]

    @property
    def unanswered(self) -> list[Paper]:
        """What was sent, or was about to be, and has no answer."""
        return [paper for number, paper in self.papers.items() if number not in self.ends]


def read_notes(path: Path) -> Notes:
    """The notes of a desk; a line that was cut off by its death says nothing."""
    notes = Notes()
    content = path.read_bytes() if path.exists() else b""
    for line in content.splitlines(keepends=True):
        if line.endswith(b"\n"):
            _take(notes, json.loads(line))
    return notes


def _take(notes: Notes, said: dict[str, Any]) -> None:
    number = said.get("paper", "")
    match said["is"]:
        case "asked":
            kind = said["kind"]
            notes.papers[number] = Paper(number, kind, from_plain(DOINGS[kind].value, said["value"]))
        case "again":
            notes.again[number] += 1
        case "odd":
            notes.odd.append(said["text"])
        case end:
            notes.ends[number] = end
            if said.get("number"):
                notes.numbers[number] = said["number"]
            if said.get("text"):
                notes.odd.append(f"{number} was refused: {said['text']}")


class Notebook:
    """The notebook of a desk at work."""

    def __init__(self, path: Path) -> None:
        whole = path.read_bytes().rpartition(b"\n") if path.exists() else (b"", b"", b"")
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.ftruncate(self._file, len(whole[0]) + len(whole[1]))

    def ask(self, paper: Paper) -> None:
        """It is about to be sent."""
        self._write("asked", paper=paper.number, kind=paper.kind, value=to_plain(paper.value))

    def again(self, paper: Paper, why: Exception) -> None:
        """There was no answer: it goes once more."""
        self._write("again", paper=paper.number, why=type(why).__name__)

    def end(self, paper: Paper, how: str, number: int | None = None) -> None:
        """The server has it."""
        self._write(how, paper=paper.number, number=number)

    def refuse(self, paper: Paper, words: str) -> None:
        """The server does not want it."""
        self._write(REFUSED, paper=paper.number, text=words)

    def odd(self, text: str) -> None:
        """Something that nobody should see."""
        self._write("odd", text=text)

    def _write(self, what: str, **more: Any) -> None:
        os.write(self._file, (json.dumps({"is": what, **more}) + "\n").encode())
