"""The file of a journal: nothing that was kept is lost, whatever is cut off; whatever is changed is named."""

import errno
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ims_desktop.app.journal import file as kept
from ims_desktop.app.journal.file import FRAME, HEAD, FromNewer, InUse, JournalFile, NotKept, read_sealed, write_sealed
from ims_desktop.app.journal.sealing import JournalKey

NAME = UUID(int=7)
KEY = JournalKey.of(NAME, bytes(32), "secret of the PC")
CONTENTS = st.binary(max_size=300)


@pytest.fixture(autouse=True, scope="module")
def quick_disk() -> Iterator[None]:
    """What these tests ask does not depend on when the disk of this computer has the bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _descriptor: None)
        yield


@contextmanager
def journal(path: Path, key: JournalKey = KEY, mark: int = 0) -> Iterator[JournalFile]:
    opened = JournalFile(path, key, mark)
    try:
        yield opened
    finally:
        opened.close()


def written(path: Path, *contents: bytes) -> bytes:
    """The bytes of a journal with these records."""
    with journal(path) as opened:
        for content in contents:
            opened.append(content)
    return path.read_bytes()


def ends_of(content: bytes) -> list[int]:
    """Where its head and each of its records end."""
    ends = [HEAD.size + 64 + 28]
    while ends[-1] < len(content):
        ends.append(ends[-1] + FRAME.size + FRAME.unpack_from(content, ends[-1])[0])
    return ends


def test_what_was_written_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    written(path, b"one", b"", b"x" * 5000)
    with journal(path) as again:
        assert again.records == (b"one", b"", b"x" * 5000)
        assert (again.number, again.wrong) == (3, None)
        again.append(b"four", b"five")
    with journal(path, mark=5) as again:
        assert (again.records[3:], again.wrong) == ((b"four", b"five"), None)


def test_nothing_can_be_read_in_the_file_nor_told_by_its_length(tmp_path: Path) -> None:
    one = written(tmp_path / "1.journal", b"1.5 kg Mozzarella")
    other = written(tmp_path / "2.journal", b"1250 kg Mozzarella!")
    assert b"Mozz" not in one
    assert len(one) == len(other)


@pytest.mark.skipif(sys.platform == "win32", reason="rights of files are others there")
def test_only_its_owner_reads_the_file(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "a.journal"
    written(path, b"one")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_cut_off_at_any_byte_everything_before_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    content = written(path, b"one", b"two" * 40, b"three")
    ends = ends_of(content)
    for cut in range(ends[0], len(content) + 1):
        path.write_bytes(content[:cut])
        with journal(path) as again:
            assert again.wrong is None, cut
            assert len(again.records) == sum(end <= cut for end in ends[1:])
            again.append(b"more")
        with journal(path) as again:
            assert (again.records[-1], again.wrong) == (b"more", None)


def test_a_last_record_of_zeros_was_never_written(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    content = written(path, b"one", b"two")
    start = ends_of(content)[1]
    for kept_bytes in (0, 3, FRAME.size, FRAME.size + 20):
        path.write_bytes(content[: start + kept_bytes] + bytes(len(content) - start - kept_bytes))
        with journal(path) as again:
            assert (again.records, again.wrong) == ((b"one",), None)


def test_a_changed_byte_is_named_and_the_file_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    content = written(path, b"one", b"two", b"three")
    ends = ends_of(content)
    for at in range(HEAD.size, len(content), 7):
        for aside in tmp_path.glob("*.aside-*"):
            aside.unlink()
        changed = bytearray(content)
        changed[at] ^= 0x40
        path.write_bytes(changed)
        with journal(path) as again:
            assert again.wrong is not None, f"byte {at}"
            assert set(again.records) <= {b"one", b"two", b"three"}
            place = sum(end <= at for end in ends)
            if place:
                assert f"Record {place} " in again.wrong
                assert again.records[: place - 1] == (b"one", b"two", b"three")[: place - 1]
        [aside] = tmp_path.glob("*.aside-*")
        assert aside.read_bytes() == changed
        assert aside.name in again.wrong
        with journal(path) as later:
            assert later.wrong is None


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 2, 1), (0, 2), (1, 2), (0, 0, 1, 2), (0, 1, 2, 1)], ids=str)
def test_records_that_are_exchanged_left_out_or_repeated_are_refused(tmp_path: Path, order: tuple[int, ...]) -> None:
    path = tmp_path / "a.journal"
    content = written(path, b"one", b"two", b"three")
    ends = ends_of(content)
    pieces = [content[start:end] for start, end in pairwise(ends)]
    path.write_bytes(content[: ends[0]] + b"".join(pieces[place] for place in order))
    with journal(path) as again:
        assert again.wrong is not None
        assert "changed or exchanged" in again.wrong


def test_a_record_of_an_earlier_day_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    before = written(path, b"give 5 kg away")
    with journal(path) as opened:
        opened.rewrite(())
        opened.append(b"another")
    now = path.read_bytes()
    path.write_bytes(now + before[ends_of(before)[0] :])
    with journal(path) as again:
        assert again.wrong is not None
        assert again.records == (b"another",)


def test_an_older_file_is_found_out_by_what_the_server_knows(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    older = written(path, b"entry")
    with journal(path) as opened:
        opened.append(b"discarded")
        mark = opened.number
    path.write_bytes(older)
    with journal(path, mark=mark) as again:
        assert again.wrong is not None
        assert "earlier state" in again.wrong
        assert again.records == (b"entry",)
        assert again.number > mark - 1
    path.unlink()
    with journal(path, mark=mark) as again:
        assert again.wrong is not None
        assert "gone" in again.wrong


@pytest.mark.parametrize(
    "other",
    [
        JournalKey.of(NAME, bytes(32), "secret of another PC"),
        JournalKey.of(NAME, b"another person".ljust(32), "secret of the PC"),
        JournalKey.of(UUID(int=8), bytes(32), "secret of the PC"),
    ],
    ids=["another PC", "another person", "another journal"],
)
def test_somebody_else_opens_nothing_and_destroys_nothing(tmp_path: Path, other: JournalKey) -> None:
    path = tmp_path / "a.journal"
    content = written(path, b"one")
    with journal(path, other) as theirs:
        assert theirs.records == ()
        assert theirs.wrong is not None
        assert "not written by you at this PC" in theirs.wrong
    [aside] = tmp_path.glob("*.aside-*")
    assert aside.read_bytes() == content


def test_two_windows_do_not_write_one_journal(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    with journal(path) as first:
        with pytest.raises(InUse):
            JournalFile(path, KEY)
        first.append(b"one")
    with journal(path) as second:
        assert second.records == (b"one",)


def test_a_newer_form_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    content = bytearray(written(path, b"one"))
    content[12:14] = (9).to_bytes(2, "big")
    path.write_bytes(content)
    with pytest.raises(FromNewer):
        JournalFile(path, KEY)
    assert path.read_bytes() == bytes(content)
    assert list(tmp_path.glob("*.aside-*")) == []
    with pytest.raises(FromNewer):  # and the lock was given back
        JournalFile(path, KEY)


def test_a_full_disk_is_said_and_spoils_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.journal"
    real = kept._write_all

    def full(target: Any, content: bytes) -> None:
        target.write(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with journal(path) as opened:
        opened.append(b"one")
        monkeypatch.setattr(kept, "_write_all", full)
        with pytest.raises(NotKept, match="No space left on device"):
            opened.append(b"two")
        with pytest.raises(NotKept):
            opened.rewrite([b"one"])
        monkeypatch.setattr(kept, "_write_all", real)
        opened.append(b"three")
    with journal(path) as again:
        assert (again.records, again.wrong) == ((b"one", b"three"), None)


def test_a_write_that_never_reached_the_disk_is_not_told_as_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.journal"
    with journal(path) as opened:

        def broken(_file: Any) -> None:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        monkeypatch.setattr(kept, "_to_disk", broken)
        with pytest.raises(NotKept):
            opened.append(b"one")
        monkeypatch.undo()
        opened.append(b"two")
    with journal(path) as again:
        assert again.records == (b"two",)


def test_a_value_kept_beside_belongs_to_its_name(tmp_path: Path) -> None:
    write_sealed(tmp_path / "a.site-1", KEY, b"levels")
    assert read_sealed(tmp_path / "a.site-1", KEY) == b"levels"
    shutil.copy(tmp_path / "a.site-1", tmp_path / "a.site-2")
    assert read_sealed(tmp_path / "a.site-2", KEY) is None
    assert read_sealed(tmp_path / "nothing", KEY) is None


class Life(RuleBasedStateMachine):
    """A journal that is written, killed at any byte, opened, and written anew, in any order."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ims-journal-"))
        self.path = self.folder / "a.journal"
        self.told: list[bytes] = []
        self.opened: JournalFile | None = JournalFile(self.path, KEY)

    @precondition(lambda self: self.opened is not None)
    @rule(contents=st.lists(CONTENTS, min_size=1, max_size=3))
    def write(self, contents: list[bytes]) -> None:
        assert self.opened is not None
        self.opened.append(*contents)
        self.told += contents

    @precondition(lambda self: self.opened is not None)
    @rule(keep=st.integers(0, 3))
    def tidy(self, keep: int) -> None:
        assert self.opened is not None
        self.told = self.told[len(self.told) - min(keep, len(self.told)) :]
        self.opened.rewrite(self.told)

    @precondition(lambda self: self.opened is not None)
    @rule(content=CONTENTS, share=st.floats(0, 0.999))
    def killed_while_writing(self, content: bytes, share: float) -> None:
        """Of a record that nobody was told about, any part is there."""
        assert self.opened is not None
        before = self.path.stat().st_size
        self.opened.append(content)
        size = self.path.stat().st_size
        self.opened.close()
        os.truncate(self.path, before + int((size - before) * share))
        self.opened = None

    @precondition(lambda self: self.opened is not None)
    @rule()
    def end(self) -> None:
        assert self.opened is not None
        self.opened.close()
        self.opened = None

    @precondition(lambda self: self.opened is None)
    @rule()
    def start(self) -> None:
        self.opened = JournalFile(self.path, KEY)
        assert self.opened.wrong is None
        assert list(self.opened.records) == self.told

    @invariant()
    def what_was_told_is_on_the_disk(self) -> None:
        if hasattr(self, "path"):
            found = kept.read(self.path.read_bytes(), KEY)
            assert list(found.records) == self.told
            assert found.wrong is None

    def teardown(self) -> None:
        if getattr(self, "opened", None) is not None:
            self.opened.close()  # type: ignore[union-attr]
        shutil.rmtree(self.folder, ignore_errors=True)


Life.TestCase.settings = settings(max_examples=40, stateful_step_count=15, deadline=None)
TestLife = Life.TestCase


@settings(max_examples=60, deadline=None)
@given(rubbish=st.binary(max_size=400))
def test_rubbish_in_its_place_is_set_aside(rubbish: bytes) -> None:
    with tempfile.TemporaryDirectory(prefix="ims-journal-") as folder:
        path = Path(folder) / "a.journal"
        path.write_bytes(rubbish)
        with journal(path) as opened:
            assert opened.records == ()
            assert opened.wrong is not None
            opened.append(b"one")
