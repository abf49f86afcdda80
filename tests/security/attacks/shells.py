"""PostgreSQL's own programs as a hostile person runs them, one command or script at a time."""

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from subprocess import CompletedProcess

from ims_desktop.database.embedded.programs import Programs, older_binaries, wheel_binaries
from tests.database.debian import found_binaries
from tests.security.attack import Answer, Doing
from tests.security.ground import Ground, Line
from tests.security.psql import credentials, psql, run, value

STATE = re.compile(r"(?:ERROR|FATAL):\s+([0-9A-Z]{5}): (.*)")
DENIED = ("permission denied", "row-level security", "password authentication failed")


def answer_of(done: CompletedProcess[str]) -> Answer:
    """The lines a program printed, or why it failed; some tell no state, only words."""
    if done.returncode:
        found = STATE.search(done.stderr)
        by_words = "42501" if any(words in done.stderr for words in DENIED) else "?????"
        return Answer(found[1] if found else by_words, done.stderr)
    return Answer(rows=tuple((value(line),) for line in done.stdout.splitlines()))


def shell(command: str) -> Doing:
    """One command with somebody's stored credentials; answers its lines."""
    return typed(command + "\n")


def typed(script: str, files: Mapping[str, str] | None = None, environment: Mapping[str, str] | None = None) -> Doing:
    """What somebody types into psql, with files beside it and their own environment; answers its lines."""

    def given(ground: Ground, who: str) -> Answer:
        with tempfile.TemporaryDirectory(prefix="ims-typed-") as folder:
            for name, text in (files or {}).items():
                path = Path(folder, name)
                path.write_text(ground.fill(text), "utf-8")
                path.chmod(0o600)  # as libpq asks of a file with passwords
            own = {name: ground.fill(text) for name, text in (environment or {}).items()}
            told = [psql(), "-XAtq", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose"]
            return answer_of(run(told, credentials(ground.line(who)) | own, ground.fill(script), folder))

    return given


def program(*command: str, looking_for: str) -> Doing:
    """A program of the server's own version; answers in how many of its lines something is."""

    def given(ground: Ground, who: str) -> Answer:
        line = ground.line(who)
        told = [str(programs_for(line) / command[0]), *map(ground.fill, command[1:])]
        done = run(told, credentials(line))
        if done.returncode:
            return answer_of(done)
        return Answer.told(sum(looking_for in printed for printed in done.stdout.splitlines()))

    return given


def programs_for(line: Line) -> Path:
    """Where the programs lie that are of the same version as the server."""
    wanted = line.info.server_version // 10000
    known = (wheel_binaries(), older_binaries(), found_binaries())
    return next(folder for folder in known if folder and Programs(folder).major == wanted)
