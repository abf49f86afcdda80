"""On a screen where everything is twice as large, every page is still whole, and walked with keys."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = "tests/app/test_pages.py::test_every_page_is_whole_and_named"
PATIENCE = 300


def test_every_page_is_whole_at_200_percent() -> None:
    """Qt reads the factor once, when it starts: a program of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", PAGES],
        cwd=ROOT,
        env=os.environ | {"QT_SCALE_FACTOR": "2", "QT_QPA_PLATFORM": "offscreen"},
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "1 passed" in done.stdout
