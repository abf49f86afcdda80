"""Says the program's words in the language of the person; a catalogue is a .po file beside this module."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from PySide6.QtCore import QCoreApplication, QLibraryInfo, Qt, QTranslator
from PySide6.QtGui import QGuiApplication

from ims_desktop.domain.wording import Sentence, Words

ENGLISH = "en"
FOLDER = Path(__file__).parent / "languages"
PLACE = re.compile(r"\{(\w+)[^{}]*\}")
LEAST_OWN_WORDS = 3  # a form with fewer would be found in sentences that are not its own


def languages() -> dict[str, str]:
    """The languages there are, by code, each under the name its speakers give it."""
    codes = (ENGLISH, *sorted(path.stem for path in FOLDER.glob("*.po")))
    return {code: (Locale.parse(code).get_display_name() or code).capitalize() for code in codes}


class Speaker(QTranslator):
    """Answers Qt's tr() and `said` from one catalogue; English answers itself."""

    def __init__(self) -> None:
        super().__init__()
        self.code = ENGLISH
        self._words: NullTranslations = NullTranslations()
        self._known: dict[str, str] = {}
        self._forms: list[tuple[re.Pattern[str], str]] = []
        self._qt = QTranslator()

    def speak(self, code: str) -> None:
        """Change the language; who shows something already is told by Qt's LanguageChange event."""
        self.speak_from(code, _catalogue(code))
        QCoreApplication.removeTranslator(self._qt)
        if self._qt.load(f"qtbase_{code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            QCoreApplication.installTranslator(self._qt)
        right_to_left = Locale.parse(code).text_direction == "rtl"
        direction = Qt.LayoutDirection.RightToLeft if right_to_left else Qt.LayoutDirection.LeftToRight
        QGuiApplication.setLayoutDirection(direction)

    def speak_from(self, code: str, catalogue: Catalog) -> None:
        """Speak from a catalogue at hand."""
        QCoreApplication.removeTranslator(self)
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        self.code, self._words = code, GNUTranslations(BytesIO(compiled.getvalue()))
        plain = ((str(message.id), message.string) for message in catalogue if isinstance(message.id, str))
        self._known = {one: other for one, other in plain if one and isinstance(other, str) and other}
        self._forms = _forms(self._known)
        if self._known:
            QCoreApplication.installTranslator(self)

    def isEmpty(self) -> bool:
        """Whether English is spoken; Qt leaves out a translator that is empty."""
        return not self._known

    def translate(self, _context: str, source: str, _note: str | None = None, _count: int = -1) -> str:
        """What Qt's tr() asks; nothing when the text is not known, so that Qt's own words stay."""
        return self._known.get(source)  # type: ignore[return-value]

    def said(self, text: str) -> str:
        """The program's text in the language of the person; what is not known stays as it is."""
        if not self._known:
            return text
        if isinstance(text, Sentence):
            return self._sentence(text)
        return self._known.get(text) or self._from_server(text)

    def inside(self, value: Any) -> Any:
        """A value inside something: a sentence of its own is said, anything else stays."""
        return self._sentence(value) if isinstance(value, Sentence) else value

    def _sentence(self, sentence: Sentence) -> str:
        if sentence.many is None or sentence.number is None:
            template = self._known.get(sentence.template, sentence.template)
        else:
            template = self._words.ngettext(sentence.template, sentence.many, sentence.number)
        return template.format(**{key: self.inside(value) for key, value in sentence.values.items()})

    def _from_server(self, text: str) -> str:
        """A sentence that the server filled in is found again by its form."""
        for form, template in self._forms:
            found = form.fullmatch(text)
            if found:
                return template.format(**found.groupdict())
        return text


speaker = Speaker()


def said(text: str) -> str:
    """The program's text in the language of the person."""
    return speaker.said(text)


def in_words(value: Any) -> Any:
    """A description with all its words said: fields of type `Words`, and sentences wherever they stand."""
    return value if speaker.isEmpty() else _all_said(value)


def _all_said(value: Any) -> Any:
    if isinstance(value, str):
        return speaker.inside(value)
    if isinstance(value, tuple):
        return tuple(_all_said(part) for part in value)
    if isinstance(value, Mapping):
        return {key: _all_said(part) for key, part in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return _fields_said(value)
    return value


def _fields_said(value: Any) -> Any:
    kind: Any = type(value)
    words, changed = word_fields(kind), {}
    for field in fields(value):
        held = getattr(value, field.name)
        new = speaker.said(held) if field.name in words and isinstance(held, str) else _all_said(held)
        if new is not held and new != held:
            changed[field.name] = new
    return replace(value, **changed) if changed else value


@lru_cache(None)
def word_fields(kind: Any) -> frozenset[str]:
    """The fields of a dataclass that hold words of the program."""
    hints = get_type_hints(kind, include_extras=True)
    return frozenset(field.name for field in fields(kind) if is_words(hints[field.name]))


def is_words(hint: Any) -> bool:
    """Whether a type is `Words`, or may be."""
    if get_origin(hint) is Annotated:
        return bool(hint == Words)
    return any(is_words(part) for part in get_args(hint))


def _catalogue(code: str) -> Catalog:
    if code == ENGLISH:
        return Catalog(locale=ENGLISH)
    with (FOLDER / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


def _forms(known: Mapping[str, str]) -> list[tuple[re.Pattern[str], str]]:
    """Sentences with places in them as patterns, those with the most words of their own first."""
    forms = sorted((text for text in known if "{" in text), key=_own_words, reverse=True)
    return [(_form(text), PLACE.sub(r"{\1}", known[text])) for text in forms if _own_words(text) >= LEAST_OWN_WORDS]


def _own_words(template: str) -> int:
    return len(PLACE.sub("", template).split())


def _form(template: str) -> re.Pattern[str]:
    """What stands at a place is found by its name; a name that comes again stands for the same."""
    form, seen = "", set[str]()
    for literal, name, _spec, _conversion in Formatter().parse(template):
        form += re.escape(literal)
        if name:
            form += f"(?P={name})" if name in seen else f"(?P<{name}>.+?)"
            seen.add(name)
    return re.compile(form, re.DOTALL)
