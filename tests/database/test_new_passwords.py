"""Passwords are changed by who knows them, and set anew with a one-time code."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from ims_desktop.database.sign_in import (
    Gate,
    SessionEnded,
    change_password,
    open_tenant,
    reset_password,
    resume,
    sign_in,
)
from ims_desktop.database.tenancy import reset_code
from ims_desktop.database.transaction import TenantDatabase, opening
from ims_desktop.domain.errors import Denied, UserError
from tests.tenants import PASSWORD, Tenant, enrol

NEW = "violet-anchor-teaspoon"


def user_of(tenant: Tenant, login: str | None = None) -> UUID:
    with tenant.server.root() as root:
        row = root.execute("SELECT id FROM public.users WHERE email = %s", [login or tenant.owner_login]).fetchone()
    assert row is not None
    found: UUID = row[0]
    return found


def must_change(tenant: Tenant) -> None:
    with tenant.server.root() as root:
        root.execute("UPDATE public.users SET must_change_password = true WHERE id = %s", [user_of(tenant)])


def test_a_password_is_changed_by_who_knows_it_and_other_sessions_end(tenant: Tenant) -> None:
    gate = tenant.server.gate
    here, elsewhere = (sign_in(gate, tenant.owner_login, PASSWORD) for _ in range(2))
    desk = TenantDatabase(open_tenant(gate, elsewhere, elsewhere.tenants[0]))
    tenant.desks.append(desk)
    assert desk.run(opening).name
    with pytest.raises(UserError, match="old password is not right"):
        change_password(gate, tenant.owner_login, "not-the-password", NEW, here)
    change_password(gate, tenant.owner_login, PASSWORD, NEW, here)
    assert open_tenant(gate, here, here.tenants[0]).role, "who changed it goes on"
    with pytest.raises(UserError):
        desk.run(opening)
    with pytest.raises(SessionEnded):
        resume(gate, elsewhere.token)
    with pytest.raises(UserError, match="not right"):
        sign_in(gate, tenant.owner_login, PASSWORD)
    assert sign_in(gate, tenant.owner_login, NEW).person == "Olive Owner"


def test_everything_wrong_with_a_new_password_is_said_before_anything_is_sent(tenant: Tenant) -> None:
    session = sign_in(tenant.server.gate, tenant.owner_login, PASSWORD)
    nowhere = Gate(replace(tenant.server.place, port=1), "g", "x")
    with pytest.raises(UserError) as refused:
        change_password(nowhere, tenant.owner_login, "short", "short", session)
    assert {problem.field for problem in refused.value.problems} == {"new"}
    assert len(refused.value.problems) == 2


def test_guesses_at_the_old_password_count_like_any(tenant: Tenant) -> None:
    gate = enrol(tenant.server.place, tenant.server.operator_password)
    session = sign_in(gate, tenant.owner_login, PASSWORD)
    for _ in range(5):
        with pytest.raises(UserError, match="old password is not right"):
            change_password(gate, tenant.owner_login, "not-the-password", NEW, session)
    with pytest.raises(UserError, match="15 minutes"):
        change_password(gate, tenant.owner_login, PASSWORD, NEW, session)


def test_who_must_change_the_password_opens_nothing_before(tenant: Tenant) -> None:
    must_change(tenant)
    gate = tenant.server.gate
    session = sign_in(gate, tenant.owner_login, PASSWORD)
    assert session.must_change
    with pytest.raises(Denied, match="new password first"):
        open_tenant(gate, session, session.tenants[0])
    change_password(gate, tenant.owner_login, PASSWORD, NEW, session)
    assert open_tenant(gate, session, session.tenants[0]).role
    assert not sign_in(gate, tenant.owner_login, NEW).must_change


def code_for(tenant: Tenant) -> str:
    with tenant.server.operator() as operator:
        return reset_code(operator, user_of(tenant))


def test_a_one_time_code_sets_a_password_once_and_ends_every_session(tenant: Tenant) -> None:
    gate = tenant.server.gate
    session = sign_in(gate, tenant.owner_login, PASSWORD)
    code = code_for(tenant)
    with pytest.raises(UserError, match="not right"):
        sign_in(gate, tenant.owner_login, PASSWORD)
    reset_password(gate, tenant.owner_login, f" {code.lower().replace('-', ' ')} ", NEW)
    assert open_tenant(gate, sign_in(gate, tenant.owner_login, NEW), session.tenants[0]).role
    with pytest.raises(SessionEnded):
        resume(gate, session.token)
    with pytest.raises(UserError, match="code is not right"):
        reset_password(gate, tenant.owner_login, code, "another-violet-anchor")


def test_a_code_is_kept_as_a_hash_and_dies_of_age(tenant: Tenant) -> None:
    code = code_for(tenant)
    with tenant.server.root() as root:
        kept: Any = root.execute(
            "SELECT c::text FROM public.reset_codes c WHERE user_id = %s", [user_of(tenant)]
        ).fetchone()
        assert code.replace("-", "") not in kept[0].upper()
        root.execute("UPDATE public.reset_codes SET made_at = now() - interval '25 hours'")
    with pytest.raises(UserError, match="too old"):
        reset_password(tenant.server.gate, tenant.owner_login, code, NEW)


def test_five_wrong_codes_from_any_pc_use_the_code_up(tenant: Tenant) -> None:
    code = code_for(tenant)
    gates = [enrol(tenant.server.place, tenant.server.operator_password) for _ in range(2)]
    for number in range(5):
        with pytest.raises(UserError, match="code is not right"):
            reset_password(gates[number % 2], tenant.owner_login, "AAAA-AAAA-AAAA-AAAA", NEW)
    with pytest.raises(UserError, match="code is not right"):
        reset_password(enrol(tenant.server.place, tenant.server.operator_password), tenant.owner_login, code, NEW)
    reset_password(tenant.server.gate, tenant.owner_login, code_for(tenant), NEW)


def test_a_code_for_nobody_gets_the_same_answer_as_a_wrong_one(tenant: Tenant) -> None:
    code_for(tenant)
    answers = set()
    for login in (tenant.owner_login, tenant.person("EMPLOYEE"), "nobody@example.com"):
        with pytest.raises(UserError) as refused:
            reset_password(tenant.server.gate, login, "AAAA-AAAA-AAAA-AAAA", NEW)
        answers.add(refused.value.text)
    assert len(answers) == 1


def test_a_code_does_not_sign_in_and_a_password_does_not_reset(tenant: Tenant) -> None:
    code = code_for(tenant)
    gate = tenant.server.gate
    with pytest.raises(UserError, match="not right"):
        sign_in(gate, tenant.owner_login, code)
    with pytest.raises(UserError, match="code is not right"):
        reset_password(gate, tenant.owner_login, PASSWORD, NEW)
