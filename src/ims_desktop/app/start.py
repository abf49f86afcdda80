"""`ims-desktop`: the window, or pictures of every page."""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication

from ims_desktop.app.first_window import Wishes, first_window
from ims_desktop.app.loading import Loading
from ims_desktop.domain.errors import UserError
from ims_desktop.ui import theme
from ims_desktop.ui.language import speaker
from ims_desktop.ui.no_screen import hush

if TYPE_CHECKING:
    from ims_desktop.app.program import Program

PROGRAM = "ims_desktop.app.program"  # everything that knows the database; the first window does not wait for it


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window and stay until it is closed; gives the exit code."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    application = _application()
    if asked.words:
        try:
            speaker.try_out(asked.words)
        except (OSError, ValueError) as error:
            parser.error(f"{asked.words} is no catalogue named by its language, such as pt.po: {error}")
        if speaker.isEmpty():
            parser.error(f"{asked.words} translates no text of the program.")
    return _draw(asked) if asked.capture else Start(application, asked).run()


class Start:
    """Shows the first window, imports the program behind it, and hands over to it what was asked meanwhile."""

    def __init__(self, application: QApplication, asked: argparse.Namespace) -> None:
        self._application, self._asked = application, asked
        self._settings = QSettings()
        self._view = first_window(self._settings)
        self._wishes = Wishes(self._view)
        self._loading = Loading(PROGRAM, self._begin)
        self._program: Program | None = None

    def run(self) -> int:
        """Stay until the last window is closed; gives the exit code."""
        self._view.show()
        self._loading.start()
        code = self._application.exec()
        self._loading.wait()
        if self._program is not None:
            self._program.close()
        return code

    def _begin(self, module: ModuleType) -> None:
        if self._view.isHidden():  # closed while the program was on its way
            return
        _log()
        gc.freeze()  # the program itself is never garbage, and to look through it takes a tenth of a second each time
        try:
            program = self._program = module.Program(self._asked.profile, self._settings, self._view)
        except UserError as error:
            sys.stderr.write(f"{error}\n")
            self._application.exit(2)
            return
        self._application.setQuitOnLastWindowClosed(False)
        # Not quit(): that asks every window again whether it may be closed, and they have been asked.
        program.finished.connect(lambda: self._application.exit(0))
        self._wishes.end()
        if self._asked.link:
            program.opened.connect(lambda session: session.shell.open_link(self._asked.link))
        program.start(sample=self._asked.demo, wish=self._wishes.pass_on if self._wishes else None)


def _draw(asked: argparse.Namespace) -> int:
    from ims_desktop.app.page_pictures import take_pictures
    from ims_desktop.app.program import Program

    _log()
    try:
        return take_pictures(Program(asked.profile), asked.capture, demo=asked.demo)
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _application() -> QApplication:
    application = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(application, QApplication):
        raise RuntimeError("Another kind of application is running in this process.")
    application.setOrganizationName("IMS Desktop")
    application.setApplicationName("IMS Desktop")
    hush()
    hints = application.styleHints()
    theme.apply(application, hints.colorScheme() == Qt.ColorScheme.Dark)
    hints.colorSchemeChanged.connect(lambda scheme: theme.apply(application, scheme == Qt.ColorScheme.Dark))
    return application


def _log() -> None:
    from ims_desktop.app import logs

    logs.begin(os.environ.get("LOG_LEVEL", "INFO"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ims-desktop", description="The back office of a restaurant group.")
    parser.add_argument("link", nargs="?", metavar="LINK", help="what to open after signing in, such as ims://items")
    parser.add_argument("--demo", action="store_true", help="open the sample data on this computer")
    parser.add_argument("--profile", metavar="NAME", help="the server to sign in to")
    parser.add_argument("--capture", metavar="DIR", type=Path, help="only save a picture of every page there")
    parser.add_argument("--words", metavar="FILE", type=Path, help="try a translation out: a catalogue such as pt.po")
    return parser


if __name__ == "__main__":
    sys.exit(main())
