"""Guessing: how often, from how many sides at once, and what a hostile client gains by rolling back."""

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest

from ims_desktop.database.sign_in import Gate, sign_in
from ims_desktop.domain.errors import UserError
from tests.database.hostile import HostileClient
from tests.tenants import PASSWORD, Server, Tenant, enrol


def new_gate(tenant: Tenant) -> Gate:
    return enrol(tenant.server.place, tenant.server.operator_password)


@pytest.fixture
def client(tenant: Tenant) -> Iterator[HostileClient]:
    made = HostileClient(new_gate(tenant))
    yield made
    made.close()


@pytest.mark.parametrize("isolation", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_rolling_back_wins_no_sixth_guess(tenant: Tenant, client: HostileClient, isolation: str) -> None:
    for _ in range(9):
        client.guess_and_roll_back(tenant.owner_login, isolation)
    assert client.said == ["BAD"] * 5 + ["LOCKED"] * 4


def test_ten_parallel_clients_that_roll_back_get_five_guesses_a_pc_and_twenty_in_all(tenant: Tenant) -> None:
    gates = [new_gate(tenant) for _ in range(5)]
    clients = [HostileClient(gate) for gate in gates for _ in range(2)]
    together = Barrier(len(clients))

    def attack(client: HostileClient) -> None:
        for _ in range(4):
            together.wait(20)
            client.guess_and_roll_back(tenant.owner_login)

    with ThreadPoolExecutor(len(clients)) as pool:
        list(pool.map(attack, clients))
    per_gate = [
        len(first.judged) + len(second.judged) for first, second in zip(clients[::2], clients[1::2], strict=True)
    ]
    assert max(per_gate) <= 5
    assert sum(per_gate) <= 20
    assert sum(len(client.said) for client in clients) == 40
    for client in clients:
        client.close()


def test_proofs_deposited_together_are_not_judged_one_by_one(tenant: Tenant, client: HostileClient) -> None:
    attempts = [client.deposit(tenant.owner_login) for _ in range(8)]
    assert {client.verify(attempt) for attempt in attempts} == {"LOCKED"} or len(client.judged) <= 5


def test_a_proof_must_be_committed_before_it_is_judged(tenant: Tenant, client: HostileClient) -> None:
    for savepoint in (False, True):
        client.connection.execute("BEGIN")
        attempt = client.deposit(tenant.owner_login)
        if savepoint:
            client.connection.execute("SAVEPOINT here")
        with pytest.raises(psycopg.errors.ActiveSqlTransaction):
            client.verify(attempt)
        client.connection.execute("ROLLBACK")
    assert client.verify(client.deposit(tenant.owner_login)) == "BAD"  # the same, as it is meant


def test_an_attempt_belongs_to_its_pc_and_is_judged_once(tenant: Tenant, client: HostileClient) -> None:
    other = HostileClient(new_gate(tenant))
    attempt = client.deposit(tenant.owner_login)
    assert other.verify(attempt) == "STALE"
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        other.connection.execute("SELECT auth.prove(%s, %s)", [attempt, bytes(32)])
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        client.connection.execute("SELECT auth.prove(%s, %s)", [attempt, bytes(32)])
    assert [client.verify(attempt), client.verify(attempt)] == ["BAD", "STALE"]
    other.close()


def test_one_hostile_pc_cannot_lock_a_person_out_elsewhere(tenant: Tenant, client: HostileClient) -> None:
    for _ in range(25):
        client.deposit(tenant.owner_login)
    assert sign_in(new_gate(tenant), tenant.owner_login, PASSWORD).person == "Olive Owner"


def test_an_unknown_login_is_locked_like_a_known_one(tenant: Tenant, client: HostileClient) -> None:
    for login in (tenant.owner_login, f"{secrets.token_hex(4)}@example.com"):
        client.said.clear()
        for _ in range(6):
            client.verify(client.deposit(login))
        assert client.said == ["BAD"] * 5 + ["LOCKED"]
        salts = {
            client.connection.execute("SELECT salt FROM auth.hello(%s)", [spelled]).fetchone()
            for spelled in (login, login.upper(), f" {login} ")
        }
        assert len(salts) == 1, "a salt that changes tells that nobody signs in like that"


def plant(server: Server, gate: Gate, count: int, *, seconds: int, address: str = "127.0.0.1") -> None:
    """Wrong guesses at other logins, some time ago, at this PC."""
    with server.root() as root:
        root.execute(
            "INSERT INTO public.login_attempts (login_hash, gate_role, ip_address, nonce, proof, state, at)"
            " SELECT sha256(gen_random_uuid()::text::bytea), %s, %s, '', sha256(''), 'BAD',"
            " now() - make_interval(secs => %s) FROM generate_series(1, %s)",
            [gate.user, address, seconds, count],
        )


@pytest.fixture
def forgiving(tenant: Tenant) -> Iterator[Server]:
    """Whatever is planted here must not lock out the tests after this one."""
    yield tenant.server
    with tenant.server.root() as root:
        root.execute("DELETE FROM public.login_attempts WHERE nonce = ''")


def test_a_pc_may_not_go_on_with_other_logins(tenant: Tenant, forgiving: Server) -> None:
    gate = new_gate(tenant)
    plant(forgiving, gate, 29, seconds=300)
    assert sign_in(gate, tenant.owner_login, PASSWORD).person
    plant(forgiving, gate, 1, seconds=300)
    with pytest.raises(UserError, match="15 minutes"):
        sign_in(gate, tenant.owner_login, PASSWORD)
    assert sign_in(new_gate(tenant), tenant.owner_login, PASSWORD).person


def test_an_address_may_not_go_on_with_other_pcs(tenant: Tenant, forgiving: Server) -> None:
    """Loopback counts as no address, so the server is asked about a guess from elsewhere."""
    asked = (
        "SELECT auth.allowance(row(gen_random_uuid(), sha256('x'), NULL, 'g_neighbour', %s, '', 'SIGN_IN', '', NULL,"
        " 'OPEN', now())::public.login_attempts)"
    )
    plant(forgiving, Gate(tenant.server.place, "g_hostile", ""), 1000, seconds=300, address="192.0.2.1")
    with forgiving.root() as root:
        assert root.execute(asked, ["192.0.2.1"]).fetchone() == (True,), "one PC alone closed the address"
        for number in range(6):
            gate = Gate(tenant.server.place, f"g_hostile_{number}", "")
            plant(forgiving, gate, 30, seconds=300, address="192.0.2.1")
        assert root.execute(asked, ["192.0.2.1"]).fetchone() == (False,)
        assert root.execute(asked, ["192.0.2.2"]).fetchone() == (True,)


def test_after_a_quarter_of_an_hour_everything_is_forgiven(tenant: Tenant, forgiving: Server) -> None:
    gate = new_gate(tenant)
    plant(forgiving, gate, 300, seconds=961)
    assert sign_in(gate, tenant.owner_login, PASSWORD).person


def test_a_pc_may_ask_thirty_times_a_minute(tenant: Tenant, client: HostileClient) -> None:
    for _ in range(30):
        client.connection.execute("SELECT auth.hello('anybody')")
    with pytest.raises(psycopg.errors.ConfigurationLimitExceeded):
        client.connection.execute("SELECT auth.hello('anybody')")
    assert sign_in(new_gate(tenant), tenant.owner_login, PASSWORD).person


def test_the_desk_says_so_instead_of_calling_the_server_unreachable(tenant: Tenant) -> None:
    gate = new_gate(tenant)
    client = HostileClient(gate)
    for _ in range(30):
        client.connection.execute("SELECT auth.hello('anybody')")
    client.close()
    with pytest.raises(UserError, match="Too many attempts from this PC"):
        sign_in(gate, tenant.owner_login, PASSWORD)


def test_a_good_sign_in_sweeps_out_what_is_old(tenant: Tenant, forgiving: Server) -> None:
    gate = new_gate(tenant)
    plant(forgiving, gate, 3, seconds=3 * 86400)
    sign_in(gate, tenant.owner_login, PASSWORD)
    with forgiving.root() as root:
        kept = root.execute("SELECT count(*) FROM public.login_attempts WHERE gate_role = %s", [gate.user]).fetchone()
    assert kept == (1,)


def test_a_gate_reaches_nothing_but_its_functions(tenant: Tenant, client: HostileClient) -> None:
    for statement in (
        "SELECT auth.judge(gen_random_uuid(), '{SIGN_IN}')",
        "SELECT auth.end_session(gen_random_uuid())",
        "SELECT auth.end_gate('g')",
        "SELECT auth.clean()",
        "SELECT auth.fake_key('', 'key')",
        "SELECT auth.reset_key(gen_random_uuid(), gen_random_uuid())",
        "SELECT auth.first_code(gen_random_uuid(), '', '')",
        "SELECT auth.cut_gates(gen_random_uuid())",
        "SELECT * FROM public.reset_codes",
        "SELECT * FROM public.used_tokens",
        "SELECT * FROM public.login_attempts",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            client.connection.execute(statement)


@pytest.mark.parametrize(
    "login", ["x" * 10_000, "a\0b", "'; DROP TABLE users; --", "Ａnna＠example.com", "\u202e", "💥"]
)
def test_a_hostile_login_gets_the_usual_answer(tenant: Tenant, login: str) -> None:
    with pytest.raises(UserError, match="not right"):
        sign_in(tenant.server.gate, login, PASSWORD)
