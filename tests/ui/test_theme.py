"""Everything that is written can be read, in both themes."""

from itertools import combinations

import pytest
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtWidgets import QApplication

from ims_desktop.ui import icons
from ims_desktop.ui.controls import Button
from ims_desktop.ui.style_sheet import SHEET, style_sheet
from ims_desktop.ui.theme import DARK, LIGHT, Tokens, apply, font, theme


def luminance(colour: str) -> float:
    parts = (QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF())
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_text_is_readable_on_every_ground(tokens: Tokens):
    for ground in (tokens.bg, tokens.surface, tokens.raised, tokens.hover, tokens.selected, tokens.nav):
        for ink in (tokens.text, tokens.text2, tokens.muted, tokens.primary):
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    for tone in ("ok", "warn", "bad", "info", "neutral"):
        assert contrast(getattr(tokens, tone), getattr(tokens, tone + "bg")) >= 4.5, tone
    assert contrast(tokens.onprimary, tokens.primary) >= 4.5
    for series in tokens.series:
        assert contrast(series, tokens.surface) >= 3
    assert all(one != other for one, other in combinations(tokens.series, 2))


def test_the_sheet_names_only_known_tokens():
    assert "$" not in style_sheet(DARK)
    assert "$primary" in SHEET


def test_figures_are_equally_wide(app: QApplication):
    metrics = QFontMetricsF(font(13, tabular=True))
    assert metrics.horizontalAdvance("1111") == pytest.approx(metrics.horizontalAdvance("0000"))


def test_the_theme_switches_while_the_program_runs(app: QApplication, qtbot):
    button = Button("Export", icon="download-simple")
    qtbot.addWidget(button)
    before = button.icon().cacheKey()
    try:
        with qtbot.waitSignal(theme.changed):
            apply(app, dark=True)
        assert app.palette().window().color() == QColor(DARK.bg)
        assert button.icon().cacheKey() != before
    finally:
        apply(app, dark=False)
    assert app.palette().window().color() == QColor(LIGHT.bg)


def test_icons_are_made_once(app: QApplication):
    assert icons.pixmap("plus").cacheKey() == icons.pixmap("plus").cacheKey()
    assert icons.pixmap("plus", "primary").cacheKey() != icons.pixmap("plus").cacheKey()
