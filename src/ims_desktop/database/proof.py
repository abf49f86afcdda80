"""SCRAM (RFC 5802) with bcrypt in the place of PBKDF2: the server keeps StoredKey, the password stays on the desk."""

import hashlib
import hmac

import bcrypt

from ims_desktop.domain.errors import Problem, UserError


def _client_key(password: str, salt: bytes) -> bytes:
    secret = password.encode()
    if len(secret) > 72:
        sentence = "A password has at most 72 bytes: accented letters count for two or more."
        raise UserError(sentence, [Problem(sentence, "password")])
    return hmac.digest(bcrypt.hashpw(secret, salt), b"Client Key", "sha256")


def stored_key(password: str, salt: bytes) -> bytes:
    """What the server keeps: 32 bytes that let nobody in."""
    return hashlib.sha256(_client_key(password, salt)).digest()


def proof(password: str, salt: bytes, nonce: bytes) -> bytes:
    """What shows the server, for this nonce only, that the desk knows the password."""
    client_key = _client_key(password, salt)
    signature = hmac.digest(hashlib.sha256(client_key).digest(), nonce, "sha256")
    return bytes(a ^ b for a, b in zip(client_key, signature, strict=True))
