"""Locks small secrets with something a person types: scrypt makes the key, AES-GCM locks and notices every change."""

import json
import os
from base64 import b64decode, b64encode
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

LENGTH, BLOCK, LANES = 2**15, 8, 1  # 32 MiB and about a tenth of a second a guess
DEAR = 2**17  # 128 MiB and about half a second: for what a password alone has to hold


class Damaged(Exception):
    """Not something that was locked here, or changed since."""


class WrongSecret(Exception):
    """It does not open with this."""


def lock(content: bytes, secret: bytes, about: str = "", length: int = LENGTH) -> str:
    """The content as text that only `secret` opens; `about` is not hidden, but cannot be exchanged either."""
    salt, nonce = os.urandom(16), os.urandom(12)
    box = AESGCM(_key(secret, salt, length)).encrypt(nonce, content, about.encode())
    parts = {"salt": salt, "nonce": nonce, "box": box}
    return json.dumps({name: b64encode(part).decode() for name, part in parts.items()})


def unlock(locked: str, secret: bytes, about: str = "", length: int = LENGTH) -> bytes:
    """The content again; WrongSecret, or Damaged when it cannot even be read."""
    try:
        found: dict[str, Any] = json.loads(locked)
        salt, nonce, box = (b64decode(found[name], validate=True) for name in ("salt", "nonce", "box"))
        if (len(salt), len(nonce)) != (16, 12) or len(box) < 16:
            raise Damaged
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged from error
    try:
        return AESGCM(_key(secret, salt, length)).decrypt(nonce, box, about.encode())
    except InvalidTag as error:
        raise WrongSecret from error


def _key(secret: bytes, salt: bytes, length: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=length, r=BLOCK, p=LANES).derive(secret)
