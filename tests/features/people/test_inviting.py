"""Who is new gets a code, and who belongs elsewhere stays there."""

from typing import Any
from uuid import uuid4

import pytest

from ims_desktop.database.proof import code_key
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import UserError
from tests.features.people.desks import SALT, House, ask, invite, site_of


def test_an_invited_person_is_made_with_a_code_and_must_choose_a_password(
    house: House, administrator: TenantDatabase
) -> None:
    code = code_key("K7QM-2RTX-9DHP-4WZB")
    role, downtown = house.role("Counter"), site_of(house)
    key = ask(
        administrator,
        "invite_member",
        " Nina.Rights@Example.com ",
        "Nina",
        "O'Neill 寿",
        role,
        downtown,
        SALT.decode(),
        code,
    )
    assert (
        house.value("SELECT display_name || '/' || login FROM members WHERE id = %s", key)
        == "Nina O'Neill 寿/nina.rights@example.com"
    )
    with house.tenant.as_root() as root:
        found = root.execute(
            "SELECT u.email, u.must_change_password, c.stored_key, u.password <> c.stored_key FROM public.users u"
            " JOIN public.user_tenants t ON t.user_id = u.id JOIN public.reset_codes c ON c.user_id = u.id"
            " WHERE t.id = %s",
            [key],
        ).fetchone()
    assert found == ("nina.rights@example.com", True, code, True)
    assert ("waste.record", downtown) in house.rights(key)
    with pytest.raises(UserError, match="is here already"):
        invite(administrator, "NINA.RIGHTS@example.com", role)
    ask(administrator, "deactivate_member", key)
    with pytest.raises(UserError, match="was here before"):
        invite(administrator, "nina.rights@example.com", role)


def test_who_signs_in_elsewhere_is_left_to_the_operator(house: House, make_tenant: Any) -> None:
    stranger = make_tenant()
    with pytest.raises(UserError, match="ask the operator"):
        invite(house.owner, stranger.owner_login, house.role("Counter"))
    assert house.value("SELECT count(*) FROM members") == 1


def test_a_code_in_place_of_a_password_only_for_people_of_this_group_alone(house: House, make_tenant: Any) -> None:
    _, key = house.sit("EMPLOYEE")
    ask(house.owner, "reset_member", key, SALT.decode(), b"z" * 32)
    user = house.value("SELECT user_id FROM public.user_tenants WHERE id = %s", key)
    assert house.value("SELECT stored_key FROM public.reset_codes WHERE user_id = %s", user) == b"z" * 32
    assert house.value("SELECT must_change_password FROM public.users WHERE id = %s", user)
    with house.tenant.as_root() as root:
        root.execute(
            "INSERT INTO public.user_tenants (user_id, tenant_id, role) VALUES (%s, %s, 'OWNER')",
            [user, make_tenant().id],
        )
    with pytest.raises(UserError, match="Only the operator"):
        ask(house.owner, "reset_member", key, SALT.decode(), b"z" * 32)


def test_everything_wrong_with_an_invitation_is_told_at_once(house: House) -> None:
    with pytest.raises(UserError) as refused:
        ask(house.owner, "invite_member", "a b@c", "x" * 101, "y" * 101, uuid4(), uuid4(), SALT.decode(), b"k" * 32)
    assert [p.field for p in refused.value.problems] == ["login", "first_name", "last_name", "role_id", "site_id"]
    counter = house.role("Counter")
    for login in (
        "",
        "  ",
        "nina@example",
        "@x.y",
        "a@b@c.d",
        "x" * 255,
        "12",
        "\u202eevil\x07",
        "ni\u200bna@x.com",
        "so\u00adft",
    ):
        with pytest.raises(UserError) as refused:
            invite(house.owner, login, counter)
        assert refused.value.problems[0].field == "login", login
    for name in ("", " ", "Ni\u200bna", "Ni\x00na", "Ni\ud83dna"):
        with pytest.raises(UserError):
            ask(house.owner, "invite_member", "n@example.com", name, "", counter, None, SALT.decode(), b"k" * 32)
    assert house.value("SELECT count(*) FROM members") == 1
