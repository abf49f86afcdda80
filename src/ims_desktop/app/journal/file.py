"""The file of a journal: sealed records, one after the other, each on the disk before it counts as written.

A head (what it is, which form, its first number, and a proof of the key), then records: a frame (length, number, check
of both) and the sealed content, bound to the number and to the record before. A write that was cut off leaves a last
record that is too short, or ends in zeros: nobody was told that it is kept, and it is taken away. Anything else that
does not open was changed, and is named.
"""

import os
import struct
import sys
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ims_desktop.app.journal.sealing import BLOCK, OVERHEAD, TAG, CannotOpen, JournalKey
from ims_desktop.database.embedded.claims import try_lock
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import Sentence, say

if sys.platform == "darwin":
    import fcntl

FORM = 1
HEAD = struct.Struct(">12sHQ")  # what it is, its form, the number before its first record
FRAME = struct.Struct(">IQI")  # length of the sealed content, number, check of both
MAGIC = b"IMS journal\n"
PROOF = b"this is the key"
LONGEST = 16 << 20  # bytes of one record: a count of many thousand lines is a tenth of it
OWNER_ONLY, OWNER_FOLDER = 0o600, 0o700


class NotKept(UserError):
    """This PC could not write; what was to be kept is not."""


class InUse(UserError):
    """Another window of the same person holds the journal."""


class FromNewer(UserError):
    """A newer version of the program wrote it."""


@dataclass(frozen=True)
class Reading:
    """What a file holds: its records, the number of the last, how many bytes are whole, what is wrong with the rest."""

    records: tuple[bytes, ...]
    number: int
    whole: int
    wrong: Sentence | None = None
    last: bytes = b""  # to which the next record is bound


class JournalFile:
    """An open journal; nobody else opens it meanwhile. `wrong` says what was found out when it was opened."""

    def __init__(self, path: Path, key: JournalKey, mark: int = 0) -> None:
        self._path, self._key = path, key
        self._lock = _locked(path)
        self._file: IO[bytes] | None = None
        self._size = self._number = 0
        self._last = b""
        try:
            self.records, self.wrong = self._open(mark)
        except BaseException:
            self.close()
            raise

    @property
    def number(self) -> int:
        """How many records were ever written."""
        return self._number

    def append(self, *contents: bytes) -> None:
        """Write records and wait until the disk has them; NotKept when it has not, and then the file is as before."""
        if self._file is None:
            raise NotKept("The journal of this PC is closed. Nothing was saved.")
        pieces, number, last = [], self._number, self._last
        for content in contents:
            number += 1
            pieces.append(_record(self._key, content, number, last))
            last = pieces[-1][-TAG:]
        written = b"".join(pieces)
        try:
            _write_all(self._file, written)
            _to_disk(self._file)
        except OSError as error:
            with suppress(OSError):
                self._file.truncate(self._size)
                self._file.seek(self._size)
                _to_disk(self._file)
            if os.fstat(self._file.fileno()).st_size != self._size:
                self._let_go()  # what stands there now may be half a record: the next start takes it away
            raise _not_kept(error) from error
        self._number, self._last = number, last
        self._size += len(written)

    def rewrite(self, contents: Iterable[bytes]) -> None:
        """Keep these records alone, under new numbers; either all of the old or all of the new is there afterwards."""
        try:
            self._let_go()
            _write_new(self._path, self._key, self._number, contents)
        except OSError as error:
            raise _not_kept(error) from error
        finally:
            self._take(read(self._path.read_bytes(), self._key))

    def close(self) -> None:
        """Let others open it."""
        self._let_go()
        self._lock.close()

    def _let_go(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self, mark: int) -> tuple[tuple[bytes, ...], Sentence | None]:
        try:
            found, wrong = self._found(mark)
            self._take(found)
        except OSError as error:
            raise _not_kept(error) from error
        return found.records, wrong

    def _found(self, mark: int) -> tuple[Reading, Sentence | None]:
        """The file as it is, or a new one in the place of what cannot be gone on with: that is set aside, not lost."""
        if not self._path.exists():
            _write_new(self._path, self._key, mark, ())
            return read(self._path.read_bytes(), self._key), _gone(mark)
        content = self._path.read_bytes()
        found = read(content, self._key)
        wrong = found.wrong
        if wrong is not None:
            wrong = say("{wrong} The file was set aside as {name}.", wrong=wrong, name=self._set_aside(content).name)
        elif found.number < mark:
            wrong = put_back(mark - found.number)
        if wrong is None:
            return found, None
        _write_new(self._path, self._key, max(found.number, mark), found.records)
        return read(self._path.read_bytes(), self._key), wrong

    def _take(self, found: Reading) -> None:
        self._file = self._path.open("r+b", buffering=0)
        self._file.truncate(found.whole)
        self._file.seek(found.whole)
        self._size, self._number, self._last = found.whole, found.number, found.last

    def _set_aside(self, content: bytes) -> Path:
        names = (self._path.with_suffix(f".aside-{n}") for n in range(1, 1000))
        aside = next(name for name in names if not name.exists())
        replace_file(aside, content)
        return aside


