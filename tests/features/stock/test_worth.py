"""Late invoices, freight, returns and revaluation as people enter them beside a movement."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from ims_desktop.features.stock import screen, service
from ims_desktop.features.stock.screen.worth import MOVEMENT_BUTTONS
from tests.features.stock.conftest import Bench, moment
from tests.features.stock.facts import totals
from tests.features.windows import Window, button_of, form_of, texts_of, window_of

BUTTONS = {button.title: button for button in reversed(MOVEMENT_BUTTONS)}
UNDO_PRICE = "Undo the change of price …"


@pytest.fixture
def at(bench: Bench, qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """Flour received, and half of it wasted."""
    received = bench.receive("Flour", 10, "1.00", at=moment(8))
    bench.waste("Flour", 5, at=moment(9))
    with window_of(bench.desk, tmp_path, site=bench.restaurant.site) as window:
        page = screen.build_movements(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        [line] = bench.movements(received.id)
        yield SimpleNamespace(bench=bench, window=window, page=page, received=line.id)


def agree(window: Window) -> str:
    """Read the question, and answer it with yes."""
    [box] = [box for box in QApplication.topLevelWidgets() if isinstance(box, QMessageBox) and box.isVisible()]
    asked = box.text()
    next(one for one in box.buttons() if box.buttonRole(one) is QMessageBox.ButtonRole.AcceptRole).click()
    window.settle()
    return str(asked)


def fill(at: SimpleNamespace, title: str, movement: int, **values: Any) -> str:
    """Open a form beside a movement, type into it, save, and agree to the effect that is told."""
    document = at.bench.desk.run(service.document_of, movement)
    button = BUTTONS[title]
    assert button.show(document)
    at.page.show_record(movement)
    at.window.settle()
    button.run(at.page, document)
    at.window.settle()
    form = form_of(at.page)
    for key, value in values.items():
        form.boxes[key].editor.show_value(value)
    button_of(form, "Save").click()
    at.window.settle()
    return agree(at.window)


def cost(at: SimpleNamespace) -> tuple[Any, ...]:
    kept = at.bench.cost("Flour")
    assert totals(at.bench.root) == []
    return kept.quantity, kept.value


def test_an_invoice_with_another_price_corrects_what_is_there_and_what_was_used(at: SimpleNamespace) -> None:
    asked = fill(
        at, "Price differs on the invoice …", at.received, worth=Decimal(14), reference="F-17", note="As agreed"
    )
    assert "+2.00 USD" in asked
    assert cost(at) == (5, 7)
    document = at.bench.desk.run(service.document_of, at.received)
    assert (document.line.given, document.line.correction) == (14, 4)
    assert [(one.cause, one.value) for one in document.corrections] == [("PRICE", 4)]
    at.page.show_record(at.received)
    at.window.settle(0.2)
    assert any(text.startswith("Late invoice by #") for text in texts_of(at.page.panel))
    fill(at, "Price differs on the invoice …", at.received, worth=Decimal(10), note="They were wrong")
    assert cost(at) == (5, 5), "another invoice takes it back"


def test_who_does_not_agree_changes_nothing(at: SimpleNamespace) -> None:
    document = at.bench.desk.run(service.document_of, at.received)
    BUTTONS["Price differs on the invoice …"].run(at.page, document)
    at.window.settle()
    form = form_of(at.page)
    form.boxes["worth"].editor.show_value(Decimal(14))
    form.boxes["note"].editor.show_value("As agreed")
    button_of(form, "Save").click()
    at.window.settle()
    [box] = [box for box in QApplication.topLevelWidgets() if isinstance(box, QMessageBox) and box.isVisible()]
    box.reject()
    at.window.settle()
    assert cost(at) == (5, 5)


def test_freight_is_spread_over_the_delivery(at: SimpleNamespace) -> None:
    asked = fill(at, "Add freight …", at.received, amount=Decimal(3), note="Haulier")
    assert "+1.50 USD" in asked
    assert cost(at) == (5, Decimal("6.5"))


def test_a_change_of_price_is_taken_back_once_and_the_one_before_it_then(at: SimpleNamespace) -> None:
    fill(at, "Price differs on the invoice …", at.received, worth=Decimal(14), note="As agreed")
    fill(at, "Add freight …", at.received, amount=Decimal(2), note="Haulier")
    assert cost(at) == (5, 8)
    at.page.show_record(at.received)
    at.window.settle(0.2)
    assert "-1.00 USD" in fill(at, UNDO_PRICE, at.received, note="Another delivery's")
    assert cost(at) == (5, 7)
    assert "-2.00 USD" in fill(at, UNDO_PRICE, at.received, note="They were wrong")
    assert cost(at) == (5, 5)
    document = at.bench.desk.run(service.document_of, at.received)
    assert document.price_change is None
    assert not any(button.show(document) for button in MOVEMENT_BUTTONS if button.title == UNDO_PRICE)


def test_goods_are_sent_back_and_that_is_undone(at: SimpleNamespace) -> None:
    fill(at, "Send back …", at.received, quantity=Decimal(2), note="Wet sacks")
    assert cost(at) == (3, 3)
    [sent] = [row for row in at.page.model.rows if row.kind == "SUPPLIER_RETURN"]
    at.bench.desk.run(service.reverse, uuid4(), (sent.id,), "They stayed")
    assert cost(at) == (5, 5)


def test_what_there_is_is_worth_less_by_a_revaluation(at: SimpleNamespace) -> None:
    asked = fill(at, "Revalue …", at.received, amount=Decimal("-1.25"), note="Near its date")
    assert "-1.25 USD" in asked
    assert cost(at) == (5, Decimal("3.75"))


def test_only_what_fits_a_movement_is_offered(at: SimpleNamespace) -> None:
    wasted = next(row.id for row in at.page.model.rows if row.kind == "WASTE")
    document = at.bench.desk.run(service.document_of, wasted)
    offered = {title for title, button in BUTTONS.items() if button.show(document)}
    assert offered == {"Revalue …"}
