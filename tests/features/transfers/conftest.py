"""The restaurant of the ledger's tests sends and receives too."""

from tests.features.stock.conftest import Bench, bench

__all__ = ["Bench", "bench"]
