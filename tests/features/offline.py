"""A window whose desk keeps a journal, and whose line to the server can be cut."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pytestqt.qtbot import QtBot

from ims_desktop.app.journal.desk_journal import DeskJournal
from ims_desktop.app.navigation import SENDINGS
from ims_desktop.domain.errors import Offline
from tests.features.stock.conftest import Bench
from tests.features.windows import Window, window_of


class Line:
    """The line to the server; it can be cut."""

    def __init__(self, window: Window) -> None:
        self._messages, self._run = window.desk.messages, window.desk.background._run
        self.is_cut = False
        window.desk.background._run = self._pass

    def _pass(self, use_case: Any, *args: Any, **named: Any) -> Any:
        if self.is_cut:
            raise Offline("The server cannot be reached.")
        return self._run(use_case, *args, **named)

    def cut(self) -> None:
        """The server goes."""
        self.is_cut = True
        self._messages.online(False)

    def mend(self) -> None:
        """It comes back."""
        self.is_cut = False
        self._messages.online(True)


@contextmanager
def keeping_desk(bench: Bench, qtbot: QtBot, folder: Path) -> Iterator[SimpleNamespace]:
    """Downtown's window with a journal: `bench`, `window`, `bot`, `journal` and `line`."""
    with window_of(bench.desk, folder, site=bench.restaurant.site) as window:
        desk = window.desk
        journal = DeskJournal(
            desk.background, desk.messages, SENDINGS, folder / "a.journal", bench.desk.identity.gate_secret
        )
        desk.journal = journal
        journal.open()
        qtbot.waitUntil(lambda: journal.is_open)
        yield SimpleNamespace(bench=bench, window=window, bot=qtbot, journal=journal, line=Line(window))
        window.settle()
    journal.close()
