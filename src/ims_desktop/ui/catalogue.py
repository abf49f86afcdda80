"""Reads a catalogue, which is a .po file; apart from the language, because English needs none of this."""

from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from ims_desktop.domain.wording import in_context


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
    texts = ((_key(message), message.string) for message in catalogue if not message.fuzzy)
    return {one: other for one, other in texts if isinstance(other, str) and one and other}


def _key(message: Message) -> str:
    """What it is known under; nothing for a text with forms for one and many."""
    return in_context(message.id, message.context or "") if isinstance(message.id, str) else ""
