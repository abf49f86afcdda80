"""Says the program's words in the language of the person; a catalogue is a .po file beside this module."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin, get_type_hints

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QGuiApplication

from ims_desktop.domain.wording import Sentence, Words, in_context, tongue

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

ENGLISH = "en"
FOLDER = Path(__file__).parent / "languages"
PLACE = re.compile(r"\{(\w+)[^{}]*\}")
MOST_HEARD = 4096
QT_CLASS = re.compile(r"Q[A-Z]")
LEAST_OWN_WORDS = 3  # a form with fewer would be found in sentences that are not its own


def languages() -> dict[str, str]:
    """The languages there are, by code, each under the name its speakers give it."""
    codes = (ENGLISH, *sorted(path.stem for path in FOLDER.glob("*.po")))
    return {code: _name(code) for code in codes}


def _name(code: str) -> str:
    return "English" if code == ENGLISH else QLocale(code).nativeLanguageName().capitalize()


class FilledIn(Formatter):
    """Puts values into a sentence; numbers are grouped as the language does it."""

    def __init__(self, speaker: "Speaker") -> None:
        self._speaker = speaker

    def format_field(self, value: Any, format_spec: str) -> str:
        """A value at its place."""
        written = str(super().format_field(value, format_spec))
        return self._speaker.grouped(written) if "," in format_spec else written


class Speaker(QTranslator):
    """Answers Qt's tr() and `said` from one catalogue; English answers itself."""

    def __init__(self) -> None:
        super().__init__()
        self.code = ENGLISH
        self.stays = False  # with a catalogue that is tried out, whatever language anybody chose
        self._words: NullTranslations = NullTranslations()
        self._known: dict[str, str] = {}
        self._forms: list[tuple[re.Pattern[str], str]] = []
        self._heard: dict[str, str] = {}  # what no catalogue has word for word, and what became of it
        self._qt = QTranslator()
        self._signs: dict[int, str] = {}
        self._filled_in = FilledIn(self)

    def speak(self, code: str) -> None:
        """Change the language; who shows something already is told by Qt's LanguageChange event."""
        if code == self.code or self.stays:
            return
        QCoreApplication.removeTranslator(self._qt)
        if code != ENGLISH and self._qt.load(f"qtbase_{code}", _qt_folder()):
            QCoreApplication.installTranslator(self._qt)
        if code == ENGLISH:
            self._take(code, NullTranslations(), {})
        else:
            from ims_desktop.ui.catalogue import read  # English needs none, and its first window is not kept waiting

            self.speak_from(code, read(FOLDER / f"{code}.po"))

    def try_out(self, path: Path) -> None:
        """Speak from the catalogue in a file, named by the code of its language, as long as the program runs."""
        from ims_desktop.ui.catalogue import read

        self.speak_from(path.stem, read(path))
        self.stays = True

    def speak_from(self, code: str, catalogue: "Catalog") -> None:
        """Speak from a catalogue at hand."""
        from ims_desktop.ui.catalogue import plain, translations

        self._take(code, translations(catalogue), plain(catalogue))

    def _take(self, code: str, words: NullTranslations, known: dict[str, str]) -> None:
        QCoreApplication.removeTranslator(self)
        self.code, self._words, self._known = code, words, known
        self._forms, self._heard = _forms(known), {}
        place = QLocale(code)
        self._signs = {} if code == ENGLISH else {ord(","): place.groupSeparator(), ord("."): place.decimalPoint()}
        if known:
            QCoreApplication.installTranslator(self)
        QGuiApplication.setLayoutDirection(place.textDirection())

    def isEmpty(self) -> bool:
        """Whether English is spoken; Qt leaves out a translator that is empty."""
        return not self._known

    def translate(self, context: str, source: str, _note: str | None = None, _count: int = -1) -> str:
        """What Qt's tr() asks; nothing when the text is not known, so that Qt's own words stay.

        Qt's own classes mean something else by the same English: their "Left" is a key.
        """
        if QT_CLASS.match(context):
            return None  # type: ignore[return-value]
        return self._known.get(source)  # type: ignore[return-value]

    def said(self, text: str) -> str:
        """The program's text in the language of the person; what is not known stays as it is."""
        if not self._known:
            return text
        if isinstance(text, Sentence):
            return self._sentence(text)
        return self._known.get(text) or self._from_elsewhere(text)

    def inside(self, value: Any) -> Any:
        """A value inside something: a sentence of its own is said, anything else stays."""
        return self._sentence(value) if isinstance(value, Sentence) else value

    def _sentence(self, sentence: Sentence) -> str:
        if sentence.many is None or sentence.number is None:
            template = self._known.get(in_context(sentence.template, sentence.context), sentence.template)
        else:
            template = self._words.ngettext(sentence.template, sentence.many, sentence.number)
        return self._filled_in.vformat(template, (), {key: self.inside(one) for key, one in sentence.values.items()})

    def grouped(self, number: str) -> str:
        """A number with the signs of the language between and behind its thousands."""
        return number.translate(self._signs)

    def _from_elsewhere(self, text: str) -> str:
        """A sentence that the server filled in is found again by its form."""
        found = self._heard.get(text)
        if found is None:
            if len(self._heard) >= MOST_HEARD:
                self._heard.clear()
            found = self._heard[text] = self._by_form(text)
        return found

    def _by_form(self, text: str) -> str:
        for form, template in self._forms:
            found = form.fullmatch(text)
            if found:
                return template.format(**found.groupdict())
        return text


speaker = Speaker()


def said(text: str) -> str:
    """The program's text in the language of the person."""
    return speaker.said(text)


tongue.said = said


def counted(count: int) -> str:
    """A count as it is written in the language of the person."""
    return speaker.grouped(f"{count:,}")


def shown(text: str) -> str:
    """What a widget shows: a sentence is said, anything else stands there as somebody wrote it."""
    return speaker.inside(text)  # type: ignore[no-any-return]


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
        new = _words_said(held) if field.name in words else _all_said(held)
        if new is not held and new != held:
            changed[field.name] = new
    return replace(value, **changed) if changed else value


def _words_said(held: Any) -> Any:
    if isinstance(held, str):
        return speaker.said(held)
    return tuple(_words_said(part) for part in held) if isinstance(held, tuple) else _all_said(held)


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


def _qt_folder() -> str:
    return QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)


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
