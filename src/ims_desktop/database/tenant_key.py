"""The tenant key at a desk: opened with the secret of this PC, and what it seals and opens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, text

from ims_desktop.database.secrets_box import CannotOpen, Holder, Spot, TenantKeys, fingerprint, version_of
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.sensitive import SensitiveTable

PLACE = "ims_keys"
LOCKED = "This PC has no key to these fields. Somebody who may invite people can give it one under PCs and keys."


class KeyRing:
    """What one desk holds of the tenant key: nothing, until the server has a wrap for this PC."""

    def __init__(self, tenant: UUID, secret: str) -> None:
        self.tenant = tenant
        self.holder = Holder(secret, tenant) if secret else None
        self._keys: TenantKeys | None = None

    def lie_on(self, connection: Connection) -> None:
        """Be at hand for the use case that gets this connection."""
        connection.info[PLACE] = self

    def keys(self, connection: Connection, *, needed: int = 0) -> TenantKeys | None:
        """The keys; None where this PC has none. Asked of the server anew when a needed version is not there."""
        if self._keys is None or needed not in (0, *self._keys.versions):
            self._keys = self._ask(connection)
        return self._keys

    def forget(self) -> None:
        """Ask the server the next time."""
        self._keys = None

    def _ask(self, connection: Connection) -> TenantKeys | None:
        if self.holder is None:
            return None
        rows = connection.execute(text("SELECT version, wrapped FROM open_keys()")).all()
        found = unwrapped(self.holder, self.tenant, {row.version: row.wrapped for row in rows})
        if found:
            return TenantKeys(self.tenant, found)
        connection.execute(text("SELECT ask_for_key(:public)"), {"public": self.holder.public})
        return None


def unwrapped(holder: Holder, tenant: UUID, wraps: Mapping[int, bytes]) -> dict[int, bytes]:
    """The versions of the tenant key that this holder can open."""
    found = {}
    for version, wrapped in wraps.items():
        try:
            found[version] = holder.unwrap(bytes(wrapped), tenant, version)
        except CannotOpen:
            continue
    return found


def ring_on(connection: Connection) -> KeyRing:
    """The key ring of the desk that runs this use case."""
    found: KeyRing = connection.info[PLACE]
    return found


def keys_on(connection: Connection) -> TenantKeys:
    """The keys of this desk as they are now, to write with; UserError where it has none."""
    ring = ring_on(connection)
    ring.forget()
    keys = ring.keys(connection)
    if keys is None:
        raise UserError(LOCKED)
    return keys


def own_fingerprint(connection: Connection) -> str:
    """What this PC asks for the key as; empty where it cannot hold one."""
    holder = ring_on(connection).holder
    return fingerprint(holder.public) if holder is not None else ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A sensitive text as this desk sees it; `text` is None where it cannot: locked on this PC, or damaged."""

    text: str | None
    is_locked: bool = False

    def __bool__(self) -> bool:
        return self.text != ""


def opened(
    connection: Connection, table: SensitiveTable, record: UUID, row: Mapping[str, Any] | RowMapping
) -> dict[str, Opened]:
    """The sensitive columns of a row, as far as this PC can open them. Where all are empty, no key is asked for."""
    return {column: _opened(connection, Spot(table.name, column, record), row[column]) for column in table.columns}


def _opened(connection: Connection, spot: Spot, value: bytes | None) -> Opened:
    if not value:
        return Opened("")
    try:
        version = version_of(bytes(value))
        keys = ring_on(connection).keys(connection, needed=version)
        if keys is None or version not in keys.versions:
            return Opened(None, is_locked=True)
        return Opened(keys.open(bytes(value), spot))
    except CannotOpen:
        return Opened(None)


def sealed(keys: TenantKeys, table: SensitiveTable, record: UUID, texts: Mapping[str, str]) -> dict[str, bytes | None]:
    """The values of the columns that hold these texts, with the hashes they are found by."""
    values: dict[str, bytes | None] = {}
    for column, value in texts.items():
        values[column] = keys.seal(value, Spot(table.name, column, record))
        if column in table.searched:
            values[f"{column}_hash"] = keys.digest(value, table.name, column, table.searched[column])
    return values
