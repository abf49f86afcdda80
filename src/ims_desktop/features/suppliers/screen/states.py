"""The words and rights that the pages of suppliers share."""

from ims_desktop.features.suppliers.rules import STATES as NAMES
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.theme import Tone

EDIT_RIGHT, COST_RIGHT = "suppliers.edit", "stock.cost"
SUBJECTS = frozenset({"suppliers", "items"})
STATES = {
    "ACTIVE": Chip(NAMES["ACTIVE"], Tone.OK),
    "ON_HOLD": Chip(NAMES["ON_HOLD"], Tone.WARN),
    "ENDED": Chip(NAMES["ENDED"], Tone.NEUTRAL),
}
STATE_CHOICES = Choices(tuple(Choice(key, chip.text) for key, chip in STATES.items()))
OFFER_STATES = {
    "listed": Chip("Listed", Tone.OK),
    "contract": Chip("Contract", Tone.INFO),
    "outside": Chip("Outside contract", Tone.WARN),
    "unpriced": Chip("No price", Tone.WARN),
    "archived": Chip("Archived", Tone.NEUTRAL),
}
OFFER_CHOICES = Choices(tuple(Choice(key, chip.text) for key, chip in OFFER_STATES.items()))
