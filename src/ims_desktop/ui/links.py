"""Links to places of the program: `ims://items`, or `ims://items/<key of a record>`."""

from urllib.parse import quote, unquote
from uuid import UUID

from ims_desktop.ui.desk import Place

SCHEME = "ims://"


def link_of(place: Place) -> str:
    """A place in words that can be sent to somebody; filters are not part of it."""
    record = "" if place.record is None else f"/{quote(str(place.record), safe='')}"
    return f"{SCHEME}{quote(place.page)}{record}"


def place_of(link: str) -> Place | None:
    """The place a link stands for; None when this is none."""
    if not link.strip().casefold().startswith(SCHEME):
        return None
    page, _, record = link.strip()[len(SCHEME) :].strip("/").partition("/")
    return Place(unquote(page), _key(unquote(record))) if page else None


def _key(words: str) -> UUID | int | str | None:
    """Keys of records are UUIDs or numbers; whatever else stands there, the server knows no such record."""
    try:
        return UUID(words)
    except ValueError:
        return int(words) if words.isdecimal() else words or None
