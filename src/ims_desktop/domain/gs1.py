"""What a GS1-128 or GS1 DataMatrix code says of goods: which they are, of which lot, and when they expire."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

SEPARATOR = "\x1d"  # what a scanner sends for FNC1, behind what has no fixed length
_PREFIXES = ("]C1", "]d2", "]Q3", "]e0")
_FIXED = {"00": 18, "01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2}
_WRITTEN = re.compile(r"\((\d{2,4})\)([^(]+)")
_MIDDLE_OF_CENTURY = 50


@dataclass(frozen=True, slots=True)
class Goods:
    """The parts of a code that matter here; `expires_on` is the use-by day, or else the best-before day."""

    gtin: str
    lot: str = ""
    expires_on: date | None = None
    kilograms: Decimal | None = None

    @property
    def barcode(self) -> str:
        """The number as it is printed under the bars of a pack: 13 digits, where the 14th is no more than a zero."""
        return self.gtin[1:] if self.gtin.startswith("0") else self.gtin


def read_goods(scanned: str) -> Goods | None:
    """What a scanner read, with (01) in brackets or as it comes from the bars; None for what is no such code."""
    said = _bracketed(scanned) if scanned.lstrip().startswith("(") else _elements(_bare(scanned))
    gtin = said.get("01") or said.get("02", "")
    if len(gtin) != 14 or not _is_valid(gtin) or len(said) < 2:
        return None
    expires = _day(said.get("17", "")) or _day(said.get("15", ""))
    return Goods(gtin, said.get("10", "").strip(), expires, _weight(said))


def _bare(scanned: str) -> str:
    for prefix in _PREFIXES:
        scanned = scanned.removeprefix(prefix)
    return scanned.strip(SEPARATOR + " ")


def _bracketed(scanned: str) -> dict[str, str]:
    return {key: value.strip() for key, value in _WRITTEN.findall(scanned.strip())}


def _elements(code: str) -> dict[str, str]:
    """One element after the other; nothing where one is unknown, because nobody knows where the next begins."""
    said: dict[str, str] = {}
    while code:
        key = code[:2]
        if key in _FIXED:
            size = _FIXED[key]
            value, code = code[2 : 2 + size], code[2 + size :]
            if len(value) != size or not value.isdigit():
                return {}
        elif key == "31" and code[2:10].isdigit() and len(code) >= 10:
            key, value, code = code[:4], code[4:10], code[10:]
        elif key in ("10", "21", "30", "37"):
            value, _, code = code[2:].partition(SEPARATOR)
        else:
            return {}
        said[key] = value
        code = code.lstrip(SEPARATOR)
    return said


def _is_valid(gtin: str) -> bool:
    """Whether the last digit is the check of the others."""
    if not gtin.isdigit():
        return False
    weighed = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(gtin[:-1]))
    return (10 - weighed % 10) % 10 == int(gtin[-1])


def _day(written: str) -> date | None:
    """YYMMDD; day 00 is the last of the month."""
    if len(written) != 6 or not written.isdigit():
        return None
    year, month, day = (int(written[place : place + 2]) for place in (0, 2, 4))
    year += 2000 if year <= _MIDDLE_OF_CENTURY else 1900
    if not 1 <= month <= 12 or day > monthrange(year, month)[1]:
        return None
    return date(year, month, day or monthrange(year, month)[1])


def _weight(said: dict[str, str]) -> Decimal | None:
    """The net weight in kilograms; the last digit of its key says how many decimals."""
    found = next((key for key in said if re.fullmatch(r"310[0-6]", key) and said[key].isdigit()), None)
    return None if found is None else Decimal(said[found]).scaleb(-int(found[3]))
