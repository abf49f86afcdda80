"""A few of the rows of `python3 dev.py torture imports`: through every importer and every list that takes a block."""

from ims_desktop.ui.list_spec import ListSpec
from tests.restaurant import seed
from tests.tenants import Tenant
from tests.torture.attempts import Larder, pages, through_the_server

ROWS = 1_200


def test_rows_of_anything_become_a_sentence_or_a_change(tenant: Tenant) -> None:
    made = seed(tenant)
    with tenant.as_root() as root:
        root.autocommit = True
        root.execute(f'SET search_path = "{tenant.names.schema}", pg_catalog')
        outcomes = through_the_server(Larder(tenant.desk(), root, made), ROWS)
    assert all(outcomes.values())
    assert sum(counted["taken"] for counted in outcomes.values()) > len(outcomes) / 2


def test_every_list_whose_cells_can_be_changed_takes_part(tenant: Tenant) -> None:
    for page in pages(tenant.id):
        assert isinstance(page, ListSpec)
        assert page.save is not None
