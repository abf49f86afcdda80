"""`ims-desktop`: the window, or pictures of every page."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from ims_desktop.app import logs
from ims_desktop.ui import theme
from ims_desktop.ui.capture import hush


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window and stay until it is closed; gives the exit code."""
    asked = _parser().parse_args(arguments)
    logs.begin(os.environ.get("LOG_LEVEL", "INFO"))
    application = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(application, QApplication):
        raise RuntimeError("Another kind of application is running in this process.")
    application.setOrganizationName("IMS Desktop")
    application.setApplicationName("IMS Desktop")
    application.setQuitOnLastWindowClosed(False)
    hush()
    hints = application.styleHints()
    theme.apply(application, hints.colorScheme() == Qt.ColorScheme.Dark)
    hints.colorSchemeChanged.connect(lambda scheme: theme.apply(application, scheme == Qt.ColorScheme.Dark))
    # Everything that knows the database is imported only now: the first window need not wait for it.
    from ims_desktop.app.program import Program
    from ims_desktop.domain.errors import UserError

    try:
        program = Program(asked.profile)
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if asked.capture:
        from ims_desktop.app.page_pictures import take_pictures

        return take_pictures(program, asked.capture, demo=asked.demo)
    # Not quit(): that asks every window again whether it may be closed, and they have been asked.
    program.finished.connect(lambda: application.exit(0))
    program.start(sample=asked.demo)
    code = application.exec()
    program.close()
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ims-desktop", description="The back office of a restaurant group.")
    parser.add_argument("--demo", action="store_true", help="open the sample data on this computer")
    parser.add_argument("--profile", metavar="NAME", help="the server to sign in to")
    parser.add_argument("--capture", metavar="DIR", type=Path, help="only save a picture of every page there")
    return parser


if __name__ == "__main__":
    sys.exit(main())
