"""Pictures of every page: light and dark, two sizes, one PNG each; says what went wrong with any of them."""

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from ims_desktop.app import logs
from ims_desktop.app.desk_session import DeskSession
from ims_desktop.app.navigation import ENTRIES
from ims_desktop.app.program import Program
from ims_desktop.domain.listing import Filter, Match
from ims_desktop.ui import theme
from ims_desktop.ui.capture import capture, settle
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.no_screen import NO_SCREEN
from ims_desktop.ui.sign_in import Credentials

SIGN_IN_MS = 15_000
SIZES = ((1600, 920), (1366, 768))
WITH_PANEL, PICKED = 1500, 4  # where a panel stands beside a list, and the row it is about


def take_pictures(program: Program, folder: Path, *, demo: bool) -> int:
    """Sign in, draw every page into `folder`, say what is wrong; gives the exit code."""
    loop, said = QEventLoop(), list[str]()
    program.opened.connect(lambda _session: loop.quit())
    program.refused.connect(said.append)
    program.refused.connect(lambda _text: loop.quit())

    def failed(_kind: type[BaseException], error: BaseException, _trace: object) -> None:
        said.append(f"raised {error!r}, number {logs.report(error)} in {logs.log_file()}")
        loop.quit()

    sys.excepthook = failed
    login = os.environ.get("IMS_LOGIN")
    if login:
        profile = str(program.view.credentials.profile.value())
        program.sign_in(Credentials(profile, login, os.environ.get("IMS_PASSWORD", ""), remember=False))
    elif demo:
        program.open_sample()
    else:
        program.start()
        said.append("Nobody is signed in: set IMS_LOGIN and IMS_PASSWORD, or use --demo.")
        QTimer.singleShot(SIGN_IN_MS, loop.quit)
    if program.session is None:
        loop.exec()
    try:
        if program.session is None:
            faults = said
        else:
            faults = Pictures(folder, program.session).draw() + said
            program.session.shell.hide()
    finally:
        program.close()
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    if not faults:
        sys.stdout.write(f"{len(list(folder.glob('*.png')))} pictures are in {folder}.\n")
    return 1 if faults else 0


class Pictures:
    """Draws pages into a folder and keeps a list of faults."""

    def __init__(self, folder: Path, session: DeskSession) -> None:
        self.folder, self._session = folder, session
        self.faults: list[str] = []
        self._seen: dict[str, str] = {}
        self._now = "start"
        session.background.crashed.connect(lambda error: self._fault(f"raised {error!r}"))
        session.messages.posted.connect(lambda message: self._fault(f"said: {message.text}"))
        self._heard_before = qInstallMessageHandler(self._qt_says)

    def draw(self) -> list[str]:
        """Draw everything; gives the faults, empty when all is well."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for dark in (False, True):
            theme.apply(_application(), dark)
            for width, height in SIZES:
                for key in self._pages():
                    self._draw_page(key, dark, width, height)
        qInstallMessageHandler(self._heard_before)
        return self.faults

    def _pages(self) -> Iterator[str]:
        yield from (entry.key for entry in ENTRIES if self._session.desk.may(entry.permission))

    def _draw_page(self, key: str, dark: bool, width: int, height: int) -> None:
        self._now = f"{key}_{'dark' if dark else 'light'}_{width}x{height}"
        shell = self._session.shell
        self._session.desk.navigation.open(key, filters=self._subject_of(key))
        shell.resize(width, height)
        shell.show()
        settle(self._session.background)
        page = shell.current
        if isinstance(page, ListPage) and page.spec.detail is not None and width >= WITH_PANEL:
            page.table.selectRow(min(PICKED, page.body.model.rowCount() - 1))
            settle(self._session.background)
        if page is None or _is_empty(page):
            self._fault("stayed empty")
        path = self.folder / f"{self._now}.png"
        try:
            capture(shell, path, width, height, self._session.background)
        except (OSError, TimeoutError) as error:
            self._fault(str(error))
            return
        if (shell.width(), shell.height()) != (width, height):
            self._fault(f"is {shell.width()} x {shell.height()}: something in it needs more room")
        drawn = hashlib.sha256(path.read_bytes()).hexdigest()
        if drawn in self._seen:
            self._fault(f"is the same picture as {self._seen[drawn]}")
        self._seen[drawn] = self._now

    def _subject_of(self, key: str) -> tuple[Filter, ...]:
        """The item card is about one item at one site, the way of a lot about one lot: the first that is listed."""
        if key == "lot_trace":
            lots: Any = self._session.shell.page("lots")
            return (Filter("lot", Match.IN, (lots.body.model.rows[0].lot_id,)),)
        if key != "item_card":
            return ()
        listed: Any = self._session.shell.page("stock")
        row = listed.body.model.rows[0]
        return (Filter("item", Match.IN, (row.item_id,)), Filter("site", Match.IN, (row.site_id,)))

    def _fault(self, what: str) -> None:
        self.faults.append(f"{self._now}: {what}")

    def _qt_says(self, kind: QtMsgType, _where: object, text: str) -> None:
        if kind in (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg) and not text.startswith(NO_SCREEN):
            self._fault(f"warned: {text}")


def _is_empty(page: QWidget) -> bool:
    """A page with lists, none of which shows a row."""
    tables = [table for table in page.findChildren(QAbstractItemView) if table.isVisible()]
    models = [model for table in tables if (model := table.model()) is not None]
    return bool(models) and all(model.rowCount() == 0 for model in models)


def _application() -> QApplication:
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        raise RuntimeError("Pictures need an application.")
    return application
