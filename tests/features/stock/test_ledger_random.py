"""Whatever happens to stock, the ledger agrees with domain/valuation.py to the last decimal after every step."""

import random

import pytest

from tests.features.stock.conftest import Bench
from tests.features.stock.histories import STEPS, History

HISTORIES, LONG = 60, 16


@pytest.mark.parametrize("first", range(0, HISTORIES, 20))
def test_random_histories_agree_with_the_model(shared_bench: Bench, first: int) -> None:
    shared_bench.root.autocommit = True
    done = set()
    for seed in range(first, first + 20):
        history = History(shared_bench.desk, shared_bench.root, shared_bench.restaurant, random.Random(seed))
        history.begin()
        for _ in range(LONG):
            history.step()
            assert history.differences() == [], seed
        done |= set(history.done)
    assert done >= set(STEPS)
