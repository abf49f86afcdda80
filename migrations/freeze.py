"""Keeps head as the script of a revision: `python migrations/freeze.py tenant 0001_first`."""

import sys
from pathlib import Path

from ims_desktop.database.revision import frozen

history, revision = sys.argv[1:]
script = Path(__file__).parent / history / "versions" / f"{revision}.up.sql"
script.write_text(frozen(history), "utf-8")
