"""What a new day brings: stock that ran low, below zero or out of its days since the day before, and dearer prices."""

import json
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.features.overview.service import Attention, attention
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.news import NewsBook
from ims_desktop.ui.theme import Tone

KEPT_AS = "news/day"
STATES = (
    ("negative", Tone.BAD), ("out", Tone.WARN), ("low", Tone.WARN), ("expired", Tone.BAD), ("expiring", Tone.WARN),
)  # fmt: skip
LEAST = Decimal("0.000001")  # what is on hand at all
DAYS_LEFT = {"expired": (None, -1), "expiring": (0, 3)}


class DayNews(QObject):
    """Looks once a day for each site; what was so the day before is no news."""

    def __init__(self, desk: Desk, book: NewsBook, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._book = desk, book
        self._asked: tuple[date, str] | None = None
        desk.site_changed.connect(self.look)

    def look(self, _site: object = None) -> None:
        """Ask what is new, unless this was done today."""
        desk = self._desk
        asked = (desk.formats.today(), str(desk.site or "all"))
        if not desk.may("stock.view") or self._asked == asked:
            return
        self._asked = asked
        done = partial(self._found, *asked)
        desk.start(self, done, attention, asked[0], desk.site, desk.may("stock.cost"), failed=self._later)

    def _later(self, _error: Exception) -> None:
        self._asked = None

    def _found(self, day: date, site: str, found: Attention) -> None:
        counts = {state: int(getattr(found, state)) for state, _tone in STATES}
        before = self._before(site)
        if before.get("day") == day.isoformat():
            return
        for state, tone in STATES:
            more = counts[state] - int(before.get(state, 0))
            if more > 0:
                self._book.tell(self._words(state, more), tone, _place(state), f"{state} {site} {day}")
        for one in found.dearer:
            place = Place("items", one.item_id)
            rise = self._desk.formats.percent(one.rise, signed=True)
            words = _tr("{item} costs {rise} more than before").format(item=one.item, rise=rise)
            self._book.tell(words, Tone.INFO, place, f"dearer {one.item_id} {one.rise:.4f}")
        self._desk.own.setValue(f"{KEPT_AS}/{site}", json.dumps({"day": day.isoformat(), **counts}))

    def _before(self, site: str) -> dict[str, Any]:
        """How it stood when it was looked at last."""
        try:
            kept = json.loads(str(self._desk.own.value(f"{KEPT_AS}/{site}") or "{}"))
        except ValueError:
            return {}
        return kept if isinstance(kept, dict) else {}

    def _words(self, state: str, more: int) -> str:
        said = {
            ("negative", True): _tr("1 more item is below zero at {site}"),
            ("negative", False): _tr("{count} more items are below zero at {site}"),
            ("out", True): _tr("1 more item is out of stock at {site}"),
            ("out", False): _tr("{count} more items are out of stock at {site}"),
            ("low", True): _tr("1 more item is below par at {site}"),
            ("low", False): _tr("{count} more items are below par at {site}"),
            ("expired", True): _tr("1 more lot has expired at {site}"),
            ("expired", False): _tr("{count} more lots have expired at {site}"),
            ("expiring", True): _tr("1 more lot expires within 3 days at {site}"),
            ("expiring", False): _tr("{count} more lots expire within 3 days at {site}"),
        }
        return said[state, more == 1].format(count=self._desk.formats.number(more), site=self._desk.site_name)


def _place(state: str) -> Place:
    """The list of what is so."""
    if state not in DAYS_LEFT:
        return Place("stock", filters=(Filter("state", Match.IN, (state,)),))
    there = Filter("on_hand", Match.BETWEEN, (LEAST, None))
    return Place("lots", filters=(there, Filter("days_left", Match.BETWEEN, DAYS_LEFT[state])))


def _tr(text: str) -> str:
    return QCoreApplication.translate("DayNews", text)
