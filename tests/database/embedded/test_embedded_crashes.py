"""What the embedded server survives, on real processes."""

import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from ims_desktop.database.embedded import EmbeddedServer, wheel_binaries
from ims_desktop.database.embedded import home as home_module
from ims_desktop.database.embedded import server as server_module
from ims_desktop.database.embedded.account import server_account
from ims_desktop.database.embedded.programs import Programs
from ims_desktop.domain.errors import UserError
from tests.database.embedded.ground import FAST, execute, postmaster_pid


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


def test_a_grown_log_is_set_aside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with EmbeddedServer(folder, options=FAST):
        pass
    before = (folder / "server.log").read_bytes()
    monkeypatch.setattr(home_module, "LOG_LIMIT", 100)
    with EmbeddedServer(folder, options=FAST):
        assert (folder / "server.old.log").read_bytes() == before
