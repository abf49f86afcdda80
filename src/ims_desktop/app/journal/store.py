"""The open file of a journal with the entries in it; everything here runs off the GUI thread, one thing at a time."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ims_desktop.app.journal import entries
from ims_desktop.app.journal.entries import Entries
from ims_desktop.app.journal.file import JournalFile, put_back, read_sealed, write_sealed
from ims_desktop.app.journal.sealing import JournalKey
from ims_desktop.domain.plain_values import NotThisValue, from_plain, to_plain
from ims_desktop.domain.wording import Sentence, say
from ims_desktop.domain.work import here
from ims_desktop.ui.journal import Sending, State

LONG = 500  # records after which the file is written anew with what is not settled


class Store:
    """Written records are heard at once, so that what is shown is what is on the disk."""

    def __init__(self, path: Path, key: JournalKey, mark: int, sendings: Mapping[str, Sending]) -> None:
        self._path, self._key = path, key
        self.entries = Entries(sendings)
        self._file = JournalFile(path, key, mark)
        self._began = self._file.number
        self.entries.take(self._file.records)
        self._found = {entry.key for entry in self.entries}
        self.wrong: Sentence | None = self._file.wrong
        if self.wrong is not None:
            self._hold_all()
        self.tidy()

    @property
    def number(self) -> int:
        """How far the journal is."""
        return self._file.number

    @here
    def write(self, *records: bytes) -> None:
        """Keep records; NotKept when the disk does not take them, and then nothing has changed."""
        self._file.append(*records)
        self.entries.take(records)

    @here
    def compare(self, mark: int) -> Sentence | None:
        """What is wrong with a journal that was opened without the server, now that it says how far this was."""
        if mark <= self._began:
            return None
        self.wrong = put_back(mark - self._began)
        self._hold_all()
        return self.wrong

    def tidy(self) -> None:
        """Write a long file anew."""
        if len(self._file.records) > LONG:
            self._file.rewrite(self.entries.compact())

    @here
    def remember(self, name: str, value: Any) -> None:
        """Keep a value for the time without a server."""
        content = json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":")).encode()
        write_sealed(self._place(name), self._key, content)

    @here
    def recall(self, name: str, kind: type) -> Any:
        """What was kept under a name; None when nothing was, or nothing that is understood here."""
        content = read_sealed(self._place(name), self._key)
        try:
            return None if content is None else from_plain(kind, json.loads(content))
        except (NotThisValue, ValueError):
            return None

    @here
    def close(self) -> None:
        """Let others open it."""
        self._file.close()

    def _place(self, name: str) -> Path:
        return self._path.with_suffix(f".{name}")

    def _hold_all(self) -> None:
        """After something was changed or lost nothing that was found is sent by itself: it may have been discarded."""
        why = say(
            "{wrong} Look whether it was recorded or given up since, then send it again or discard it.",
            wrong=self.wrong,
        )
        waiting = [entry for entry in self.entries.of(State.WAITING) if entry.key in self._found]
        if waiting:
            self.write(*(entries.held(entry.key, why) for entry in waiting))
