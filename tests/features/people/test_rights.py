"""Roles and people are changed through checked functions: every rule, for whom it refuses and for whom it does not."""

import json
import threading
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from ims_desktop.database.proof import code_key
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Conflict, Denied, UserError
from ims_desktop.domain.permissions import CODES, RoleDesign, effective
from ims_desktop.features.stock import service as stock
from tests.features.desks import sit_down
from tests.features.people.desks import House, ask, me, save
from tests.features.sales.tills import ZONE, an_order, record
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import Tenant

SALT = b"$2b$12$abcdefghijklmnopqrstuu"
EVERYTHING = dict.fromkeys(sorted(CODES), True)


@pytest.fixture
def house(tenant: Tenant) -> House:
    seed(tenant)
    return House(tenant, sit_down(tenant))


@pytest.fixture
def administrator(house: House) -> TenantDatabase:
    return house.sit("ADMIN")[0]


def site_of(house: House, name: str = "Downtown") -> UUID:
    found: UUID = house.value("SELECT id FROM sites WHERE name = %s", name)
    return found


def invite(desk: TenantDatabase, login: str, role: UUID, site: UUID | None = None, name: str = "Nina") -> UUID:
    made: UUID = ask(desk, "invite_member", login, name, "New", role, site, SALT.decode(), b"k" * 32)
    return made


# ---- the graph of roles -------------------------------------------------------------------------------------------

SOME = sorted(CODES)[:5]
GRAPHS = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(0, 6)), st.dictionaries(st.sampled_from(SOME), st.booleans())),
    min_size=1,
    max_size=7,
)


@settings(max_examples=60, deadline=None)
@given(graph=GRAPHS)
def test_the_database_and_the_domain_agree_about_every_graph(shared_tenant: Tenant, graph: list[Any]) -> None:
    with shared_tenant.as_root() as root, root.transaction(force_rollback=True):
        keys = [uuid4() for _ in graph]
        member = root.execute("SELECT id FROM members").fetchone()
        designs, parents = {}, {}
        for place, (parent, permissions) in enumerate(graph):
            above = parent % place if parent is not None and place else None  # a parent comes first: no circles
            parents[place] = above
            designs[str(place)] = RoleDesign(str(place), "", permissions, None if above is None else str(above))
            root.execute(
                "INSERT INTO roles (id, name, parent_role_id, permissions) VALUES (%s, %s, %s, %s)",
                [keys[place], f"R{place}", None if above is None else keys[above], json.dumps(permissions)],
            )
        root.execute("DELETE FROM user_roles")
        for place, key in enumerate(keys):
            root.execute("INSERT INTO user_roles (member_id, role_id) VALUES (%s, %s)", [member[0], key])  # type: ignore[index]
            granted = {
                code
                for code in SOME
                if root.execute("SELECT FROM grants_of(%s, %s)", [member[0], code]).fetchone() is not None  # type: ignore[index]
            }
            powers = {row[0] for row in root.execute("SELECT permission FROM role_powers(%s)", [key])}
            assert granted == powers == effective(str(place), designs)
            root.execute("DELETE FROM user_roles")


