"""The SQL of the product as readable files: tables, and one object a file, in the order of their folders and names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

MIGRATIONS = Path(__file__).parents[3] / "migrations"
# Roles that make objects of their own in a schema; they may create there only while the scripts run.
MAKERS = {"shared": ("auth", "ims_rights"), "tenant": ("tenant_schema", "ims_rights, ims_ledger, tenant_issuer")}
# The folder of an object says who owns it; everything else belongs to the owner of the tables.
OWNERS = {"rights": "ims_rights", "ledger": "ims_ledger", "issuer": "tenant_issuer"}


@dataclass(frozen=True)
class TenantNames:
    """What one tenant's schema and roles are called; the scripts say tenant_schema, tenant_group and tenant_issuer."""

    tenant: UUID

    @property
    def schema(self) -> str:
        """The schema that holds the tenant."""
        return f"tenant_{self.tenant.hex}"

    @property
    def group(self) -> str:
        """The role every lease of the tenant is a member of."""
        return f"t_{self.tenant.hex}"

    @property
    def issuer(self) -> str:
        """The role that makes leases."""
        return f"i_{self.tenant.hex}"

    def fill(self, sql: str) -> str:
        """The script with this tenant's names."""
        names = {"tenant_schema": self.schema, "tenant_group": self.group, "tenant_issuer": self.issuer}
        return re.sub(r"\btenant_(schema|group|issuer)\b", lambda match: names[match[0]], sql)


@dataclass(frozen=True)
class Script:
    """One step: the role it runs as, and its text."""

    name: str
    owner: str
    sql: str


def scripts(history: str) -> Iterator[Script]:
    """Everything that makes up head of `history` ("shared" or "tenant"): the tables, then the objects."""
    home = MIGRATIONS / history
    schema, makers = MAKERS[history]
    yield Script("tables", "ims_owner", (home / "tables.sql").read_text("utf-8"))
    yield Script("open", "ims_owner", f"GRANT USAGE, CREATE ON SCHEMA {schema} TO {makers};\n")
    for path in sorted((home / "objects").glob("*/*.sql")):
        owner = OWNERS.get(path.parent.name.partition("_")[2], "ims_owner")
        yield Script(f"{path.parent.name}/{path.stem}", owner, path.read_text("utf-8"))
    yield Script("close", "ims_owner", f"REVOKE CREATE ON SCHEMA {schema} FROM {makers};\n")


def head(history: str) -> str:
    """The newest revision of a history, by the numbers its files begin with."""
    return max(path.stem.partition("_")[0] for path in (MIGRATIONS / history / "versions").glob("[0-9]*.py"))


def stamp(history: str, schema: str) -> str:
    """The statement that notes a schema made from the scripts as being at head, in Alembic's own table."""
    return (
        f'CREATE TABLE "{schema}".alembic_version (version_num varchar(32) PRIMARY KEY);'
        f"INSERT INTO \"{schema}\".alembic_version VALUES ('{head(history)}')"
    )
