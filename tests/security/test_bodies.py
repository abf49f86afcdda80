"""What functions are written in must mean the same whatever a caller has set."""

import re

from tests.security.conftest import EMBEDDED, GroundOf

ESCAPED = re.compile(r"\bE'(?:[^'\\]|\\.|'')*'")
BODIES = (
    "SELECT p.proname, p.prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
    " WHERE n.nspname IN ('auth', 'public', %s) AND p.prosqlbody IS NULL"
)


def changeable(body: str) -> bool:
    """Whether a text in it depends on standard_conforming_strings, which everybody may set."""
    return "\\" in ESCAPED.sub("", body)


def test_no_body_means_something_else_under_old_strings(ground_of: GroundOf) -> None:
    ground = ground_of(EMBEDDED)
    with ground.server.root() as root:
        bodies = root.execute(BODIES, [ground.facts["schema"]]).fetchall()
    assert len(bodies) > 50
    assert not [name for name, body in bodies if changeable(body)]


def test_the_search_sees_what_it_is_looking_for() -> None:
    assert changeable(r"SELECT x ~ '^\s+$'")
    assert not changeable(r"SELECT x ~ E'^\\s+$' || E'it''s \'' || '[[:space:]]'")
