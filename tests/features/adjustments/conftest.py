"""The restaurant of the ledger's tests serves waste and adjustments too."""

from tests.features.stock.conftest import Bench, bench, shared_bench

__all__ = ["Bench", "bench", "shared_bench"]
