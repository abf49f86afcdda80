"""psql as a hostile person runs it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from ims_desktop.database.embedded.programs import wheel_binaries
from tests.security.attack import Answer, Doing
from tests.security.ground import Ground, Line

STATE = re.compile(r"ERROR:\s+([0-9A-Z]{5}): (.*)")


def psql() -> str:
    """The program; of the system, or the one that comes with the embedded server."""
    return shutil.which("psql") or str(Path(wheel_binaries()) / "psql")


def credentials(line: Line) -> dict[str, str]:
    """How a connection was made, as PostgreSQL's own programs are told: with TLS where it had TLS."""
    parts = {part.envvar: part.val for part in line.pgconn.info if part.envvar and part.val}
    return {name.decode(): value.decode() for name, value in parts.items()}


def shell(command: str) -> Doing:
    """One command given to psql with somebody's stored credentials; answers its lines."""

    def given(ground: Ground, who: str) -> Answer:
        done = subprocess.run(
            [psql(), "-XAtq", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose", "-c", ground.fill(command)],
            check=False,
            capture_output=True,
            text=True,
            timeout=30,
            env=os.environ | credentials(ground.line(who)),
        )
        if done.returncode:
            found = STATE.search(done.stderr)
            return Answer(found[1] if found else "?????", done.stderr)
        return Answer(rows=tuple((line,) for line in done.stdout.splitlines()))

    return given
