"""How lots are put into words, the same on every page."""

from collections.abc import Mapping

from ims_desktop.domain.wording import Words, say, say_count
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.theme import Tone

STATES = {
    "expired": Chip("Expired", Tone.BAD),
    "soon": Chip("Use first", Tone.WARN),
    "week": Chip("This week", Tone.INFO),
    "good": Chip("Good", Tone.OK),
    "open": Chip("No expiry", Tone.NEUTRAL),
    "gone": Chip("Used up", Tone.NEUTRAL),
}
WAYS = {
    "from": Chip("Went into it", Tone.INFO),
    "self": Chip("This lot", Tone.OK),
    "into": Chip("Contains it", Tone.WARN),
}
TONES: Mapping[str, Tone] = {"expired": Tone.BAD, "soon": Tone.WARN}


def left(days: int | None) -> Words:
    """How long a lot is still good."""
    if days is None:
        return ""
    if days < 0:
        return say_count("{count} day ago", "{count:,} days ago", -days)
    return say_count("in {count} day", "in {count:,} days", days) if days else say("today")
