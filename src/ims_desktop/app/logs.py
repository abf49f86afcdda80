"""One log file of JSON lines on this computer, rotated; what nobody expected ends there with a number to quote."""

import logging
import logging.handlers
import secrets
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import platformdirs
import structlog

from ims_desktop.domain.wording import Words, say

SIZE, KEPT = 2_000_000, 5
QUIET = 60.0  # seconds in which the same error at the same place is not told again: a page is painted many times
Hear = Callable[[str], None]


def log_file() -> Path:
    """Where the log is."""
    return platformdirs.user_log_path("ims-desktop", appauthor=False) / "desktop.log"


def begin(level: str = "INFO") -> None:
    """Write what the program logs to the file; uncaught errors too."""
    path = log_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=SIZE, backupCount=KEPT, encoding="utf-8", delay=True)
    logging.basicConfig(level=level, handlers=[handler], format="%(message)s", force=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    watch()


def watch() -> None:
    """Hear of errors wherever nobody catches them: in what Qt calls, in threads, in what is let go."""
    sys.excepthook = _uncaught
    sys.unraisablehook = _unraisable
    threading.excepthook = _uncaught_in_thread


def report(error: BaseException) -> str:
    """Log an error nobody expected; gives the number under which it is found."""
    number = secrets.token_hex(4)
    structlog.get_logger().error("unexpected", number=number, exc_info=error)
    return number


def under(number: str) -> Words:
    """What the person is told of it."""
    return say("Something unexpected went wrong. The log has it under {number}.", number=number)


def nobody(_number: str) -> None:
    """Nobody is at the window to be told."""


class Alarm:
    """Logs what nobody expected, and tells whoever is at the window its number; from any thread."""

    def __init__(self) -> None:
        self.hear: Hear = nobody
        self._told: dict[Any, float] = {}

    def raise_for(self, error: BaseException) -> None:
        """Log and tell an error, unless it was told from the same place a moment ago."""
        frames = traceback.extract_tb(error.__traceback__)
        place = (type(error), (frames[-1].filename, frames[-1].lineno) if frames else str(error))
        now = time.monotonic()
        if now - self._told.get(place, -QUIET) >= QUIET:
            self._told[place] = now
            self.hear(report(error))


alarm = Alarm()


def _uncaught(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    if isinstance(error, Exception):
        alarm.raise_for(error)
    sys.__excepthook__(_kind, error, _trace)


def _uncaught_in_thread(caught: threading.ExceptHookArgs) -> None:
    if isinstance(caught.exc_value, Exception):
        alarm.raise_for(caught.exc_value)


def _unraisable(caught: "sys.UnraisableHookArgs") -> None:
    if isinstance(caught.exc_value, Exception):
        alarm.raise_for(caught.exc_value)
