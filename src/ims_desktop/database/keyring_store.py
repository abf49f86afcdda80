"""Secrets of this PC in the keyring of the system. A call may wait for the person: none is made on the GUI thread."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from typing import TypeVar

import keyring
from keyring.errors import KeyringError

SERVICE = "ims-desktop"
PATIENCE = 20.0

Answer = TypeVar("Answer")


class NoKeyring(Exception):
    """This system keeps no secrets, or did not answer: the person is asked at each start instead."""


def recall(name: str) -> str | None:
    """The secret kept under a name; None when there is none."""
    return _ask(lambda: keyring.get_password(SERVICE, name))


def keep(name: str, secret: str) -> None:
    """Keep a secret."""
    _ask(lambda: keyring.set_password(SERVICE, name, secret))


def forget(name: str) -> None:
    """Remove a secret; fine when there is none."""

    def remove() -> None:
        if keyring.get_password(SERVICE, name) is not None:
            keyring.delete_password(SERVICE, name)

    _ask(remove)


def _ask(question: Callable[[], Answer]) -> Answer:
    worker = ThreadPoolExecutor(1, "keyring")
    try:
        return worker.submit(question).result(PATIENCE)
    except TooLong as error:
        raise NoKeyring("The key store of this system did not answer.") from error
    except KeyringError as error:
        raise NoKeyring("This system has no key store.") from error
    except Exception as error:  # a backend without its service raises errors of its own library
        raise NoKeyring("The key store of this system does not work.") from error
    finally:
        worker.shutdown(wait=False, cancel_futures=True)
