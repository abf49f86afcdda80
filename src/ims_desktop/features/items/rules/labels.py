"""Labels as values: the bars of a barcode, the squares of a QR code, and the sheets they are printed on."""

from dataclasses import dataclass
from enum import Enum

import barcode
import segno

from ims_desktop.domain.wording import say

SYMBOLS = {8: "ean8", 12: "upca", 13: "ean13", 14: "itf"}
QUIET = 11  # modules left blank on either side, without which a scanner does not see where the bars begin
QUIET_SQUARES = 4
MM_PER_INCH = 25.4


class Code(Enum):
    """What a label carries besides words."""

    BARS = "bars"
    SQUARES = "squares"
    BOTH = "both"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PackCode:
    """A barcode and the pack it is printed on."""

    gtin: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """What is printed about one item, or one of its packs."""

    name: str
    sku: str
    line: str = ""
    code: str = ""  # the GTIN; without one the bars say the SKU
    link: str = ""
    photo: bytes = b""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of labels, or one label of a roll; everything in millimetres."""

    key: str
    name: str
    page: tuple[float, float]
    label: tuple[float, float]
    columns: int = 1
    rows: int = 1
    corner: tuple[float, float] = (0.0, 0.0)
    gap: tuple[float, float] = (0.0, 0.0)

    @property
    def each(self) -> int:
        """How many labels a page has."""
        return self.columns * self.rows

    def place(self, number: int) -> tuple[float, float]:
        """The upper left corner of the label with this number on its page, counted from 0 line by line."""
        row, column = divmod(number % self.each, self.columns)
        wide, high = self.label
        return self.corner[0] + column * (wide + self.gap[0]), self.corner[1] + row * (high + self.gap[1])


A4, LETTER = (210.0, 297.0), (215.9, 279.4)
SHEETS: tuple[Sheet, ...] = (
    Sheet("a4-24", say("A4, 24 labels of 70 × 37 mm"), A4, (70, 37), 3, 8, (0, 0.5)),
    Sheet("a4-14", say("A4, 14 labels of 99.1 × 38.1 mm"), A4, (99.1, 38.1), 2, 7, (4.7, 15.1), (2.5, 0)),
    Sheet("a4-8", say("A4, 8 labels of 105 × 74 mm"), A4, (105, 74), 2, 4, (0, 0.5)),
    Sheet("letter-30", say("Letter, 30 labels of 66.7 × 25.4 mm"), LETTER, (66.7, 25.4), 3, 10, (4.8, 12.7), (3.1, 0)),
    Sheet("roll-57", say("Roll, 57 × 32 mm"), (57, 32), (57, 32)),
    Sheet("roll-102", say("Roll, 102 × 59 mm"), (102, 59), (102, 59)),
)


def bars(code: str, sku: str) -> str:
    """The bars as ones and zeros: of a GTIN in its own symbol, otherwise of the SKU."""
    symbol = SYMBOLS.get(len(code)) if code.isdigit() else None
    drawn: str = barcode.get(symbol or "code128", code if symbol else sku).build()[0]
    return drawn


def squares(text: str) -> tuple[tuple[bool, ...], ...]:
    """The squares of a QR code, line by line."""
    return tuple(tuple(map(bool, line)) for line in segno.make(text, error="m", micro=False).matrix)
