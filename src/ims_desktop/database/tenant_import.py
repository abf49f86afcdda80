"""Brings a tenant back from its archive, on this server or another: everything as it was, in one transaction.

The tenant keeps its identity: its id is part of every encrypted field and of its exported seals, and the ids of its
members are part of every posting's hash. So it cannot be twice on one server.
"""

import secrets
import zipfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg import sql

from ims_desktop.database.archive import PEOPLE, Manifest, Part, blocks, open_whole, table_file
from ims_desktop.database.export import tables_of
from ims_desktop.database.installation import Connection, as_sql
from ims_desktop.database.proof import new_salt
from ims_desktop.database.scripts import TenantNames, head
from ims_desktop.database.tenancy import build_tenant, log
from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.wording import say

ARRIVING = """
CREATE TEMPORARY TABLE arriving (
  id uuid PRIMARY KEY, first_name text NOT NULL, last_name text NOT NULL, email text, username text, phone text,
  role text NOT NULL, is_active boolean NOT NULL, created_at timestamptz NOT NULL,
  login text GENERATED ALWAYS AS (coalesce(email, username, phone)) STORED CHECK (login IS NOT NULL)
) ON COMMIT DROP
"""
COLUMNS = ("id", "first_name", "last_name", "email", "username", "phone", "role", "is_active", "created_at")
SAME = "(lower(u.email) = lower(a.email) OR lower(u.username) = lower(a.username) OR u.phone = a.phone)"
WHO_IS_WHO = f"""
SELECT a.login, array_agg(u.id) FILTER (WHERE u.id IS NOT NULL) FROM arriving a LEFT JOIN public.users u ON {SAME}
GROUP BY a.id ORDER BY a.login
"""
NEWCOMERS = f"SELECT a.login FROM arriving a WHERE NOT EXISTS (SELECT FROM public.users u WHERE {SAME})"
MEMBERSHIPS = f"""
INSERT INTO public.user_tenants (id, user_id, tenant_id, role, is_active, created_at)
SELECT a.id, u.id, %s, a.role, a.is_active, a.created_at FROM arriving a JOIN public.users u ON {SAME}
"""


@dataclass(frozen=True)
class Imported:
    """What came of it: the tenant, and its people by their logins: known here before, and made known just now."""

    tenant: UUID
    name: str
    rows: int
    known: tuple[str, ...]
    new: tuple[str, ...]


def import_tenant(operator: Connection, file: Path, name: str = "") -> Imported:
    """Make the tenant of an archive, called `name` or as it was; UserError, and nothing left, where it does not fit."""
    with open_whole(file) as (archive, manifest), operator.transaction():
        operator.execute("SET LOCAL statement_timeout = 0; SET LOCAL timezone = 'UTC'")
        operator.execute("SET LOCAL ROLE ims_owner")
        _check(operator, manifest)
        called = _build(operator, manifest, name)
        rows = _load_tables(operator, archive, manifest)
        known, new = _load_people(operator, archive, manifest)
        _finish(operator, manifest)
        log(operator, "tenant imported", manifest.tenant, name=called, as_of=manifest.snapshot_at)
    return Imported(manifest.tenant, called, rows, known, new)


def _check(operator: Connection, manifest: Manifest) -> None:
    """What can be known before anything is made."""
    there = operator.execute("SELECT name FROM public.tenants WHERE id = %s", [manifest.tenant]).fetchone()
    if there is not None:
        raise UserError(
            say(
                "This restaurant group is on this server already, called {there}. Import it on "
                "another server, or delete it here first.",
                there=there[0],
            )
        )
    wanted = head("tenant")
    if manifest.revision != wanted:
        raise UserError(
            say(
                "This archive was made at revision {revision}, and this program works at {wanted}: "
                "import it with the version of the program that made it, and migrate afterwards.",
                revision=manifest.revision[:20],
                wanted=wanted,
            )
        )


def _build(operator: Connection, manifest: Manifest, name: str) -> str:
    try:
        return build_tenant(operator, manifest.tenant, name or manifest.name, manifest.country)
    except (psycopg.errors.DuplicateObject, psycopg.errors.DuplicateSchema) as error:
        raise UserError("This restaurant group is in another database of this server already.") from error


# ---- tables -------------------------------------------------------------------------------------------------------


def _load_tables(operator: Connection, archive: zipfile.ZipFile, manifest: Manifest) -> int:
    """All rows as they were, without what happens by itself when a person changes something; keys and checks hold."""
    schema, parts = TenantNames(manifest.tenant).schema, manifest.by_file
    tables = tables_of(operator, schema)
    _check_shape({table_file(table): columns for table, columns, _key in tables}, parts)
    for table, columns, _key in tables:
        place = sql.Identifier(schema, table)
        operator.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(place))
        _copy(operator, archive, parts[table_file(table)], place, columns)
        operator.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(place))
    _count_on(operator, schema)
    return sum(part.rows for part in manifest.parts)


