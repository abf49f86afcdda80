"""The role a backup is made as, and what would be missing in a backup by it.

A dump under row security has no rows of a table that no policy opens to its role, and says nothing: it ends with exit
code 0. So what is missing is looked for here, before a dump is relied on.
"""

import secrets

from psycopg import sql

from ims_desktop.database.installation import Connection, as_sql
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say

BACKUP = "ims_backup"

# Tables and sequences that the role may not read in full: no privilege, or row security without a policy that opens all
# rows to it, or with one that closes some.
GAPS = """
SELECT n.nspname || '.' || c.relname,
  CASE WHEN c.relkind = 'S' AND NOT has_sequence_privilege('ims_backup', c.oid, 'SELECT')
         THEN 'its number is not readable'
       WHEN NOT has_schema_privilege('ims_backup', n.oid, 'USAGE') THEN 'its schema is not readable'
       WHEN c.relkind <> 'S' AND NOT has_table_privilege('ims_backup', c.oid, 'SELECT') THEN 'it is not readable'
       WHEN c.relrowsecurity AND NOT p.opens THEN 'no policy opens its rows, so they would be missing without a word'
       WHEN c.relrowsecurity AND p.closes THEN 'a restrictive policy closes some of its rows' END AS gap
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
  SELECT coalesce(bool_or(l.polpermissive AND pg_get_expr(l.polqual, c.oid) = 'true'), false) AS opens,
         coalesce(bool_or(NOT l.polpermissive), false) AS closes
  FROM pg_policy l WHERE l.polrelid = c.oid AND l.polcmd IN ('r', '*')
    AND EXISTS (SELECT FROM unnest(l.polroles) AS r (oid) WHERE r.oid = 0 OR pg_has_role('ims_backup', r.oid, 'USAGE'))
) p
WHERE (n.nspname = 'public' OR n.nspname IN (SELECT t.schema_name FROM public.tenants t))
  AND c.relkind IN ('r', 'p', 'S')
"""


def gaps(operator: Connection) -> list[str]:
    """Every table and sequence that a backup would lack, with the reason; nothing when a backup is whole."""
    if operator.execute("SELECT FROM pg_roles WHERE rolname = %s", [BACKUP]).fetchone() is None:
        return [f"everything: there is no role {BACKUP}; run ims-admin init as the server's administrator"]
    with operator.transaction():
        operator.execute("SET LOCAL ROLE ims_owner")
        found = operator.execute(as_sql(f"SELECT * FROM ({GAPS}) g WHERE gap IS NOT NULL ORDER BY 1")).fetchall()
    return [f"{table}: {gap}" for table, gap in found]


def let_in(operator: Connection) -> str:
    """Let the backup role sign in; gives its new password. UserError where a backup by it would lack something."""
    missing = gaps(operator)
    if missing:
        raise UserError(
            say(
                "A backup would lack {count} tables or sequences, so nobody is let in: {missing}.",
                count=len(missing),
                missing=missing[0],
            )
        )
    password = secrets.token_urlsafe(32)
    role = sql.Identifier(BACKUP)
    with operator.transaction():
        operator.execute(sql.SQL("ALTER ROLE {} LOGIN CONNECTION LIMIT 4 PASSWORD {}").format(role, password))
        operator.execute(sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(role))
    return password


def may_come_in(operator: Connection) -> bool:
    """Whether the backup role may sign in."""
    row = operator.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", [BACKUP]).fetchone()
    return row is not None and bool(row[0])


def shut_out(operator: Connection) -> None:
    """Let the backup role sign in no more; it is what it was before it was let in."""
    role = sql.Identifier(BACKUP)
    with operator.transaction():
        operator.execute(sql.SQL("ALTER ROLE {} NOLOGIN CONNECTION LIMIT -1 PASSWORD NULL").format(role))
        operator.execute(sql.SQL("ALTER ROLE {} RESET ALL").format(role))
