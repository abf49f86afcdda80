"""What tables with encrypted columns need: values for a form, those that changed, and rows with an equal value."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Table, false, or_

from ims_desktop.database.secrets_box import TenantKeys
from ims_desktop.database.tenant_key import LOCKED, Opened, ring_on, sealed
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.sensitive import SensitiveTable

SHORTEST_NUMBER = 6  # digits that make a search worth comparing with phone and account numbers


def texts_of(fields: Mapping[str, Opened]) -> dict[str, str]:
    """What a form begins with; a UserError on a PC without the key. What is damaged begins empty."""
    if any(value.is_locked for value in fields.values()):
        raise UserError(LOCKED)
    return {name: value.text or "" for name, value in fields.items()}


def changed(
    keys: TenantKeys, table: SensitiveTable, key: UUID, before: Mapping[str, str], after: Mapping[str, str]
) -> dict[str, bytes | None]:
    """The columns whose text differs, encrypted anew, with the hashes they are found by."""
    return sealed(keys, table, key, {name: after[name] for name in table.columns if after[name] != before[name]})


def keys_to_search(connection: Connection, search: str) -> TenantKeys | None:
    """The keys, where a search may be a whole e-mail address or number and this PC holds them."""
    is_number = sum(letter.isdigit() for letter in search) >= SHORTEST_NUMBER
    return ring_on(connection).keys(connection) if "@" in search or is_number else None


def has_value(keys: TenantKeys, table: Table, sensitive: SensitiveTable, search: str) -> ColumnElement[bool]:
    """Rows in which any searched column has exactly this value, written in any of the usual ways."""
    ways = [
        table.c[f"{name}_hash"].in_(keys.digests(search, sensitive.name, name, same))
        for name, same in sensitive.searched.items()
    ]
    return or_(false(), *ways)


def as_written(values: Any, columns: tuple[str, ...]) -> dict[str, str]:
    """These fields of a draft, without blanks around them."""
    return {name: getattr(values, name).strip() for name in columns}
