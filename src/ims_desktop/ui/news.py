"""What the program told one person: remembered at this PC for that person, the newest first, never more than fits."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from ims_desktop.domain.list_view import ListView, view_of, written
from ims_desktop.domain.wording import Words
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.language import said
from ims_desktop.ui.links import link_of, place_of
from ims_desktop.ui.messages import Message
from ims_desktop.ui.theme import Tone

MOST, DAYS, LONGEST = 150, 30, 500
KEPT_AS = "news/told"


@dataclass(frozen=True)
class News:
    """One thing that was told; `place` leads to what it is about, `path` to a file that was written.

    What has a `key` is told once: the same key again replaces it.
    """

    text: str
    tone: Tone
    at: datetime
    place: Place | None = None
    path: str = ""
    key: str = ""
    is_read: bool = False


class NewsBook(QObject):
    """Takes in every toast, and what the program has to say by itself."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self.told: tuple[News, ...] = self._read()
        desk.messages.posted.connect(self._said)

    @property
    def unread(self) -> int:
        """How many were not looked at."""
        return sum(not one.is_read for one in self.told)

    def tell(self, text: Words, tone: Tone = Tone.INFO, place: Place | None = None, key: str = "") -> None:
        """Keep something that happened without the person; the same key is told only once."""
        if not key or all(one.key != key for one in self.told):
            self._add(News(said(text), tone, datetime.now(UTC), place, key=key))

    def mark_read(self, which: News) -> None:
        """This was looked at."""
        self._keep(replace(one, is_read=one.is_read or one == which) for one in self.told)

    def mark_all_read(self) -> None:
        """All of them were."""
        self._keep(replace(one, is_read=True) for one in self.told)

    def clear(self) -> None:
        """Forget everything."""
        self._keep(())

    def _said(self, message: Message) -> None:
        """Good news on a window that was looked at counts as read; what went wrong waits until it is opened."""
        here = self._desk.navigation.place
        seen = message.tone is not Tone.BAD and QApplication.activeWindow() is not None
        place = None if message.path else here
        self._add(News(message.text[:LONGEST], message.tone, datetime.now(UTC), place, message.path, is_read=seen))

    def _add(self, news: News) -> None:
        self._keep((news, *self.told))

    def _keep(self, told: Iterable[News]) -> None:
        oldest = datetime.now(UTC) - timedelta(days=DAYS)
        self.told = tuple(one for one in told if one.at >= oldest)[:MOST]
        self._desk.own.setValue(KEPT_AS, json.dumps([_written(one) for one in self.told]))
        self.changed.emit()

    def _read(self) -> tuple[News, ...]:
        """What is kept, as far as it can be understood."""
        try:
            kept = json.loads(str(self._desk.own.value(KEPT_AS) or "[]"))
            return tuple(_news(one) for one in kept)[:MOST]
        except (ValueError, TypeError, KeyError, AttributeError):
            return ()


def _written(news: News) -> dict[str, Any]:
    place = news.place
    filters = written(ListView(filters=place.filters)) if place is not None and place.filters else None
    link = "" if place is None else link_of(place)
    return {
        "text": news.text, "tone": news.tone.value, "at": news.at.isoformat(), "link": link, "filters": filters,
        "path": news.path, "key": news.key, "is_read": news.is_read,
    }  # fmt: skip


def _news(kept: Mapping[str, Any]) -> News:
    place = place_of(str(kept["link"]))
    if place is not None and kept["filters"] is not None:
        place = replace(place, filters=view_of(kept["filters"]).filters)
    at = datetime.fromisoformat(kept["at"])
    return News(
        str(kept["text"]), Tone(kept["tone"]), at, place, str(kept["path"]), str(kept["key"]), kept["is_read"] is True
    )
