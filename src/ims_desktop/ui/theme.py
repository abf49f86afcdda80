"""Colours, fonts and the palette: the one place that knows how the product looks."""

from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication

from ims_desktop.ui.style_sheet import style_sheet

FAMILIES = ("Inter", "Segoe UI Variable Text", "Segoe UI", "SF Pro Text", "Noto Sans")
MOST_WORDS = 8_192  # of one font


class Tone(Enum):
    """What a colour says: PLAIN and NEUTRAL are calm, the others point at an exception."""

    PLAIN = "plain"
    NEUTRAL = "neutral"
    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    INFO = "info"


@dataclass(frozen=True)
class Tokens:
    """The named colours of one theme, as #RRGGBB."""

    bg: str
    surface: str
    raised: str
    hover: str
    selected: str
    border: str
    inputborder: str
    hairline: str
    grid: str
    nav: str
    text: str
    text2: str
    muted: str
    primary: str
    primaryhover: str
    onprimary: str
    ok: str
    okbg: str
    warn: str
    warnbg: str
    bad: str
    badbg: str
    info: str
    infobg: str
    neutral: str
    neutralbg: str
    series: tuple[str, ...]


LIGHT = Tokens(
    bg="#F5F6F8", surface="#FFFFFF", raised="#F0F2F5", hover="#F3F6FB", selected="#E3ECFC",
    border="#E2E6EB", inputborder="#858F9E", hairline="#D3D9E1", grid="#E8EBEF", nav="#FBFCFD",
    text="#18212F", text2="#475467", muted="#5F6B7C",
    primary="#2456C6", primaryhover="#1D49AB", onprimary="#FFFFFF",
    ok="#17693F", okbg="#E2F3E9", warn="#855200", warnbg="#FCEFD2", bad="#B3261E", badbg="#FCE8E6",
    info="#1F5BA8", infobg="#E5EFFB", neutral="#475467", neutralbg="#ECEFF3",
    series=("#2F62BE", "#C4732B", "#27A08E", "#8C1D54", "#9C7CCB"),
)  # fmt: skip

DARK = Tokens(
    bg="#11151B", surface="#181D25", raised="#212833", hover="#1F2630", selected="#22365F",
    border="#2B333F", inputborder="#6B7787", hairline="#3A4452", grid="#262E39", nav="#151A21",
    text="#E7EBF1", text2="#B3BDCA", muted="#9BA6B6",
    primary="#8AB0FF", primaryhover="#A6C3FF", onprimary="#0C1528",
    ok="#7FD6A6", okbg="#17362A", warn="#F0C36A", warnbg="#3B2F12", bad="#FF9F95", badbg="#47211E",
    info="#93C0FA", infobg="#1B3354", neutral="#B3BDCA", neutralbg="#2A323E",
    series=("#7CA8F0", "#D99151", "#58D9CB", "#D1477F", "#7A74D6"),
)  # fmt: skip


class Theme(QObject):
    """Which tokens are in force; `changed` tells painted widgets to draw themselves again."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.dark = False
        self.tokens = LIGHT
        self._dressed: QApplication | None = None

    def switch(self, dark: bool) -> None:
        """Put the light or the dark tokens in force."""
        self.dark, self.tokens = dark, DARK if dark else LIGHT
        self.changed.emit()

    def dress(self, app: QApplication) -> None:
        """Put the style sheet on the program, and turn it with the direction of its language."""
        if self._dressed is None:
            self._dressed = app
            app.layoutDirectionChanged.connect(self._turn)
        app.setStyleSheet(style_sheet(self.tokens, app.layoutDirection() == Qt.LayoutDirection.RightToLeft))

    def _turn(self) -> None:
        if self._dressed is not None:
            self.dress(self._dressed)
            self.changed.emit()


theme = Theme()


def tokens() -> Tokens:
    """The colours in force."""
    return theme.tokens


def color(token: str) -> QColor:
    """The colour of a token such as "text2"."""
    return _color(getattr(theme.tokens, token))


@cache
def _color(value: str) -> QColor:
    return QColor(value)


def tone_color(tone: Tone) -> QColor:
    """The text colour of a tone."""
    return color("text" if tone is Tone.PLAIN else tone.value)


def tone_ground(tone: Tone) -> QColor:
    """The fill behind a filled chip or note of a tone."""
    return color("neutralbg" if tone is Tone.PLAIN else tone.value + "bg")


@cache
def family() -> str:
    """The first installed family of the list, or what the system offers."""
    installed = set(QFontDatabase.families())
    return next((name for name in FAMILIES if name in installed), QFont().defaultFamily())


def font(px: int = 13, weight: QFont.Weight = QFont.Weight.Normal, tabular: bool = False) -> QFont:
    """A font of the scale; style sheets know neither hinting nor tabular figures, so fonts are set in code."""
    return QFont(_font(px, weight, tabular))


@cache
def _font(px: int, weight: QFont.Weight, tabular: bool) -> QFont:
    made = QFont(family())
    made.setPixelSize(px)
    made.setWeight(weight)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


class Ink:
    """A font of the scale with its measures; it remembers the words it measured, which are painted at every step."""

    def __init__(self, px: int, weight: QFont.Weight, tabular: bool) -> None:
        self.font = font(px, weight, tabular)
        self._metrics = QFontMetrics(self.font)
        self.width = lru_cache(MOST_WORDS)(self._metrics.horizontalAdvance)
        self.cut = lru_cache(MOST_WORDS)(self._cut)

    def _cut(self, words: str, width: int) -> str:
        return self._metrics.elidedText(words, Qt.TextElideMode.ElideRight, width)


@cache
def ink(px: int = 13, weight: QFont.Weight = QFont.Weight.Normal, tabular: bool = False) -> Ink:
    """A font of the scale, ready to measure and cut."""
    return Ink(px, weight, tabular)


def palette() -> QPalette:
    """The palette of the tokens in force."""
    role, made = QPalette.ColorRole, QPalette()
    for target, token in (
        (role.Window, "bg"), (role.WindowText, "text"), (role.Base, "surface"), (role.AlternateBase, "raised"),
        (role.Text, "text"), (role.Button, "surface"), (role.ButtonText, "text"), (role.BrightText, "bad"),
        (role.Highlight, "selected"), (role.HighlightedText, "text"), (role.ToolTipBase, "text"),
        (role.ToolTipText, "surface"), (role.PlaceholderText, "muted"), (role.Link, "primary"),
        (role.Accent, "primary"), (role.Mid, "border"), (role.Light, "surface"), (role.Dark, "inputborder"),
    ):  # fmt: skip
        made.setColor(target, color(token))
    for target in (role.Text, role.WindowText, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, target, color("muted"))
    return made


def apply(app: QApplication, dark: bool) -> None:
    """Dress the whole program in the light or the dark theme; may be called again at any time."""
    theme.switch(dark)
    app.setStyle("Fusion")
    app.setPalette(palette())
    app.setFont(font())
    theme.dress(app)
