"""Whatever happens to stock, the ledger agrees with domain/valuation.py to the last decimal after every step."""

import random

import pytest

from tests.features.stock.conftest import Bench
from tests.features.stock.histories import STEPS, History
from tests.torture.histories import MUTANTS, abroad, first_difference, survivors

HISTORIES, LONG = 60, 16


@pytest.fixture(scope="module", autouse=True)
def _abroad(shared_bench: Bench) -> None:
    """One of the sites keeps its stock in another currency."""
    shared_bench.root.autocommit = True
    abroad(shared_bench.restaurant, shared_bench.root)


@pytest.mark.parametrize("first", range(0, HISTORIES, 20))
def test_random_histories_agree_with_the_model(shared_bench: Bench, first: int) -> None:
    done = set()
    for seed in range(first, first + 20):
        history = History(shared_bench.desk, shared_bench.root, shared_bench.restaurant, random.Random(seed))
        assert first_difference(history, LONG) == [], seed
        done |= set(history.done)
    assert done >= {*STEPS, "abroad"}


@pytest.mark.parametrize("mutant", MUTANTS[::4], ids=lambda mutant: mutant[0])
def test_a_wrong_ledger_does_not_go_unseen(shared_bench: Bench, mutant: tuple[str, str, str]) -> None:
    assert survivors(shared_bench.tenant, shared_bench.restaurant, shared_bench.root, [mutant]) == []