LIMITS = st.lists(st.one_of(st.just("absent"), st.none(), st.integers(0, 900)), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(limits=LIMITS)
def test_the_nearest_role_that_names_a_limit_decides(shared_tenant: Tenant, limits: list[Any]) -> None:
    with shared_tenant.as_root() as root, root.transaction(force_rollback=True):
        above = None
        for place, limit in enumerate(reversed(limits)):
            key = uuid4()
            own = {} if limit == "absent" else {"waste.record": limit}
            root.execute(
                "INSERT INTO roles (id, name, parent_role_id, permissions, limits) VALUES (%s, %s, %s, %s, %s)",
                [key, f"L{place}", above, '{"waste.record": true}', json.dumps(own)],
            )
            above = key
        nearest = next((limit for limit in limits if limit != "absent"), None)
        wanted = Decimal("Infinity") if nearest is None else Decimal(nearest)
        assert root.execute("SELECT amount FROM role_powers(%s)", [above]).fetchone() == (wanted,)


def test_no_role_inherits_from_itself_nor_over_more_than_ten(house: House) -> None:
    chain = [save(house.owner, "Step 1")]
    for step in range(2, 11):
        chain.append(save(house.owner, f"Step {step}", parent=chain[-1]))
    with pytest.raises(UserError, match="cannot be saved") as refused:
        save(house.owner, "Step 11", parent=chain[-1])
    assert [problem.field for problem in refused.value.problems] == ["parent_id"]
    with pytest.raises(UserError) as refused:
        save(house.owner, "Step 1", parent=chain[2], key=chain[0], version=1)
    assert refused.value.problems[0].text == ("The role would inherit from itself: Step 1 → Step 3 → Step 2 → Step 1.")
    top = save(house.owner, "Above")
    with pytest.raises(UserError, match="cannot be saved"):  # ten below it
        save(house.owner, "Step 1", parent=top, key=chain[0], version=1)
    with pytest.raises(UserError) as refused:
        save(house.owner, "Step 1", parent=chain[0], key=chain[0], version=1)
    assert "inherit from itself" in refused.value.problems[0].text
    assert house.value("SELECT count(*) FROM roles WHERE version > 1") == 0


def together(*works: Any) -> list[Exception | None]:
    """Do several things at the same moment; gives what each ran into."""
    start = threading.Barrier(len(works))
    found: list[Exception | None] = [None] * len(works)

    def do(place: int, work: Any) -> None:
        start.wait()
        try:
            work()
        except Exception as error:  # what it was, the test looks at
            found[place] = error

    threads = [threading.Thread(target=do, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_two_edits_at_once_make_no_circle(house: House, administrator: TenantDatabase) -> None:
    for turn in range(5):
        one, two = save(house.owner, f"One {turn}"), save(house.owner, f"Two {turn}")
        failures = together(
            lambda: save(house.owner, f"One {turn}", parent=two, key=one, version=1),  # noqa: B023
            lambda: save(administrator, f"Two {turn}", parent=one, key=two, version=1),  # noqa: B023
        )
        assert len([failure for failure in failures if failure is None]) == 1
        assert all(isinstance(failure, UserError) for failure in failures if failure)


def test_of_two_who_edit_one_role_the_second_is_told(house: House, administrator: TenantDatabase) -> None:
    key = save(house.owner, "Cook", {"items.view": True})
    failures = together(
        lambda: save(house.owner, "Cook", {"stock.view": True}, key=key, version=1),
        lambda: save(administrator, "Cook", {"menu.view": True}, key=key, version=1),
    )
    [failure] = [failure for failure in failures if failure]
    assert isinstance(failure, Conflict)
    assert "Somebody else changed the role Cook" in str(failure)
    assert house.version(key) == 2


# ---- what a role may look like ------------------------------------------------------------------------------------

NAMES = [
    ("", "Give the role a name."),
    ("   \t ", "Give the role a name."),
    ("x" * 101, "A name has at most 100 letters."),
    ("y" * 10_000, "A name has at most 100 letters."),
    ("OWNER", "Another role has this name, or one that looks like it."),
    ("Оwnеr", "Another role has this name, or one that looks like it."),
    ("Öwner", "Another role has this name, or one that looks like it."),
    ("Owner", "Another role has this name, or one that looks like it."),
    (" Owner ", "Another role has this name, or one that looks like it."),
    ("Own\u200ber", "A name has no invisible characters."),
    ("Cook\u202etseb", "A name has no invisible characters."),
    ("Bell\x07", "A name has no invisible characters."),
    ("Two\nlines", "A name has no invisible characters."),
]


def test_hostile_names_are_refused_in_a_sentence_and_odd_ones_are_kept(house: House) -> None:
    for name, sentence in NAMES:
        with pytest.raises(UserError) as refused:
            save(house.owner, name)
        assert [(p.field, p.text) for p in refused.value.problems] == [("name", sentence)], name[:20]
    odd = 'Robert\'); DROP TABLE roles; -- "½%s" {x} 寿司 🍕'
    made = save(house.owner, f"  {odd}  ")
    assert house.role(odd) == made
    assert house.value("SELECT count(*) FROM roles") == 5


SHAPES: list[tuple[Any, Any, list[str]]] = [
    ([], {}, ["permissions"]),
    ("items.view", {}, ["permissions"]),
    (7, 7, ["permissions", "limits"]),
    (
        {"items.view": "yes", "items.edit": 1, "stock.view": None, "menu.view": {}},
        {},
        ["items.edit", "items.view", "menu.view", "stock.view"],
    ),
    ({"items.destroy": True, "": True}, {}, ["", "items.destroy"]),
    ({"x" * 30_000: True}, {}, ["permissions"]),
    (
        {},
        {"items.view": 5, "waste.record": "5", "sales.void": -1, "adjustments.record": 1.001},
        ["adjustments.record", "items.view", "sales.void", "waste.record"],
    ),
    ({}, {"waste.record": 1e12, "sales.void": [1]}, ["sales.void", "waste.record"]),
]


def test_permissions_of_the_wrong_shape_are_refused_all_at_once(house: House) -> None:
    for permissions, limits, fields in SHAPES:
        with pytest.raises(UserError) as refused:
            ask(house.owner, "save_role", uuid4(), 0, "Odd", None, json.dumps(permissions), json.dumps(limits))
        assert sorted(str(p.field) for p in refused.value.problems) == sorted(fields), str(permissions)[:40]
    for missing in (None,):
        with pytest.raises(UserError):
            ask(house.owner, "save_role", uuid4(), 0, "Odd", None, missing, missing)
    assert house.value("SELECT count(*) FROM roles WHERE name = 'Odd'") == 0
    save(
        house.owner,
        "Good",
        {"items.view": True, "stock.cost": False},
        limits={"waste.record": 12.5, "sales.void": None},
    )


def test_the_first_roles_can_be_changed_but_keep_their_names_and_stay(house: House) -> None:
    counter = house.role("Counter")
    save(house.owner, "Counter", {"items.view": True, "stock.view": True}, key=counter, version=1)
    with pytest.raises(UserError, match="cannot be saved"):
        save(house.owner, "Till", {}, key=counter, version=2)
    with pytest.raises(UserError, match="stays"):
        ask(house.owner, "delete_role", counter, 2)


# ---- the owner ----------------------------------------------------------------------------------------------------


def test_the_owner_keeps_everything_whatever_becomes_of_the_roles_below(
    house: House, administrator: TenantDatabase
) -> None:
    before = house.rights(me(house.owner))
    counter, manager = house.role("Counter"), house.role("Manager")
    save(house.owner, "Counter", {}, key=counter, version=1, limits={"waste.record": 20})
    save(house.owner, "Manager", {"stock.cost": False}, key=manager, version=1, limits={"sales.void": 50})
    assert house.rights(me(house.owner)) == before
    assert set(house.powers(me(house.owner)).values()) == {Decimal("Infinity")}
    assert ("stock.cost", None) not in house.rights(me(administrator))
    owner = house.role("Owner")
    with pytest.raises(UserError) as refused:
        save(
            house.owner,
            "Owner",
            {"items.view": False},
            key=owner,
            version=house.version(owner),
            limits={"sales.void": 5},
        )
    assert [p.text for p in refused.value.problems] == ["The owner keeps everything.", "The owner has no limits."]
    save(house.owner, "Owner", {}, key=owner, version=house.version(owner), parent=None)
    assert house.rights(me(house.owner)) == before


def test_the_last_active_owner_stays(house: House) -> None:
    other, key = house.sit("OWNER")
    mine = me(house.owner)
    ask(other, "withdraw_role", house.assignment(mine))
    with pytest.raises(UserError):  # no rights are left to withdraw anything with
        ask(house.owner, "withdraw_role", house.assignment(key))
    helper, _ = house.sit("ADMIN")
    for change in (("withdraw_role", house.assignment(key)), ("deactivate_member", key)):
        with pytest.raises(UserError, match="Somebody must remain the owner"):
            ask(helper, *change)
    ask(other, "assign_role", mine, house.role("Owner"), site_of(house))  # of one site: does not count
    with pytest.raises(UserError, match="Somebody must remain the owner"):
        ask(helper, "deactivate_member", key)
    ask(other, "assign_role", mine, house.role("Owner"), None)
    ask(helper, "deactivate_member", key)


def test_two_owners_cannot_drop_each_other_at_once(house: House) -> None:
    for _turn in range(3):
        other, key = house.sit("OWNER")
        first, second = house.assignment(me(house.owner)), house.assignment(key)
        failures = together(
            lambda: ask(house.owner, "withdraw_role", second),  # noqa: B023
            lambda: ask(other, "withdraw_role", first),  # noqa: B023
        )
        assert sum(failure is None for failure in failures) <= 1
        owners = house.value(
            "SELECT count(*) FROM user_roles a JOIN members m ON m.id = a.member_id AND m.is_active WHERE role_id = %s",
            house.role("Owner"),
        )
        assert owners >= 1
        with house.tenant.as_root() as root:
            root.execute("DELETE FROM user_roles WHERE member_id = %s", [key])
            root.execute(
                "INSERT INTO user_roles (member_id, role_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                [me(house.owner), house.role("Owner")],
            )


def test_an_old_snapshot_may_change_nobody(house: House) -> None:
    identity = house.owner.identity
    with identity.place.connect(identity.role, identity.password) as client:
        for level in ("REPEATABLE READ", "SERIALIZABLE"):
            client.execute(f"BEGIN ISOLATION LEVEL {level}".encode())
            with pytest.raises(psycopg.Error, match="read committed"):
                client.execute("SELECT delete_role(gen_random_uuid(), 1)")
            client.execute("ROLLBACK")


# ---- nobody gives what they lack, nobody changes themselves ---------------------------------------------------------


@pytest.fixture
def clerk(house: House) -> tuple[TenantDatabase, UUID]:
    """Somebody who may change people, and little else."""
    save(house.owner, "Clerk", {"people.view": True, "people.edit": True, "items.view": True})
    return house.sit("EMPLOYEE", role="Clerk")


def test_nobody_gives_what_they_do_not_hold(house: House, clerk: tuple[TenantDatabase, UUID]) -> None:
    desk, _ = clerk
    _, cook = house.sit("EMPLOYEE")
    small = save(desk, "Reader", {"items.view": True})
    ask(desk, "assign_role", cook, small, None)
    for refused in ("Manager", "Owner", "Administrator", "Counter"):
        with pytest.raises(Denied, match="gives more than you hold at all sites"):
            ask(desk, "assign_role", cook, house.role(refused), None)
        with pytest.raises(Denied, match="gives more than you hold"):
            invite(desk, f"{refused}@example.com", house.role(refused))
    with pytest.raises(Denied, match="See costs and values"):
        save(desk, "Reader", {"items.view": True, "stock.cost": True}, key=small, version=1)
    with pytest.raises(Denied, match="Nobody gives or takes"):
        save(desk, "Reader", {}, key=small, version=1, parent=house.role("Manager"))
    with pytest.raises(Denied, match="Nobody gives or takes"):  # taking is not theirs either
        save(desk, "Counter", {}, key=house.role("Counter"), version=1)
    with pytest.raises(Denied):
        ask(desk, "withdraw_role", house.assignment(me(house.owner)))
    with pytest.raises(Denied):
        ask(desk, "deactivate_member", me(house.owner))
    with pytest.raises(Denied):
        ask(desk, "reset_member", me(house.owner), SALT.decode(), b"k" * 32)
    ask(house.owner, "assign_role", cook, house.role("Manager"), None)


def test_scope_counts_as_well(house: House) -> None:
    save(house.owner, "Local", {"people.view": True, "people.edit": True}, parent=house.role("Manager"))
    downtown = site_of(house)
    desk, _ = house.sit("EMPLOYEE", role="Local", site=downtown)
    other = house.value("SELECT id FROM sites WHERE id <> %s", downtown)
    _, cook = house.sit("EMPLOYEE", site=downtown)
    counter = house.role("Counter")
    ask(house.owner, "withdraw_role", house.assignment(cook))
    made = ask(desk, "assign_role", cook, counter, downtown)
    for place, words in ((None, "at all sites"), (other, "at ")):
        with pytest.raises(Denied, match=f"more than you hold {words}"):
            ask(desk, "assign_role", cook, counter, place)
    with pytest.raises(Denied, match="Roles count at all sites"):
        save(desk, "Mine", {"items.view": True})
    elsewhere = ask(house.owner, "assign_role", cook, counter, other)
    with pytest.raises(Denied):
        ask(desk, "withdraw_role", elsewhere)
    with pytest.raises(Denied):  # the person also works where this one has no say
        ask(desk, "deactivate_member", cook)
    ask(desk, "withdraw_role", made)
    ask(house.owner, "withdraw_role", elsewhere)
    ask(desk, "deactivate_member", cook)
    ask(desk, "reactivate_member", cook)


def test_limits_are_given_only_as_far_as_held(house: House) -> None:
    save(
        house.owner,
        "Lead",
        {"people.edit": True, "people.view": True, "waste.record": True},
        limits={"waste.record": 100},
    )
    desk, _ = house.sit("EMPLOYEE", role="Lead")
    _, cook = house.sit("EMPLOYEE")
    save(desk, "Fifty", {"waste.record": True}, limits={"waste.record": 50})
    with pytest.raises(Denied, match="Record waste"):
        save(desk, "Any", {"waste.record": True})
    with pytest.raises(Denied, match="Record waste"):
        save(desk, "Much", {"waste.record": True}, limits={"waste.record": 100.01})
    much = save(house.owner, "Much", {"waste.record": True}, limits={"waste.record": 500})
    with pytest.raises(Denied, match="more than you hold"):
        ask(desk, "assign_role", cook, much, None)
    ask(desk, "assign_role", cook, house.role("Fifty"), None)


def test_nobody_changes_themselves(house: House, administrator: TenantDatabase) -> None:
    mine = me(administrator)
    for change in (
        ("assign_role", mine, house.role("Owner"), None),
        ("withdraw_role", house.assignment(mine)),
        ("deactivate_member", mine),
        ("reactivate_member", mine),
        ("reset_member", mine, SALT.decode(), b"k" * 32),
    ):
        with pytest.raises(Denied, match="Nobody changes their own rights"):
            ask(administrator, *change)
    key = house.role("Administrator")
    with pytest.raises(Denied, match="change what you may do yourself"):
        save(administrator, "Administrator", {"people.edit": True}, key=key, version=1, parent=house.role("Manager"))
    ask(house.owner, "assign_role", mine, house.role("Counter"), None)


def test_who_may_not_change_people_changes_nothing(house: House) -> None:
    manager, _ = house.sit("MANAGER")
    _, cook = house.sit("EMPLOYEE")
    counter = house.role("Counter")
    for change in (
        ("save_role", uuid4(), 0, "Mine", None, "{}", "{}"),
        ("delete_role", counter, 1),
        ("assign_role", cook, counter, None),
        ("withdraw_role", house.assignment(cook)),
        ("deactivate_member", cook),
        ("reactivate_member", cook),
        ("invite_member", "a@example.com", "A", "B", counter, None, SALT.decode(), b"k" * 32),
        ("reset_member", cook, SALT.decode(), b"k" * 32),
    ):
        with pytest.raises(Denied, match="do not allow changing people"):
            ask(manager, *change)
    for table in ("roles", "user_roles", "members"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id", f"INSERT INTO {table} DEFAULT VALUES"):
            with pytest.raises(Denied):
                manager.run(lambda connection, statement=statement: connection.exec_driver_sql(statement))
            with pytest.raises(Denied):  # the owner as well: only the functions may
                house.owner.run(lambda connection, statement=statement: connection.exec_driver_sql(statement))


# ---- giving, taking, leaving --------------------------------------------------------------------------------------


def test_a_role_is_given_once_and_deleted_when_nobody_has_it(house: House) -> None:
    _, cook = house.sit("EMPLOYEE")
    key = save(house.owner, "Grill", {"waste.record": True})
    below = save(house.owner, "Grill night", parent=key)
    made = ask(house.owner, "assign_role", cook, key, site_of(house))
    with pytest.raises(UserError, match="already has this role there"):
        ask(house.owner, "assign_role", cook, key, site_of(house))
    with pytest.raises(UserError, match="still has the role Grill"):
        ask(house.owner, "delete_role", key, 1)
    ask(house.owner, "withdraw_role", made)
    with pytest.raises(Conflict, match="already withdrawn"):
        ask(house.owner, "withdraw_role", made)
    with pytest.raises(UserError, match="Grill night inherits from Grill"):
        ask(house.owner, "delete_role", key, 1)
    with pytest.raises(Conflict):
        ask(house.owner, "delete_role", below, 7)
    ask(house.owner, "delete_role", below, 1)
    ask(house.owner, "delete_role", key, 1)
    for nowhere in (
        (uuid4(), house.role("Counter"), None),
        (cook, uuid4(), None),
        (cook, house.role("Counter"), uuid4()),
    ):
        with pytest.raises(UserError):
            ask(house.owner, "assign_role", *nowhere)


def test_a_deactivated_person_sees_nothing_at_once_and_is_cut_off(house: House) -> None:
    desk, key = house.sit("MANAGER")
    identity = desk.identity
    with identity.place.connect(identity.role, identity.password) as held:
        assert held.execute("SELECT count(*) FROM items").fetchone() != (0,)
        ask(house.owner, "deactivate_member", key)
        with pytest.raises(psycopg.OperationalError):
            held.execute("SELECT count(*) FROM items")
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        identity.place.connect(identity.role, identity.password)
    with pytest.raises(Conflict, match="already deactivated"):
        ask(house.owner, "deactivate_member", key)
    ask(house.owner, "reactivate_member", key)
    assert house.value("SELECT is_active FROM public.user_tenants WHERE id = %s", key)


def test_what_a_withdrawn_role_gave_is_gone_in_the_next_statement(house: House) -> None:
    desk, key = house.sit("MANAGER")
    identity = desk.identity
    with identity.place.connect(identity.role, identity.password) as held:
        assert held.execute("SELECT count(*) FROM items").fetchone() != (0,)
        ask(house.owner, "withdraw_role", house.assignment(key))
        with pytest.raises(psycopg.OperationalError):
            held.execute("SELECT 1")
    with identity.place.connect(identity.role, identity.password) as again:
        assert again.execute("SELECT count(*) FROM items").fetchone() == (0,)


def test_the_desks_are_told(house: House) -> None:
    identity = house.owner.identity
    _, key = house.sit("EMPLOYEE")
    with identity.place.connect(identity.role, identity.password) as listening:
        listening.execute(f'LISTEN "{house.tenant.names.group}"')
        ask(house.owner, "deactivate_member", key)
        [notice] = listening.notifies(timeout=30, stop_after=1)
        assert json.loads(notice.payload) == ["", ["people", "rights"]]


def test_changes_of_people_are_audited(house: House) -> None:
    desk, key = house.sit("EMPLOYEE")
    ask(house.owner, "assign_role", key, house.role("Manager"), None)
    ask(house.owner, "deactivate_member", key)
    save(house.owner, "Grill", {"waste.record": True})
    del desk
    with house.tenant.as_root() as root:
        told = root.execute(
            "SELECT subject, action FROM audit_log WHERE member_id = %s ORDER BY id", [me(house.owner)]
        ).fetchall()
    assert told[-3:] == [("user_roles", "INSERT"), ("members", "UPDATE"), ("roles", "INSERT")]


# ---- inviting -----------------------------------------------------------------------------------------------------


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
    for login in ("", "  ", "nina@example", "@x.y", "a@b@c.d", "x" * 255, "12", "\u202eevil\x07"):
        with pytest.raises(UserError) as refused:
            invite(house.owner, login, counter)
        assert refused.value.problems[0].field == "login", login
    for name in ("", " ", "Ni\u200bna"):
        with pytest.raises(UserError):
            ask(house.owner, "invite_member", "n@example.com", name, "", counter, None, SALT.decode(), b"k" * 32)
    assert house.value("SELECT count(*) FROM members") == 1


# ---- limits of money ----------------------------------------------------------------------------------------------


def test_waste_and_adjustments_stop_at_the_limit_and_name_who_may(tenant: Tenant) -> None:
    place = seed(tenant)
    house = House(tenant, sit_down(tenant))
    receive(house.owner, place, {"Flour": ("100", "1.00")})
    save(
        house.owner,
        "Prep",
        {"adjustments.record": True},
        parent=house.role("Counter"),
        limits={"waste.record": 10, "adjustments.record": 5},
    )
    cook, _ = house.sit("EMPLOYEE", role="Prep", site=place.site)
    post(cook, place, stock.Kind.WASTE, "-10")
    for kind, quantities in ((stock.Kind.WASTE, ["-10.5"]), (stock.Kind.ADJUSTMENT, ["3", "-3"])):
        with pytest.raises(Denied) as refused:
            post(cook, place, kind, *quantities)
        assert str(refused.value).endswith("Ask Olive Owner.")
        assert "worth more than your limit of" in str(refused.value)
    assert house.value("SELECT count(*) FROM postings WHERE kind <> 'DELIVERY'") == 1, "nothing half done"
    post(cook, place, stock.Kind.ADJUSTMENT, "2", "-3")
    post(house.owner, place, stock.Kind.WASTE, "-50")


def test_an_order_above_the_limit_is_not_voided(tenant: Tenant) -> None:
    place = seed(tenant)
    house = House(tenant, sit_down(tenant))
    at = datetime.now(ZONE)
    sold = (("Espresso", "1", "3.00"), ("Margherita", "1", "11.50"))
    record(house.owner, place, *(an_order(place, line[0], at, line) for line in sold))
    save(house.owner, "Till", {"sales.void": True, "sales.view": True}, limits={"sales.void": 5})
    till, _ = house.sit("EMPLOYEE", role="Till", site=place.site)
    coffee, pizza = (house.value("SELECT id FROM orders WHERE number = %s", name) for name, *_ in sold)
    ask(till, "void_order", uuid4(), coffee, "Guest left")
    with pytest.raises(Denied, match=r"more than your limit of 5\.00 USD\. Ask Olive Owner"):
        ask(till, "void_order", uuid4(), pizza, "Guest left")
    assert house.value("SELECT state FROM orders WHERE id = %s", pizza) == "CLOSED"
    ask(house.owner, "void_order", uuid4(), pizza, "Guest left")


def post(desk: TenantDatabase, place: Restaurant, kind: stock.Kind, *quantities: str) -> None:
    """Post lines of flour."""
    reason = place.reasons[{stock.Kind.WASTE: "SPOILAGE", stock.Kind.ADJUSTMENT: "CORRECTION"}[kind]]
    flour, home = place.items["Flour"], place.home("Flour")
    lines = tuple(stock.DocumentLine(flour, home, Decimal(quantity), reason_id=reason) for quantity in quantities)
    desk.run(stock.post, stock.Document(uuid4(), kind, place.site, lines))


# ---- sessions -----------------------------------------------------------------------------------------------------


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
