"""A count sheet on paper: an area after the other in walk order, with room to write."""

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from ims_desktop.domain.wording import say, say_count
from ims_desktop.features.counts.rules import SCOPES, CountLine
from ims_desktop.features.counts.screen.words import lot_words, packs_line
from ims_desktop.features.counts.service import CountSheet
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.language import said
from ims_desktop.ui.printout import PrintColumn, Printout, PrintTable

ROOM = "_" * 14
BLANK_ROWS = 3


def printout_of(sheet: CountSheet, lines: Sequence[CountLine], formats: Formats) -> Printout:
    """The sheet: what the system has is not on it, whether the count is blind or not."""
    names = {area.location_id: area.name for area in sheet.areas}
    return Printout(
        title=sheet.name,
        subtitle=say_count("{code} · {site} · {count:,} line", "{code} · {site} · {count:,} lines", len(lines),
                           code=sheet.code, site=sheet.site),
        about=(
            (said(say("Counted")), said(SCOPES[sheet.scope])),
            (said(say("Started")), formats.moment(sheet.started_at)),
            (said(say("Counted by")), ROOM * 2),
        ),
        tables=tuple(_area(names.get(key, ""), tuple(found), formats) for key, found in groupby(lines, _place)),
    )  # fmt: skip


def _place(line: CountLine) -> UUID:
    return line.location_id


def _area(name: str, lines: Sequence[CountLine], formats: Formats) -> PrintTable:
    """An area; lots have a column where something in it is kept by lots."""
    by_lots = any(line.by_lots for line in lines)

    def row(number: str, item: str, lot: str, unit: str) -> tuple[str, ...]:
        return (number, item, *((lot,) if by_lots else ()), unit, ROOM, ROOM)

    rows = [
        row(str(number), f"{line.name}\n{said(packs_line(line))}", _lot(line, formats), line.units.base)
        for number, line in enumerate((part for line in lines for part in line.parts), 1)
    ]
    rows += [row("", ROOM * 2, ROOM, "")] * BLANK_ROWS  # what is found and not on the sheet
    columns = (
        PrintColumn("#", right=True),
        PrintColumn("Item", stretch=True),
        *((PrintColumn("Lot"),) if by_lots else ()),
        PrintColumn("Unit"),
        PrintColumn("Counted"),
        PrintColumn("Note"),
    )
    return PrintTable(columns, tuple(rows), title=name)


def _lot(line: CountLine, formats: Formats) -> str:
    """The lot that is expected, or room for another and its day."""
    if line.lot is None:
        return "—"
    return said(lot_words(line.lot, line.expires_on, formats)) if line.lot else ROOM
