"""The archive of a tenant as a file: what it says of itself, and whether it is whole."""

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from uuid import UUID

from pydantic import Field, TypeAdapter
from pydantic.dataclasses import dataclass as checked

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say

FORMAT = 1
MANIFEST = "manifest.json"
PEOPLE = "people.csv"
BLOCK = 1 << 20
LARGEST_MANIFEST = 4 * BLOCK
# A file that unpacks to more than this many times its size was not written by an export, and would fill the disk.
BLOWN_UP = 400
# All that reading a file can raise that is no archive of ours, or only half of one.
NOT_WHOLE = (
    OSError, KeyError, ValueError, TypeError, RuntimeError, RecursionError, EOFError, zlib.error, zipfile.BadZipFile,
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One file of the archive: its columns with their types, its rows, and the SHA-256 of its bytes."""

    file: str
    columns: dict[str, str]
    rows: int
    sha256: str


@checked(frozen=True)
class Manifest:
    """What an archive says of the tenant in it; other words in it are for people."""

    format: Literal[1]
    tenant: UUID
    name: str
    country: str
    status: Literal["ACTIVE", "SUSPENDED", "LEAVING"]
    tier: str
    created_at: datetime
    snapshot_at: datetime
    revision: str
    parts: tuple[Part, ...]
    networks: tuple[str, ...] = Field(default=())

    @property
    def by_file(self) -> dict[str, Part]:
        """The parts by the names of their files."""
        return {part.file: part for part in self.parts}


_MANIFEST = TypeAdapter(Manifest)


def table_file(table: str) -> str:
    """What the file of a table is called."""
    return f"tables/{table}.csv"


def problems_of(file: Path) -> list[str]:
    """What in an archive is not what its manifest says; nothing when it is whole."""
    try:
        with zipfile.ZipFile(file) as archive:
            return list(_problems(archive, _manifest(archive)))
    except FileNotFoundError:
        return [f"{file.name} is not there."]
    except NOT_WHOLE:
        return [f"{file.name} is not a whole archive of a restaurant group."]


@contextmanager
def open_whole(file: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """An archive in which everything is as its manifest says; UserError otherwise, before anything is done with it."""
    problems = problems_of(file)
    if problems:
        more = f" And {len(problems) - 1} more of its files are not as they were." if len(problems) > 1 else ""
        raise UserError(say("Nothing was imported: {problems}{more}", problems=problems[0], more=more))
    with zipfile.ZipFile(file) as archive:
        yield archive, _manifest(archive)


def blocks(archive: zipfile.ZipFile, part: Part) -> Iterator[bytes]:
    """The bytes of a part; UserError at their end when they are not those that were exported."""
    digest = hashlib.sha256()
    with archive.open(part.file) as content:
        while block := content.read(BLOCK):
            digest.update(block)
            yield block
    if digest.hexdigest() != part.sha256:
        raise UserError(say("{file} is not what was exported.", file=part.file))


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise ValueError("no manifest is so long")
    return _MANIFEST.validate_json(archive.read(MANIFEST))


def _problems(archive: zipfile.ZipFile, manifest: Manifest) -> Iterator[str]:
    inside = archive.namelist()
    if len(manifest.by_file) != len(manifest.parts) or len(set(inside)) != len(inside):
        yield "It holds a file twice."
    for name in sorted(set(inside) - set(manifest.by_file) - {MANIFEST}):
        yield f"{name[:60]} does not belong into it."
    for part in manifest.parts:
        try:
            packed = archive.getinfo(part.file)
            if packed.file_size > BLOCK + BLOWN_UP * packed.compress_size:
                yield f"{part.file} is blown up: nothing of ours packs so small."
                continue
            for _block in blocks(archive, part):
                pass
        except UserError as error:
            yield error.text
        except NOT_WHOLE:
            yield f"{part.file[:60]} is missing or damaged."
