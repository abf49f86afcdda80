"""Tenants come whole or not at all, are closed and opened, and go without leaving anything behind."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from ims_desktop.database import tenant_life as life
from ims_desktop.database.sign_in import Identity, SignedIn, open_tenant, sign_in
from ims_desktop.database.tenancy import NewUser, create_tenant, create_user
from ims_desktop.database.transaction import opening
from ims_desktop.domain.errors import UserError
from tests.tenants import FAST, PASSWORD, MakeTenant, Server, Tenant


def new_owner(server: Server) -> UUID:
    with server.operator() as operator:
        return create_user(
            operator, NewUser("Otto", "Owner", PASSWORD, email=f"otto-{secrets.token_hex(4)}@example.com"), FAST
        )


def everything(server: Server) -> dict[str, Any]:
    """All that a tenant consists of, on the whole server."""
    with server.root() as root:
        return {
            "schemas": root.execute("SELECT nspname FROM pg_namespace ORDER BY 1").fetchall(),
            "roles": root.execute("SELECT rolname FROM pg_roles ORDER BY 1").fetchall(),
            "members": root.execute("SELECT roleid, member FROM pg_auth_members ORDER BY 1, 2").fetchall(),
            "defaults": root.execute("SELECT defaclrole, defaclacl::text FROM pg_default_acl ORDER BY 1").fetchall(),
            "database": root.execute("SELECT datacl::text FROM pg_database ORDER BY oid").fetchall(),
            "public": root.execute("SELECT nspacl::text FROM pg_namespace WHERE nspname = 'public'").fetchall(),
            "tenants": root.execute("SELECT id FROM public.tenants ORDER BY 1").fetchall(),
            "user_tenants": root.execute("SELECT id FROM public.user_tenants ORDER BY 1").fetchall(),
            "log": root.execute("SELECT count(*) FROM public.auth_log").fetchall(),
        }


class Broken(Exception):
    """The line breaks here."""


@contextmanager
def breaking_at(step: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Let the statement of this number fail; counts them."""
    counted = [0]
    with monkeypatch.context() as patched:
        for name in ("execute", "executemany"):
            run = getattr(psycopg.Cursor, name)

            def broken(self: Any, *args: Any, run: Any = run, **named: Any) -> Any:
                counted[0] += 1
                if counted[0] == step:
                    raise Broken
                return run(self, *args, **named)

            patched.setattr(psycopg.Cursor, name, broken)
        yield counted


# ---- beginning ----------------------------------------------------------------------------------------------------


