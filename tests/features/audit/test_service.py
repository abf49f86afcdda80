"""The audit log: what changes leave behind, in words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.listing import Filter, ListQuery, Match
from ims_desktop.features.audit import service
from ims_desktop.features.audit.rules import Change, changes, read_json
from ims_desktop.features.items import service as items
from ims_desktop.features.stock import service as stock
from tests.features.desks import sit_down
from tests.features.people.desks import ask, save
from tests.features.sales.tills import ZONE, an_order, record
from tests.restaurant import Restaurant, receive, seed
from tests.statements import plan_of, statements
from tests.tenants import Tenant


@pytest.fixture
def place(tenant: Tenant) -> Restaurant:
    return seed(tenant)


@pytest.fixture
def desk(place: Restaurant) -> TenantDatabase:
    return sit_down(place.tenant)


def change_lemon(place: Restaurant, desk: TenantDatabase) -> None:
    lemon = desk.run(items.item, place.items["Lemon"])
    draft = items.ItemDraft(
        "Lemon, organic",
        "each",
        category_id=place.categories["Dry goods"],
        sku=lemon.sku,
        packs=(items.Pack("net", Decimal(12), "each"),),
        allergens=("celery",),
        id=lemon.id,
        version=lemon.version,
    )
    desk.run(items.save_item, draft)


def entries(desk: TenantDatabase, *filters: Filter) -> list[service.AuditRow]:
    return list(desk.run(service.audit_entries, ListQuery(filters=filters)).rows)


def test_the_newest_change_comes_first_in_words(place: Restaurant, desk: TenantDatabase) -> None:
    change_lemon(place, desk)
    with statements() as sent:
        newest = entries(desk, Filter("action", Match.IN, ("UPDATE",)))
    assert len(sent) == 1
    told = {(row.who, row.subject_words, row.record) for row in newest}
    assert ("Olive Owner", "Item", "Lemon, organic") in told
    assert ("Olive Owner", "Pack", "Lemon, organic · net") in told
    assert newest == sorted(newest, key=lambda row: (row.at, row.id), reverse=True)


def test_field_by_field_with_names_for_keys(place: Restaurant, desk: TenantDatabase) -> None:
    change_lemon(place, desk)
    [row] = entries(desk, Filter("subject", Match.IN, ("items",)), Filter("action", Match.IN, ("UPDATE",)))
    with statements() as sent:
        entry = desk.run(service.audit_entry, row.id)
    assert len(sent) == 1
    assert set(entry.changes) == {
        Change("Name", "Lemon", "Lemon, organic"),
        Change("Category", "Produce", "Dry goods"),
        Change("Allergens", "—", "celery"),
    }
    assert entry.ip_address == "127.0.0.1"


def test_a_posting_is_named_by_kind_and_number(place: Restaurant, desk: TenantDatabase) -> None:
    posted = receive(desk, place, {"Flour": ("3", "1.12")})
    [row] = entries(desk, Filter("subject", Match.IN, ("posting",)))
    assert (row.record, row.site, row.action) == (f"Delivery {posted.number}", "Downtown", "POST")
    value = next(c for c in desk.run(service.audit_entry, row.id).changes if c.field == "Value")
    assert value.after == "3.36"


def test_words_of_a_till_are_named_by_themselves(place: Restaurant, desk: TenantDatabase) -> None:
    with place.tenant.as_root() as root:
        word = "INSERT INTO till_products (site_id, product, words) VALUES (%s, 'lunch special', 'Lunch special')"
        root.execute(word, [place.site])
    told = [row.record for row in entries(desk, Filter("subject", Match.IN, ("till_products",)))]
    assert told == ["Lunch special"]


def test_the_history_of_one_record(place: Restaurant, desk: TenantDatabase) -> None:
    change_lemon(place, desk)
    whole = desk.run(service.history_of, "items", place.items["Lemon"])
    history = [entry for entry in whole if entry.subject == "items"]
    assert [entry.action for entry in history] == ["UPDATE", "INSERT"]
    assert history[0].changes[0] == Change("Name", "Lemon", "Lemon, organic")
    assert history[1].who == "The operator", "seeded by nobody who signed in"
    assert {"Pack net", "Par and place"} <= {entry.part_words for entry in whole}
    assert desk.run(service.history_of, "items", place.sites["Downtown"]) == ()


def test_an_order_tells_what_it_was_posted_by_and_taken_back(place: Restaurant, desk: TenantDatabase) -> None:
    receive(desk, place, {"Mozzarella": ("20", "7.9")})
    record(desk, place, an_order(place, "7", datetime.now(ZONE), ("Espresso", "1", "3.00")))
    with place.tenant.as_root() as root:
        [order] = root.execute("SELECT id FROM orders").fetchone() or [None]
    ask(desk, "void_order", uuid4(), order, "Wrong table")
    with statements() as sent:
        history = desk.run(service.history_of, "orders", order)
    assert len(sent) == 1
    told = [(entry.subject, entry.action, bool(entry.part_of), entry.who) for entry in history]
    assert set(told) == {
        ("posting", "POST", True, "Olive Owner"),
        ("orders", "UPDATE", False, "Olive Owner"),
        ("posting", "POST", False, "Olive Owner"),
    }
    assert told[-1][:3] == ("posting", "POST", False), "first of all it was posted"
    assert len({entry.record for entry in history if entry.subject == "posting"}) == 2


def test_what_became_of_the_cost_of_a_movement_is_told_with_its_cause(place: Restaurant, desk: TenantDatabase) -> None:
    """Ten kilos are wasted before they were received, at a price that nobody knew."""
    receive(desk, place, {"Flour": ("1", "1.00")})
    wasted = waste(desk, place, "Flour", "-10")
    posted = receive(desk, place, {"Flour": ("20", "1.50")})
    with place.tenant.as_root() as root:
        [value] = root.execute("SELECT value FROM cost_corrections").fetchone() or [None]
    with statements() as sent:
        history = desk.run(service.whole_history, "posting", wasted)
    assert len(sent) == 2
    correction, entry = history
    assert isinstance(correction, service.Correction)
    assert (correction.cause, correction.document) == ("TRUE_UP", f"Delivery {posted.number}")
    assert (correction.item, correction.value, correction.who) == ("Flour", value, "Olive Owner")
    assert correction.device, "which PC the delivery was entered at"
    assert isinstance(entry, service.AuditEntry)
    assert desk.run(service.whole_history, "posting", posted.id)[0].who == "Olive Owner"


def test_who_sees_the_log_and_no_costs_is_told_none(place: Restaurant, desk: TenantDatabase) -> None:
    receive(desk, place, {"Flour": ("1", "1.00")})
    wasted = waste(desk, place, "Flour", "-10")
    receive(desk, place, {"Flour": ("20", "1.50")})
    rights = {"audit.view": True, "stock.view": True}
    save(desk, "Auditor", rights)
    auditor = sit_down(place.tenant, "EMPLOYEE", role="Auditor")
    assert auditor.run(service.whole_history, "posting", wasted) == ()
    save(desk, "Controller", {**rights, "stock.cost": True})
    controller = sit_down(place.tenant, "MANAGER", role="Controller")
    assert len(controller.run(service.whole_history, "posting", wasted)) == 2


def waste(desk: TenantDatabase, place: Restaurant, item: str, quantity: str) -> UUID:
    line = stock.DocumentLine(
        place.items[item], place.home(item), Decimal(quantity), reason_id=place.reasons["SPOILAGE"]
    )
    key = uuid4()
    desk.run(stock.post, stock.Document(key, stock.Kind.WASTE, place.site, (line,)))
    return key


def test_filters_search_and_pages(place: Restaurant, desk: TenantDatabase) -> None:
    change_lemon(place, desk)
    me = next(choice.value for choice in desk.run(service.person_choices) if choice.text == "Olive Owner")
    mine = entries(desk, Filter("who", Match.IN, (me,)))
    assert {row.who for row in mine} == {"Olive Owner"}
    now = datetime.now(UTC)
    assert entries(desk, Filter("at", Match.BETWEEN, (None, now - timedelta(hours=1)))) == []
    assert len(entries(desk, Filter("at", Match.BETWEEN, (now - timedelta(hours=1), None)))) > 50
    found = desk.run(service.audit_entries, ListQuery(search="organic")).rows
    assert {row.record for row in found} == {"Lemon, organic"}
    query, seen = ListQuery(limit=20), []
    while True:
        page = desk.run(service.audit_entries, query)
        seen += [row.id for row in page.rows]
        if page.after is None:
            break
        query = query.following(page.after)
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == desk.run(service.audit_summary, ListQuery()).count


def test_a_manager_sees_no_log(place: Restaurant) -> None:
    manager = sit_down(place.tenant, "MANAGER")
    assert manager.run(service.audit_entries, ListQuery()).rows == ()
    assert manager.run(service.history_of, "items", place.items["Lemon"]) == ()


def test_an_unknown_entry_is_said_to_be_gone(desk: TenantDatabase) -> None:
    with pytest.raises(UserError, match="no longer exists"):
        desk.run(service.audit_entry, 10**12)


def test_a_page_walks_back_through_the_index(place: Restaurant, desk: TenantDatabase) -> None:
    with place.tenant.as_root() as root:
        root.execute("ALTER TABLE audit_log_rest DISABLE TRIGGER USER")
        root.execute(
            "INSERT INTO audit_log (at, role_name, subject, record_id, action, new, row_hash)"
            " SELECT now() - n * interval '1 second', 'x', 'items', n::text, 'UPDATE', '{\"name\": \"x\"}', ''"
            " FROM generate_series(1, 20000) n"
        )
        root.execute("ANALYZE audit_log_rest")
    query = ListQuery()
    for _ in range(2):
        plan = plan_of(desk, service.audit_entries, query)
        assert "Backward using audit_log" in plan, plan
        assert "Seq Scan on audit_log" not in plan, plan
        query = query.following(desk.run(service.audit_entries, query).after)


def test_changes_of_a_role_name_each_permission() -> None:
    before = {"id": "1", "version": 1, "name": "Cook", "permissions": {"a.b": True, "c.d": False}}
    after = {"id": "1", "version": 2, "name": "Chef", "permissions": {"a.b": True, "c.d": True, "e.f": False}}
    assert changes(before, after) == (
        Change("Name", "Cook", "Chef"),
        Change("Permission c.d", "Denied", "Allowed"),
        Change("Permission e.f", "Not said", "Denied"),
    )


def test_rights_and_limits_of_a_role_are_told_by_their_titles() -> None:
    before = {"permissions": {}, "limits": {"waste.record": 50, "sales.void": None}}
    after = {"permissions": {"stock.cost": True}, "limits": {"waste.record": Decimal("80.5")}}
    assert changes(before, after) == (
        Change("See costs and values", "Not said", "Allowed"),
        Change("Take sales back (daily limit)", "any", "—"),
        Change("Record waste (daily limit)", "50", "80.5"),
    )


def test_numbers_stay_exact() -> None:
    logged = read_json('{"par": 0.1000000000000000055511151231257827}')
    assert logged is not None
    [change] = changes(None, logged)
    assert change == Change("Par", "—", "0.1000000000000000055511151231257827")
    assert replace(change, after="x").before == "—"
