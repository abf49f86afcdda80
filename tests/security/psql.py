"""psql as a hostile person runs it: with the stored credentials of a desk, one session for many statements."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from ims_desktop.database.embedded.programs import wheel_binaries
from tests.security.attack import Answer, Try
from tests.security.ground import Ground, Line

FIELD, RECORD, NULL = "\x1f", "\x1e", "\x1d"
PATIENCE = 120
FIRST = r"""\set VERBOSITY verbose
\pset pager off
\pset format unaligned
\pset fieldsep '\037'
\pset recordsep '\036'
\pset null '\035'
"""
ERROR = re.compile(r"(?:ERROR|FATAL):  ([0-9A-Z]{5}): ")
ROWS = re.compile(r"\((\d+) rows?\)$")
TAG = re.compile(r"[A-Z][A-Z ]*?(?: (\d+))*$")
NUMBER = re.compile(r"-?\d+(\.\d+)?$")


def psql() -> str:
    """The program; of the system, or the one that comes with the embedded server."""
    return shutil.which("psql") or str(Path(wheel_binaries()) / "psql")


def credentials(line: Line) -> dict[str, str]:
    """How a connection was made, as PostgreSQL's own programs are told: with TLS where it had TLS."""
    parts = {part.envvar: part.val for part in line.pgconn.info if part.envvar and part.val}
    return {name.decode(): value.decode() for name, value in parts.items()}


def run(
    command: Sequence[str], environment: dict[str, str], said: str = "", folder: str | None = None
) -> subprocess.CompletedProcess[str]:
    """One of PostgreSQL's programs, run to its end without a terminal to ask at."""
    return subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        input=said,
        cwd=folder,
        start_new_session=True,
        env=os.environ | environment,
    )


def sent_by_psql(ground: Ground, who: str, tries: Sequence[Try]) -> list[Answer]:
    """What psql is answered to each text of one person, all in one session."""
    done = run([psql(), "-X"], credentials(ground.line(who)), "".join(_script(ground, who, tries)))
    shown, warned = _parts(done.stdout), _parts(done.stderr)
    assert len(shown) == len(warned) == len(tries), f"the session of {who} ended early: {done.stderr[-1000:]}"
    return [_answer(text.partition("@end\n")[0], error) for text, error in zip(shown, warned, strict=True)]


def _script(ground: Ground, who: str, tries: Sequence[Try]) -> Iterator[str]:
    yield FIRST
    if who == "table_owner":
        yield "SET ROLE ims_owner;\n"
    if who not in ground.desks and who not in ground.gates:
        yield f'SET search_path = "{ground.alpha.names.schema}", pg_catalog;\n'
    for tried in tries:
        assert isinstance(tried.what, str)
        yield "\\echo @begin\n\\warn @begin\n" + ("" if tried.alone else "BEGIN;\n")
        yield f"{ground.fill(tried.what)};\n\\echo @end\nROLLBACK;\n"


def _parts(output: str) -> list[str]:
    return output.split("@begin\n")[1:]


def _answer(shown: str, warned: str) -> Answer:
    """The first error, or what the last statement answered."""
    error = ERROR.search(warned)
    if error:
        return Answer(error[1], warned[error.end() :])
    last = shown.rstrip("\n")
    rows = ROWS.search(last)
    if rows:
        records = last.split(RECORD)[:-1][-int(rows[1]) :] if int(rows[1]) else []
        return Answer(rows=tuple(tuple(map(value, record.split(FIELD))) for record in records))
    tag = TAG.match(last.rsplit("\n", 1)[-1])
    return Answer(count=int(tag[1]) if tag and tag[1] else -1)


def value(text: str) -> Any:
    """What a printed value stands for, as far as an expectation asks."""
    if text in ("t", "f"):
        return text == "t"
    return None if text == NULL else Decimal(text) if NUMBER.match(text) else text