def test_a_tenant_comes_whole_or_not_at_all(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, before = new_owner(server), everything(server)
    name = f"Broken {secrets.token_hex(4)}"
    with server.operator() as operator:
        with breaking_at(0, monkeypatch) as counted, operator.transaction(force_rollback=True):
            create_tenant(operator, name, "US", owner)
        total = counted[0]
        assert total > 20, "a tenant has more steps than that"
        for step in range(1, total + 1):
            with breaking_at(step, monkeypatch), pytest.raises(Broken):
                create_tenant(operator, name, "US", owner)
            assert everything(server) == before, f"something is left after step {step}"
        made = create_tenant(operator, name, "US", owner)
    delete_now(server, made)
    after = everything(server)
    assert after.pop("log") > before.pop("log")
    assert after == before


def delete_now(server: Server, tenant: UUID) -> None:
    with server.operator() as operator:
        life.leave(operator, tenant, 0)
        life.delete(operator, tenant)


HOSTILE = {
    "Robert'); DROP SCHEMA public CASCADE; --": None,
    'The "Golden" Fork': None,
    "tenant_schema": None,
    "Ristorante 50% %s {0}": None,
    "Ресторан Берёзка": None,
    "東京食堂": None,
    "x" * 100: None,
    "x" * 10_000: "at most 100 characters",
    "Nul\0l": "nobody can see",
    "Right\u202eto left": "nobody can see",
    "Zero\u200bwidth": "nobody can see",
    "Two\nlines": "nobody can see",
    "   ": "letters in it",
    "!?": "letters in it",
}


@pytest.mark.parametrize(("name", "problem"), HOSTILE.items(), ids=[repr(name[:20]) for name in HOSTILE])
def test_any_name_is_taken_literally_or_refused_in_a_sentence(server: Server, name: str, problem: str | None) -> None:
    owner = new_owner(server)
    with server.operator() as operator:
        if problem:
            before = everything(server)
            with pytest.raises(UserError, match=problem):
                create_tenant(operator, name, "US", owner)
            assert everything(server) == before
            return
        made = create_tenant(operator, name, "US", owner)
        operator.execute("SET ROLE ims_reader")
        row = operator.execute("SELECT name, slug FROM public.tenants WHERE id = %s", [made]).fetchone()
        operator.execute("RESET ROLE")
        assert row is not None
        assert row[0] == name
        with pytest.raises(UserError, match="exists already"):
            create_tenant(operator, name.upper(), "US", owner)
    delete_now(server, made)


def test_names_that_look_alike_are_refused(server: Server) -> None:
    owner, mark = new_owner(server), secrets.token_hex(4)
    with server.operator() as operator:
        create_tenant(operator, f"Copa {mark}", "US", owner)
        for alike in (f"Сора {mark}", f"copa {mark}", f"Cópa {mark}", f"Ｃopa {mark}"):
            with pytest.raises(UserError, match="exists already"):
                create_tenant(operator, alike, "US", owner)


def test_what_is_missing_is_said_before_anything_is_made(server: Server) -> None:
    owner = new_owner(server)
    with server.operator() as operator:
        for country in ("XX", "x" * 1000, "' OR 1=1"):
            with pytest.raises(UserError, match=r"The country .* is not known"):
                create_tenant(operator, "Nowhere", country, owner)
        with pytest.raises(UserError, match="The owner is not known"):
            create_tenant(operator, "Nobody's", "US", uuid4())
        with operator.transaction(force_rollback=True):
            operator.execute("SET LOCAL ROLE ims_owner")
            operator.execute("UPDATE public.alembic_version SET version_num = '0000'")
            with pytest.raises(UserError, match="run ims-admin migrate first"):
                create_tenant(operator, "Too early", "US", owner)


# ---- life ---------------------------------------------------------------------------------------------------------


def session_of(tenant: Tenant) -> SignedIn:
    return sign_in(tenant.server.gate, tenant.owner_login, PASSWORD)


def opened(tenant: Tenant) -> Identity:
    session = session_of(tenant)
    return open_tenant(tenant.server.gate, session, next(one for one in session.tenants if one.id == tenant.id))


def logged(tenant: Tenant) -> list[str]:
    with tenant.server.root() as root:
        found = root.execute(
            "SELECT event FROM public.auth_log WHERE detail ->> 'tenant' = %s AND event LIKE 'tenant %%' ORDER BY id",
            [str(tenant.id)],
        ).fetchall()
    return [event for (event,) in found]


def test_a_suspended_tenant_is_cut_and_nobody_opens_it_until_it_is_resumed(make_tenant: MakeTenant) -> None:
    tenant, other = make_tenant(), make_tenant()
    desk, elsewhere = tenant.desk(), other.desk()
    assert desk.run(opening).name == "Olive Owner"
    line = desk.identity.place.connect(desk.identity.role, desk.identity.password)
    with tenant.server.operator() as operator:
        life.suspend(operator, tenant.id)
        with pytest.raises(UserError, match="is suspended already"):
            life.suspend(operator, tenant.id)
    with pytest.raises(psycopg.OperationalError):
        line.execute("SELECT 1")
    with pytest.raises(UserError):
        desk.run(opening)
    with pytest.raises(psycopg.OperationalError, match=r"not permitted to log in|authentication failed"):
        desk.identity.place.connect(desk.identity.role, desk.identity.password)
    with pytest.raises(UserError, match=r"is suspended: nobody can open it\. Ask"):
        opened(tenant)
    assert elsewhere.run(opening).name == "Olive Owner"
    with tenant.server.operator() as operator:
        life.resume(operator, tenant.id)
        with pytest.raises(UserError, match="is open"):
            life.resume(operator, tenant.id)
    assert tenant.desk().run(opening).name == "Olive Owner"
    assert logged(tenant) == ["tenant created", "tenant suspended", "tenant resumed"]


def test_a_tenant_leaves_after_its_time_and_can_be_taken_back_before(make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    tenant.desk().run(opening)
    with tenant.server.operator() as operator:
        with pytest.raises(UserError, match="is open; it is deleted when"):
            life.delete(operator, tenant.id)
        moment = life.leave(operator, tenant.id)
        with pytest.raises(UserError, match=f"closed and will be deleted on {moment:%Y-%m-%d}"):
            opened(tenant)
        with pytest.raises(UserError, match=f"to be deleted on {moment:%Y-%m-%d}; it is deleted when"):
            life.delete(operator, tenant.id)
        life.resume(operator, tenant.id)
        assert tenant.desk().run(opening).name == "Olive Owner"
        with pytest.raises(UserError, match="from 0 to 3650"):
            life.leave(operator, tenant.id, -1)


def test_deleting_leaves_nothing_but_the_log(make_tenant: MakeTenant, server: Server) -> None:
    stays = make_tenant()
    before = everything(server)
    tenant = make_tenant()
    for login in (None, tenant.person("MANAGER"), tenant.person("EMPLOYEE")):
        tenant.desk(login).run(opening)
    delete_now(server, tenant.id)
    after = everything(server)
    gate = tenant.server.gate.user
    assert set(after["roles"]) - set(before["roles"]) == {(gate,)}
    for part in ("schemas", "defaults", "database", "public", "tenants", "user_tenants"):
        assert after[part] == before[part], part
    assert logged(tenant) == ["tenant created", "tenant leaves", "tenant deleted"]
    assert not [one for one in session_of(tenant).tenants if one.id == tenant.id]
    assert stays.desk().run(opening).name == "Olive Owner"


def test_deleting_that_breaks_off_deletes_nothing(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    tenant.desk().run(opening)
    with tenant.server.operator() as operator:
        life.leave(operator, tenant.id, 0)
        before = everything(tenant.server)
        for step in range(1, 30):
            with breaking_at(step, monkeypatch):
                try:
                    life.delete(operator, tenant.id)
                except Broken:
                    pass
                else:
                    break
            assert everything(tenant.server) == before
        assert step > 10
        with pytest.raises(UserError, match="is gone"):
            life.delete(operator, tenant.id)


def test_renaming_follows_the_rules_of_names(make_tenant: MakeTenant) -> None:
    tenant, other = make_tenant(), make_tenant()
    mark = secrets.token_hex(4)
    with tenant.server.operator() as operator:
        assert life.rename(operator, tenant.id, f"  Osteria {mark} ") == f"Osteria {mark}"
        assert life.rename(operator, tenant.id, f"OSTERIA {mark}") == f"OSTERIA {mark}"
        with pytest.raises(UserError, match=f"called OSTERIA {mark} exists already. The two look alike"):
            life.rename(operator, other.id, f"Оsteria {mark}")
        with pytest.raises(UserError, match="nobody can see"):
            life.rename(operator, tenant.id, "Nul\0l")
    assert [one.name for one in session_of(tenant).tenants] == [f"OSTERIA {mark}"]


def test_a_tier_is_one_of_those_there_are(tenant: Tenant) -> None:
    with tenant.server.operator() as operator:
        life.set_tier(operator, tenant.id, "PREMIUM")
        with pytest.raises(UserError, match="GOLD is not one of FREE, STANDARD, PREMIUM"):
            life.set_tier(operator, tenant.id, "GOLD")
    assert logged(tenant)[-1] == "tenant tier"


def test_a_tenant_is_opened_from_its_networks_alone(tenant: Tenant) -> None:
    desk = tenant.desk()
    with tenant.server.operator() as operator:
        assert life.set_networks(operator, tenant.id, ["10.0.0.0/8", "2001:db8::/32"]) == [
            "10.0.0.0/8",
            "2001:db8::/32",
        ]
        with pytest.raises(UserError):
            desk.run(opening)
        with pytest.raises(UserError, match=r"certain networks only, and this PC is outside them \(127\.0\.0\.1\)"):
            opened(tenant)
        life.set_networks(operator, tenant.id, ["10.0.0.0/8", "127.0.0.1"])
        assert tenant.desk().run(opening).name == "Olive Owner"
        with pytest.raises(UserError) as refused:
            life.set_networks(operator, tenant.id, ["10.0.0.1/8", "everywhere", "1.2.3.4/99", "0.0.0.0/0"])
        assert [problem.text.partition(" is ")[0] for problem in refused.value.problems] == [
            "10.0.0.1/8", "everywhere", "1.2.3.4/99",
        ]  # fmt: skip
        life.set_networks(operator, tenant.id, [])
    assert tenant.desk().run(opening).name == "Olive Owner"
