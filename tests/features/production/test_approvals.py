"""Productions above a money limit: they wait for somebody who may, and are posted at their own moment or sent back."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Conflict, Denied, UserError
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.adjustments.service import (
    SendingBack,
    approve,
    notable,
    request,
    requests,
    requests_tab_counts,
    send_back,
    withdraw,
)
from ims_desktop.features.production import service
from ims_desktop.features.production.rules import Lot
from ims_desktop.features.production.screen.page import PRODUCE, REPACK, REVIEWS, ProductionPage, build
from ims_desktop.features.stock.service import Kind
from ims_desktop.ui.choices import Choice
from tests.features.production.conftest import PACK, RECIPE, SAUCE, Kitchen, moment
from tests.features.windows import Window, button_of, form_of, line_of, texts_of, window_of

MAY = (
    'UPDATE roles SET permissions = permissions || \'{"production.record": true, "recipes.view": true}\','
    " limits = '{\"production.record\": 30}' WHERE name = 'Counter'"
)
MORE = "UPDATE roles SET limits = limits || '{\"production.record\": 2000}' WHERE name = 'Manager'"
WORTH = Decimal("22.958")  # of a batch


@pytest.fixture
def cook(kitchen: Kitchen) -> TenantDatabase:
    """Somebody who may make what is worth up to 30.00 a day."""
    for change in (MAY, MORE):
        kitchen.root.execute(change)
    return kitchen.sign_in(kitchen.tenant.person("EMPLOYEE", site=kitchen.restaurant.site))


@pytest.fixture
def cooking(cook: TenantDatabase, kitchen: Kitchen, qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    """Their window."""
    (tmp_path / "cook").mkdir()
    with window_of(cook, tmp_path / "cook", site=kitchen.restaurant.site) as window:
        yield window


@pytest.fixture
def deciding(kitchen: Kitchen, qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    """The window of the owner."""
    with window_of(kitchen.desk, tmp_path, site=kitchen.restaurant.site) as window:
        yield window


def page_of(window: Window, qtbot: QtBot) -> Any:
    page = build(window.desk)
    assert isinstance(page, ProductionPage)
    qtbot.addWidget(page)
    window.show(page, 1366, 768)
    return page


def fill(window: Window, page: Any, **values: Any) -> None:
    for key, value in values.items():
        box = page.view.head.boxes[key]
        box.editor.show_value(value)
        box.editor.edited.emit()
        window.settle()


def test_what_is_over_the_limit_waits_and_is_posted_at_its_own_moment(kitchen: Kitchen, cook: TenantDatabase) -> None:
    whole = kitchen.sauce("8", "7.6", labour=Decimal(12))
    big = replace(whole, made=(replace(whole.made[0], lots=(Lot("MON"),)),), note="For the week")
    with pytest.raises(Denied) as refused:
        cook.run(service.produce, big)
    assert [problem.field for problem in refused.value.problems] == ["limit"]
    asked = cook.run(service.ask, big).result
    assert (asked.is_posted, cook.run(service.ask, big).result) == (False, asked)
    assert kitchen.cost(SAUCE).quantity == 0, "nothing counts before it is posted"
    [told] = kitchen.desk.run(notable)
    assert (told.number, told.kind, told.mine) == (asked.number, "PRODUCTION", False)
    waiting = kitchen.desk.run(request, big.key)
    assert (waiting.row.amount, waiting.row.what, waiting.recipe) == (
        2 * WORTH + 12,
        f"{SAUCE}, Basil, Olive oil",
        RECIPE,
    )
    assert service.production_of(waiting.document) == big, "it is kept as it was sent"
    with pytest.raises(Denied, match="Somebody else approves"):
        cook.run(approve, big.key, 1)
    kitchen.desk.run(approve, big.key, 1)
    [row] = kitchen.desk.run(service.productions, ListQuery()).rows
    assert (row.id, row.effective_at, row.made, row.expected) == (big.key, moment(10), Decimal("7.6"), 8)
    assert row.value == 2 * WORTH + 12
    produced = kitchen.desk.run(service.production, big.key)
    assert (produced.labour, produced.made[0].lots, produced.recipe) == (12, "MON", RECIPE)
    [by] = kitchen.root.execute(
        "SELECT posted_by = asked_by FROM postings JOIN approval_requests USING (id)"
    ).fetchone()
    assert not by, "it stands in the name of whoever approved it"
    logged = kitchen.root.execute(
        "SELECT action FROM audit_log WHERE subject = 'approval_requests' AND record_id = %s ORDER BY id",
        [str(big.key)],
    ).fetchall()
    assert logged == [("INSERT",), ("UPDATE",)]


def test_a_repacking_keeps_its_weights_and_why_less_came_out(kitchen: Kitchen, cook: TenantDatabase) -> None:
    made = kitchen.restaurant
    whole = kitchen.repacked("40", "150", reason_id=made.reasons["SPOILAGE"])
    rest = replace(whole.made[0], item_id=made.items["Basil"], weight=Decimal("2.5"), expected=None)
    parts = (replace(whole.made[0], weight=Decimal("37.5"), lots=()), rest)
    used = replace(whole.used[0], entered_quantity=Decimal(40_000), entered_unit="g")
    large = replace(whole, made=parts, used=(used,))
    assert not cook.run(service.ask, large).result.is_posted
    waiting = kitchen.desk.run(request, large.key)
    assert (waiting.loss, waiting.recipe, waiting.row.amount) == ("Spoilage", "", Decimal("44.8"))
    assert service.production_of(waiting.document) == large
    kitchen.desk.run(approve, large.key, 1)
    assert kitchen.cost(PACK).value == Decimal(42), "by its weight"


def test_within_the_limit_it_is_made_at_once_and_what_is_wrong_is_said_before_it_waits(
    kitchen: Kitchen, cook: TenantDatabase
) -> None:
    assert cook.run(service.ask, kitchen.sauce("4")).result.is_posted
    big = kitchen.sauce("60")
    with pytest.raises(UserError, match="put right"):
        cook.run(service.ask, replace(big, made=(replace(big.made[0], item_id=kitchen.restaurant.items[PACK]),)))
    cook.run(service.ask, big)
    with pytest.raises(Conflict):
        cook.run(service.ask, replace(big, labour=Decimal(1)))
    kitchen.root.execute("UPDATE sites SET allows_negative = false")
    with pytest.raises(UserError, match="not enough stock"):
        kitchen.desk.run(approve, big.key, 1)
    assert kitchen.desk.run(request, big.key).row.state == "WAITING", "whoever approves can send it back"
    assert kitchen.cost(SAUCE).quantity == 4


def test_who_decides_is_somebody_else_with_the_right_and_within_their_limit(
    kitchen: Kitchen, cook: TenantDatabase
) -> None:
    big = kitchen.sauce("8")
    cook.run(service.ask, big)
    other = kitchen.sign_in(kitchen.tenant.person("EMPLOYEE", site=kitchen.restaurant.site))
    assert other.run(request, big.key).row.amount is None, "who sees no costs sees none here"
    with pytest.raises(Denied, match="your limit"):
        other.run(approve, big.key, 1)
    with pytest.raises(Denied, match="Only whoever entered it"):
        other.run(withdraw, big.key, 1)
    kitchen.root.execute("UPDATE roles SET permissions = permissions - 'production.record' WHERE name = 'Counter'")
    assert other.run(requests, Kind.PRODUCTION, ListQuery()).rows == ()
    with pytest.raises(Denied):
        other.run(approve, big.key, 1)
    assert cook.run(request, big.key).mine, "one's own stays to be seen"
    kitchen.desk.run(send_back, SendingBack(big.key, 1, "Half of it is enough"))
    counts = kitchen.desk.run(requests_tab_counts, Kind.PRODUCTION, ListQuery())
    assert counts == {"all": 1, "waiting": 0, "sent_back": 1}


def test_a_person_asks_and_another_one_approves(
    kitchen: Kitchen, cooking: Window, deciding: Window, qtbot: QtBot
) -> None:
    page = page_of(cooking, qtbot)
    fill(cooking, page, recipe=Choice(kitchen.recipe, RECIPE), wanted="2 batch", made="7.6 kg")
    page.view.record()
    cooking.settle()
    assert any("more than your limit of 30" in text for text in texts_of(page.view))
    assert len(page.view.grid.lines()) == 3, "what was typed stays"
    button_of(page.view, "Ask for approval").click()
    cooking.settle()
    assert "waits for approval" in str(cooking.said[-1].text)
    assert not page.view.dirty
    page.go_to_list(REVIEWS)
    cooking.settle()
    [row] = page.reviews.model.rows
    page.show_record(f"review {row.id}")
    cooking.settle()
    assert "Approve" not in texts_of(page), "nobody approves their own"
    theirs = page_of(deciding, qtbot)
    theirs.show_record(f"review {row.id}")
    deciding.settle()
    shown = texts_of(theirs)
    assert RECIPE in shown
    assert any("+7.6 kg" in text or "7.6 kg" in text for text in shown)
    button_of(theirs, "Approve").click()
    deciding.settle()
    assert "Approved and recorded" in str(deciding.said[-1].text)
    assert kitchen.cost(SAUCE).quantity == Decimal("7.6")


def test_what_came_back_is_taken_up_again_on_its_tab(
    kitchen: Kitchen, cooking: Window, deciding: Window, qtbot: QtBot
) -> None:
    page, theirs = page_of(cooking, qtbot), page_of(deciding, qtbot)
    big = kitchen.sauce("8", effective_at=moment(10))
    cooking.desk.background._run(service.ask, big)
    theirs.show_record(f"review {big.key}")
    deciding.settle()
    button_of(theirs, "Send back").click()
    deciding.settle()
    line_of(theirs, "Why").setText("Half of it is enough")
    form_of(theirs.reviews).save()
    deciding.settle()
    page.go_to(REPACK)
    page.show_record(f"review {big.key}")
    cooking.settle()
    button_of(page, "Take up again").click()
    cooking.settle()
    assert page.tabs.current == PRODUCE
    assert any("Half of it is enough" in text for text in texts_of(page.view))
    assert (page.view.head.value("wanted"), page.view.head.when.is_earlier) == ("8 kg", True)
    fill(cooking, page, wanted="1 batch")
    page.view.record()
    cooking.settle()
    assert kitchen.cost(SAUCE).quantity == 4
    [row] = kitchen.desk.run(service.productions, ListQuery()).rows
    assert row.effective_at == moment(10)
