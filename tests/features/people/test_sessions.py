"""Sessions are seen and ended by those who may."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import Connection

from ims_desktop.database.sign_in import (
    SessionEnded,
    SignedIn,
    change_password,
    open_tenant,
    resume,
    sign_in,
    sign_out,
)
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Conflict, Denied, UserError
from ims_desktop.domain.listing import Filter, ListQuery, Match
from ims_desktop.features.audit import service as audit
from tests.features.people.desks import SALT, House, ask
from tests.tenants import PASSWORD


def sessions_of(desk: TenantDatabase) -> dict[str, UUID]:
    def read_all(connection: Connection) -> dict[str, UUID]:
        rows = connection.exec_driver_sql("SELECT name, id FROM member_sessions()").all()
        return {row.name: row.id for row in rows}

    found: dict[str, UUID] = desk.run(read_all)
    return found


def test_sessions_are_seen_and_ended_by_those_who_may(house: House, administrator: TenantDatabase) -> None:
    cook, _ = house.sit("EMPLOYEE")
    manager, _ = house.sit("MANAGER")
    assert set(sessions_of(cook)) == {"Employee Person"}
    seen = sessions_of(manager)
    assert set(seen) == {"Olive Owner", "Admin Person", "Employee Person", "Manager Person"}
    for desk in (cook, manager):
        with pytest.raises(Denied, match="do not allow changing people"):
            ask(desk, "end_session", seen["Olive Owner"])
    with pytest.raises(UserError, match="sign out instead"):
        ask(manager, "end_session", seen["Manager Person"])
    with pytest.raises(Conflict, match="already ended"):
        ask(manager, "end_session", uuid4())
    ask(administrator, "end_session", seen["Manager Person"])
    with pytest.raises(Conflict, match="already ended"):
        ask(administrator, "end_session", seen["Manager Person"])
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        manager.identity.place.connect(manager.identity.role, manager.identity.password)
    assert house.value("SELECT revoked_at IS NOT NULL FROM public.sessions WHERE id = %s", seen["Manager Person"])
    told = house.value("SELECT new ->> 'ended_why' FROM audit_log WHERE subject = 'sessions'")
    assert told == "ENDED"


def test_who_has_little_does_not_end_the_session_of_who_has_more(
    house: House, clerk: tuple[TenantDatabase, UUID]
) -> None:
    with pytest.raises(Denied, match="gives more than you hold"):
        ask(clerk[0], "end_session", sessions_of(clerk[0])["Olive Owner"])


def test_a_session_that_went_on_to_another_group_goes_on_there(house: House, make_tenant: Any) -> None:
    desk, _ = house.sit("EMPLOYEE")
    session = sessions_of(house.owner)["Employee Person"]
    with house.tenant.as_root() as root:
        root.execute("UPDATE public.sessions SET tenant_id = %s WHERE id = %s", [make_tenant().id, session])
    ask(house.owner, "end_session", session)
    assert house.value("SELECT revoked_at FROM public.sessions WHERE id = %s", session) is None
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        desk.identity.place.connect(desk.identity.role, desk.identity.password)


def endings(house: House, owner: TenantDatabase) -> list[tuple[str, str, str]]:
    """What the owner reads about sessions that ended: who did it, whose it was, and why."""
    page = owner.run(audit.audit_entries, ListQuery(filters=(Filter("subject", Match.IN, ("sessions",)),)))
    found = [owner.run(audit.audit_entry, row.id) for row in page.rows]
    words = [{change.field: change.after for change in entry.changes} for entry in found]
    return [(entry.who, said["Member"], said["Ended"]) for entry, said in zip(found, words, strict=True)]


def test_the_owner_reads_why_every_session_ended(house: House) -> None:
    gate, login = house.tenant.server.gate, house.tenant.person("EMPLOYEE")
    [group] = sign_in(gate, login, PASSWORD).tenants

    def sit() -> SignedIn:
        session = sign_in(gate, login, PASSWORD)
        open_tenant(gate, session, group)
        return session

    first, second = sit(), sit()
    sign_out(gate, first)
    assert endings(house, house.owner) == [("Employee Person", "Employee Person", "signed out")]
    other = sign_in(gate, login, PASSWORD)
    change_password(gate, login, PASSWORD, "Another fine evening 7", other)
    assert endings(house, house.owner)[0] == ("Employee Person", "Employee Person", "the password was changed")
    del second
    member = house.value("SELECT id FROM members WHERE display_name = 'Employee Person'")
    open_tenant(gate, other, group)
    ask(house.owner, "reset_member", member, SALT.decode(), b"z" * 32)
    assert endings(house, house.owner)[0] == ("Olive Owner", "Employee Person", "a one-time code was given")
    history = house.owner.run(audit.history_of, "members", member)
    assert [entry.subject for entry in history].count("sessions") == 3
    logged = "SELECT count(*) FROM public.auth_log WHERE event = 'session ended' AND detail ->> 'why' = 'CODE'"
    assert house.value(logged) > 0


def test_a_stolen_token_is_told_as_the_server_s_own_doing(house: House) -> None:
    gate, login = house.tenant.server.gate, house.tenant.person("EMPLOYEE")
    stolen = sign_in(gate, login, PASSWORD)
    session = resume(gate, stolen.token)
    open_tenant(gate, session, session.tenants[0])
    with pytest.raises(SessionEnded):
        resume(gate, stolen.token)
    assert endings(house, house.owner) == [("The server", "Employee Person", "its token turned up at two places")]
