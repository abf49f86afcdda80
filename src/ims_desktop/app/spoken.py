"""Which language is spoken: one for the sign-in of this PC, and for each person the one they chose last."""

from PySide6.QtCore import QLocale, QSettings

from ims_desktop.ui.language import ENGLISH, languages, speaker

LANGUAGE = "language"
OF_ENGLISH = "en_GB"  # days before months, as in most of the world; a site of another custom says so itself


def of_pc(settings: QSettings) -> str:
    """What the sign-in speaks: what was chosen there, otherwise what this computer speaks."""
    return _known(settings.value(LANGUAGE)) or _known(QLocale.system().name().partition("_")[0]) or ENGLISH


def of_person(own: QSettings, settings: QSettings) -> str:
    """What a person reads here."""
    return _known(own.value(LANGUAGE)) or of_pc(settings)


def keep(settings: QSettings, code: str) -> None:
    """Remember a choice, for the sign-in or for one person."""
    settings.setValue(LANGUAGE, code)


def locale_for(own: QSettings, of_site: str) -> str:
    """How numbers and days are written for a person; currency, its decimals and the clock stay those of the site.

    Whoever chose a language reads them as its speakers write them, and at a site of that language as the site does.
    Whoever chose none reads them as the site does.
    """
    code = speaker.code if speaker.stays else _known(own.value(LANGUAGE))
    if code is None or of_site.partition("_")[0] == code:
        return of_site
    return OF_ENGLISH if code == ENGLISH else code


def _known(code: object) -> str | None:
    return code if isinstance(code, str) and code in languages() else None
