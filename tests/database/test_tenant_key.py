"""The tenant key on a real server: who can open what, how a PC comes to the key and loses it, renewal and recovery."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from ims_desktop.database import key_sharing
from ims_desktop.database.key_recovery import begin_keys, new_code, recover
from ims_desktop.database.secrets_box import Spot
from ims_desktop.database.sign_in import Gate, open_tenant, sign_in
from ims_desktop.database.tenancy import drop_gate
from ims_desktop.database.tenant_key import keys_on, ring_on
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Confirm, Conflict, Denied, UserError
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.keys import service as keys
from ims_desktop.features.suppliers import service as suppliers
from ims_desktop.features.suppliers.rules import ContactDraft
from tests.restaurant import seed
from tests.tenants import PASSWORD, Tenant, enrol

IBAN = "GB33 BUKB 2020 1555 5555 55"


def begin(tenant: Tenant) -> str:
    with tenant.server.operator() as operator:
        return begin_keys(operator, tenant.names)


def new_pc(tenant: Tenant) -> Gate:
    return enrol(tenant.server.place, tenant.server.operator_password)


def holders(desk: TenantDatabase) -> dict[str, keys.Holder]:
    return {holder.id: holder for holder in desk.run(keys.holders, ListQuery()).rows}


def write_contact(desk: TenantDatabase, supplier: UUID, **texts: str) -> None:
    before = desk.run(suppliers.supplier_contact, supplier)
    desk.run(suppliers.save_contact, replace(before, **texts))


@pytest.fixture
def opened(tenant: Tenant) -> tuple[TenantDatabase, UUID, str]:
    """The owner at a PC that holds the key, a supplier with contact and bank details, and the recovery code."""
    restaurant, code, desk = seed(tenant), begin(tenant), tenant.desk()
    desk.run(keys.unlock_here, code)
    supplier = restaurant.suppliers["Gusto Foods"]
    write_contact(
        desk, supplier, contact="Gina Gusto", email="gina@gusto.example", phone="+1 555 010 7788", account=IBAN
    )
    return desk, supplier, code


def test_the_server_holds_nothing_that_can_be_read(opened: tuple[TenantDatabase, UUID, str], tenant: Tenant) -> None:
    with tenant.as_root() as root:
        for table in ("suppliers", "supplier_banks", "audit_log", "tenant_keys", "key_holders"):
            text = str(root.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t".encode()).fetchall()).lower()
            for secret in ("gina", "gusto.example", "0107788", "bukb"):
                assert secret.encode().hex() not in text
                assert secret not in text.replace("gusto foods", "")


def test_a_pc_without_the_key_sees_that_it_is_locked_and_gets_it_from_another(
    opened: tuple[TenantDatabase, UUID, str], tenant: Tenant
) -> None:
    first, supplier, _code = opened
    gate = new_pc(tenant)
    second = tenant.desk(gate=gate)
    found = second.run(suppliers.supplier, supplier)
    assert (found.contact.text, found.contact.is_locked, found.account.is_locked) == (None, True, True)
    with pytest.raises(UserError, match="no key"):
        second.run(suppliers.supplier_contact, supplier)
    asking = holders(first)[gate.user]
    assert (asking.state, asking.is_this) == ("asks", False)
    assert len(asking.fingerprint) == 19
    assert first.run(keys.share_key, asking).subjects == {"people", "suppliers"}
    assert second.run(suppliers.supplier, supplier).email.text == "gina@gusto.example"
    assert holders(second)[gate.user].state == "holds"
    write_contact(second, supplier, contact="Gino")
    assert first.run(suppliers.supplier, supplier).contact.text == "Gino"


def test_a_key_taken_away_is_gone_and_a_dropped_gate_too(
    opened: tuple[TenantDatabase, UUID, str], tenant: Tenant
) -> None:
    first, supplier, _code = opened
    gates = [new_pc(tenant) for _ in range(2)]
    for gate in gates:
        assert not tenant.desk(gate=gate).run(keys.ask)
        first.run(keys.share_key, holders(first)[gate.user])
    lost = holders(first)[gates[0].user]
    first.run(keys.withdraw_key, lost, frozenset({"withdraw"}))
    with tenant.server.operator() as operator:
        drop_gate(operator, gates[1].user)
    assert not {gate.user for gate in gates} & set(holders(first))
    assert tenant.desk(gate=gates[0]).run(suppliers.supplier, supplier).contact.is_locked
    with pytest.raises(Confirm):
        first.run(keys.withdraw_key, lost)


def test_a_new_key_moves_every_field_and_the_lost_pc_reads_nothing_new(
    opened: tuple[TenantDatabase, UUID, str], tenant: Tenant
) -> None:
    first, supplier, code = opened
    gate = new_pc(tenant)
    second = tenant.desk(gate=gate)
    second.run(keys.ask)
    first.run(keys.share_key, holders(first)[gate.user])
    assert second.run(suppliers.supplier, supplier).contact.text == "Gina Gusto"
    first.run(keys.withdraw_key, holders(first)[gate.user], frozenset({"withdraw"}))
    assert first.run(keys.renew_key, frozenset({"renew"})).result == 2
    with pytest.raises(Conflict, match="still encrypted"):
        first.run(key_sharing.end_old)
    assert first.run(keys.move_some).result == 2
    assert first.run(keys.move_some).result == 0
    assert first.run(suppliers.bank_details, supplier)["account"].text == IBAN
    assert first.run(suppliers.suppliers, ListQuery(search="gina@gusto.example")).rows[0].id == supplier
    # The lost PC still has the old key in its memory, but nothing is written with it any more.
    assert second.run(suppliers.supplier, supplier).contact.is_locked
    with tenant.as_root() as root:
        kept = root.execute("SELECT version, holder FROM tenant_keys WHERE version < 2").fetchall()
        assert kept == [(1, "recovery")]  # of what the audit log still has, no PC reads anything
    third = tenant.desk(gate=new_pc(tenant))
    third.run(keys.unlock_here, code)
    assert third.run(suppliers.supplier, supplier).phone.text == "+1 555 010 7788"


def test_while_fields_move_both_keys_find_and_open_them(opened: tuple[TenantDatabase, UUID, str]) -> None:
    desk, supplier, _code = opened
    desk.run(keys.renew_key, frozenset({"renew"}))
    assert desk.run(suppliers.suppliers, ListQuery(search="GINA@gusto.example")).rows[0].id == supplier
    write_contact(desk, supplier, contact="Gino")
    assert desk.run(suppliers.bank_details, supplier)["account"].text == IBAN


def test_a_field_cannot_be_moved_to_another_record_nor_written_in_plain_text(
    opened: tuple[TenantDatabase, UUID, str], tenant: Tenant
) -> None:
    desk, supplier, _code = opened
    move = (
        "UPDATE suppliers o SET contact = s.contact FROM suppliers s WHERE s.id = '{}' AND o.id <> s.id RETURNING o.id"
    )
    other = desk.run(lambda connection: connection.exec_driver_sql(move.format(supplier)).scalars().first())
    found = desk.run(suppliers.supplier, other)
    assert (found.contact.text, found.contact.is_locked) == (None, False)
    with pytest.raises(Conflict, match="renewed"):
        desk.run(lambda connection: connection.exec_driver_sql("UPDATE suppliers SET contact = 'Gina in plain text'"))
    before = desk.run(suppliers.supplier_contact, other)
    desk.run(suppliers.save_contact, replace(before, contact="Otto"))
    assert desk.run(suppliers.supplier, other).contact.text == "Otto"


def test_who_may_not_invite_people_gives_nobody_the_key(
    opened: tuple[TenantDatabase, UUID, str], tenant: Tenant
) -> None:
    _first, supplier, code = opened
    manager = tenant.desk(tenant.person("MANAGER"))
    assert manager.run(suppliers.supplier, supplier).contact.text == "Gina Gusto"  # the PC has it, not the person
    assert holders(manager) == {}
    with pytest.raises(Denied):
        manager.run(keys.unlock_here, code)
    with pytest.raises(Denied):
        manager.run(keys.renew_key, frozenset({"renew"}))
    for statement in ("SELECT * FROM tenant_keys", "SELECT * FROM key_holders", "SELECT withdraw_key('recovery')"):
        with pytest.raises(Denied):
            manager.run(lambda connection, sent=statement: connection.exec_driver_sql(sent))


def test_a_counter_sees_no_bank_details(opened: tuple[TenantDatabase, UUID, str], tenant: Tenant) -> None:
    counter = tenant.desk(tenant.person("EMPLOYEE"))
    rows = counter.run(
        lambda connection: connection.exec_driver_sql("SELECT count(*) FROM supplier_banks").scalar_one()
    )
    assert rows == 0


@pytest.mark.parametrize("wrong", ["", "AAAA-BBBB", "x" * 10_000, "’; DROP TABLE --"])
def test_a_wrong_code_is_a_sentence(opened: tuple[TenantDatabase, UUID, str], tenant: Tenant, wrong: str) -> None:
    desk = tenant.desk(gate=new_pc(tenant))
    with pytest.raises(UserError, match="not the recovery code") as refused:
        desk.run(keys.unlock_here, wrong)
    assert [problem.field for problem in refused.value.problems] == ["code"]


def test_the_operator_recovers_with_the_code_and_replaces_it(
    opened: tuple[TenantDatabase, UUID, str], tenant: Tenant
) -> None:
    first, supplier, code = opened
    gate = new_pc(tenant)
    desk = tenant.desk(gate=gate)
    assert not desk.run(keys.ask)
    with tenant.server.operator() as operator:
        with pytest.raises(UserError, match="not the recovery code"):
            recover(operator, tenant.names, "AAAA")
        with pytest.raises(UserError, match="has a key already"):
            begin_keys(operator, tenant.names)
        newer = new_code(operator, tenant.names, code)
        with pytest.raises(UserError, match="not the recovery code"):
            recover(operator, tenant.names, code)
        assert recover(operator, tenant.names, newer, "Nowhere") == []
        assert len(recover(operator, tenant.names, newer.lower().replace("-", " "))) == 1
    assert desk.run(suppliers.supplier, supplier).contact.text == "Gina Gusto"
    assert holders(first)[gate.user].shared_by == "the operator"


def test_a_pc_that_was_set_up_anew_asks_anew(opened: tuple[TenantDatabase, UUID, str], tenant: Tenant) -> None:
    first, supplier, _code = opened
    gate = tenant.server.gate
    session = sign_in(gate, tenant.owner_login, PASSWORD)
    identity = open_tenant(gate, session, next(one for one in session.tenants if one.id == tenant.id))
    again = TenantDatabase(replace(identity, gate_secret="another secret"))
    tenant.desks.append(again)
    assert again.run(suppliers.supplier, supplier).contact.is_locked
    assert holders(again)[gate.user].state == "asks"
    with pytest.raises(UserError, match="no key"):
        first.run(keys.share_key, holders(first)[gate.user])


def test_two_who_renew_at_once_make_one_key(opened: tuple[TenantDatabase, UUID, str]) -> None:
    desk, _supplier, _code = opened

    def renew_behind_the_back(connection: Connection) -> Any:
        rows = connection.execute(text("SELECT holder, public_key FROM key_list()")).all()
        key_sharing.renew(connection)
        wraps = [bytes(92) for _ in rows]
        values = {"holders": [row.holder for row in rows], "wraps": wraps}
        return connection.execute(text("SELECT renew_key(2, :holders, :wraps)"), values)

    with pytest.raises(Conflict, match="meanwhile"):
        desk.run(renew_behind_the_back)


def test_rubbish_that_is_shared_spoils_nobodys_key(opened: tuple[TenantDatabase, UUID, str], tenant: Tenant) -> None:
    desk, supplier, code = opened

    def share_rubbish(connection: Connection, holder: str) -> Any:
        public = {row.holder: row.public_key for row in connection.execute(text("SELECT * FROM key_list()"))}
        values = {"holder": holder, "public": public[holder], "wrap": bytes(92)}
        return connection.execute(text("SELECT share_key(:holder, :public, '{1}', ARRAY[:wrap])"), values)

    here = next(holder.id for holder in holders(desk).values() if holder.is_this)
    desk.run(share_rubbish, here)
    with pytest.raises(UserError, match="recovery code has its key"):
        desk.run(share_rubbish, "recovery")
    again = tenant.desk()
    assert again.run(suppliers.supplier, supplier).contact.text == "Gina Gusto"
    elsewhere = tenant.desk(gate=new_pc(tenant))
    elsewhere.run(keys.unlock_here, code)
    assert elsewhere.run(suppliers.supplier, supplier).contact.text == "Gina Gusto"


def test_a_key_of_rubbish_is_renewed_away_and_loses_nothing(
    opened: tuple[TenantDatabase, UUID, str], tenant: Tenant
) -> None:
    desk, supplier, code = opened

    def renew_with_rubbish(connection: Connection) -> Any:
        rows = connection.execute(text("SELECT holder FROM key_list()")).scalars().all()
        values = {"holders": list(rows), "wraps": [bytes(92) for _ in rows]}
        return connection.execute(text("SELECT renew_key(2, :holders, :wraps)"), values)

    desk.run(renew_with_rubbish)
    with pytest.raises(Conflict, match="renewed meanwhile"):
        write_contact(desk, supplier, contact="Gino")
    assert desk.run(keys.renew_key, frozenset({"renew"})).result == 3
    while desk.run(keys.move_some).result:
        pass
    write_contact(desk, supplier, contact="Gino")
    elsewhere = tenant.desk(gate=new_pc(tenant))
    elsewhere.run(keys.unlock_here, code)
    assert elsewhere.run(suppliers.supplier, supplier).contact.text == "Gino"
    with tenant.as_root() as root:  # whatever was overwritten under the second key, the recovery code opens the first
        assert (1, "recovery") in root.execute("SELECT version, holder FROM tenant_keys").fetchall()


def test_nothing_is_sealed_with_a_key_that_is_being_forgotten(opened: tuple[TenantDatabase, UUID, str]) -> None:
    desk, supplier, _code = opened

    def write_late(connection: Connection) -> None:
        old = keys_on(connection)
        key_sharing.renew(connection)
        sealed = old.seal("late", Spot("suppliers", "contact", supplier))
        connection.execute(
            text("UPDATE suppliers SET contact = :sealed WHERE id = :id"), {"sealed": sealed, "id": supplier}
        )

    with pytest.raises(Conflict, match="renewed meanwhile"):
        desk.run(write_late)
    assert desk.run(lambda connection: ring_on(connection).keys(connection).newest) == 1


def test_both_who_change_a_supplier_at_once_are_heard(opened: tuple[TenantDatabase, UUID, str]) -> None:
    desk, supplier, _code = opened
    first, second = (desk.run(suppliers.supplier_contact, supplier) for _ in range(2))
    desk.run(suppliers.save_contact, replace(first, bank_name="First Bank"))
    with pytest.raises(Conflict, match="meanwhile"):
        desk.run(suppliers.save_contact, replace(second, contact="Somebody else"))


def test_everything_wrong_with_a_contact_is_said_at_once(opened: tuple[TenantDatabase, UUID, str]) -> None:
    desk, supplier, _code = opened
    draft = ContactDraft(
        supplier, 1, contact="a\0b", email="gina at gusto", phone="call me", account="GB34 BUKB 2020 1555 5555 55",
        bank_name="x" * 201,
    )  # fmt: skip
    with pytest.raises(UserError) as refused:
        desk.run(suppliers.save_contact, draft)
    assert {problem.field for problem in refused.value.problems} == {
        "contact",
        "email",
        "phone",
        "account",
        "bank_name",
    }


@pytest.mark.parametrize(
    "words", ["gina@gusto.example", " Gina@GUSTO.example ", "001 (555) 010-7788", "gb33bukb20201555555555"]
)
def test_a_supplier_is_found_by_an_exact_value(opened: tuple[TenantDatabase, UUID, str], words: str) -> None:
    desk, supplier, _code = opened
    query = ListQuery(search=words)
    assert [row.id for row in desk.run(suppliers.suppliers, query).rows] == [supplier]
    assert desk.run(suppliers.suppliers_summary, query).count == 1


@pytest.mark.parametrize("words", ["gina@gusto", "7788", "gina", "0107788"])
def test_a_part_of_it_finds_nobody(opened: tuple[TenantDatabase, UUID, str], words: str) -> None:
    assert opened[0].run(suppliers.suppliers, ListQuery(search=words)).rows == ()
