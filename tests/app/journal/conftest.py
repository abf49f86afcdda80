"""A desk at a restaurant that has flour to waste."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QApplication

from tests.features.stock.conftest import Bench, shared_bench
from tests.features.stock.emptied import bench

__all__ = ["bench", "shared_bench"]


@pytest.fixture
def at(bench: Bench, qapp: QApplication, tmp_path: Path) -> SimpleNamespace:
    """Downtown with flour, and a folder for journals."""
    bench.root.execute("UPDATE items SET is_active = true WHERE name = 'Flour'")
    bench.root.commit()
    bench.receive("Flour", 100, 1)
    return SimpleNamespace(bench=bench, folder=tmp_path, site=bench.restaurant.site)
