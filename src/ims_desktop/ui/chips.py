"""States as chips: filled for exceptions, a dot with plain words for what is normal."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ims_desktop.domain.wording import Words
from ims_desktop.ui.language import said
from ims_desktop.ui.sides import Sheet
from ims_desktop.ui.theme import Tone, ink, theme, tone_color, tone_ground

FILLED = frozenset({Tone.WARN, Tone.BAD, Tone.INFO, Tone.NEUTRAL})
HEIGHT = 21


@dataclass(frozen=True)
class Chip:
    """A state in words; only tones other than PLAIN and OK are filled."""

    text: Words
    tone: Tone = Tone.PLAIN


def chip_width(chip: Chip) -> int:
    """How wide a chip is painted."""
    return ink(12, QFont.Weight.Medium).width(chip.text) + (30 if chip.tone in FILLED else 16)


def draw_chip(painter: QPainter, room: QRect, chip: Chip) -> None:
    """Paint a chip where reading begins in a room, around its middle line, shortened to its width."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    main = ink(12, QFont.Weight.Medium)
    painter.setFont(main.font)
    filled = chip.tone in FILLED
    sheet, middle = Sheet(painter, room), room.center().y() + 0.5
    area = QRectF(room.left(), middle - HEIGHT / 2, min(chip_width(chip), room.width()), HEIGHT)
    painter.setPen(Qt.PenStyle.NoPen)
    if filled:
        painter.setBrush(tone_ground(chip.tone))
        painter.drawRoundedRect(sheet.lies(area), HEIGHT / 2, HEIGHT / 2)
    painter.setBrush(tone_color(Tone.NEUTRAL if chip.tone is Tone.PLAIN else chip.tone))
    painter.drawEllipse(sheet.point(area.left() + (11 if filled else 4), middle), 3, 3)
    painter.setPen(tone_color(chip.tone if filled else Tone.NEUTRAL))
    lead = 20 if filled else 14
    width = area.width() - lead - (8 if filled else 0)
    sheet.write(area.adjusted(lead, 0, 0, 0), main.cut(chip.text, round(width) + 1), Qt.AlignmentFlag.AlignVCenter)


class ChipLabel(QWidget):
    """A chip outside a table."""

    def __init__(self, chip: Chip) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_chip(chip)
        theme.changed.connect(self.update)

    def show_chip(self, chip: Chip) -> None:
        """Show another state."""
        self.chip = chip = Chip(said(chip.text), chip.tone)
        self.setAccessibleName(chip.text)
        self.setFixedSize(QSize(chip_width(chip), HEIGHT))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chip."""
        draw_chip(QPainter(self), self.rect(), self.chip)
