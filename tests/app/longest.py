"""The program at its longest: of every text the widest translation, so that one walk stands for all languages."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from babel.messages.catalog import Catalog, Message
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QWidget

from ims_desktop.ui.catalogue import read
from ims_desktop.ui.header import Header
from ims_desktop.ui.language import FOLDER, speaker
from ims_desktop.ui.theme import font

CODE = "de"  # numbers are written as there
SLACK = 2  # pixels


def longest() -> Catalog:
    """Every text of the program in the language that needs most room for it."""
    metrics, made = QFontMetrics(font(13)), Catalog(locale=CODE)
    widest: dict[tuple[str, str | None], tuple[int, Message]] = {}
    for path in FOLDER.glob("*.po"):
        for message in read(path):
            if message.id and message.string:
                said = message.string if isinstance(message.string, str) else message.string[-1]
                key, width = (str(message.id), message.context), metrics.horizontalAdvance(said)
                if width > widest.get(key, (metrics.horizontalAdvance(english(message)),))[0]:
                    widest[key] = width, message
    for _width, message in widest.values():
        forms = message.string if isinstance(message.string, str) else (message.string[0], message.string[-1])
        made.add(message.id, forms, context=message.context)
    return made


def english(message: Message) -> str:
    """What is said where nothing is translated."""
    return message.id if isinstance(message.id, str) else str(message.id[-1])


@contextmanager
def in_longest_words() -> Iterator[None]:
    """Speak them."""
    speaker.speak_from(CODE, longest())
    speaker.stays = True
    try:
        yield
    finally:
        speaker.stays = False
        speaker.speak("en")


@contextmanager
def painted() -> Iterator[list[str]]:
    """What was painted by hand wider than its place, and which titles of columns were shortened."""
    cut: list[str] = []
    paint = QPainter.drawText

    def noted(painter: QPainter, *given: Any) -> Any:
        area = next((one for one in given if isinstance(one, QRect | QRectF)), None)
        words = next((one for one in given if isinstance(one, str)), "")
        width = QFontMetrics(painter.font()).horizontalAdvance(words)
        device = painter.device()
        on_header = isinstance(device, QWidget) and isinstance(device.parent(), Header)
        if (area is not None and width > area.width() + SLACK) or (on_header and words.endswith("…")):
            cut.append(words)
        return paint(painter, *given)

    QPainter.drawText = noted  # type: ignore[method-assign, assignment]
    try:
        yield cut
    finally:
        QPainter.drawText = paint  # type: ignore[method-assign]
