"""What the embedded server is, and whom it lets in."""

import os
import socket
import stat
import sys
import threading
from pathlib import Path

import psutil
import psycopg
import pytest
import sqlalchemy

from ims_desktop.database.embedded import Address, EmbeddedServer, older_binaries
from ims_desktop.database.embedded.programs import Programs
from ims_desktop.domain.errors import UserError
from tests.database.embedded.ground import FAST, execute, postmaster_pid


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
    assert [stat.S_IMODE((folder / name).stat().st_mode) for name in ("secret", "server.log")] == [0o600, 0o600]
    assert (folder / "secret").stat().st_uid == os.geteuid()
    assert len(server.address.password) >= 40
    assert server.address.password not in (folder / "server.log").read_text()
    assert not list(folder.glob("secret.*"))
