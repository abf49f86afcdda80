"""The page of suppliers as people see it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from PySide6.QtWidgets import QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from ims_desktop.database.key_recovery import begin_keys
from ims_desktop.database.key_sharing import unlock
from ims_desktop.features.audit.screen import history_section
from ims_desktop.features.suppliers import screen, service
from ims_desktop.features.suppliers.rules import PriceDraft
from ims_desktop.features.suppliers.screen.detail import PriceHistory
from ims_desktop.ui.inputs import Combo
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.small_charts import TrendChart
from tests.features.desks import sit_down
from tests.features.reports.desks import seat
from tests.features.windows import button_of, form_of, line_of, texts_of, window_of
from tests.restaurant import Restaurant, fill, seed
from tests.tenants import Server, new_tenant


@pytest.fixture(scope="module")
def known(server: Server) -> Iterator[Restaurant]:
    """A supplier whose prices of flour and lemons moved."""
    restaurant = seed(new_tenant(server))
    restaurant.tenant.desk()
    sack = uuid4()
    with restaurant.tenant.as_root() as root:
        columns = "id, supplier_id, item_id, supplier_code, pack, pack_quantity"
        gusto = restaurant.suppliers["Gusto Foods"]
        fill(root, "supplier_items", columns, [(sack, gusto, restaurant.items["Flour"], "G-F", "Sack 25 kg", 25)])
        moved = [(sack, "2025-01-01", 20), (sack, "2025-06-01", 25)]
        moved.append((restaurant.supplier_items["Lemon"], "2025-05-01", 4))
        fill(root, "supplier_prices", "supplier_item_id, valid_from, price", moved)
    yield restaurant
    restaurant.tenant.close()


def said(page: QWidget) -> str:
    """Everything that can be read in labels."""
    return " | ".join(one.text() for one in page.findChildren(QLabel) if one.isVisible())


def test_the_panel_has_terms_prices_and_their_course(qtbot: QtBot, known: Restaurant, tmp_path: Path) -> None:
    made = seat(known.tenant.desks[0].run, tmp_path, known.sites)
    page = screen.build(made.desk)
    assert isinstance(page, ListPage)
    qtbot.addWidget(page)
    page.resize(1146, 716)
    page.show()
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    assert page.model.index(0, 1).data() == "Mon, Thu"
    page.open_record(known.suppliers["Gusto Foods"])
    qtbot.waitUntil(lambda: "Price list" in said(page))
    assert said(page).count("since 1 Jan 2025") == 1, "the course of a price is told once"
    assert "no deliveries yet" in said(page)
    assert "+25.0% since 1 Jan 2025" in said(page)
    assert "G-F Sack 25 kg · 1.0000 / kg · cheapest" in said(page)
    history = page.panel.findChild(PriceHistory)
    assert history.pack.count() == 2
    lemon = known.supplier_items["Lemon"]
    history.pack.choose(lemon)
    history.show_pack(lemon)
    chart = history.findChildren(TrendChart)[-1]
    assert "Pack of 10" in chart.accessibleName()
    made.close()


def test_contact_and_bank_details_are_typed_shown_and_locked_elsewhere(
    qtbot: QtBot, known: Restaurant, tmp_path: Path
) -> None:
    tenant = known.tenant
    with tenant.server.operator() as operator:
        code = begin_keys(operator, tenant.names)
    desk = tenant.desks[0]
    desk.run(unlock, code)
    with window_of(desk, tmp_path) as window:
        page = screen.build(window.desk, (history_section("suppliers"),))
        qtbot.addWidget(page)
        window.show(page)
        page.open_record(known.suppliers["Gusto Foods"])
        window.settle()
        button_of(page.panel, "People and bank account").click()
        window.settle()
        for name, text in {"Person": "Gina Gusto", "IBAN or account number": "GB34 BUKB 2020 1555 5555 55"}.items():
            line_of(page.panel, name).setText(text)
        form_of(page).save()
        window.settle()
        assert "This IBAN has a typing error: its check digits do not fit." in texts_of(page.panel)
        line_of(page.panel, "IBAN or account number").setText("GB33 BUKB 2020 1555 5555 55")
        form_of(page).save()
        window.settle()
        page.open_record(known.suppliers["Gusto Foods"])
        window.settle()
        texts = texts_of(page.panel)
        assert {"Gina Gusto", "GB33 •••• •••• 5555"} <= set(texts)
        assert "GB33 BUKB 2020 1555 5555 55" not in texts
        assert "Contact: — → encrypted" in texts
        button_of(page.panel, "Show").click()
        window.settle()
        assert "GB33 BUKB 2020 1555 5555 55" in texts_of(page.panel)
        assert any("kept in the audit log" in message.text for message in window.said)
    elsewhere = sit_down(tenant)
    with window_of(elsewhere, tmp_path) as window:
        page = screen.build(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        page.open_record(known.suppliers["Gusto Foods"])
        window.settle()
        assert texts_of(page.panel).count("Locked on this PC") == 2
        button_of(page.panel, "People and bank account").click()
        window.settle()
        assert any("This PC has no key" in message.text for message in window.said) or any(
            "This PC has no key" in text for text in texts_of(page)
        )


def test_a_contract_that_was_entered_by_mistake_is_removed_and_brought_back(
    qtbot: QtBot, known: Restaurant, tmp_path: Path
) -> None:
    desk, oil = known.tenant.desks[0], known.supplier_items["Lemon"]
    agreed = PriceDraft(oil, Decimal(3), date(2026, 1, 1), date(2026, 6, 30), is_contract=True)
    desk.run(service.save_price, agreed)
    with window_of(desk, tmp_path) as window:
        page = screen.build_offers(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        page.open_record(oil)
        window.settle()
        [remove] = [act for menu in page.panel.findChildren(QMenu) for act in menu.actions() if "Remove" in act.text()]
        remove.trigger()
        window.settle()
        form_of(page).save()
        assert "Price or contract is missing." in texts_of(form_of(page))
        form_of(page).findChild(Combo).choose(agreed)
        form_of(page).save()
        window.settle()
        assert desk.run(service.offer, oil).contracts == ()
        assert len(desk.run(service.offer, oil).prices) == 2
        told = window.said[-1]
        assert told.text == "Removed 3.00"
        told.act()
        window.settle()
        assert [one.valid_until for one in desk.run(service.offer, oil).contracts] == [date(2026, 6, 30)]
