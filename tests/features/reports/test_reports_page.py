import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ims_desktop.domain.business_calendar import Period
from ims_desktop.domain.permissions import CODES
from ims_desktop.features.reports.screen.reports_page import ReportsPage
from ims_desktop.features.reports.service import REPORTS, Span
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.theme import Tone
from tests import restaurant
from tests.features.reports import history
from tests.features.reports.conftest import LAST, Books
from tests.features.reports.desks import Seat, seat
from tests.tenants import MakeTenant

Open = Callable[..., tuple[Seat, ReportsPage]]
FORMATS = Formats("en_GB", "USD", "America/New_York")


@pytest.fixture
def open_page(qtbot: QtBot, books: Books, tmp_path: Path) -> Iterator[Open]:
    """Opens the page and waits for its report."""
    seats: list[Seat] = []

    def opened(**more: object) -> tuple[Seat, ReportsPage]:
        made = seat(books.desk.run, tmp_path, books.made.sites, **more)  # type: ignore[arg-type]
        seats.append(made)
        page = ReportsPage(made.desk)
        qtbot.addWidget(page)
        page.resize(1146, 716)
        page.show()
        settle(qtbot, made)
        return made, page

    yield opened
    for made in seats:
        made.close()


def settle(qtbot: QtBot, made: Seat) -> None:
    qtbot.waitUntil(made.desk.background.idle)
    QApplication.processEvents()


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_shown_as_it_describes_itself(qtbot: QtBot, open_page: Open, name: str) -> None:
    made, page = open_page()
    page.show_report_named(name)
    settle(qtbot, made)
    part = page.part
    assert part is not None
    assert page.report is not None
    assert page.report.spec.name == name
    assert page.formula.whole() == "\n".join(REPORTS[name].formula)
    assert set(page.grid.shown) == {column.key for column in REPORTS[name].figures}
    assert page.width() == 1146
    for table in REPORTS[name].tables:
        page.choose_table(table.key)
        rows = part.tables[table.key]
        assert page.table.model.rowCount() == len(rows)
        titles = [
            page.table.model.headerData(section, page.table.view.horizontalHeader().orientation())
            for section in range(len(table.columns))
        ]
        assert titles == [column.title for column in table.columns]
    page.grab()


def test_figures_are_written_as_the_site_writes_them(open_page: Open) -> None:
    _, page = open_page()
    assert page.part is not None
    assert page.grid.shown["net_sales"] == FORMATS.money(page.part.money("net_sales"), currency=True)
    assert page.grid.shown["orders"] == FORMATS.number(page.part.figures["orders"])
    assert "16 Mar 2025 · Downtown · USD" in page.header.subtitle.whole()


def test_another_period_is_read(qtbot: QtBot, open_page: Open) -> None:
    made, page = open_page()
    page.periods.spans.chosen.emit(Span.FOUR_WEEKS)
    settle(qtbot, made)
    assert page.report is not None
    assert page.report.period == Period(date(2025, 2, 17), LAST)


def test_files_are_named_by_what_they_hold(open_page: Open, tmp_path: Path) -> None:
    made, page = open_page()
    assert page.part is not None
    page.export_to(tmp_path / "sales.json")
    found = json.loads((tmp_path / "sales.json").read_text(), parse_float=str)
    assert found["net_sales"] == f"{page.part.money('net_sales'):.2f}"
    page.export_to(tmp_path / "sales.csv")
    assert (tmp_path / "sales.csv").read_text("utf-8-sig").startswith("Report,Sales")
    page.export_to(tmp_path / "no such folder" / "sales.csv")
    assert made.said[-1].tone is Tone.BAD


def test_only_what_a_person_may_see_is_offered(open_page: Open) -> None:
    _, page = open_page(rights=CODES - {"stock.cost"})
    assert page.tabs is not None
    assert list(page.tabs.buttons) == ["sales"]
    _, none = open_page(rights=frozenset({"sites.view"}))
    assert none.tabs is None
    assert "no report" in none.empty.title.whole()


def test_currencies_stand_side_by_side(qtbot: QtBot, make_tenant: MakeTenant, tmp_path: Path) -> None:
    tenant = make_tenant()
    fresh, desk = restaurant.seed(tenant), tenant.desk()
    with tenant.as_root() as root:
        root.execute("UPDATE sites SET currency = 'JPY' WHERE name = 'Harbour'")
    day = date(2025, 5, 5)
    desk.run(history.sell, fresh, [(day, "1", [("Espresso", 2)])])
    desk.run(history.sell, fresh, [(day, "2", [("Espresso", 3)])], site="Harbour")
    made = seat(desk.run, tmp_path, fresh.sites, site=None)
    page = ReportsPage(made.desk)
    qtbot.addWidget(page)
    page.show()
    settle(qtbot, made)
    assert page.grid.shown["net_sales"] == "6.00 USD"
    page.choose_currency("JPY")
    assert page.grid.shown["net_sales"] == "9 JPY"
    assert "Harbour · JPY" in page.header.subtitle.whole()
    made.close()
