"""How an item is costed: said when it is made, imported, listed, and changed from a day on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from ims_desktop.domain.errors import Confirm, UserError
from ims_desktop.domain.listing import Filter, ListQuery, Match
from ims_desktop.domain.valuation import Method
from ims_desktop.features.exchange.service import IMPORTS, RecordFile, check, run_import
from ims_desktop.features.items import screen, service
from ims_desktop.features.stock import service as stock
from ims_desktop.features.stock.screen import ITEM_BUTTONS
from tests.features.desks import sit_down
from tests.features.windows import button_of, form_of, line_of, texts_of, window_of
from tests.restaurant import receive, seed
from tests.tenants import Tenant

FILE = "SKU,Name,Category,Base unit,Cost method,Shoe size\nDRY-0500,Rice,Dry goods,kg,{method},44\n"


@pytest.fixture
def at(tenant: Tenant, qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """Downtown with two deliveries of flour at different prices, and some of it wasted."""
    place = seed(tenant)
    desk = sit_down(tenant)
    for day, cost in ((3, "1.00"), (4, "2.00")):
        receive(desk, place, {"Flour": ("10", cost)}, at=datetime(2026, 3, day, 15, tzinfo=UTC))
    line = stock.DocumentLine(
        place.items["Flour"], place.home("Flour"), Decimal(-10), reason_id=place.reasons["SPOILAGE"]
    )
    moment = datetime(2026, 3, 5, 15, tzinfo=UTC)
    desk.run(stock.post, stock.Document(uuid4(), stock.Kind.WASTE, place.site, (line,), moment))
    with window_of(desk, tmp_path, site=place.site) as window:
        page = screen.build(window.desk, buttons=ITEM_BUTTONS)
        qtbot.addWidget(page)
        window.show(page)
        yield SimpleNamespace(place=place, desk=desk, window=window, page=page, bot=qtbot)


def bring(at: SimpleNamespace, method: str) -> None:
    at.desk.run(run_import, IMPORTS["items"], RecordFile("items.csv", FILE.format(method=method).encode()))


def method_of(at: SimpleNamespace, name: str) -> str:
    [row] = at.desk.run(service.items, ListQuery(name)).rows
    return str(row.cost_method)


@pytest.mark.parametrize(
    ("said", "method"),
    [("FIFO", "FIFO"), ("Moving average", "AVERAGE"), ("weighted average", "AVERAGE"),
     ('"First in, first out"', "FIFO"), ("", "AVERAGE"), ("LIFO", None)],
)  # fmt: skip
def test_a_file_says_how_an_item_is_costed(at: SimpleNamespace, said: str, method: str | None) -> None:
    if method is None:
        with pytest.raises(UserError) as refused:
            bring(at, said)
        assert [(problem.row, problem.field) for problem in refused.value.problems] == [(2, "Cost method")]
    else:
        bring(at, said)
        assert method_of(at, "Rice") == method


def test_columns_nobody_knows_are_named(at: SimpleNamespace) -> None:
    file = RecordFile("items.csv", FILE.format(method="FIFO").encode())
    assert at.desk.run(check, IMPORTS["items"], file).reading.unused == ("Shoe size",)


def test_a_file_changes_the_method_only_before_something_moved(at: SimpleNamespace) -> None:
    bring(at, "FIFO")
    bring(at, "average")
    assert method_of(at, "Rice") == "AVERAGE"
    at.place.items["Rice"] = at.desk.run(service.items, ListQuery("Rice")).rows[0].id
    line = stock.DocumentLine(at.place.items["Rice"], at.place.home("Flour"), Decimal(1), Decimal(2))
    at.desk.run(stock.post, stock.Document(uuid4(), stock.Kind.DELIVERY, at.place.site, (line,)))
    with pytest.raises(UserError) as refused:
        bring(at, "FIFO")
    assert "from a day on" in refused.value.problems[0].text
    bring(at, "")
    assert method_of(at, "Rice") == "AVERAGE"


def test_the_form_the_list_and_the_panel_say_it(at: SimpleNamespace) -> None:
    at.page.start_new()
    at.window.settle()
    form = form_of(at.page)
    for name, text in (("Name", "Passata"), ("Stock unit", "kg"), ("Category", "Dry goods")):
        line = line_of(form, name)
        line.setFocus()
        line.selectAll()
        at.bot.keyClicks(line, text)
        at.window.settle(0.3)
        at.bot.keyClick(line, "\t")
        at.window.settle(0.05)
    form.boxes["cost_method"].editor.show_value("FIFO")
    form.save()
    at.window.settle()
    assert method_of(at, "Passata") == "FIFO"
    chosen = Filter("cost_method", Match.IN, ("FIFO",))
    assert [row.name for row in at.desk.run(service.items, ListQuery(filters=(chosen,))).rows] == ["Passata"]
    at.page.open_record(at.desk.run(service.items, ListQuery("Passata")).rows[0].id)
    at.window.settle()
    assert "FIFO (first in, first out)" in texts_of(at.page.panel)


def test_the_method_changes_from_a_day_on_after_its_effect_was_told(at: SimpleNamespace) -> None:
    flour = at.place.items["Flour"]
    switch = stock.MethodSwitch(
        uuid4(), flour, Method.FIFO, datetime(2026, 3, 1, tzinfo=UTC).date(), "The auditor asks"
    )
    with pytest.raises(Confirm) as asked:
        at.desk.run(stock.changed_method, switch)
    assert "+5.00 USD" in str(asked.value)
    assert "by -5.00 USD" in str(asked.value)
    assert method_of(at, "Flour") == "AVERAGE"
    at.desk.run(stock.changed_method, switch, consents=frozenset({"effect"}))
    assert method_of(at, "Flour") == "FIFO"
    assert at.desk.run(service.item, flour).value == 20


def test_the_panel_of_an_item_changes_its_method(at: SimpleNamespace) -> None:
    item = at.desk.run(service.item, at.place.items["Flour"])
    start = ITEM_BUTTONS[0].run
    start(at.page, item)
    at.window.settle()
    form = form_of(at.page)
    form.boxes["valid_from"].editor.show_value(date(2026, 3, 1))
    line_of(form, "Why").setText("The auditor asks")
    button_of(form, "Save").click()
    at.window.settle()
    assert method_of(at, "Flour") == "AVERAGE", "nothing is changed before the effect was agreed to"
    [box] = [box for box in QApplication.topLevelWidgets() if isinstance(box, QMessageBox) and box.isVisible()]
    assert "Save it?" in box.text()
    next(one for one in box.buttons() if box.buttonRole(one) is QMessageBox.ButtonRole.AcceptRole).click()
    at.window.settle()
    assert method_of(at, "Flour") == "FIFO"


def test_nobody_changes_a_method_while_days_are_closed(at: SimpleNamespace, tenant: Tenant) -> None:
    switch = stock.MethodSwitch(uuid4(), at.place.items["Flour"], Method.FIFO, date(2026, 3, 4), "First in, first out")
    with ThreadPoolExecutor(1) as other, tenant.server.root() as closing:
        with closing.transaction():
            books = f"periods of {tenant.names.schema}"
            closing.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [books])
            switched = other.submit(at.desk.run, stock.switch_method, switch)
            with pytest.raises(TimeoutError):
                switched.result(1)
        switched.result(30)
    assert method_of(at, "Flour") == "FIFO"
