"""A few of the rows of `python3 dev.py torture imports`: through every importer and every list that takes a block."""

import ast
from pathlib import Path
from uuid import uuid4

from ims_desktop import features
from tests.restaurant import seed
from tests.tenants import Tenant
from tests.torture.attempts import Larder, pages, through_the_server

ROWS = 1_200
FEATURES = Path(features.__file__).parent


def test_rows_of_anything_become_a_sentence_or_a_change(tenant: Tenant) -> None:
    made = seed(tenant)
    with tenant.as_root() as root:
        root.autocommit = True
        root.execute(f'SET search_path = "{tenant.names.schema}", pg_catalog')
        outcomes = through_the_server(Larder(tenant.desk(), root, made), ROWS)
    assert all(outcomes.values())
    assert sum(counted["taken"] for counted in outcomes.values()) > len(outcomes) / 2


def test_every_list_whose_cells_can_be_changed_takes_part() -> None:
    trees = (ast.parse(path.read_text("utf-8")) for path in FEATURES.rglob("*.py"))
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    lists = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "ListSpec"]
    saving = [call for call in lists if any(named.arg == "save" for named in call.keywords)]
    assert len(saving) == len(pages(uuid4()))
