"""Signing in as a desk does."""

import pytest

from ims_desktop.database.sign_in import open_tenant, resume, sign_in, sign_out
from ims_desktop.database.transaction import opening
from ims_desktop.domain.errors import UserError
from tests.tenants import PASSWORD, Tenant, enrol


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


def test_a_remembered_session_renews_and_a_used_token_ends_it(tenant: Tenant) -> None:
    gate = tenant.server.gate
    first = sign_in(gate, tenant.owner_login, PASSWORD)
    second = resume(gate, first.token)
    assert second.person == first.person
    with pytest.raises(UserError, match="no longer remembers"):
        resume(gate, first.token)
    with pytest.raises(UserError, match="no longer remembers"):
        resume(gate, second.token)


def test_signing_out_ends_the_identity(tenant: Tenant) -> None:
    gate = tenant.server.gate
    desk = tenant.desk()
    assert desk.run(opening).name == "Olive Owner"
    session = sign_in(gate, tenant.owner_login, PASSWORD)
    sign_out(gate, session)
    with pytest.raises(UserError):
        open_tenant(gate, session, session.tenants[0])
