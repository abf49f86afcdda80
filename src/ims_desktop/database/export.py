"""One tenant as a file that any program can read: a zip of CSV files, and a manifest that says what must be in them."""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from psycopg import sql

from ims_desktop.database.archive import FORMAT, MANIFEST, PEOPLE, Part, table_file
from ims_desktop.database.installation import Connection
from ims_desktop.database.scripts import TenantNames
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say

# Who belongs to the tenant, from the global tables; never what anybody signs in with.
MEMBERS = (
    "SELECT m.id, u.first_name, u.last_name, u.email, u.username, u.phone, m.role, m.is_active, m.created_at"
    " FROM public.user_tenants m JOIN public.users u ON u.id = m.user_id WHERE m.tenant_id = {} ORDER BY m.id"
)


def export_tenant(operator: Connection, tenant: UUID, file: Path) -> list[Part]:
    """Write every table to a new file, all as they were at one moment; trade goes on meanwhile."""
    try:
        out = os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except FileExistsError as error:
        raise UserError(
            say("{file} is there already: choose another name, or move it away first.", file=file)
        ) from error
    except OSError as error:
        raise UserError(say("{file} cannot be written: {strerror}.", file=file, strerror=error.strerror)) from error
    try:
        with out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, operator.transaction():
            operator.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            operator.execute("SET LOCAL ROLE ims_reader; SET LOCAL statement_timeout = 0; SET LOCAL timezone = 'UTC'")
            record = _record(operator, tenant)
            parts = list(_parts(operator, tenant, archive))
            manifest = {**record, "parts": [asdict(part) for part in parts]}
            archive.writestr(MANIFEST, json.dumps(manifest, indent=2, default=str, ensure_ascii=False))
    except BaseException:
        file.unlink()  # half an archive must not be taken for a whole one
        raise
    return parts


def _record(operator: Connection, tenant: UUID) -> dict[str, Any]:
    names = ("name", "slug", "country", "status", "tier", "networks", "created_at", "snapshot_at")
    row = operator.execute(
        "SELECT name, slug, country, status, subscription_tier, networks::text[], created_at, now()"
        " FROM public.tenants WHERE id = %s",
        [tenant],
    ).fetchone()
    if row is None:
        raise UserError("This restaurant group is gone.")
    revision = operator.execute(
        sql.SQL("SELECT version_num FROM {}.alembic_version").format(sql.Identifier(TenantNames(tenant).schema))
    ).fetchone()
    return {
        "format": FORMAT,
        "program": version("ims-desktop"),
        "exported_at": datetime.now(UTC),
        "tenant": tenant,
        **dict(zip(names, row, strict=True)),
        "revision": revision[0] if revision else "",
        "reading": "CSV as PostgreSQL writes it: UTF-8, a header, an empty cell is null and a quoted empty one is not,"
        " times in UTC, numbers in full. Load tables in the order of the parts.",
    }


def _parts(operator: Connection, tenant: UUID, archive: zipfile.ZipFile) -> Iterator[Part]:
    yield _part(operator, archive, PEOPLE, sql.SQL(MEMBERS).format(sql.Literal(tenant)))
    schema = TenantNames(tenant).schema
    for table, columns, key in tables_of(operator, schema):
        order = sql.SQL(" ORDER BY {}").format(sql.SQL(", ").join(map(sql.Identifier, key))) if key else sql.SQL("")
        statement = sql.SQL("SELECT {} FROM {}{}").format(
            sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(schema, table), order
        )
        yield _part(operator, archive, table_file(table), statement)


def tables_of(operator: Connection, schema: str) -> list[tuple[str, list[str], list[str]]]:
    """Every table with the columns that are not computed from others and its key; those first that others refer to."""
    found = operator.execute(
        "SELECT c.relname, (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a"
        "   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),"
        " (SELECT array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum)) FROM pg_index i"
        "   JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)"
        "   WHERE i.indrelid = c.oid AND i.indisprimary),"
        " (SELECT array_agg(DISTINCT t.relname::text) FROM pg_constraint f JOIN pg_class t ON t.oid = f.confrelid"
        "   WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid <> c.oid)"
        " FROM pg_class c WHERE c.relnamespace = to_regnamespace(%s) AND c.relkind IN ('r', 'p')"
        " AND NOT c.relispartition AND c.relname <> 'alembic_version' ORDER BY c.relname",
        [f'"{schema}"'],
    ).fetchall()
    waiting, ordered = {row[0]: row for row in found}, []
    while waiting:
        ready = [name for name, row in waiting.items() if not set(row[3] or []) & set(waiting)] or list(waiting)
        ordered += [(name, waiting[name][1], waiting.pop(name)[2] or []) for name in ready]
    return ordered


def _part(operator: Connection, archive: zipfile.ZipFile, file: str, statement: sql.Composed) -> Part:
    shape = operator.execute(sql.SQL("{} LIMIT 0").format(statement)).description or []
    names = {column.name: column.type_display for column in shape}
    with archive.open(file, "w", force_zip64=True) as out:
        digest, rows = _copy(operator, sql.SQL("COPY ({}) TO STDOUT (FORMAT csv, HEADER)").format(statement), out)
    return Part(file, names, rows, digest)


def _copy(operator: Connection, statement: sql.Composed, out: IO[bytes]) -> tuple[str, int]:
    digest = hashlib.sha256()
    with operator.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for block in copy:
                digest.update(block)
                out.write(block)
        return digest.hexdigest(), cursor.rowcount
