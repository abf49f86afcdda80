"""The cryptography of sensitive fields: a key for each restaurant group, wrapped for every PC, and what it encrypts.

AES-256-GCM under keys derived by HKDF-SHA256 from the tenant key. A wrap is for a public key (X25519): whoever holds
the tenant key can pass it on, also to the recovery code, without knowing their secrets. Everything is bound to its
place, so that no ciphertext can be moved to another record, column or tenant.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEY, NONCE, PUBLIC = 32, 12, 32
FORM = b"\x01"  # how a sealed field is laid out: form, key version, nonce, ciphertext
HEAD = len(FORM) + 4
BLOCK = 32  # texts are filled up to multiples of this, so that their length says little


class CannotOpen(Exception):
    """Another key, another place, or not what was written."""


@dataclass(frozen=True)
class Spot:
    """Where a sealed field stands."""

    table: str
    column: str
    record: UUID

    def named(self, tenant: UUID, version: int) -> bytes:
        """What the ciphertext is bound to."""
        return f"{tenant}/{version}/{self.table}/{self.column}/{self.record}".encode()


def new_key() -> bytes:
    """A tenant key."""
    return secrets.token_bytes(KEY)


def new_recovery_code() -> str:
    """A code to be printed and locked away: 160 random bits in letters and digits that are not confused on paper."""
    text = base64.b32encode(secrets.token_bytes(20)).decode().translate(str.maketrans("OI", "89"))
    return "-".join(text[n : n + 4] for n in range(0, len(text), 4))


def plain_code(typed: str) -> str:
    """A recovery code however it was typed."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())
    return letters.translate(str.maketrans("OI01", "8989"))


class Holder:
    """Whoever may open wraps: a PC by the secret of its gate, or the bearer of the recovery code."""

    def __init__(self, secret: str, tenant: UUID) -> None:
        self._private = X25519PrivateKey.from_private_bytes(_derived(secret.encode(), tenant.bytes, b"ims holder"))
        self.public = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def unwrap(self, wrapped: bytes, tenant: UUID, version: int) -> bytes:
        """The tenant key; CannotOpen when it was wrapped for somebody else."""
        sender, nonce, sealed = wrapped[:PUBLIC], wrapped[PUBLIC : PUBLIC + NONCE], wrapped[PUBLIC + NONCE :]
        try:
            shared = self._private.exchange(X25519PublicKey.from_public_bytes(sender))
            key = _derived(shared, sender + self.public, b"ims wrap")
            return AESGCM(key).decrypt(nonce, sealed, f"{tenant}/{version}".encode())
        except (InvalidTag, ValueError) as error:
            raise CannotOpen("This was wrapped for somebody else.") from error


def wrap(key: bytes, public: bytes, tenant: UUID, version: int) -> bytes:
    """The tenant key for the holder of a public key alone; CannotOpen when that is no public key."""
    sender, nonce = X25519PrivateKey.generate(), secrets.token_bytes(NONCE)
    own = sender.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    try:
        shared = sender.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError as error:
        raise CannotOpen("This is not a public key.") from error
    sealed = AESGCM(_derived(shared, own + public, b"ims wrap")).encrypt(nonce, key, f"{tenant}/{version}".encode())
    return own + nonce + sealed


def fingerprint(public: bytes) -> str:
    """A public key in a form that two people compare by telephone."""
    digest = hashlib.sha256(public).hexdigest().upper()
    return " ".join(digest[n : n + 4] for n in range(0, 16, 4))


def version_of(sealed: bytes) -> int:
    """Under which version of the tenant key a field was sealed."""
    if sealed[: len(FORM)] != FORM or len(sealed) < HEAD + NONCE:
        raise CannotOpen("This is not a sealed field.")
    return int.from_bytes(sealed[len(FORM) : HEAD], "big")


@dataclass(frozen=True)
class TenantKeys:
    """The versions of one tenant's key that are at hand; the newest seals."""

    tenant: UUID
    versions: Mapping[int, bytes] = field(repr=False)

    @property
    def newest(self) -> int:
        """The version that seals."""
        return max(self.versions)

    def seal(self, text: str, spot: Spot) -> bytes | None:
        """A text for its place alone; an empty text stays nothing."""
        if not text:
            return None
        plain = text.encode()
        if b"\0" in plain:
            raise ValueError("a text has no zero characters in it")
        plain += bytes(-len(plain) % BLOCK)
        version, nonce = self.newest, secrets.token_bytes(NONCE)
        sealed = AESGCM(self._own(version, b"field")).encrypt(nonce, plain, spot.named(self.tenant, version))
        return FORM + version.to_bytes(4, "big") + nonce + sealed

    def open(self, sealed: bytes | None, spot: Spot) -> str:
        """The text that was sealed for this place; CannotOpen when it was not, or its key is not at hand."""
        if sealed is None:
            return ""
        version = version_of(sealed)
        nonce, rest = sealed[HEAD : HEAD + NONCE], sealed[HEAD + NONCE :]
        try:
            plain = AESGCM(self._own(version, b"field")).decrypt(nonce, rest, spot.named(self.tenant, version))
            return plain.rstrip(b"\0").decode()
        except (InvalidTag, ValueError) as error:
            raise CannotOpen("This was not written for this place with this key.") from error

    def digest(self, text: str, table: str, column: str, normal: Callable[[str], str]) -> bytes | None:
        """What an equal value is found by under the newest version; says nothing to who has no key."""
        return self.digests(text, table, column, normal)[0] if normal(text) else None

    def digests(self, text: str, table: str, column: str, normal: Callable[[str], str]) -> list[bytes]:
        """The same under every version at hand, the newest first: while fields move to a new key, both are found."""
        message = f"{table}/{column}/{normal(text)}".encode()
        newest_first = sorted(self.versions, reverse=True)
        return [hmac.digest(self._own(version, b"search"), message, "sha256") for version in newest_first]

    def _own(self, version: int, use: bytes) -> bytes:
        if version not in self.versions:
            raise CannotOpen(f"Version {version} of the key is not at hand.")
        return _derived(self.versions[version], self.tenant.bytes, b"ims " + use)


def _derived(secret: bytes, salt: bytes, use: bytes) -> bytes:
    return HKDF(SHA256(), KEY, salt, use).derive(secret)
