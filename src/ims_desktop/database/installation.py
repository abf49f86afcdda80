"""Makes a server ready for the product: operator, roles, database, global tables and sign-in functions."""

import secrets
from dataclasses import replace
from typing import Any

import psycopg
from psycopg import sql

from ims_desktop.database.place import Place
from ims_desktop.database.scripts import MIGRATIONS, scripts, stamp
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say

OPERATOR = "ims_operator"
OLDEST, RECOMMENDED = 15, 16

Connection = psycopg.Connection[Any]


def as_sql(text: str) -> sql.SQL:
    """Text from our own files as a statement."""
    return sql.SQL(text)


def check_version(connection: Connection) -> str | None:
    """A warning for a server that works with reserve, None for a good one; UserError for one too old."""
    major = connection.info.server_version // 10000
    if major < OLDEST:
        raise UserError(say("This server runs PostgreSQL {major}: upgrade it to 16, 17 or 18 first.", major=major))
    if major < RECOMMENDED:
        return (
            f"PostgreSQL {major} makes every role that may create roles nearly a superuser; the product works, but its"
            " isolation between tenants is weaker. Upgrade the server to 16 or newer."
        )
    return None


def install(place: Place, user: str, password: str, *, renew: bool = False) -> str | None:
    """Prepare the database of `place`; repeating it changes nothing. Gives the operator's password when it set one.

    `user` is a superuser, or the administrator of a managed server (CREATEROLE and CREATEDB). `renew` gives an operator
    who is known already a new password.
    """
    if user == OPERATOR:
        raise UserError(
            say("{operator} cannot prepare the server: do it as the server's administrator.", operator=OPERATOR)
        )
    with replace(place, database="postgres").connect(user, password) as server:
        check_version(server)
        made = _make_operator(server, renew=renew)
        _make_database(server, place.database)
    with place.connect(user, password) as server, server.transaction():
        server.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(OPERATOR)))
        _make_shared(server)
    return made


def _make_operator(server: Connection, *, renew: bool) -> str | None:
    name, secret = sql.Identifier(OPERATOR), secrets.token_urlsafe(32)
    known = server.execute("SELECT FROM pg_roles WHERE rolname = %s", [OPERATOR]).fetchone() is not None
    if not known:
        server.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE CREATEDB PASSWORD {}").format(name, secret))
    elif renew:
        server.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, secret))
    server.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(name))
    return None if known and not renew else secret


def _make_database(server: Connection, database: str) -> None:
    if server.execute("SELECT FROM pg_database WHERE datname = %s", [database]).fetchone() is None:
        server.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(OPERATOR))
        )


def _make_shared(operator: Connection) -> None:
    operator.execute("SELECT pg_advisory_xact_lock(hashtext('ims installation'))")
    if operator.execute("SELECT to_regclass('public.tenants')").fetchone() != (None,):
        return
    operator.execute(as_sql((MIGRATIONS / "shared" / "cluster.sql").read_text("utf-8")))
    database = sql.Identifier(operator.info.dbname)
    operator.execute(
        sql.SQL(
            "REVOKE ALL ON DATABASE {0} FROM PUBLIC;"
            "GRANT CONNECT ON DATABASE {0} TO ims_gate, ims_reader;"
            "GRANT CREATE ON DATABASE {0} TO ims_owner;"
            "REVOKE ALL ON SCHEMA public FROM PUBLIC;"
            "GRANT USAGE, CREATE ON SCHEMA public TO ims_owner;"
            "GRANT USAGE ON SCHEMA public TO ims_rights, ims_ledger, ims_reader"
        ).format(database)
    )
    for role in ("ims_owner", "ims_rights", "ims_ledger"):
        operator.execute(
            as_sql(f"SET LOCAL ROLE {role}; ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
        )
    operator.execute(as_sql(f"SET LOCAL ROLE ims_owner; {stamp('shared', 'public')}"))
    for script in scripts("shared"):
        operator.execute(as_sql(f"SET LOCAL ROLE {script.owner}; {script.sql}"))
