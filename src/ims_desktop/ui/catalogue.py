"""Reads a catalogue, which is a .po file; apart from the language, because English needs none of this."""

from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def read(path: Path) -> Catalog:
    """The catalogue in a file; its name is the code of its language."""
    with path.open("rb") as file:
        return read_po(file, locale=path.stem)


def translations(catalogue: Catalog) -> GNUTranslations:
    """What knows the forms for one and many."""
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    return GNUTranslations(BytesIO(compiled.getvalue()))


def plain(catalogue: Catalog) -> dict[str, str]:
    """The texts without such forms, as far as they are translated."""
    texts = ((message.id, message.string) for message in catalogue if not message.fuzzy)
    return {one: other for one, other in texts if isinstance(one, str) and isinstance(other, str) and one and other}
