"""What a change of somebody's roles gives and takes, in a sentence."""

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from ims_desktop.database.transaction import Opening
from ims_desktop.domain.permissions import CATALOGUE

NAMED = 3  # more of them are counted


def what_changed(before: Opening, after: Opening) -> str:
    """What somebody may do now or no longer, and where; "" when nothing changed."""
    titles = {permission.code: permission.title for permission in CATALOGUE}
    given = [title for code, title in titles.items() if code in after.permissions - before.permissions]
    taken = [title for code, title in titles.items() if code in before.permissions - after.permissions]
    here, there = ({site.id: site.name for site in one.sites} for one in (before, after))
    sites = [name for key, name in there.items() if key not in here]
    gone = [name for key, name in here.items() if key not in there]
    parts = (
        (_tr("New: {names}."), given),
        (_tr("No longer: {names}."), taken),
        (_tr("You now see {names}."), sites),
        (_tr("You no longer see {names}."), gone),
    )
    told = [words.format(names=_list(names)) for words, names in parts if names]
    if not told and (before.permissions, before.sites) == (after.permissions, after.sites):
        return ""
    return " ".join([_tr("Your roles have changed."), *told])


def _list(names: Iterable[str]) -> str:
    named = list(names)
    shown = ", ".join(named[:NAMED])
    rest = len(named) - NAMED
    return shown if rest <= 0 else _tr("{shown} and {count} more").format(shown=shown, count=rest)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Rights", text)
