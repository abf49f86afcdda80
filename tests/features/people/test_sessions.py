"""Sessions are seen and ended by those who may."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import Connection

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Conflict, Denied, UserError
from tests.features.people.desks import House, ask


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
    told = house.value("SELECT new ->> 'ended' FROM audit_log WHERE subject = 'sessions'")
    assert told == "true"


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
