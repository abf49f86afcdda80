"""Switching persons on a shared PC: a session that lies in the keyring opens with a PIN of its person.

The PIN is short, so it protects from colleagues at the PC and from nobody who can read the keyring: each wrong one is
counted before it is tried, and the fifth deletes the session. The key is made of the PIN and a secret of this PC, so an
entry that leaks alone is worth nothing.
"""

import json
import secrets

from ims_desktop.database import keyring_store, locked_box
from ims_desktop.domain.errors import Problem, UserError

TRIES = 5


def keep(name: str, token: bytes, pin: str) -> None:
    """Keep a session under a name, to be opened with the PIN."""
    keyring_store.keep(name, json.dumps({"wrong": 0, "sealed": locked_box.lock(token, _secret(pin), name)}))


def open_with(name: str, pin: str) -> bytes:
    """The session kept under a name. UserError says how many tries are left."""
    kept = keyring_store.recall(name)
    try:
        found = json.loads(kept or "null")
        wrong, sealed = int(found["wrong"]) + 1, str(found["sealed"])
    except (ValueError, KeyError, TypeError) as error:
        keyring_store.forget(name)
        raise _refused("This PC no longer remembers you. Sign in with your password.") from error
    # Counted first: who ends the program while it tries has used up a try as well.
    keyring_store.keep(name, json.dumps({"wrong": wrong, "sealed": sealed}))
    try:
        token = locked_box.unlock(sealed, _secret(pin), name)
    except (locked_box.WrongSecret, locked_box.Damaged) as error:
        if wrong >= TRIES:
            keyring_store.forget(name)
            raise _refused("Too many wrong PINs: this PC has forgotten you. Sign in with your password.") from error
        left = TRIES - wrong
        raise _refused(f"This is not your PIN. {left} {'try' if left == 1 else 'tries'} left.") from error
    keyring_store.keep(name, json.dumps({"wrong": 0, "sealed": sealed}))
    return token


def is_sealed(kept: str) -> bool:
    """Whether what the keyring holds opens with a PIN alone."""
    return kept.startswith("{")


def _secret(pin: str) -> bytes:
    own = keyring_store.recall("pin-secret")
    if own is None:
        own = secrets.token_hex(32)
        keyring_store.keep("pin-secret", own)
    return f"{own}:{pin}".encode(errors="replace")


def _refused(sentence: str) -> UserError:
    return UserError(sentence, [Problem(sentence, "pin")])
