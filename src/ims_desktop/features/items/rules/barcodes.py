"""Barcodes: GTINs of 8, 12, 13 or 14 digits, the last of which checks the others."""

from ims_desktop.domain.wording import Words, say

LENGTHS = (8, 12, 13, 14)


def check_digit(digits: str) -> str:
    """The digit that follows `digits`: from the right, every other one counts three times."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def is_gtin(text: str) -> bool:
    """Whether this is a barcode whose check digit fits."""
    return len(text) in LENGTHS and text.isascii() and text.isdigit() and check_digit(text[:-1]) == text[-1]


def barcode_fault(text: str) -> Words | None:
    """What is wrong with a barcode, in a sentence; None when it is right."""
    if not (text.isascii() and text.isdigit()):
        return say("{text} is not a barcode: it may hold digits only.", text=text)
    if len(text) not in LENGTHS:
        return say("{text} has {count} digits; a barcode has 8, 12, 13 or 14.", text=text, count=len(text))
    if not is_gtin(text):
        right = check_digit(text[:-1])
        return say("{text} was misread or mistyped: its last digit would have to be {digit}.", text=text, digit=right)
    return None
