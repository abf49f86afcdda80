"""How the lot of what comes in is typed: its name, and behind it the day on which it expires."""

from ims_desktop.domain.errors import UserError
from ims_desktop.features.stock.service import LotPart
from ims_desktop.ui.formats import Formats


def coming_lot(typed: str, formats: Formats) -> LotPart:
    """A name, and behind it the day if the last word can be read as one."""
    name, _, last = typed.strip().rpartition(" ")
    if name and any(sign in last for sign in "-/."):
        try:
            return LotPart(name.strip(), None, formats.parse_date(last))
        except UserError:
            pass
    return LotPart(typed.strip())
