"""Every object of a fresh tenant and of the shared schemas grants what is written in granted.toml, and nothing else."""

import json
import os
import re
import tomllib
from pathlib import Path

import pytest

from tests.tenants import MakeTenant, Tenant

HERE = Path(__file__).parent
WRITTEN = HERE / "granted.toml"
QUESTION = (HERE / "walk.sql").read_text("utf-8")
SERVER_ROLES = (
    "ims_operator",
    "ims_owner",
    "ims_rights",
    "ims_ledger",
    "ims_gate",
    "ims_issuer",
    "ims_reader",
    "ims_backup",
)
PREFACE = """\
# Who may what: every schema, table, column, sequence, function, type, policy, trigger, default privilege, role and
# membership of a fresh tenant (called tenant_schema, with tenant_group, tenant_issuer, a lease and a gate) and of the
# shared schemas. What a role owns it may use; that is not repeated.
#
# tests/security/test_walk.py compares it with a server in both directions. Whoever changes the schema changes it here
# knowingly: IMS_WRITE_GRANTED=1 python -m pytest tests/security/test_walk.py writes it anew; read the difference.
"""

Facts = dict[str, dict[str, list[str]]]


def names_of(tenant: Tenant, lease: str) -> dict[str, str]:
    """What this tenant calls things, and what the list calls them."""
    names = tenant.names
    return {
        names.schema: "tenant_schema",
        names.group: "tenant_group",
        names.issuer: "tenant_issuer",
        lease: "a_lease",
        tenant.server.gate.user: "a_gate",
        tenant.server.superuser: "superuser",
    }


def walked(tenant: Tenant) -> Facts:
    """Everything the server grants."""
    lease = tenant.desk().identity.role
    names = names_of(tenant, lease)
    known = re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))
    roles = [*SERVER_ROLES, *(name for name in names if name != tenant.names.schema)]
    with tenant.server.root() as root:
        rows = root.execute(
            QUESTION.encode(), {"schemas": ["public", "auth", tenant.names.schema], "roles": roles}
        ).fetchall()
    found: dict[str, dict[str, set[str]]] = {}
    for row in rows:
        kind, name, fact = (known.sub(lambda match: names[match[0]], str(part)) for part in row)
        name = re.sub(r"(audit_log)_\d{4}_\d\d", r"\1_month", name)
        found.setdefault(kind, {}).setdefault(name, set()).add(re.sub(r"\s+", " ", fact))
    return {kind: {name: sorted(facts) for name, facts in sorted(things.items())} for kind, things in found.items()}


def as_toml(facts: Facts) -> str:
    """The list as a person reads it."""
    lines = [PREFACE]
    for kind, things in facts.items():
        lines.append(f"[{json.dumps(kind)}]")
        for name, said in things.items():
            parts = ",\n".join(f"  {json.dumps(one)}" for one in said)
            lines.append(f"{json.dumps(name)} = [\n{parts},\n]")
        lines.append("")
    return "\n".join(lines)


def flat(facts: Facts) -> set[str]:
    return {
        f"{kind} {name}: {fact}" for kind, things in facts.items() for name, said in things.items() for fact in said
    }


@pytest.fixture
def facts(make_tenant: MakeTenant) -> Facts:
    return walked(make_tenant())


def test_what_is_granted_is_what_is_written(facts: Facts) -> None:
    if os.environ.get("IMS_WRITE_GRANTED"):
        WRITTEN.write_text(as_toml(facts), "utf-8")
    written = flat(tomllib.loads(WRITTEN.read_text("utf-8")))
    assert not sorted(flat(facts) - written), "the server grants what is not written"
    assert not sorted(written - flat(facts)), "what is written is not there"


def test_every_table_of_a_tenant_has_row_security_and_a_reader(facts: Facts) -> None:
    tables = {
        name for name in facts["table"] if name.startswith("tenant_schema.") and name != "tenant_schema.alembic_version"
    }
    assert not [name for name in tables if "owned by ims_owner, row security" not in facts["table"][name]]
    assert not [name for name in tables if f"{name}.reader" not in facts["policy"]]


def test_a_definer_looks_for_names_where_nobody_can_put_any(facts: Facts) -> None:
    definers = {name: said for name, said in facts["function"].items() if any(", definer" in fact for fact in said)}
    assert len(definers) > 40
    assert not [
        name for name, said in definers.items() if not any("search_path=pg_catalog, pg_temp" in one for one in said)
    ]
    assert not [name for name, said in definers.items() if any("owned by ims_owner" in one for one in said)]


def test_nothing_but_harmless_functions_is_for_everybody(facts: Facts) -> None:
    everybody = [name for name, said in facts["function"].items() if any(one.startswith("PUBLIC") for one in said)]
    harmless = ("is_seen", "look_alike", "sort_key")
    assert sorted(everybody) == [f"public.{name}(_text text)" for name in harmless]
    tables = {**facts["table"], **facts.get("sequence", {}), **facts.get("view", {}), **facts["schema"]}
    assert not [name for name, said in tables.items() if any(one.startswith("PUBLIC") for one in said)]


def test_a_group_has_one_table_that_it_may_not_read_as_a_whole(facts: Facts) -> None:
    """It is what makes DROP OWNED BY the group fail, which any member may send and which would drop every policy."""
    said = [fact for fact in facts["table"]["tenant_schema.members"] if fact.startswith("tenant_group: ")]
    assert [re.fullmatch(r"tenant_group: SELECT \(.*\)", fact) is not None for fact in said] == [True]
