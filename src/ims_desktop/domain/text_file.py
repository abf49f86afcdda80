"""Which letters a file is written in: the encoding is found, with the reason, or chosen by the person."""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from charset_normalizer import from_bytes

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import Words, say, say_count

Value = TypeVar("Value")

ENCODINGS: Mapping[str, str] = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "iso8859_15": "ISO 8859-15 (Western Europe)",
    "cp850": "DOS 850 (Western Europe)",
    "mac_roman": "Mac Roman",
    "shift_jis": "Shift JIS (Japanese)",
    "gb18030": "GB 18030 (Chinese)",
    "euc_kr": "EUC-KR (Korean)",
}

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16"),
)
_NOT_TEXT = {
    b"PK\x03\x04": say("an Excel workbook or a zip archive"),
    b"\xd0\xcf\x11\xe0": say("an old Excel workbook"),
    b"%PDF": say("a PDF document"),
    b"\x89PNG": say("a picture"),
    b"\xff\xd8\xff": say("a picture"),
    b"\x1f\x8b": say("a compressed file"),
}
_SAMPLE_BYTES = 65_536
# Where more than a third of the bytes are beyond ASCII, the text is not written in a western alphabet with accents.
_WESTERN_SHARE = 1 / 3


@dataclass(frozen=True, slots=True)
class Found(Generic[Value]):
    """Something found out about a file, why, and whether that is sure."""

    value: Value
    reason: Words
    sure: bool = True


def decode(content: bytes, name: str, encoding: str | None = None) -> tuple[str, Found[str]]:
    """The text with plain line ends, and the encoding; raises UserError for what is no text."""
    for beginning, what in _NOT_TEXT.items():
        if content.startswith(beginning):
            raise UserError(
                say("{name} is {what}, not a text file. Save it as CSV and choose that file.", name=name, what=what)
            )
    if not content.strip():
        raise UserError(say("{name} is empty.", name=name))
    codec, found = _chosen(content, name, encoding) if encoding else _found(content)
    text = content.decode(codec, "replace")
    if text.count("\x00") > len(text) // 10:
        raise UserError(say("{name} is not a text file: most of it is NUL characters.", name=name))
    return text.replace("\r\n", "\n").replace("\r", "\n"), found


def _chosen(content: bytes, name: str, encoding: str) -> tuple[str, Found[str]]:
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    try:
        content.decode(codec)
    except UnicodeDecodeError as wrong:
        row = content.count(b"\n", 0, wrong.start) + 1
        title = ENCODINGS.get(encoding, encoding)
        raise UserError(
            say(
                "{name} is not written in {title}: row {row} holds a letter that it does not have.",
                name=name,
                title=title,
                row=row,
            )
        ) from None
    except LookupError:
        raise UserError(say("There is no encoding {encoding}.", encoding=encoding)) from None
    return codec, Found(encoding, "chosen")


def _found(content: bytes) -> tuple[str, Found[str]]:
    for mark, codec, encoding in _MARKS:
        if content.startswith(mark) and _fits(content, codec):
            return codec, Found(encoding, "the file begins with its mark")
    if wide := _unmarked_utf16(content):
        return wide, Found("utf-16", "every second byte is empty")
    if content.isascii():
        return "utf-8", Found("utf-8", "it holds plain letters only")
    if _fits(content, "utf-8"):
        return "utf-8", Found("utf-8", "all letters fit it")
    return _single_bytes(content)


def _single_bytes(content: bytes) -> tuple[str, Found[str]]:
    """Not Unicode. Western text with a few accents fits Windows-1252 best; statistics only decide about the rest."""
    beyond = sum(byte > 127 for byte in content)
    first = next(place for place, byte in enumerate(content) if byte > 127)
    row = content.count(b"\n", 0, first) + 1
    letters = sum(bytes([byte]).isalpha() for byte in content[:_SAMPLE_BYTES])
    western = beyond <= _WESTERN_SHARE * (min(beyond, _SAMPLE_BYTES) + letters)
    if western and _fits(content, "cp1252"):
        return "cp1252", Found(
            "cp1252",
            say_count(
                "1 letter does not fit UTF-8, in row {row}",
                "{count:,} letters do not fit UTF-8, the first in row {row}",
                beyond,
                row=row,
            ),
            sure=beyond > 1,
        )
    lines = b"\n".join(line for line in content.splitlines() if not line.isascii())[:_SAMPLE_BYTES]
    guess = from_bytes(lines).best()
    if guess is not None and _fits(content, guess.encoding):
        return guess.encoding, Found(
            guess.encoding,
            say("{beyond} letters look like {language}", beyond=beyond, language=guess.language),
            sure=False,
        )
    return "cp1252", Found(
        "cp1252", say("no encoding fits all letters; row {row} holds the first", row=row), sure=False
    )


def _unmarked_utf16(content: bytes) -> str | None:
    sample = content[:_SAMPLE_BYTES]
    half = len(sample) // 2
    if len(content) % 2 == 0 and half >= 4:
        for offset, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
            if (
                sample[offset::2].count(0) > 0.7 * half
                and sample[1 - offset :: 2].count(0) == 0
                and _fits(content, codec)
            ):
                return codec
    return None


def _fits(content: bytes, codec: str) -> bool:
    try:
        content.decode(codec)
    except UnicodeDecodeError:
        return False
    return True
