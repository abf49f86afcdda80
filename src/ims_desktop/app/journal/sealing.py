"""The cryptography of what a person keeps on a PC: one key, half from the server after the sign-in, half of the PC.

AES-256-GCM. A record is bound to its journal, to its number and to the record before it, so that none can be moved,
left out, exchanged or brought in from elsewhere without the next one failing to open.
"""

import os
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY, NONCE, TAG = 32, 12, 16
BLOCK = 64  # contents are filled up to multiples of this, so that their length says little
OVERHEAD = NONCE + TAG


class CannotOpen(Exception):
    """Another key, another place, or not what was written."""


@dataclass(frozen=True)
class JournalKey:
    """What opens and seals in one journal; `name` is the journal as the server calls it."""

    name: UUID
    _key: bytes = field(repr=False)

    @classmethod
    def of(cls, name: UUID, from_server: bytes, from_pc: str) -> "JournalKey":
        """The key of a journal: there is none without the server's answer to its person and the secret of the PC."""
        key = HKDF(SHA256(), KEY, name.bytes, b"ims journal").derive(from_server + from_pc.encode())
        return cls(name, key)

    def seal(self, content: bytes, place: bytes) -> bytes:
        """The content for its place alone."""
        filled = len(content).to_bytes(4, "big") + content
        filled += bytes(-len(filled) % BLOCK)
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(self._key).encrypt(nonce, filled, self.name.bytes + place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """The content that was sealed for this place."""
        try:
            filled = AESGCM(self._key).decrypt(sealed[:NONCE], sealed[NONCE:], self.name.bytes + place)
        except (InvalidTag, ValueError) as error:
            raise CannotOpen("This was not written for this place with this key.") from error
        return filled[4 : 4 + int.from_bytes(filled[:4], "big")]
