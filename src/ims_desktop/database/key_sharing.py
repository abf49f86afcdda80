"""What a desk that holds the tenant key does with it: gives it to other PCs, renews it, moves fields to the new one."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Connection, text

from ims_desktop.database.secrets_box import CannotOpen, Holder, TenantKeys, new_key, plain_code, wrap
from ims_desktop.database.tenant_key import keys_on, opened, ring_on, sealed, unwrapped
from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.sensitive import SENSITIVE, SensitiveTable
from ims_desktop.domain.wording import say

BATCH = 50


def share(connection: Connection, holder: str, public_key: bytes) -> None:
    """Give a PC that asked all versions of the key; the public key is the one the person looked at."""
    _share(connection, keys_on(connection), holder, public_key)


def unlock(connection: Connection, code: str) -> None:
    """Give this PC the key by the recovery code."""
    ring = ring_on(connection)
    if ring.holder is None:
        raise UserError("This PC cannot hold a key.")
    rows = connection.execute(text("SELECT version, wrapped FROM recovery_wraps()")).all()
    bearer = Holder(plain_code(code), ring.tenant)
    found = unwrapped(bearer, ring.tenant, {row.version: row.wrapped for row in rows})
    if not found:
        sentence = "This is not the recovery code of this restaurant group."
        raise UserError(sentence, [Problem(sentence, "code")])
    connection.execute(text("SELECT ask_for_key(:public)"), {"public": ring.holder.public})
    here = connection.execute(text("SELECT holder FROM key_list() WHERE is_this")).scalar_one()
    _share(connection, TenantKeys(ring.tenant, found), here, ring.holder.public)
    ring.forget()


def _share(connection: Connection, keys: TenantKeys, holder: str, public_key: bytes) -> None:
    versions = sorted(keys.versions)
    try:
        wraps = [wrap(keys.versions[version], public_key, keys.tenant, version) for version in versions]
    except CannotOpen as error:
        raise UserError("What this PC asked with is not a key. Take its question away and let it ask anew.") from error
    connection.execute(
        text("SELECT share_key(:holder, :public, :versions, :wraps)"),
        {"holder": holder, "public": public_key, "versions": versions, "wraps": wraps},
    )


def withdraw(connection: Connection, holder: str) -> None:
    """Take the key away from a PC, or its question from the list."""
    connection.execute(text("SELECT withdraw_key(:holder)"), {"holder": holder})
    ring_on(connection).forget()


def renew(connection: Connection) -> int:
    """Begin a new version for everybody who holds the newest one, be it one that nobody can open; gives its number."""
    keys = keys_on(connection)
    holders = text("SELECT holder, public_key, newest FROM key_list() WHERE newest = ANY (versions)")
    rows = connection.execute(holders).all()
    version, key = max((row.newest for row in rows), default=0) + 1, new_key()
    wraps = [wrap(key, bytes(row.public_key), keys.tenant, version) for row in rows]
    connection.execute(
        text("SELECT renew_key(:version, :holders, :wraps)"),
        {"version": version, "holders": [row.holder for row in rows], "wraps": wraps},
    )
    ring_on(connection).forget()
    return version


def move_some(connection: Connection) -> int:
    """Encrypt some more rows with the newest version; gives how many, 0 when none is left that one may change."""
    keys = keys_on(connection)
    return sum(_move_some(connection, keys, table) for table in SENSITIVE)


def end_old(connection: Connection) -> None:
    """Forget the versions before the newest; Conflict while something is still encrypted with one of them."""
    connection.execute(text("SELECT end_old_keys()"))
    ring_on(connection).forget()


def _move_some(connection: Connection, keys: TenantKeys, table: SensitiveTable) -> int:
    behind = " OR ".join(f"substring({column} FROM 2 FOR 4) <> int4send(:newest)" for column in table.columns)
    some = f"SELECT {table.key} AS key, {', '.join(table.columns)} FROM {table.name} WHERE {behind} LIMIT {BATCH}"
    rows = connection.execute(text(f"{some} FOR UPDATE"), {"newest": keys.newest}).all()
    for row in rows:
        texts = {}
        for column, value in opened(connection, table, row.key, row._mapping).items():
            if value.text is None:
                raise UserError(
                    say(
                        "A field ({name}, {column}, {key}) cannot be opened here. Go on at a PC that holds "
                        "the older key, or enter the field anew.",
                        name=table.name,
                        column=column,
                        key=row.key,
                    )
                )
            texts[column] = value.text
        _update(connection, table, row.key, sealed(keys, table, row.key, texts))
    return len(rows)


def _update(connection: Connection, table: SensitiveTable, record: UUID, values: Mapping[str, bytes | None]) -> None:
    changes = ", ".join(f"{column} = :{column}" for column in values)
    statement = text(f"UPDATE {table.name} SET {changes} WHERE {table.key} = :record")
    connection.execute(statement, {**values, "record": record})
