"""Photos of what was wasted or adjusted: sent with their document, in one transaction, and once."""

import base64
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select, text

from ims_desktop.domain.work import Changed, read
from ims_desktop.features.adjustments.service.approvals import ask_approval
from ims_desktop.features.adjustments.tables import PHOTOS
from ims_desktop.features.stock.service import Document, post

SUBJECTS = frozenset({"document_photos"})


@dataclass(frozen=True, slots=True)
class Photo:
    """A small JPEG file of one line, written as text so that a journal can keep it; `row` counts the lines from 1."""

    key: UUID
    row: int
    caption: str
    jpeg: str

    @property
    def image(self) -> bytes:
        """The file."""
        return base64.b64decode(self.jpeg)

    @classmethod
    def of(cls, key: UUID, row: int, caption: str, image: bytes) -> "Photo":
        """A photo from its file."""
        return cls(key, row, caption[:200], base64.b64encode(image).decode())


@dataclass(frozen=True, slots=True)
class Photographed:
    """A document with photos of its lines."""

    document: Document
    photos: tuple[Photo, ...]

    @property
    def key(self) -> UUID:
        """The key of the document."""
        return self.document.key


@dataclass(frozen=True, slots=True)
class KeptPhoto:
    """A photo that the server has."""

    id: UUID
    row: int
    caption: str
    image: bytes


_ADD = text(
    "SELECT add_photos(:document, CAST(:keys AS uuid[]), CAST(:rows AS int[]), CAST(:captions AS text[]),"
    " CAST(:images AS bytea[]))"
)


def post_photographed(connection: Connection, entry: Photographed) -> Changed:
    """Post a document with its photos; both or neither, and twice is once."""
    posted: Changed = post(connection, entry.document)
    add_photos(connection, entry.key, entry.photos)
    return Changed(posted.result, posted.subjects | SUBJECTS)


def ask_photographed(connection: Connection, entry: Photographed) -> Changed:
    """Let a document wait for approval, with its photos."""
    asked: Changed = ask_approval(connection, entry.document)
    if entry.photos:
        add_photos(connection, entry.key, entry.photos)
    return Changed(asked.result, asked.subjects | SUBJECTS)


def add_photos(connection: Connection, document: UUID, photos: tuple[Photo, ...]) -> Changed:
    """Keep photos of a document that is there."""
    sent = {
        "document": document,
        "keys": [photo.key for photo in photos],
        "rows": [photo.row for photo in photos],
        "captions": [photo.caption for photo in photos],
        "images": [photo.image for photo in photos],
    }
    connection.execute(_ADD, sent)
    return Changed(None, SUBJECTS)


def remove_photo(connection: Connection, key: UUID) -> Changed:
    """Take a photo away."""
    connection.execute(text("SELECT remove_photo(:key)"), {"key": key})
    return Changed(None, SUBJECTS)


@read
def photos_of(connection: Connection, document: UUID) -> tuple[KeptPhoto, ...]:
    """The photos of a document, line by line."""
    rows = connection.execute(
        select(PHOTOS.c.id, PHOTOS.c.row, PHOTOS.c.caption, PHOTOS.c.image)
        .where(PHOTOS.c.document_id == document)
        .order_by(PHOTOS.c.row, PHOTOS.c.id)
    )
    return tuple(KeptPhoto(key, row, caption, bytes(image)) for key, row, caption, image in rows)
