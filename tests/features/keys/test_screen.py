"""The page of PCs and keys, as two administrators use it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from ims_desktop.database.key_recovery import begin_keys
from ims_desktop.features.keys import screen, service
from ims_desktop.features.suppliers import service as suppliers
from tests.features.desks import sit_down
from tests.features.windows import Window, button_of, form_of, line_of, texts_of, window_of
from tests.restaurant import seed
from tests.tenants import Tenant


@pytest.fixture
def at(tenant: Tenant, qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    restaurant, database = seed(tenant), sit_down(tenant)
    with tenant.server.operator() as operator:
        code = begin_keys(operator, tenant.names)
    with window_of(database, tmp_path) as window:
        page = screen.build(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        window.settle()
        yield SimpleNamespace(
            page=page,
            window=window,
            code=code,
            database=database,
            tenant=tenant,
            supplier=restaurant.suppliers["Gusto Foods"],
        )


def unlock(at: SimpleNamespace, code: str) -> None:
    button_of(at.page, "Unlock with recovery code").click()
    at.window.settle()
    line_of(at.page.panel, "Recovery code").setText(code)
    form_of(at.page).save()
    at.window.settle()


def open_row(at: SimpleNamespace, state: str) -> service.Holder:
    [holder] = [row for row in at.page.model.rows if row.state == state and row.id != service.RECOVERY]
    at.page.open_record(holder.id)
    at.window.settle()
    return holder


def agree(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window.desk.messages, "ask", lambda _question, yes, *_rest, **_named: yes())


def test_this_pc_asks_and_is_unlocked_by_the_code(at: SimpleNamespace) -> None:
    assert {row.name: row.state for row in at.page.model.rows} == {"test PC, this PC": "asks", "Recovery code": "holds"}
    unlock(at, "AAAA-BBBB")
    assert "This is not the recovery code of this restaurant group." in texts_of(at.page.panel)
    line_of(at.page.panel, "Recovery code").setText(at.code.lower())
    form_of(at.page).save()
    at.window.settle()
    assert {row.state for row in at.page.model.rows} == {"holds"}


def test_another_pc_is_compared_and_gets_the_key_then_loses_it(
    at: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock(at, at.code)
    other = sit_down(at.tenant)
    assert not other.run(service.ask)
    at.page.reload()
    at.window.settle()
    holder = open_row(at, "asks")
    assert holder.fingerprint in texts_of(at.page.panel)
    button_of(at.page.panel, "Share key").click()
    at.window.settle()
    assert other.run(service.ask)
    assert "test PC can now open sensitive fields" in [message.text for message in at.window.said]
    agree(at.window, monkeypatch)
    at.page.open_record(holder.id)
    at.window.settle()
    button_of(at.page.panel, "Take away").click()
    at.window.settle()
    assert [row.state for row in at.page.model.rows if row.id == holder.id] == []


def test_a_renewal_encrypts_everything_anew(at: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    unlock(at, at.code)
    before = at.database.run(suppliers.supplier_contact, at.supplier)
    at.database.run(suppliers.save_contact, replace(before, contact="Gina", account="12345678"))
    agree(at.window, monkeypatch)
    screen.RENEW.run(at.page, ())
    at.window.settle()
    assert "The key is renewed; 2 records were encrypted anew" in [message.text for message in at.window.said]
    opened = {row.id: row.versions for row in at.page.model.rows}
    assert opened.pop("recovery") == (1, 2)  # what the audit log holds under the old key is the code's alone
    assert set(opened.values()) == {(2,)}
    assert at.database.run(suppliers.supplier, at.supplier).contact.text == "Gina"
