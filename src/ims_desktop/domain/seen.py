"""Characters in a text that nobody sees, or that turn round the letters beside them: a name has none of them."""

import re

_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_UNKEPT = re.compile("[\x00\ud800-\udfff]")


def has_hidden(text: str) -> bool:
    """Whether there are some; the database asks the same, see `is_seen` there."""
    return _HIDDEN.search(text) is not None


def is_unkept(text: str) -> bool:
    """Whether there are some that no database keeps: nothing at all, or half of a letter."""
    return _UNKEPT.search(text) is not None
