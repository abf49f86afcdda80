"""How a document of waste or of adjustments is sent: alone, with photos of its lines, or to wait for an approval."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from PySide6.QtCore import QObject

from ims_desktop.features.adjustments import service
from ims_desktop.features.adjustments.screen.purpose import Purpose
from ims_desktop.features.adjustments.service import Photo, Photographed
from ims_desktop.features.stock.service import Document, Posted
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.journal import Sending
from ims_desktop.ui.keeping import Errand


def errand(purpose: Purpose, document: Document, photos: tuple[Photo, ...] = (), *, asks: bool = False) -> Errand:
    """How a document is recorded."""
    if asks:
        return Errand(purpose.asked_as, Photographed(document, photos), service.ask_photographed)
    if photos:
        return Errand(purpose.photographed_as, Photographed(document, photos), service.post_photographed)
    return Errand(purpose.kept_as, document, service.post)


def document_in(value: Any) -> Document | None:
    """The document that an entry of a journal is about."""
    found = value.document if isinstance(value, Photographed) else value
    return found if isinstance(found, Document) else None


def sendings(purpose: Purpose) -> tuple[Sending, ...]:
    """How the journal sends the documents of a page."""
    title, page = purpose.title, purpose.key
    return (
        Sending(purpose.kept_as, title, Document, service.post, page),
        Sending(purpose.photographed_as, title, Photographed, service.post_photographed, page),
        Sending(purpose.asked_as, title, Photographed, service.ask_photographed, page),
    )


def undo_document(desk: Desk, owner: QObject, posted: Posted, done: Callable[[Posted], None], reason: str) -> None:
    """Take a whole document back."""
    desk.start(owner, done, service.reverse_document, uuid4(), posted.id, reason)


def undo_movement(desk: Desk, owner: QObject, movement: int, done: Callable[[Posted], None], reason: str) -> None:
    """Take one line back."""
    desk.start(owner, done, service.reverse, uuid4(), (movement,), reason)
