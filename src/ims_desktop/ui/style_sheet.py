"""The style sheet; filled with tokens."""


from typing import Any


def style_sheet(tokens: Any) -> str:
    """The style sheet of the tokens."""
    return ""
