"""Secrets of this PC in the keyring of the system. A call may wait for the person: none is made on the GUI thread."""

import queue
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError

SERVICE = "ims-desktop"
PATIENCE = 20.0
SULKING = 60.0  # seconds in which a keyring that did not answer is not asked again

Answer = TypeVar("Answer")


class NoKeyring(Exception):
    """This system keeps no secrets, or did not answer: the person is asked at each start instead."""


def where() -> str:
    """What the keyring of this system is called; NoKeyring without one that works."""
    backend = _backend()
    _ask(lambda: backend.get_password(SERVICE, "any"))
    return backend.name.partition(" ")[0]


def recall(name: str) -> str | None:
    """The secret kept under a name; None when there is none."""
    backend = _backend()
    return _ask(lambda: backend.get_password(SERVICE, name))


def keep(name: str, secret: str) -> None:
    """Keep a secret."""
    backend = _backend()
    _ask(lambda: backend.set_password(SERVICE, name, secret))


def forget(name: str) -> None:
    """Remove a secret; fine when there is none."""
    backend = _backend()

    def remove() -> None:
        if backend.get_password(SERVICE, name) is not None:
            backend.delete_password(SERVICE, name)

    _ask(remove)


def _backend() -> KeyringBackend:
    """The keyring of the system; never one that writes into a file of its own, in plain text or nearly."""
    chosen = keyring.get_keyring()
    several: Iterable[KeyringBackend] = getattr(chosen, "backends", (chosen,))
    for backend in several:
        home = type(backend).__module__
        if not home.startswith(("keyrings.", "keyring.backends.fail", "keyring.backends.null")):
            return backend
    raise NoKeyring("This system has no key store.")


class _Silence:
    """Since when the keyring has not answered: once is enough to wait for it."""

    until = 0.0


def _ask(question: Callable[[], Answer]) -> Answer:
    if time.monotonic() < _Silence.until:
        raise NoKeyring("The key store of this system did not answer.")
    answers: queue.SimpleQueue[tuple[Any, Exception | None]] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put((question(), None))
        except Exception as error:  # a backend without its service raises errors of its own library
            answers.put((None, error))

    # A daemon: a prompt that nobody answers must not keep the program from ending.
    threading.Thread(target=work, name="keyring", daemon=True).start()
    try:
        answer, error = answers.get(timeout=PATIENCE)
    except queue.Empty as waited:
        _Silence.until = time.monotonic() + SULKING
        raise NoKeyring("The key store of this system did not answer.") from waited
    if error is not None:
        kind = "has no key store, or it is locked" if isinstance(error, KeyringError) else "has a key store that fails"
        raise NoKeyring(f"This system {kind}.") from error
    return answer  # type: ignore[no-any-return]
