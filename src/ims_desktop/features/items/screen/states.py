"""The states of an item as chips."""

from ims_desktop.ui.chips import Chip
from ims_desktop.ui.theme import Tone

STATES = {
    "ok": Chip("In stock", Tone.OK),
    "low": Chip("Below par", Tone.WARN),
    "out": Chip("Out of stock", Tone.BAD),
    "negative": Chip("Negative", Tone.BAD),
    "archived": Chip("Archived", Tone.NEUTRAL),
}
