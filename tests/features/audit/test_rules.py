"""The words of the audit log."""

import re
from pathlib import Path

from ims_desktop.domain.posting_kinds import DOCUMENTS
from ims_desktop.features.audit.rules import SUBJECTS

MIGRATIONS = Path(__file__).parents[3] / "migrations/tenant"


def test_everything_that_is_audited_has_a_name() -> None:
    triggers = (MIGRATIONS / "objects/5_triggers").glob("*.sql")
    text = "".join(path.read_text("utf-8") for path in triggers)
    listed = text[text.index("(VALUES") : text.index("AS t (name")]
    tables = {
        *re.findall(r"\('(\w+)'", listed),
        *re.findall(r"TRIGGER audit\w* AFTER .*? ON tenant_schema\.(\w+)", text),
    }
    assert {"periods", "orders"} <= tables
    assert tables <= SUBJECTS.keys()


def test_every_kind_of_posting_has_a_name() -> None:
    text = (MIGRATIONS / "tables.sql").read_text("utf-8")
    table = text[text.index("CREATE TABLE tenant_schema.postings") :]
    kinds = re.findall(r"'([A-Z_]+)'", table[table.index("kind IN") : table.index("site_id")])
    assert "METHOD" in kinds
    assert set(kinds) == DOCUMENTS.keys()