def _check_shape(tables: dict[str, list[str]], parts: dict[str, Part]) -> None:
    wanted = {**tables, PEOPLE: list(COLUMNS)}
    odd = sorted(wanted.keys() ^ parts.keys()) or [
        file for file in sorted(wanted) if wanted[file] != list(parts[file].columns)
    ]
    if odd:
        raise UserError(
            say("This archive does not fit this version of the program: {odd} is not as it should be.", odd=odd[0][:60])
        )


def _copy(
    operator: Connection, archive: zipfile.ZipFile, part: Part, place: sql.Identifier, columns: list[str]
) -> None:
    named = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, HEADER MATCH)").format(place, named)
    try:
        with operator.cursor() as cursor:
            with cursor.copy(statement) as copy:
                for block in blocks(archive, part):
                    copy.write(block)
            loaded = cursor.rowcount
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        raise UserError(say("{file} holds what cannot be: {error}.", file=part.file, error=_what(error))) from error
    if loaded != part.rows:
        raise UserError(
            say("{file} has {loaded} rows, and {rows} were exported.", file=part.file, loaded=loaded, rows=part.rows)
        )


def _what(error: psycopg.Error) -> str:
    """The reason in the server's words, with the place in the file."""
    where = (error.diag.context or "").partition("\n")[0].partition(", ")[2]
    return f"{(error.diag.message_primary or 'unknown')[:200]}{' (' + where[:100] + ')' if where else ''}"


def _count_on(operator: Connection, schema: str) -> None:
    """Numbers go on behind the highest there is."""
    found = operator.execute(
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = to_regnamespace(%s) AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        " AND a.attidentity <> ''",
        [f'"{schema}"'],
    ).fetchall()
    for table, column in found:
        place = sql.Identifier(schema, table)
        operator.execute(
            sql.SQL("SELECT setval(pg_get_serial_sequence({}, {}), max({})) FROM {}").format(
                sql.Literal(f'"{schema}"."{table}"'), sql.Literal(column), sql.Identifier(column), place
            )
        )


# ---- people -------------------------------------------------------------------------------------------------------


def _load_people(
    operator: Connection, archive: zipfile.ZipFile, manifest: Manifest
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Take in who signs in here already, by the login, and make the others known; their first code is still to come."""
    operator.execute("RESET ROLE")  # a temporary table is the operator's to make
    operator.execute(ARRIVING)
    _copy(operator, archive, manifest.by_file[PEOPLE], sql.Identifier("arriving"), list(COLUMNS))
    found = operator.execute(as_sql(WHO_IS_WHO)).fetchall()
    known = {login: users[0] for login, users in found if users and len(users) == 1}
    problems = [
        Problem(
            say(
                "{login} would be several people here: e-mail address, username and phone belong to different ones.",
                login=login,
            )
        )
        for login, users in found
        if users and len(users) > 1
    ]
    problems += [
        Problem(say("{login} and somebody else in this archive are one person here.", login=login))
        for login, user in known.items()
        if list(known.values()).count(user) > 1
    ]
    if problems:
        raise UserError("Nothing was imported: it is not clear who is who.", problems)
    try:
        _enter(operator, manifest.tenant)
    except psycopg.IntegrityError as error:
        raise UserError(say("{people} holds what cannot be: {error}.", people=PEOPLE, error=_what(error))) from error
    return tuple(known), tuple(login for login, users in found if not users)


def _enter(operator: Connection, tenant: UUID) -> None:
    for (login,) in operator.execute(as_sql(NEWCOMERS)).fetchall():
        operator.execute(  # nobody knows a password to this verifier
            "INSERT INTO public.users (first_name, last_name, email, username, phone, bcrypt_salt, password,"
            " must_change_password) SELECT first_name, last_name, email, username, phone, %s, %s, true FROM arriving"
            " WHERE login = %s",
            [new_salt().decode(), secrets.token_bytes(32), login],
        )
    operator.execute(as_sql(MEMBERSHIPS), [tenant])


def _finish(operator: Connection, manifest: Manifest) -> None:
    """What must hold of the whole, and the record as it was."""
    schema = sql.Identifier(TenantNames(manifest.tenant).schema)
    statement = sql.SQL("SELECT FROM arriving a FULL JOIN {}.members m USING (id) WHERE a.id IS NULL OR m.id IS NULL")
    if operator.execute(statement.format(schema)).fetchone() is not None:
        raise UserError(
            say("{people} and {members} do not name the same people.", people=PEOPLE, members=table_file("members"))
        )
    operator.execute("SET LOCAL ROLE ims_rights")
    try:
        operator.execute(sql.SQL("SELECT {}.keep_an_owner()").format(schema))
    except psycopg.Error as error:
        raise UserError("Nobody in this archive is an owner, so nobody could give anybody a right.") from error
    operator.execute("SET LOCAL ROLE ims_owner")
    status = "SUSPENDED" if manifest.status == "SUSPENDED" else "ACTIVE"
    try:
        operator.execute(
            "UPDATE public.tenants SET status = %s, subscription_tier = %s, networks = %s::cidr[], created_at = %s"
            " WHERE id = %s",
            [status, manifest.tier, list(manifest.networks), manifest.created_at, manifest.tenant],
        )
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        raise UserError(say("The manifest holds what cannot be: {error}.", error=_what(error))) from error
