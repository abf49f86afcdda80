"""Signing in as a desk does: who gets in, by which name, for how long."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from ims_desktop.database.endings import renew_identity
from ims_desktop.database.sign_in import (
    SessionEnded,
    SignedIn,
    open_tenant,
    resume,
    sign_in,
    sign_out,
)
from ims_desktop.database.tenancy import NewUser, create_user, drop_gate
from ims_desktop.database.transaction import TenantDatabase, opening
from ims_desktop.domain.errors import UserError
from tests.tenants import FAST, PASSWORD, Tenant, enrol

NEW = "violet-anchor-teaspoon"


def connections_of(tenant: Tenant, role: str) -> int:
    with tenant.server.root() as root:
        row = root.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = %s", [role]).fetchone()
    return int(row[0]) if row else 0


# ---- getting in ---------------------------------------------------------------------------------------------------


def test_the_owner_gets_in_and_holds_every_permission(tenant: Tenant) -> None:
    who = tenant.desk().run(opening)
    assert who.name == "Olive Owner"
    assert {"items.edit", "audit.view", "waste.record", "people.edit"} <= who.permissions


def test_a_counter_holds_what_counters_hold(tenant: Tenant) -> None:
    who = tenant.desk(tenant.person("EMPLOYEE")).run(opening)
    assert "waste.record" in who.permissions
    assert "audit.view" not in who.permissions


def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(tenant: Tenant) -> None:
    answers = []
    for login in (tenant.owner_login, "nobody@example.com"):
        with pytest.raises(UserError) as refused:
            sign_in(tenant.server.gate, login, "not-the-password")
        answers.append(str(refused.value))
    assert answers[0] == answers[1]


def test_the_sixth_guess_is_not_even_judged(tenant: Tenant) -> None:
    gate = enrol(tenant.server.place, tenant.server.operator_password)
    for _ in range(5):
        with pytest.raises(UserError, match="not right"):
            sign_in(gate, tenant.owner_login, "not-the-password")
    with pytest.raises(UserError, match="15 minutes"):
        sign_in(gate, tenant.owner_login, PASSWORD)


def test_email_username_and_phone_all_sign_in_however_they_are_written(tenant: Tenant) -> None:
    mark = tenant.id.hex[:8]
    digits = str(int(mark, 16)).zfill(10)
    user = NewUser(
        "Anna",
        "Rossi",
        PASSWORD,
        f"Anna.{mark}@Example.com",
        f"Rossi-{mark}",
        f"+39 ({digits[:3]}) {digits[3:6]}-{digits[6:]}",
    )
    with tenant.server.operator() as operator:
        create_user(operator, user, FAST)
    for login in (
        f"anna.{mark}@example.com",
        f"  ANNA.{mark}@EXAMPLE.COM ",
        f"anna.{mark}＠example.com",
        f"rossi-{mark}".upper(),
        f"+39{digits}",
        f"0039 {digits}",
        f"+39.{digits[:5]}.{digits[5:]}",
    ):
        assert sign_in(tenant.server.gate, login, PASSWORD).person == "Anna Rossi", login


@pytest.mark.parametrize(
    ("user", "problem"),
    [
        (NewUser("A", "B", PASSWORD, username="a b"), "letters in it"),
        (NewUser("A", "B", PASSWORD, username="4711-0815"), "letters in it"),
        (NewUser("A", "B", PASSWORD, phone="call me"), "not a phone number"),
        (NewUser("A", "B", "x" * 73, username="x-y"), "72 bytes"),
        (NewUser("Marguerite", "B", "Marguerite1", username="margo"), "your login or your name"),
        (NewUser("A", "B", "P4ssw0rd2026!", username="a-b"), "Others try this first"),
    ],
)
def test_nobody_is_made_known_with_what_could_not_sign_in(tenant: Tenant, user: NewUser, problem: str) -> None:
    with tenant.server.operator() as operator, pytest.raises(UserError) as refused:
        create_user(operator, user, FAST)
    assert problem in " ".join(found.text for found in refused.value.problems)


# ---- tokens -------------------------------------------------------------------------------------------------------


def test_a_remembered_session_renews_and_a_used_token_ends_it(tenant: Tenant) -> None:
    gate = tenant.server.gate
    first = sign_in(gate, tenant.owner_login, PASSWORD)
    second = resume(gate, first.token)
    assert second.person == first.person
    with pytest.raises(UserError, match="no longer remembers"):
        resume(gate, first.token)
    with pytest.raises(UserError, match="no longer remembers"):
        resume(gate, second.token)


@pytest.mark.parametrize("generation", [0, 1, 2])
def test_however_old_a_used_token_is_it_ends_the_family_and_its_identity(tenant: Tenant, generation: int) -> None:
    gate = tenant.server.gate
    family = [sign_in(gate, tenant.owner_login, PASSWORD)]
    for _ in range(3):
        family.append(resume(gate, family[-1].token))
    desk = TenantDatabase(open_tenant(gate, family[-1], family[-1].tenants[0]))
    tenant.desks.append(desk)
    assert desk.run(opening).name == "Olive Owner"
    with pytest.raises(SessionEnded):
        resume(gate, family[generation].token)
    with pytest.raises(UserError):
        desk.run(opening)
    with pytest.raises(SessionEnded):
        open_tenant(gate, family[-1], family[-1].tenants[0])


def test_a_token_at_another_pc_is_refused_and_ends_the_session(tenant: Tenant) -> None:
    gate, thief = tenant.server.gate, enrol(tenant.server.place, tenant.server.operator_password)
    session = sign_in(gate, tenant.owner_login, PASSWORD)
    with pytest.raises(SessionEnded):
        open_tenant(thief, session, session.tenants[0])
    assert open_tenant(gate, session, session.tenants[0]).role, "so far nothing told that it was stolen"
    with pytest.raises(SessionEnded):
        resume(thief, session.token)
    with pytest.raises(SessionEnded):
        resume(gate, session.token)


def test_of_two_that_renew_at_once_one_gets_in_at_most(tenant: Tenant) -> None:
    gate = tenant.server.gate
    session = sign_in(gate, tenant.owner_login, PASSWORD)

    def attempt(_number: int) -> SignedIn | None:
        try:
            return resume(gate, session.token)
        except SessionEnded:
            return None

    with ThreadPoolExecutor(2) as pool:
        answers = [answer for answer in pool.map(attempt, range(2)) if answer is not None]
    assert len(answers) == 1


def test_sessions_remember_where_and_when(tenant: Tenant) -> None:
    session = sign_in(tenant.server.gate, tenant.owner_login, PASSWORD)
    with tenant.server.root() as root:
        before: Any = root.execute(
            "SELECT device_info ->> 'computer', host(ip_address), last_used_at FROM public.sessions"
            " WHERE refresh_token = sha256(%s)",
            [session.token],
        ).fetchone()
        assert before[0]
        assert before[1] == "127.0.0.1"
        following = resume(tenant.server.gate, session.token)
        after: Any = root.execute(
            "SELECT last_used_at FROM public.sessions WHERE refresh_token = sha256(%s)", [following.token]
        ).fetchone()
    assert after[0] > before[2]


# ---- ending -------------------------------------------------------------------------------------------------------


def test_signing_out_ends_the_identity_and_cuts_it(tenant: Tenant) -> None:
    gate = tenant.server.gate
    session = sign_in(gate, tenant.owner_login, PASSWORD)
    identity = open_tenant(gate, session, session.tenants[0])
    with identity.place.connect(identity.role, identity.password) as connection:
        assert connection.execute("SELECT me() IS NOT NULL").fetchone() == (True,)
        sign_out(gate, session)
        until = time.monotonic() + 10
        while connections_of(tenant, identity.role) and time.monotonic() < until:
            time.sleep(0.01)
        assert connections_of(tenant, identity.role) == 0
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError):
        identity.place.connect(identity.role, identity.password)
    with pytest.raises(UserError):
        open_tenant(gate, session, session.tenants[0])


def test_a_transaction_held_open_at_the_gate_does_not_hold_up_the_end(tenant: Tenant) -> None:
    gate = tenant.server.gate
    session = sign_in(gate, tenant.owner_login, PASSWORD)
    identity = open_tenant(gate, session, session.tenants[0])
    verifier = "SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$" + "A" * 43 + "=:" + "A" * 43 + "="
    with gate.place.connect(gate.user, gate.password) as hostile, tenant.server.root() as root:
        hostile.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        hostile.execute("BEGIN")
        opened = "SELECT role_name FROM auth.open_tenant(%s, %s, %s)"
        assert hostile.execute(opened, [session.token, tenant.id, verifier]).fetchone() == (identity.role,)
        root.execute("SET ROLE ims_rights; SET statement_timeout = '5s'")
        root.execute(
            "SELECT auth.end_session(id) FROM public.sessions WHERE refresh_token = sha256(%s)", [session.token]
        )
        with pytest.raises(psycopg.OperationalError):
            hostile.execute("COMMIT")
    with pytest.raises(SessionEnded):
        renew_identity(gate, session, session.tenants[0])


def test_a_lease_that_holds_on_to_its_own_role_is_ended_all_the_same(tenant: Tenant) -> None:
    desk = tenant.desk()
    role, password = desk.identity.role, desk.identity.password
    with desk.identity.place.connect(role, password) as hostile, tenant.server.root() as root:
        hostile.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        hostile.execute("BEGIN")
        hostile.execute("ALTER ROLE CURRENT_USER PASSWORD 'my-own'")
        hostile.execute("ALTER ROLE CURRENT_USER SET statement_timeout = 0")
        root.execute("SET ROLE ims_rights; SET statement_timeout = '5s'")
        root.execute("SELECT auth.end_session(l.session_id) FROM public.leases l WHERE l.role_name = %s", [role])
        with pytest.raises(psycopg.OperationalError):
            hostile.execute("COMMIT")
    for secret in (password, "my-own"):
        with pytest.raises(psycopg.OperationalError):
            desk.identity.place.connect(role, secret)


def test_a_renewed_identity_keeps_its_connections_and_a_new_start_cuts_what_hangs(tenant: Tenant) -> None:
    gate = tenant.server.gate
    session = sign_in(gate, tenant.owner_login, PASSWORD)
    choice = session.tenants[0]
    first = open_tenant(gate, session, choice)
    with first.place.connect(first.role, first.password) as connection:
        second = renew_identity(gate, session, choice)
        assert second.role == first.role
        assert connection.execute("SELECT me() IS NOT NULL").fetchone() == (True,)
        with pytest.raises(psycopg.OperationalError):
            first.place.connect(first.role, first.password)
        open_tenant(gate, session, choice)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


def test_a_pc_that_is_taken_away_ends_what_goes_on_there(tenant: Tenant) -> None:
    gate = enrol(tenant.server.place, tenant.server.operator_password)
    desk = tenant.desk(gate=gate)
    assert desk.run(opening).name
    with tenant.server.operator() as operator:
        drop_gate(operator, gate.user)
    with pytest.raises(UserError):
        desk.run(opening)
    with pytest.raises(SessionEnded, match="does not know this PC"):
        sign_in(gate, tenant.owner_login, PASSWORD)


def test_what_a_role_forgot_on_purpose_is_noticed_at_the_next_connection(tenant: Tenant) -> None:
    desk = tenant.desk()
    identity = desk.identity
    with identity.place.connect(identity.role, identity.password) as connection:
        shown = {
            name: connection.execute(f"SHOW {name}").fetchone()
            for name in (
                "statement_timeout",
                "idle_in_transaction_session_timeout",
                "synchronous_commit",
                "search_path",
            )
        }
        assert shown == {
            "statement_timeout": ("1min",),
            "idle_in_transaction_session_timeout": ("1min",),
            "synchronous_commit": ("on",),
            "search_path": (f"{identity.schema}, pg_catalog",),
        }
        connection.execute("ALTER ROLE CURRENT_USER SET search_path = public")
    fresh = TenantDatabase(identity)
    tenant.desks.append(fresh)
    with pytest.raises(UserError, match="settings of your sign-in were changed"):
        fresh.run(opening)
    assert tenant.desk().run(opening).name, "a new sign-in puts it right"


# ---- passwords ----------------------------------------------------------------------------------------------------


def test_a_cheaper_salt_is_refused_because_it_would_tell_who_is_known(tenant: Tenant) -> None:
    gate = tenant.server.gate
    with (
        gate.place.connect(gate.user, gate.password) as connection,
        pytest.raises(psycopg.errors.InvalidParameterValue),
    ):
        connection.execute("SELECT auth.set_password(gen_random_uuid(), %s, %s)", ["$2b$04$" + "a" * 22, bytes(32)])


def test_programs_that_died_on_this_pc_do_not_lock_a_person_out(tenant: Tenant) -> None:
    choices = []
    for _ in range(6):
        session = sign_in(tenant.server.gate, tenant.owner_login, PASSWORD)
        choices.append((session, next(one for one in session.tenants if one.id == tenant.id)))
    identities = [open_tenant(tenant.server.gate, *choice) for choice in choices[:5]]
    with pytest.raises(UserError, match="on five PCs already"):
        open_tenant(tenant.server.gate, *choices[5])
    with tenant.as_root() as root:
        root.execute("UPDATE public.leases SET valid_until = valid_until - interval '5 minutes'")
    with tenant.server.place.connect(identities[0].role, identities[0].password):
        elsewhere = enrol(tenant.server.place, tenant.server.operator_password)
        other = sign_in(elsewhere, tenant.owner_login, PASSWORD)
        with pytest.raises(UserError, match="on five PCs already"):
            open_tenant(elsewhere, other, next(one for one in other.tenants if one.id == tenant.id))
        assert open_tenant(tenant.server.gate, *choices[5]).role == identities[1].role
