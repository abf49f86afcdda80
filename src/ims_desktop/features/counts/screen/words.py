"""How counts, their lines and their differences are called and coloured."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from ims_desktop.domain.wording import Words, dotted, say, say_count
from ims_desktop.features.counts.rules import CountEntry, CountLine, Kept, LineState, State
from ims_desktop.features.counts.service import CountSheet
from ims_desktop.features.items.rules import places
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.theme import Tone

SHEET_STATES: Mapping[str, Chip] = {
    State.OPEN: Chip("Counting", Tone.INFO),
    State.REVIEW: Chip("Review", Tone.WARN),
    State.POSTED: Chip("Posted", Tone.OK),
    State.DISCARDED: Chip("Discarded", Tone.NEUTRAL),
}
BLIND = Chip("Blind", Tone.WARN)
LINE_STATES: Mapping[str, Chip] = {
    LineState.BLANK: Chip("Not counted"),
    LineState.COUNTED: Chip("Counted", Tone.OK),
    LineState.ZERO: Chip("Zero", Tone.OK),
    LineState.RECOUNT: Chip("Count again", Tone.WARN),
    LineState.RECOUNTED: Chip("Counted again", Tone.OK),
    LineState.OTHER_LOT: Chip("Another lot?"),
    LineState.TOGETHER: Chip("Together", Tone.OK),
    LineState.HERE: Chip("Saved here", Tone.INFO),
    LineState.REFUSED: Chip("Not taken", Tone.BAD),
}
KEPT: Mapping[Kept, tuple[Words, str]] = {
    Kept.SERVER: ("saved on server", "ok"),
    Kept.HERE: ("saved here", "warn"),
    Kept.REFUSED: ("not taken by the server", "bad"),
}


def tolerance(sheet: CountSheet, formats: Formats) -> Words:
    """From which difference on a line is counted again or approved."""
    percent = sheet.tolerance_percent
    shares = say("{percent} %", percent=formats.number(percent, _decimals(percent))) if percent is not None else ""
    money = formats.money(sheet.tolerance_value, currency=True) if sheet.tolerance_value is not None else ""
    if shares and money:
        return say("{percent} or {money}", percent=shares, money=money)
    return shares or money or say("None")


def progress(sheet: CountSheet) -> Words:
    """How much of a sheet is counted."""
    return say_count("{done:,} of {count:,} line", "{done:,} of {count:,} lines", sheet.lines, done=sheet.counted)


def amount(quantity: Decimal, unit: str, formats: Formats) -> str:
    """A quantity with its unit."""
    return formats.quantity(quantity, unit, places(unit, quantity))


def packs_line(line: CountLine, *, shelf: bool = True) -> Words:
    """What stands under an item: its code, its largest pack, and its shelf."""
    own = next((code for code in line.units.codes[1:] if line.units.convert(1, code).quantity > 1), "")
    pack = line.units.convert(1, own).quantity if own else Decimal(0)
    packed = (
        say("{pack} of {count} {unit}", pack=own, count=f"{pack.normalize():f}", unit=line.units.base) if own else ""
    )
    return dotted(line.sku, packed, line.shelf if shelf else "")


def lot_words(lot: str | None, expires_on: date | None, formats: Formats | None = None) -> Words:
    """Which lot something is of, and until when it is good."""
    if not lot:
        return ""
    if expires_on is None or formats is None:
        return say("Lot {lot}", lot=lot)
    return say("Lot {lot}, until {day}", lot=lot, day=formats.date(expires_on))


def typed_line(entries: tuple[CountEntry, ...]) -> str:
    """What was typed into a line: 4.5 + 2 kg."""
    return " + ".join(entry.typed or f"{entry.quantity:f}" for entry in entries)


def initials(name: str) -> str:
    """Two letters for a name."""
    return "".join(word[0] for word in name.split()[:2]).upper()


def _decimals(number: Decimal) -> int:
    return 0 if number == number.to_integral_value() else 2
