"""When each line was sold: local time at its site, and the business day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache

from ims_desktop.domain.business_calendar import business_day, business_day_of_local
from ims_desktop.domain.file_values import DateOrder, When, read_time, read_when
from ims_desktop.domain.table_file import fold_header
from ims_desktop.domain.wording import Words, say
from ims_desktop.features.sales.rules.fields import Field
from ims_desktop.features.sales.rules.findings import Findings
from ims_desktop.features.sales.rules.preview import Kind, Known, Site
from ims_desktop.features.sales.rules.reading import date_place

_MIDNIGHT = time(0)
NO_SUCH_DAY: Mapping[DateOrder, Words] = {
    DateOrder.DAY_FIRST: say("there is no such day, day first"),
    DateOrder.MONTH_FIRST: say("there is no such day, month first"),
}


@dataclass(frozen=True, slots=True)
class Moments:
    """Site, local time (None where the file has only days) and business day of each line."""

    sites: Sequence[Site | None]
    times: Sequence[datetime | None]
    days: Sequence[date | None]


def match_sites(findings: Findings, known: Known) -> Sequence[Site | None]:
    """The site of each line: by the restaurant column, otherwise the one chosen for the whole file."""
    cells = findings.reading.cells(Field.SITE)
    names = {fold_header(site.name): site for site in known.sites}
    sites: list[Site | None] = [known.site] * findings.size
    for line in findings.lines():
        name = cells[line] if cells else ""
        if name:
            sites[line] = names.get(fold_header(name))
        if sites[line] is None:
            note = "" if name else say("choose the restaurant of this file")
            findings.add(Kind.UNKNOWN_SITE, line, Field.SITE, name, note)
    return sites


def read_moments(findings: Findings, sites: Sequence[Site | None], now: datetime) -> Moments:
    """Read dates and times and add what is wrong with them; `now` has a time zone."""
    reading = findings.reading
    place = date_place(reading.columns)
    times: list[datetime | None] = [None] * findings.size
    days: list[date | None] = [None] * findings.size
    if place is None:
        return Moments(sites, times, days)
    field = reading.columns[place].field
    cells, clocks = reading.table.column(place), reading.cells(Field.TIME)
    orders = reading.cells(Field.ORDER)
    if orders:
        cells, clocks = _filled_down(cells, orders), clocks and _filled_down(clocks, orders)
    moment = _Clock(findings, field or Field.DATE, cells, clocks)
    for line in findings.lines():
        times[line], days[line] = moment.at(line, sites[line])
    _check_days(findings, field or Field.DATE, Moments(sites, times, days), now)
    return Moments(sites, times, days)


def _filled_down(cells: Sequence[str], orders: Sequence[str]) -> list[str]:
    """Some tills write date and time in the first line of an order only."""
    filled = list(cells)
    for line in range(1, len(filled)):
        if not filled[line] and orders[line] and orders[line] == orders[line - 1]:
            filled[line] = filled[line - 1]
    return filled


class _Clock:
    """Reads the date and time of one line after the other."""

    def __init__(self, findings: Findings, field: Field, cells: Sequence[str], clocks: Sequence[str] | None) -> None:
        self._findings = findings
        self._field = field
        self._cells = cells
        self._clocks = clocks
        self._order = findings.reading.date_order.value
        self._when = cache(read_when)
        self._time = cache(read_time)
        seen = (self._when(cell) for cell in dict.fromkeys(cells))
        self._only_days = clocks is None and all(when is None or when.time in (None, _MIDNIGHT) for when in seen)

    def at(self, line: int, site: Site | None) -> tuple[datetime | None, date | None]:
        """Local time and business day of a line, or None with the problem added."""
        when, day = self._day(line)
        if when is None or day is None:
            return None, None
        if self._only_days:
            return None, day
        clock = self._clock(line, when)
        if clock is None or site is None:
            return None, None
        local = datetime.combine(day, clock)
        if when.offset is not None:
            local = local.replace(tzinfo=when.offset).astimezone(site.zone).replace(tzinfo=None)
        return local, business_day_of_local(local, site.cut_over)

    def _day(self, line: int) -> tuple[When | None, date | None]:
        text = self._cells[line]
        when = self._when(text)
        if when is None:
            self._findings.add(Kind.BAD_DATE if text else Kind.BLANK, line, self._field, text)
            return None, None
        day = when.dates.under(self._order)
        if day is None and self._order is None:
            self._findings.add(Kind.DATE_ORDER, line, self._field, text)
        elif day is None and self._order is not None:
            self._findings.add(Kind.BAD_DATE, line, self._field, text, NO_SUCH_DAY[self._order])
        return when, day

    def _clock(self, line: int, when: When) -> time | None:
        text = self._clocks[line] if self._clocks else ""
        clock = self._time(text) if text else when.time
        if clock is None:
            self._findings.add(Kind.BAD_TIME if text else Kind.BLANK, line, Field.TIME, text)
        return clock


def _check_days(findings: Findings, field: Field, moments: Moments, now: datetime) -> None:
    """Days that have not come yet, days before the opening, and a note on the hours after midnight."""
    local_now = cache(lambda site: now.astimezone(site.zone).replace(tzinfo=None))
    today = cache(lambda site: business_day(now, site.zone, site.cut_over))
    dated = findings.reading.table.column(date_place(findings.reading.columns) or 0)
    for line in findings.lines():
        site, local, day = moments.sites[line], moments.times[line], moments.days[line]
        if site is None or day is None:
            continue
        if day > today(site) or (local is not None and local > local_now(site)):
            findings.add(Kind.FUTURE, line, field, dated[line])
        elif site.opening is not None and day < site.opening:
            findings.add(Kind.BEFORE_OPENING, line, field, dated[line], say("opened on {day}", day=site.opening))
        if local is not None and local.date() != day:
            marked = Field.TIME if findings.reading.place(Field.TIME) is not None else field
            findings.add(
                Kind.AFTER_MIDNIGHT, line, marked, f"{local:%H:%M:%S}", say("cut-over {time:%H:%M}", time=site.cut_over)
            )
