"""How the lot of what comes in is typed: its name, and behind it the day on which it expires."""

import re

from ims_desktop.domain.errors import UserError
from ims_desktop.features.stock.service import LotPart
from ims_desktop.ui.formats import Formats

MEANT_AS_DAY = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}")


def coming_lot(typed: str, formats: Formats) -> LotPart:
    """A name, and behind it the day if the last word can be read as one; what was meant as one is refused."""
    name, _, last = typed.strip().rpartition(" ")
    if name and any(sign in last for sign in "-/."):
        try:
            return LotPart(name.strip(), None, formats.parse_date(last))
        except UserError:
            if MEANT_AS_DAY.fullmatch(last):
                raise
    return LotPart(typed.strip())
