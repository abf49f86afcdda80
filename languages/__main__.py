"""`python -m languages` brings every catalogue up to date; `--check` says what is missing and ends with 1."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po

from ims_desktop.ui.catalogue import read
from ims_desktop.ui.language import FOLDER
from languages.texts import Fault, Text, texts


def main() -> int:
    """Collect, then write or check."""
    arguments = argparse.ArgumentParser(prog="python -m languages", description=__doc__)
    arguments.add_argument("--check", action="store_true")
    arguments.add_argument("--add", metavar="CODE", help="begin a catalogue, such as pt")
    asked = arguments.parse_args()
    template, wrong = collected()
    if asked.add:
        _write(FOLDER / f"{asked.add}.po", Catalog(locale=asked.add), template)
    for path in sorted(FOLDER.glob("*.po")):
        if asked.check:
            wrong += [f"{path.name}: {fault}" for fault in faults(read(path), template)]
        else:
            _write(path, read(path), template)
    print("\n".join(wrong) or f"{len(template)} texts in {len(list(FOLDER.glob('*.po'))) + 1} languages.")
    return 1 if wrong else 0


def collected() -> tuple[Catalog, list[str]]:
    """Every text of the program, and what cannot be translated as it is written."""
    found, template = list(texts()), Catalog()
    for text in (part for part in found if isinstance(part, Text)):
        comments = ["server"] if text.server else []
        template.add(text.id, locations=[_location(text)], auto_comments=comments, context=text.context or None)
    return template, [f"{fault.place}: {fault.why}" for fault in found if isinstance(fault, Fault)]


def _location(text: Text) -> tuple[str, int]:
    path, _, line = text.place.rpartition(":")
    return path, int(line)


def _write(path: Path, known: Catalog, template: Catalog) -> None:
    known.update(template, no_fuzzy_matching=True)
    known.obsolete.clear()
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        write_po(file, known, width=120, omit_header=True, sort_output=True, no_location=True)


def faults(known: Catalog, template: Catalog) -> Iterator[str]:
    """What a catalogue lacks, has too much, or gives other places than the text."""
    for message in template:
        other = known.get(message.id, message.context) if message.id else None
        if message.id and (other is None or not _complete(other)):
            yield f"{message.id!r} is not translated"
        elif other is not None and other.id and _places(other.id) != _places(other.string or ""):
            yield f"{message.id!r} has other places in its translation"
    for message in known:
        if message.id and template.get(message.id, message.context) is None:
            yield f"{message.id!r} is no text of the program any more"


def _complete(message: Message) -> bool:
    forms = message.string if isinstance(message.string, list | tuple) else [message.string]
    return all(forms) and not message.fuzzy


def _places(text: str | tuple[str, ...] | list[str]) -> set[str]:
    forms = [text] if isinstance(text, str) else text
    return {name for form in forms for _literal, name, _spec, _kind in Formatter().parse(form) if name}


if __name__ == "__main__":
    sys.exit(main())
