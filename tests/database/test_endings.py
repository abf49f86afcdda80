"""Who is cut off is told why: what happened, when and by whom, at that PC alone."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from ims_desktop.database import tenant_life
from ims_desktop.database.endings import EndedBecause, Ending, ending_of, renew_identity
from ims_desktop.database.sign_in import SignedIn, change_password, open_tenant, sign_in, sign_out
from ims_desktop.database.tenancy import reset_code
from ims_desktop.domain.errors import Denied
from tests.tenants import PASSWORD, Tenant, enrol


def at_work(tenant: Tenant, login: str) -> SignedIn:
    session = sign_in(tenant.server.gate, login, PASSWORD)
    open_tenant(tenant.server.gate, session, session.tenants[0])
    return session


def told(tenant: Tenant, session: SignedIn) -> Ending | None:
    return ending_of(tenant.server.gate, session, session.tenants[0])


def user_of(tenant: Tenant, login: str) -> object:
    with tenant.server.root() as root:
        row = root.execute("SELECT id FROM public.users WHERE email = %s", [login]).fetchone()
        assert row is not None
        return row[0]


def by_a_colleague(tenant: Tenant, login: str, session: SignedIn) -> None:
    desk = tenant.desk()
    with desk._engine.begin() as connection:
        key = connection.exec_driver_sql(
            "SELECT id FROM member_sessions() WHERE name LIKE 'Manager%%' AND is_connected IS NOT NULL"
        ).scalar_one()
        connection.exec_driver_sql("SELECT end_session(%s)", (key,))


def by_deactivation(tenant: Tenant, login: str, session: SignedIn) -> None:
    desk = tenant.desk()
    with desk._engine.begin() as connection:
        key = connection.exec_driver_sql("SELECT id FROM members WHERE display_name LIKE 'Manager%%'").scalar_one()
        connection.exec_driver_sql("SELECT deactivate_member(%s)", (key,))


def by_a_new_password(tenant: Tenant, login: str, session: SignedIn) -> None:
    other = sign_in(tenant.server.gate, login, PASSWORD)
    change_password(tenant.server.gate, login, PASSWORD, "violet-anchor-teaspoon", other)


def by_a_code(tenant: Tenant, login: str, session: SignedIn) -> None:
    with tenant.server.operator() as operator:
        reset_code(operator, user_of(tenant, login))  # type: ignore[arg-type]


def by_signing_out(tenant: Tenant, login: str, session: SignedIn) -> None:
    sign_out(tenant.server.gate, session)


def by_time(tenant: Tenant, login: str, session: SignedIn) -> None:
    with tenant.server.root() as root:
        root.execute(
            "UPDATE public.sessions SET expires_at = now() - interval '1 minute' WHERE refresh_token = sha256(%s)",
            [session.token],
        )


@pytest.mark.parametrize(
    ("end", "why", "words"),
    [
        (by_a_colleague, "ENDED", "Olive Owner ended your session"),
        (by_deactivation, "DEACTIVATED", "Your access was deactivated"),
        (by_a_new_password, "PASSWORD", "Your password was changed"),
        (by_a_code, "CODE", "one-time code"),
        (by_signing_out, "SIGNED_OUT", "You signed out"),
        (by_time, "EXPIRED", "Your session expired"),
    ],
)
def test_who_is_cut_off_is_told_why(
    tenant: Tenant, end: Callable[[Tenant, str, SignedIn], None], why: str, words: str
) -> None:
    login = tenant.person("MANAGER")
    session = at_work(tenant, login)
    assert told(tenant, session) is None, "it goes on"
    end(tenant, login, session)
    with pytest.raises(EndedBecause) as ended:
        renew_identity(tenant.server.gate, session, session.tenants[0])
    assert ended.value.ending.why == why
    assert words in ended.value.text
    assert ended.value.ending.is_for_good is (why == "DEACTIVATED")


def test_another_pc_and_whoever_guesses_learn_nothing(tenant: Tenant) -> None:
    login = tenant.person("MANAGER")
    session = at_work(tenant, login)
    sign_out(tenant.server.gate, session)
    assert told(tenant, session) is not None
    other = enrol(tenant.server.place, tenant.server.operator_password)
    assert ending_of(other, session, session.tenants[0]) is None
    guessed = SignedIn("", session.tenants, uuid4().bytes * 2)
    assert told(tenant, guessed) is None


def test_a_suspended_group_says_its_reason(tenant: Tenant) -> None:
    session = at_work(tenant, tenant.owner_login)
    with tenant.server.operator() as operator:
        tenant_life.suspend(operator, tenant.id, "the invoice of May is not paid")
    with pytest.raises(Denied, match=r"is suspended: nobody can open it \(the invoice of May is not paid\)"):
        renew_identity(tenant.server.gate, session, session.tenants[0])
    with tenant.server.operator() as operator:
        tenant_life.resume(operator, tenant.id)
    assert renew_identity(tenant.server.gate, session, session.tenants[0]).role
