"""A restaurant in which nothing happened yet: for tests that share one, and may not depend on each other."""

import pytest

from tests.features.stock.conftest import Bench

HAPPENED = (
    "TRUNCATE postings, stock_costs, stock_levels, lots, count_sheets, approval_requests, periods, journals CASCADE"
)


def emptied(bench: Bench) -> Bench:
    """The same restaurant without anything that was posted, counted or asked for; people and records stay."""
    root = bench.root
    root.execute("SET session_replication_role = replica")  # what is append-only is not emptied otherwise
    root.execute("SET lock_timeout = '30s'")  # whoever holds on to something is named, and not waited for
    root.execute(HAPPENED)
    root.execute("RESET lock_timeout")
    root.execute("SET session_replication_role = DEFAULT")
    root.commit()
    return bench


@pytest.fixture
def bench(shared_bench: Bench) -> Bench:
    """A restaurant in which nothing happened yet; its people and records are those of all tests of the file."""
    return emptied(shared_bench)
