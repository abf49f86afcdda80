"""What Qt says when there is no screen. The first window needs this and no more, so it stands by itself."""

import sys

from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication

NO_SCREEN = "This plugin does not support"


def hush() -> None:
    """Without a screen Qt complains at every window that there is none; whoever asked for that need not read it."""

    def tell(_kind: QtMsgType, _where: object, text: str) -> None:
        if not text.startswith(NO_SCREEN):
            sys.stderr.write(f"{text}\n")

    if QGuiApplication.platformName() == "offscreen":
        qInstallMessageHandler(tell)
