"""One log file of JSON lines on this computer, rotated; what nobody expected ends there with a number to quote."""

import logging
import logging.handlers
import secrets
import sys
from pathlib import Path
from types import TracebackType

import platformdirs
import structlog

SIZE, KEPT = 2_000_000, 5


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
    sys.excepthook = _uncaught


def report(error: BaseException) -> str:
    """Log an error nobody expected; gives the number under which it is found."""
    number = secrets.token_hex(4)
    structlog.get_logger().error("unexpected", number=number, exc_info=error)
    return number


def _uncaught(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    number = report(error)
    sys.stderr.write(f"Something unexpected went wrong; it is in {log_file()} under the number {number}.\n")
    sys.__excepthook__(_kind, error, _trace)
