"""Off this computer nothing is sent before the server has shown who it is; each way to fail is a sentence."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ims_desktop.database.installation import install
from ims_desktop.database.place import Place, trusted_authorities
from ims_desktop.database.reaching import unreachable
from ims_desktop.database.sign_in import Gate, sign_in
from ims_desktop.database.tenancy import create_gate
from ims_desktop.database.transaction import opening
from ims_desktop.domain.errors import Offline
from tests.database.authority import new_authority
from tests.database.debian import HOST, TlsServer, tls_server
from tests.tenants import PASSWORD, Server, new_tenant


@pytest.fixture(scope="module")
def tls() -> Iterator[TlsServer]:
    with tls_server() as server:
        yield server


@pytest.fixture
def place(tls: TlsServer, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The server as it would be far away: by a name, with nothing said about TLS but who signs."""
    monkeypatch.setenv("PGHOSTADDR", "127.0.0.1")
    tls.present()
    return Place(HOST, tls.running.address.port, "postgres", ssl_root=str(tls.authority.file), connect_timeout=5)


@pytest.fixture
def refused(place: Place, tls: TlsServer) -> Callable[..., str]:
    """The sentence that a connection ends with."""

    def told(**changed: Any) -> str:
        address, other = tls.running.address, replace(place, **changed)
        with pytest.raises(psycopg.OperationalError) as error:
            other.connect(address.user, address.password)
        return unreachable(other, error.value).text

    return told


def test_off_this_computer_the_server_is_verified_by_default(place: Place, tls: TlsServer) -> None:
    assert place.arguments["sslmode"] == "verify-full"
    assert place.arguments["channel_binding"] == "require"
    with place.connect(tls.running.address.user, tls.running.address.password) as connection:
        assert connection.pgconn.ssl_in_use
        found = connection.execute("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone()
    assert found is not None
    assert found[0] in ("TLSv1.2", "TLSv1.3")


def test_on_this_computer_it_is_used_when_there() -> None:
    for host in ("127.0.0.1", "::1", "localhost", "/run/postgresql"):
        assert Place(host).arguments["sslmode"] == "prefer"
        assert "sslrootcert" not in Place(host).arguments


def test_authorities_are_those_of_the_system_unless_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert Place("db.example.com").arguments["sslrootcert"] == trusted_authorities()
    own = tmp_path / "ca.crt"
    own.touch()
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    assert Place("db.example.com").arguments["sslrootcert"] == str(own)
    assert Place("db.example.com", ssl_root="other.crt").arguments["sslrootcert"] == "other.crt"


def test_the_whole_way_from_the_operator_to_the_desk_is_encrypted(place: Place, tls: TlsServer) -> None:
    address, own = tls.running.address, replace(place, database="ims")
    operator = install(own, address.user, address.password) or ""
    with own.connect("ims_operator", operator) as connection:
        gate = Gate(own, *create_gate(connection, "far PC"))
    tenant = new_tenant(Server(own, operator, address.user, address.password, gate))
    assert sign_in(gate, tenant.owner_login, PASSWORD).person == "Olive Owner"
    desk = tenant.desk(gate=gate)
    assert desk.run(opening).name == "Olive Owner"
    with tenant.server.root() as root:
        [(plain,)] = root.execute(
            "SELECT count(*) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE a.usename = %s AND NOT s.ssl",
            [desk.identity.role],
        ).fetchall()
    assert plain == 0
    tenant.close()


# ---- what can be wrong --------------------------------------------------------------------------------------------


def test_an_unknown_authority(refused: Callable[..., str], tls: TlsServer) -> None:
    stranger = new_authority(tls.folder, "stranger")
    assert "that no known authority signed" in refused(ssl_root=str(stranger.file))
    assert "that no known authority signed" in refused(ssl_root="")


def test_a_certificate_for_another_name(refused: Callable[..., str], tls: TlsServer) -> None:
    tls.present("elsewhere.example.test")
    assert refused().startswith("The certificate of db.example.test:")
    assert "is for another name" in refused()


def test_a_certificate_that_has_expired(refused: Callable[..., str], tls: TlsServer) -> None:
    tls.present(days=-2)
    assert "has expired. Ask your administrator to renew it" in refused()


def test_a_server_without_tls(refused: Callable[..., str], tls: TlsServer) -> None:
    tls.present(tls=False)
    assert "does not encrypt, so nothing was sent to it" in refused()


def test_a_file_of_the_authority_that_is_missing_or_holds_none(refused: Callable[..., str], tmp_path: Path) -> None:
    assert "gone.crt with the certificate of the authority is not there" in refused(ssl_root=str(tmp_path / "gone.crt"))
    (tmp_path / "empty.crt").write_text("nothing\n", "utf-8")
    assert "empty.crt holds no certificate" in refused(ssl_root=str(tmp_path / "empty.crt"))


def test_a_sign_in_that_cannot_be_tied_to_the_certificate(refused: Callable[..., str]) -> None:
    assert "DB_CHANNEL_BINDING=prefer" in refused(ssl_mode="disable", channel_binding="require")


def test_a_wrong_password_and_a_database_that_is_not_there(place: Place, refused: Callable[..., str]) -> None:
    assert "has no database nowhere" in refused(database="nowhere")
    with pytest.raises(psycopg.OperationalError) as error:
        place.connect("postgres", "wrong")
    assert "the user or the password is not right" in unreachable(place, error.value).text


def test_a_name_that_is_not_known(refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGHOSTADDR")
    assert refused().startswith(f"The name {HOST} is not known here.")


def test_a_port_where_nobody_listens(refused: Callable[..., str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    assert f"Nothing listens at {HOST}:{port}" in refused(port=port)


@contextmanager
def stranger(words: bytes, pause: float = 0) -> Iterator[int]:
    """Something that is no PostgreSQL; gives its port."""
    done = threading.Event()

    def serve(listening: socket.socket) -> None:
        try:
            line, _ = listening.accept()
        except OSError:
            return
        with line:
            line.recv(100)
            done.wait(pause)
            line.sendall(words)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        answering = threading.Thread(target=serve, args=(listening,))
        answering.start()
        yield listening.getsockname()[1]
        done.set()
        answering.join()


@pytest.mark.parametrize("mode", ["verify-full", "disable"])
@pytest.mark.parametrize("words", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH\r\n", b"+OK ready\r\n"])
def test_something_else_on_the_port(refused: Callable[..., str], words: bytes, mode: str) -> None:
    with stranger(words) as port:
        said = refused(port=port, ssl_mode=mode, channel_binding="prefer")
    assert f"What answers at {HOST}:{port} is not PostgreSQL" in said


def test_something_that_hangs_up_and_something_that_says_nothing(refused: Callable[..., str]) -> None:
    with stranger(b"") as port:
        assert "closed the line at once" in refused(port=port)
    with stranger(b"", pause=20) as port:
        assert f"Nothing answers at {HOST}:{port} in time" in refused(port=port, connect_timeout=2)


def test_the_sign_in_says_the_same(place: Place, tls: TlsServer) -> None:
    tls.present(tls=False)
    with pytest.raises(Offline, match="does not encrypt"):
        sign_in(Gate(place, "g_0", "secret"), "anna", "password")
