"""Customers: made, found, changed and archived; how they are reached is encrypted; whose order it is."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Conflict, Denied, UserError
from ims_desktop.domain.listing import Filter, ListQuery, Match
from ims_desktop.features.audit import service as audit
from ims_desktop.features.customers import service
from ims_desktop.features.customers.rules import ContactDraft, CustomerDraft
from ims_desktop.features.keys import service as keys
from ims_desktop.features.sales import service as sales
from tests.features.desks import sit_down
from tests.features.sales.tills import ZONE, an_order, record
from tests.restaurant import Restaurant
from tests.statements import statements

HARBOUR = CustomerDraft("HARB", "Harbour Hotel", "WHOLESALE", "DE123", Decimal(30), "Rear door")


def add(desk: TenantDatabase, code: str, **other: Any) -> UUID:
    """A new customer."""
    made: UUID = desk.run(service.save_customer, replace(HARBOUR, code=code, name=f"{code} Ltd", **other)).result.id
    return made


def test_a_customer_is_made_changed_and_its_history_kept(desk: TenantDatabase) -> None:
    key = desk.run(service.save_customer, HARBOUR).result.id
    made = desk.run(service.customer, key)
    assert (made.code, made.kind, made.payment_days, made.state) == ("HARB", "WHOLESALE", 30, "active")
    draft = replace(HARBOUR, name="Harbour Grand", payment_days=None, id=key, version=made.version)
    desk.run(service.save_customer, draft)
    with pytest.raises(Conflict):
        desk.run(service.save_customer, draft)
    [changed, added] = desk.run(audit.history_of, "customers", key)
    assert {(each.field, each.before, each.after) for each in changed.changes} == {
        ("Name", "Harbour Hotel", "Harbour Grand"),
        ("Payment days", "30", "—"),
    }
    assert (added.action, added.subject_words, added.record) == ("INSERT", "Customer", "Harbour Hotel")


def test_everything_wrong_is_told_at_once(desk: TenantDatabase) -> None:
    add(desk, "TWICE")
    wrong = CustomerDraft("twice", " ", "GUEST", "x" * 41, Decimal("1.5"), "\0")
    with pytest.raises(UserError) as told:
        desk.run(service.save_customer, wrong)
    fields = {problem.field for problem in told.value.problems}
    assert fields == {"code", "name", "kind", "tax_id", "payment_days", "note"}
    with pytest.raises(UserError) as told:
        desk.run(service.save_contact, ContactDraft(uuid4(), 1, "x" * 201, "anna", "call me"))
    assert {problem.field for problem in told.value.problems} == {"contact", "email", "phone"}
    with pytest.raises(UserError, match="no longer exists"):
        desk.run(service.customer, uuid4())


def test_the_list_its_tabs_and_finding(desk: TenantDatabase) -> None:
    staff = add(desk, "STAFF", kind="INTERNAL")
    with statements() as sent:
        page = desk.run(service.customers, ListQuery(search="staff"))
    assert len(sent) == 1
    assert [row.id for row in page.rows] == [staff]
    internal = ListQuery(filters=(Filter("kind", Match.IN, ("INTERNAL",)), Filter("active", Match.IN, (True,))))
    assert [row.code for row in desk.run(service.customers, internal).rows] == ["STAFF"]
    before = desk.run(service.customer_counts, ListQuery())
    desk.run(service.set_active, (staff,), False)
    after = desk.run(service.customer_counts, ListQuery())
    assert (after["internal"], after["archived"]) == (before["internal"] - 1, before["archived"] + 1)
    assert staff not in {option.value for option in desk.run(service.customer_choices)}
    desk.run(service.set_active, (staff,), True)
    assert staff in {option.value for option in desk.run(service.customer_choices)}


def test_the_contact_is_encrypted_found_by_its_value_and_locked_elsewhere(
    house: Restaurant, desk: TenantDatabase
) -> None:
    key = add(desk, "CALL")
    empty = desk.run(service.customer_contact, key)
    draft = replace(empty, contact="Carla Call", email="Carla@Example.com", phone="+49 40 123-456")
    desk.run(service.save_contact, draft)
    with pytest.raises(Conflict):
        desk.run(service.save_contact, draft)
    with house.tenant.as_root() as root:
        row = root.execute("SELECT contact, email, phone, email_hash FROM customers WHERE id = %s", [key]).fetchone()
    assert row is not None
    assert all(b"arla" not in bytes(value) for value in row)
    for search in ("carla@example.com ", "+49 (40) 123 456", "004940123456"):
        assert [found.id for found in desk.run(service.customers, ListQuery(search=search)).rows] == [key]
        assert desk.run(service.customers_summary, ListQuery(search=search)).count == 1
    assert desk.run(service.customer, key).contact.text == "Carla Call"
    elsewhere = sit_down(house.tenant)
    shown = elsewhere.run(service.customer, key)
    assert shown.contact.is_locked
    assert shown.asks_as
    with pytest.raises(UserError, match="no key"):
        elsewhere.run(service.customer_contact, key)


def test_renewing_the_key_takes_customers_along(house: Restaurant, desk: TenantDatabase) -> None:
    key = add(desk, "RENEW")
    desk.run(service.save_contact, replace(desk.run(service.customer_contact, key), phone="040 777 777"))
    version = desk.run(keys.renew_key, consents=frozenset({"renew"})).result
    with pytest.raises(Conflict, match="still encrypted with the old key"):
        desk.run(lambda connection: connection.exec_driver_sql("SELECT end_old_keys()"))
    while desk.run(keys.move_some).result:
        pass
    with house.tenant.as_root() as root:
        found = root.execute("SELECT DISTINCT substring(phone FROM 2 FOR 4) FROM customers WHERE phone IS NOT NULL")
        assert [bytes(one) for (one,) in found.fetchall()] == [version.to_bytes(4, "big")]
    assert desk.run(service.customer, key).phone.text == "040 777 777"
    assert [row.id for row in desk.run(service.customers, ListQuery(search="040777777")).rows] == [key]


def test_whose_order_it_is(house: Restaurant, desk: TenantDatabase) -> None:
    key = add(desk, "ORDERS")
    at = datetime.now(ZONE)
    record(desk, house, *(an_order(house, number, at, ("Espresso", "1", "3.00")) for number in ("c1", "c2", "c3")))
    with house.tenant.as_root() as root:
        orders = [row[0] for row in root.execute("SELECT id FROM orders WHERE number LIKE 'c%' ORDER BY number")]
    for order in orders[:2]:
        desk.run(sales.set_customer, sales.OrderCustomer(order, 1, key))
    with pytest.raises(Conflict, match="meanwhile"):
        desk.run(sales.set_customer, sales.OrderCustomer(orders[0], 1, None))
    desk.run(sales.void_order, sales.Void(uuid4(), orders[1], "Test"))
    with statements() as sent:
        found = desk.run(sales.orders_of, key)
    assert len(sent) == 1
    assert (found.count, {order.state for order in found.newest}) == (2, {"CLOSED", "VOIDED"})
    [(currency, total)] = found.totals
    assert (currency, total) == ("USD", desk.run(sales.order, orders[0]).net_total)
    assert desk.run(sales.order, orders[0]).customer == "ORDERS Ltd"
    theirs = ListQuery(filters=(Filter("customer", Match.IN, (key,)),))
    assert {row.id for row in desk.run(sales.orders, theirs).rows} == set(orders[:2])
    desk.run(service.set_active, (key,), False)
    with pytest.raises(UserError, match="no longer active"):
        desk.run(sales.set_customer, sales.OrderCustomer(orders[2], 1, key))


def test_who_may_not_sees_and_changes_nobody(house: Restaurant, desk: TenantDatabase) -> None:
    key = add(desk, "HIDDEN")
    counter = sit_down(house.tenant, "EMPLOYEE")
    assert counter.run(service.customers, ListQuery()).rows == ()
    with pytest.raises(UserError, match="no longer exists"):
        counter.run(service.customer, key)
    with pytest.raises(Denied):
        counter.run(service.save_customer, replace(HARBOUR, code="NEW"))
    with pytest.raises(Denied):
        counter.run(service.set_active, (key,), False)
