"""DROP OWNED BY the group of a tenant: any member may send it, so nothing that matters may hang on the group."""

import psycopg
import pytest

from tests.security.conftest import VERSIONS, GroundOf

POLICIES = "SELECT tablename, policyname, roles::text FROM pg_policies WHERE schemaname = %s ORDER BY 1, 2"


@pytest.mark.parametrize("version", VERSIONS)
def test_no_policy_goes_with_the_group(version: str, ground_of: GroundOf) -> None:
    """Not even where every grant is one of a whole table, so that nothing makes the statement fail."""
    ground = ground_of(version)
    names, member = ground.alpha.names, ground.facts["counter_lease"]
    with ground.server.root() as root, root.transaction(force_rollback=True):
        before = root.execute(POLICIES, [names.schema]).fetchall()
        assert before
        root.execute(f'CREATE POLICY bait ON "{names.schema}".items TO "{names.group}" USING (true)'.encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege), root.transaction():
            drop_owned(root, member, names.group)
        root.execute(f'GRANT ALL ON ALL TABLES IN SCHEMA "{names.schema}" TO "{names.group}"'.encode())
        drop_owned(root, member, names.group)
        root.execute("RESET ROLE")
        assert root.execute(POLICIES, [names.schema]).fetchall() == before  # the bait was taken, and nothing else


def drop_owned(line: psycopg.Connection, member: str, group: str) -> None:
    """Send it as a member of the group."""
    line.execute(f'SET LOCAL ROLE "{member}"'.encode())
    line.execute(f'DROP OWNED BY "{group}"'.encode())
