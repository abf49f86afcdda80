"""A language that nobody speaks: every known text stands in brackets, so that whatever has none was never said."""

import re
from collections.abc import Iterator, Sequence

from babel import Locale
from babel.messages.catalog import Catalog
from languages.__main__ import collected
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

LETTERS = re.compile(r"[^\W\d_]{3,}")
FINGERPRINT = re.compile(r"(?:[0-9A-F]{4} ){3}[0-9A-F]{4}")
INNERMOST = re.compile(r"⟦[^⟦⟧]*⟧")


def pseudo(code: str) -> Catalog:
    """Every text of the program in brackets, as the catalogue of a language."""
    template, made = collected()[0], Catalog(locale=code)
    for message in template:
        if message.id:
            forms = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            bracketed = tuple(f"⟦{form}⟧" for form in forms)
            said = bracketed[0] if isinstance(message.id, str) else bracketed
            made.add(message.id, said, context=message.context)
    return made


def unsaid(words: str, data: Sequence[str]) -> str:
    """What is left of words without brackets when names, numbers and days are taken out of it."""
    left = FINGERPRINT.sub(" ", words)
    while (shorter := INNERMOST.sub(" ", left)) != left:
        left = shorter
    for name in data:
        left = left.replace(name, " ")
    return " ".join(LETTERS.findall(left))


def calendar_words(locale: str = "en_US") -> set[str]:
    """The names of months and days, which a locale gives and no catalogue."""
    known = Locale.parse(locale)
    calendars = (known.months, known.days)
    return {
        word
        for calendar in calendars
        for widths in calendar.values()
        for words in widths.values()
        for word in words.values()
        if len(word) > 2
    }


def shown_words(page: QWidget) -> Iterator[str]:
    """Everything written on what is visible."""
    for widget in (page, *page.findChildren(QWidget)):
        if widget.isVisible():
            yield from _of(widget)


def _of(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, (QLabel, QAbstractButton)):
        yield widget.whole() if hasattr(widget, "whole") else widget.text()
        yield widget.toolTip()
    elif isinstance(widget, (QLineEdit, QPlainTextEdit)):
        yield widget.placeholderText()
    elif isinstance(widget, QComboBox):
        yield from (widget.itemText(place) for place in range(widget.count()))
    elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from _cells(widget)


def _cells(view: QAbstractItemView) -> Iterator[str]:
    model = view.model()
    for column in range(model.columnCount()):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        for row in range(min(model.rowCount(), 20)):
            yield str(model.index(row, column).data() or "")