def read(content: bytes, key: JournalKey) -> Reading:
    """Everything that opens, in order; FromNewer for a form that is not known yet."""
    if len(content) < HEAD.size or not content.startswith(MAGIC):
        return Reading((), 0, 0, say("What stood in the place of the journal of this PC is none."))
    _, form, number = HEAD.unpack_from(content)
    if form > FORM:
        raise FromNewer(
            "A newer version of the program keeps the journal of this PC. Start that version: what waits there is safe."
        )
    start = HEAD.size + len(PROOF) + _filling(len(PROOF)) + OVERHEAD
    proof = content[HEAD.size : start]
    try:
        key.open(proof, content[: HEAD.size])
    except CannotOpen:
        return Reading(
            (), 0, 0, say("The journal that was found here was not written by you at this PC, or its head was changed.")
        )
    return _records(content, key, number, start)


def _records(content: bytes, key: JournalKey, number: int, at: int) -> Reading:
    records: list[bytes] = []
    last, wrong = content[at - TAG : at], None
    while at < len(content):
        frame = _frame(content, at)
        if frame is None:
            if not _is_torn(content, at):
                wrong = wrong or _changed(number + 1, at)
            break
        length, number = frame
        sealed = content[at + FRAME.size : at + FRAME.size + length]
        try:
            records.append(key.open(sealed, number.to_bytes(8, "big") + last))
        except CannotOpen:
            end = at + FRAME.size + length
            if content[end:].strip(b"\0") == b"" and sealed.endswith(bytes(TAG)):
                break
            wrong = wrong or _changed(number, at)
        last = sealed[-TAG:]
        at += FRAME.size + length
    return Reading(tuple(records), number, at, wrong, last)


def _frame(content: bytes, at: int) -> tuple[int, int] | None:
    """Length and number of a record that is all there."""
    if len(content) < at + FRAME.size:
        return None
    length, number, check = FRAME.unpack_from(content, at)
    if check != _check(length, number) or not OVERHEAD < length <= LONGEST or len(content) < at + FRAME.size + length:
        return None
    return length, number


def _is_torn(content: bytes, at: int) -> bool:
    """Whether a write was cut off here: too little is there, or nothing but zeros."""
    if len(content) < at + FRAME.size or content[at:].strip(b"\0") == b"":
        return True
    length, number, check = FRAME.unpack_from(content, at)
    return bool(check == _check(length, number) and len(content) < at + FRAME.size + length)


def _record(key: JournalKey, content: bytes, number: int, last: bytes) -> bytes:
    sealed = key.seal(content, number.to_bytes(8, "big") + last)
    if len(sealed) > LONGEST:
        raise NotKept("This is too much for one entry. Save it in several parts. Nothing was saved.")
    return FRAME.pack(len(sealed), number, _check(len(sealed), number)) + sealed


def _check(length: int, number: int) -> int:
    return zlib.crc32(struct.pack(">IQ", length, number))


def _filling(length: int) -> int:
    return -(length + 4) % BLOCK + 4


def _changed(number: int, at: int) -> Sentence:
    return say(
        "Record {number} of the journal of this PC was changed or exchanged, at byte {at}.", number=number, at=at
    )


def put_back(missing: int) -> Sentence:
    """The file is older than the server knows it."""
    return say(
        "The journal of this PC was put back to an earlier state: {missing} of its records are missing.",
        missing=missing,
    )


def _gone(mark: int) -> Sentence | None:
    return say("The journal that you kept on this PC is gone: what was not sent from it is lost.") if mark else None


# the disk ------------------------------------------------------------------------------------------------------------


def write_sealed(path: Path, key: JournalKey, content: bytes) -> None:
    """Keep one content for itself, in the place of what was kept before."""
    try:
        path.parent.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
        replace_file(path, key.seal(content, b"kept as " + path.name.encode()))
    except OSError as error:
        raise _not_kept(error) from error


def read_sealed(path: Path, key: JournalKey) -> bytes | None:
    """What was kept; None when nothing was, or nothing that this key opens."""
    try:
        return key.open(path.read_bytes(), b"kept as " + path.name.encode())
    except (OSError, CannotOpen):
        return None


def _write_new(path: Path, key: JournalKey, number: int, contents: Iterable[bytes]) -> None:
    """A new file, whole or not at all; its records are numbered on from `number`."""
    contents = tuple(contents)
    head = HEAD.pack(MAGIC, FORM, number)
    written = head + key.seal(PROOF, head)
    for content in contents:
        number += 1
        written += _record(key, content, number, written[-TAG:])
    replace_file(path, written)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, for its owner alone."""
    new = path.with_name(f"{path.name}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), OWNER_ONLY)
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        _write_all(file, content)
        _to_disk(file)
    os.replace(new, path)
    if sys.platform != "win32":  # the name as well
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _write_all(file: IO[bytes], content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[file.write(left) :]


def _to_disk(file: IO[bytes]) -> None:
    if sys.platform == "darwin":  # fsync leaves the bytes in the disk's own memory there
        fcntl.fcntl(file.fileno(), fcntl.F_FULLFSYNC)
    else:
        os.fsync(file.fileno())


def _locked(path: Path) -> IO[bytes]:
    try:
        path.parent.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
        lock = path.with_suffix(".lock").open("ab")
    except OSError as error:
        raise _not_kept(error) from error
    if not try_lock(lock):
        lock.close()
        raise InUse("Another window of yours on this PC keeps the journal.")
    return lock


def _not_kept(error: OSError) -> NotKept:
    why = error.strerror or type(error).__name__
    return NotKept(
        say("This PC could not keep it: {why}. Nothing was saved. Make room on the disk, then do it again.", why=why)
    )
