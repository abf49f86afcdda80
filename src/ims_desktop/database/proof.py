"""SCRAM (RFC 5802) with bcrypt in the place of PBKDF2: the server keeps StoredKey, the password stays on the desk."""

import hashlib
import hmac
import re
import secrets

import bcrypt

from ims_desktop.domain.errors import Problem, UserError

# What the server asks of new salts and makes up for unknown logins; a salt of another kind is not one of ours.
COST = 12
# No letter or digit of a one-time code is mistaken for another; 16 of them are 80 bits.
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_SALT = re.compile(rb"\$2b\$(0[4-9]|1[0-5])\$[./A-Za-z0-9]{22}")


def new_salt(cost: int = COST) -> bytes:
    """A fresh salt for a new password."""
    return bcrypt.gensalt(cost)


def stored_key(password: str, salt: bytes) -> bytes:
    """What the server keeps: 32 bytes that let nobody in."""
    return hashlib.sha256(_client_key(password, salt)).digest()


def proof(password: str, salt: bytes, nonce: bytes) -> bytes:
    """What shows the server, for this nonce only, that the desk knows the password."""
    return _signed(_client_key(password, salt), nonce)


def one_time_code() -> str:
    """A fresh code to tell somebody, such as K7QM-2RTX-9DHP-4WZB."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(16))
    return "-".join(letters[place : place + 4] for place in range(0, 16, 4))


def code_letters(code: str) -> bytes:
    """What counts of a typed code: neither case nor spaces nor hyphens."""
    return re.sub(r"[\s-]", "", code).upper().encode(errors="replace")


def code_key(code: str) -> bytes:
    """What the server keeps of a one-time code. It is random, so nothing needs to slow down guessing it."""
    return hashlib.sha256(_code_client_key(code)).digest()


def code_proof(code: str, nonce: bytes) -> bytes:
    """What shows the server, for this nonce only, that the desk knows the code."""
    return _signed(_code_client_key(code), nonce)


def _code_client_key(code: str) -> bytes:
    return hmac.digest(hashlib.sha256(code_letters(code)).digest(), b"Client Key", "sha256")


def _client_key(password: str, salt: bytes) -> bytes:
    try:
        secret = password.encode()
    except UnicodeEncodeError as error:
        raise _refused("A password has no characters that cannot be typed.") from error
    if len(secret) > 72:
        raise _refused("A password has at most 72 bytes: accented letters count for two or more.")
    if b"\0" in secret:
        raise _refused("A password has no characters that cannot be typed.")
    if not _SALT.fullmatch(salt):
        raise UserError("The server answered with something that is no salt. Nothing was sent to it.")
    return hmac.digest(bcrypt.hashpw(secret, salt), b"Client Key", "sha256")


def _refused(sentence: str) -> UserError:
    return UserError(sentence, [Problem(sentence, "password")])


def _signed(client_key: bytes, nonce: bytes) -> bytes:
    signature = hmac.digest(hashlib.sha256(client_key).digest(), nonce, "sha256")
    return bytes(a ^ b for a, b in zip(client_key, signature, strict=True))
