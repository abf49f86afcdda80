"""Saved views on a real database: whose they are, who sees them, what is refused."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from ims_desktop.domain.errors import Conflict, Denied, UserError
from ims_desktop.domain.list_view import Arrangement, Density, ListView, SavedView, ViewDraft, view_of, written
from ims_desktop.domain.listing import Filter, Match, Sort
from ims_desktop.features.views import service
from tests.features.desks import sit_down
from tests.statements import statements
from tests.tenants import Tenant

VIEW = ListView(
    "tom",
    (
        Filter("category", Match.IN, (uuid4(), None)),
        Filter("value", Match.BETWEEN, (Decimal("1.50"), None)),
        Filter("day", Match.BETWEEN, (date(2026, 1, 1), date(2026, 1, 31))),
        Filter("at", Match.BETWEEN, (None, datetime(2026, 1, 1, 12, 30, tzinfo=UTC))),
        Filter("open", Match.IN, (True,)),
    ),
    (Sort("name"), Sort("value", descending=True)),
    Arrangement(("value", "name"), frozenset({"unit"}), {"name": 300}, Density.COMPACT),
)
DRAFT = ViewDraft("items", "Low and dear", VIEW, needs="items.view")


def test_a_view_comes_back_as_it_was_kept(tenant: Tenant) -> None:
    desk = tenant.desk()
    kept = desk.run(service.save_view, DRAFT)
    assert kept.subjects == {"views"}
    with statements() as sent:
        found = desk.run(service.views, "items")
    assert len(sent) == 1
    assert found == (SavedView(kept.result, "Low and dear", VIEW, False, True, found[0].owner, 1),)
    assert desk.run(service.views, "orders") == ()


def test_a_private_view_is_nobody_elses_and_a_shared_one_is_seen_by_those_who_open_the_list(tenant: Tenant) -> None:
    manager, counter = sit_down(tenant, "MANAGER"), sit_down(tenant, "EMPLOYEE")
    kept = manager.run(service.save_view, DRAFT).result
    assert counter.run(service.views, "items") == ()
    [mine] = manager.run(service.views, "items")
    manager.run(service.save_view, replace(DRAFT, key=kept, version=mine.version, is_shared=True))
    [theirs] = counter.run(service.views, "items")
    assert (theirs.is_mine, theirs.is_shared, theirs.view) == (False, True, VIEW)
    manager.run(service.save_view, replace(DRAFT, name="Bank", is_shared=True, needs="suppliers.edit"))
    assert len(counter.run(service.views, "items")) == 1


def test_who_may_not_share_neither_shares_nor_changes_nor_removes_what_is_shared(tenant: Tenant) -> None:
    manager, counter = sit_down(tenant, "MANAGER"), sit_down(tenant, "EMPLOYEE")
    kept = manager.run(service.save_view, replace(DRAFT, is_shared=True)).result
    for draft in (replace(DRAFT, is_shared=True), replace(DRAFT, key=kept, version=1, is_shared=True)):
        with pytest.raises(Denied):
            counter.run(service.save_view, draft)
    with pytest.raises(Denied):
        counter.run(service.remove_view, kept)
    with pytest.raises(Conflict):
        counter.run(service.save_view, replace(DRAFT, key=kept, version=1))
    assert manager.run(service.views, "items")[0].version == 1


def test_a_name_is_wanted_and_only_once_and_old_versions_are_refused(tenant: Tenant) -> None:
    desk = tenant.desk()
    kept = desk.run(service.save_view, DRAFT).result
    for name in ("  ", "x" * 61, "LOW AND DEAR"):
        with pytest.raises(UserError):
            desk.run(service.save_view, replace(DRAFT, name=name))
    desk.run(service.save_view, replace(DRAFT, key=kept, version=1, name="Lower"))
    with pytest.raises(Conflict):
        desk.run(service.save_view, replace(DRAFT, key=kept, version=1))
    desk.run(service.remove_view, kept)
    assert desk.run(service.views, "items") == ()


@pytest.mark.parametrize(
    "strange",
    [
        None,
        [],
        {"filters": 3, "sort": {}, "widths": [], "hidden": "x", "order": [1, {}], "density": "huge"},
        {"filters": [{"key": "a", "test": "like", "values": []}, {"key": "b", "test": "between", "values": [1]}, 7]},
        {"filters": [{"key": "a", "test": "in", "values": [{"id": "no"}, {"other": "x"}]}], "sort": [{"key": 5}]},
        {"widths": {"a": 9000, "b": "x", "c": True}, "hidden": None, "sort": [None]},
    ],
)
def test_what_cannot_be_understood_is_left_out(strange: object) -> None:
    assert view_of(strange) == ListView()


def test_what_is_written_is_read_again() -> None:
    assert view_of(written(VIEW)) == VIEW
