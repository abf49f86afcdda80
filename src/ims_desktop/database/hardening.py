"""What a superuser can close on a server of one's own, and what of it is still open."""

from ims_desktop.database.installation import Connection, as_sql
from ims_desktop.database.scripts import MIGRATIONS
from ims_desktop.domain.errors import UserError

# One line for each door that harden.sql closes, in words, and whether it stands open to every role.
DOORS = """
SELECT 'the databases postgres and template1', bool_or(has_database_privilege('public', oid, 'CONNECT'))
FROM pg_database WHERE datname IN ('postgres', 'template1')
UNION ALL
SELECT d.what, bool_or(has_function_privilege('public', p.oid, 'EXECUTE')) FROM (VALUES
  ('locks without end', '^pg_(try_)?advisory_'), ('large objects', '^(lo_|loread$|lowrite$)'),
  ('messages into the log of changes', '^pg_logical_emit_message$'),
  ('figures of what others do', '^pg_stat_get_activity$|^pg_lock_status$'),
  ('sizes of what others have', '_size$'), ('ending of connections', '^pg_(cancel|terminate)_backend$')
) d (what, pattern) JOIN pg_proc p ON p.proname ~ d.pattern AND p.pronamespace = 'pg_catalog'::regnamespace
  AND p.proname NOT IN ('pg_size_pretty', 'pg_column_size')
GROUP BY d.what
UNION ALL
SELECT 'the list of roles', has_table_privilege('public', 'pg_catalog.pg_roles', 'SELECT')
ORDER BY 1
"""


def open_doors(connection: Connection) -> list[str]:
    """What stands open to every role though it could be closed; nothing on a server that was hardened."""
    return [what for what, is_open in connection.execute(as_sql(DOORS)).fetchall() if is_open]


def harden(connection: Connection) -> None:
    """Close them; whoever does it must be a superuser, because these things belong to the server itself."""
    row = connection.execute("SELECT current_setting('is_superuser') = 'on'").fetchone()
    if row is None or not row[0]:
        raise UserError(
            "Only a superuser can harden the server: set DB_USER and DB_PASSWORD to one. On a managed server this"
            " cannot be done; docs/security.md says what stays open there."
        )
    with connection.transaction():
        connection.execute(as_sql((MIGRATIONS / "shared" / "harden.sql").read_text("utf-8")))
