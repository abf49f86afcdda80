"""`python -m languages.right_to_left FILE` writes a catalogue nobody speaks, to see the program from the other side.

Every Latin letter of a text becomes a letter of the Hebrew script, read from the right and about as wide: whatever is
still aligned, painted or placed for English is seen at once, before anybody translates a word. Name the file `he.po`.
"""

import argparse
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from languages.__main__ import collected

LATIN = "abcdefghijklmnopqrstuvwxyz"
HEBREW = "אבצדהפגחיךקלמנוסקרשתוםשחיז"
LETTERS = str.maketrans(LATIN + LATIN.upper(), HEBREW * 2)
CODE = "he"


def main() -> int:
    """Write the catalogue."""
    arguments = argparse.ArgumentParser(prog="python -m languages.right_to_left", description=__doc__)
    arguments.add_argument("file", type=Path)
    path: Path = arguments.parse_args().file
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue())
    return 0


def catalogue() -> Catalog:
    """Every text of the program, read from the right."""
    template, made = collected()[0], Catalog(locale=CODE)
    for message in template:
        if message.id:
            one = message.id if isinstance(message.id, str) else tuple(message.id)
            said = from_right(one) if isinstance(one, str) else tuple(from_right(form) for form in one)
            made.add(message.id, said, context=message.context)
    return made


def from_right(text: str) -> str:
    """A text in letters read from the right; its places stay."""
    written = ""
    for literal, name, form, _kind in Formatter().parse(text):
        written += literal.translate(LETTERS).replace("{", "{{").replace("}", "}}")
        if name is not None:
            written += f"{{{name}:{form}}}" if form else f"{{{name}}}"
    return written


if __name__ == "__main__":
    raise SystemExit(main())
