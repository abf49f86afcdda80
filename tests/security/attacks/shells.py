"""One command given to psql."""

import re
from subprocess import CompletedProcess

from tests.security.attack import Answer, Doing
from tests.security.ground import Ground
from tests.security.psql import credentials, psql, run

STATE = re.compile(r"(?:ERROR|FATAL):\s+([0-9A-Z]{5}): (.*)")


def answer_of(done: CompletedProcess[str]) -> Answer:
    """The lines a program printed, or why it failed."""
    if done.returncode:
        found = STATE.search(done.stderr)
        return Answer(found[1] if found else "?????", done.stderr)
    return Answer(rows=tuple((line,) for line in done.stdout.splitlines()))


def shell(command: str) -> Doing:
    """One command with somebody's stored credentials; answers its lines."""

    def given(ground: Ground, who: str) -> Answer:
        told = [psql(), "-XAtq", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose", "-c", ground.fill(command)]
        return answer_of(run(told, credentials(ground.line(who))))

    return given
