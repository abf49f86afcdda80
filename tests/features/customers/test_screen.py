"""The page of customers as people see it."""

from datetime import datetime
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from ims_desktop.features.audit.screen import history_section
from ims_desktop.features.customers import screen, service
from ims_desktop.features.sales import service as sales
from ims_desktop.features.sales.screen import CUSTOMER_SECTIONS
from tests.features.customers.test_service import add
from tests.features.desks import sit_down
from tests.features.sales.tills import ZONE, an_order, record
from tests.features.windows import button_of, form_of, line_of, texts_of, window_of
from tests.restaurant import Restaurant


def test_a_customer_is_typed_reached_and_looked_at(qtbot: QtBot, house: Restaurant, tmp_path: Path) -> None:
    desk = house.tenant.desks[0]
    with window_of(desk, tmp_path) as window:
        page: Any = screen.build(window.desk, (*CUSTOMER_SECTIONS, history_section("customers")))
        qtbot.addWidget(page)
        window.show(page)
        button_of(page.body.header, "New customer").click()
        window.settle()
        form_of(page).save()
        window.settle()
        line_of(page.panel, "Name").setText("Lighthouse Events")
        line_of(page.panel, "Code").setText("LIGHT")
        line_of(page.panel, "Payment days").setText("14")
        form_of(page).save()
        window.settle()
        [found] = [option for option in desk.run(service.customer_choices) if option.detail == "LIGHT"]
        record(desk, house, an_order(house, "L-1", datetime.now(ZONE), ("Espresso", "2", "3.00")))
        with house.tenant.as_root() as root:
            [order] = root.execute("SELECT id FROM orders WHERE number = 'L-1'").fetchone() or (None,)
        desk.run(sales.set_customer, sales.OrderCustomer(order, 1, found.value))
        page.open_record(found.value)
        window.settle()
        button_of(page.panel, "Edit contact").click()
        window.settle()
        line_of(page.panel, "Phone").setText("nobody")
        form_of(page).save()
        window.settle()
        assert "A phone number has at least five digits, and no letters." in texts_of(page.panel)
        line_of(page.panel, "Phone").setText("040 123 456")
        form_of(page).save()
        window.settle()
        page.open_record(found.value)
        window.settle()
        texts = texts_of(page.panel)
        assert {"Lighthouse Events", "14 days", "040 123 456", "Order L-1"} <= set(texts)
        assert "Phone: — → encrypted" in texts


def test_who_may_only_look_is_offered_no_change(qtbot: QtBot, house: Restaurant, tmp_path: Path) -> None:
    key = add(house.tenant.desks[0], "LOOK")
    with house.tenant.as_root() as root:
        root.execute(
            "INSERT INTO roles (id, name, permissions) VALUES (gen_random_uuid(), 'Host', '{\"customers.view\": true}')"
        )
    with window_of(sit_down(house.tenant, "EMPLOYEE", role="Host"), tmp_path) as window:
        page: Any = screen.build(window.desk, CUSTOMER_SECTIONS)
        qtbot.addWidget(page)
        window.show(page)
        page.open_record(key)
        window.settle()
        texts = texts_of(page)
        assert "LOOK Ltd" in texts
        assert not {"Edit", "Edit contact", "New customer", "Orders"} & set(texts)
