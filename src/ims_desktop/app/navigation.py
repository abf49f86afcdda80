"""The navigation list: every page by one line, and what upper capabilities add to the panels of lower ones."""

from ims_desktop.ui.desk import Desk
from ims_desktop.ui.navigation_bar import Entry
from ims_desktop.ui.palette_box import Command

ENTRIES: tuple[Entry, ...] = ()


def commands(desk: Desk) -> tuple[Command, ...]:
    """What Ctrl+K offers besides the pages."""
    return ()
