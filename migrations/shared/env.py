"""The environment of this history; both histories share one."""

import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).parents[1] / "env.py"))
