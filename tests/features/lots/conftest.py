"""The restaurant of the stock tests, with mozzarella by lots that expire and prosciutto by lots alone."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.features.lots.kitchen import Kitchen
from tests.features.stock.conftest import Bench
from tests.tenants import Tenant


@pytest.fixture
def kitchen(tenant: Tenant) -> Iterator[Kitchen]:
    """A kitchen of this test's own."""
    root: psycopg.Connection[object]
    with tenant.as_root() as root:
        yield Kitchen(Bench(tenant, root))
