from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ims_desktop.domain.listing import Filter
from ims_desktop.domain.listing import Match as By
from ims_desktop.domain.permissions import CODES, DEFAULT_ROLES, effective
from ims_desktop.domain.posting_kinds import DOCUMENTS
from ims_desktop.features.overview.screen.page import OverviewPage
from ims_desktop.ui import theme
from tests import restaurant
from tests.features.reports.conftest import LAST, Books
from tests.features.reports.desks import Seat, seat
from tests.tenants import MakeTenant

Open = Callable[..., tuple[Seat, OverviewPage]]
COUNTER = effective("Counter", {role.name: role for role in DEFAULT_ROLES})


@pytest.fixture
def open_page(qtbot: QtBot, books: Books, tmp_path: Path) -> Iterator[Open]:
    """Opens the page and waits for its figures."""
    seats: list[Seat] = []

    def opened(**more: object) -> tuple[Seat, OverviewPage]:
        made = seat(books.desk.run, tmp_path, books.made.sites, **more)  # type: ignore[arg-type]
        seats.append(made)
        page = OverviewPage(made.desk)
        qtbot.addWidget(page)
        page.resize(1380, 868)
        page.show()
        settle(qtbot, made)
        return made, page

    yield opened
    for made in seats:
        made.close()


def settle(qtbot: QtBot, made: Seat) -> None:
    for _ in range(2):  # what needs attention is asked after the figures
        qtbot.waitUntil(made.desk.background.idle)
        QApplication.processEvents()


def test_it_greets_and_says_which_day_the_figures_are_of(open_page: Open) -> None:
    _, page = open_page()
    assert page.header.title.whole().endswith(", Maria")
    assert page.header.subtitle.whole().startswith("Downtown · ")
    assert "16 Mar 2025, the last day with anything recorded" in page.header.subtitle.whole()
    names = [card.accessibleName() for card in page.cards.cards]
    assert [name.split(",")[0] for name in names] == ["Net sales", "Food cost", "Waste", "Stock"]
    assert "16 Mar" in names[0]


def test_concerns_and_cards_lead_to_where_they_are_put_right(qtbot: QtBot, open_page: Open) -> None:
    made, page = open_page()
    assert page.concerns.rows
    for line in page.concerns.rows:
        line.setFocus()
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert len(made.opened) >= len({line.link.icon for line in page.concerns.rows})
    texts = " ".join(line.link.text for line in page.concerns.rows)
    assert "never counted" in texts
    assert Filter("last_counted_at", By.IN, (None,)) in [one for place in made.opened for one in place.filters]
    qtbot.mouseClick(page.cards.cards[0], Qt.MouseButton.LeftButton)
    assert made.opened[-1].page == "orders"
    assert made.opened[-1].filters == (Filter("business_day", By.BETWEEN, (LAST, LAST)),)
    qtbot.mouseClick(page.cards.cards[1], Qt.MouseButton.LeftButton)
    assert made.opened[-1].page == "cost_and_waste"


def test_a_week_of_the_chart_leads_to_its_orders(qtbot: QtBot, open_page: Open) -> None:
    made, page = open_page()
    where = QPoint(round(page.sales.across(7)), page.sales.height() // 2)
    qtbot.mouseClick(page.sales, Qt.MouseButton.LeftButton, pos=where)
    assert made.opened[-1].filters == (Filter("business_day", By.BETWEEN, (date(2025, 3, 10), LAST)),)


def test_a_document_leads_to_its_movements(qtbot: QtBot, open_page: Open) -> None:
    made, page = open_page()
    assert page.figures is not None
    qtbot.mouseClick(page.latest.rows[0], Qt.MouseButton.LeftButton)
    assert made.opened[-1].filters == (Filter("posting", By.IN, (page.figures.latest[0].id,)),)
    assert "USD" in page.latest.rows[0].link.right


def test_a_document_of_any_kind_is_called_by_its_name(open_page: Open) -> None:
    _, page = open_page()
    assert page.figures is not None
    for kind, name in DOCUMENTS.items():
        one = replace(page.figures.latest[0], kind=kind, undoes=False)
        page.latest.show_latest(replace(page.figures, latest=(one,)))
        assert page.latest.rows[0].link.text == str(name)


def test_quick_actions_open_their_pages_and_are_there_for_those_who_may(qtbot: QtBot, open_page: Open) -> None:
    made, page = open_page()
    for button in page.quick:
        button.click()
    assert [place.page for place in made.opened] == ["sales_import", "waste"]
    _, other = open_page(rights=CODES - {"sales.import"})
    assert [button.accessibleName() for button in other.quick] == ["Record waste"]


def test_a_counter_sees_no_money(open_page: Open) -> None:
    _, page = open_page(rights=COUNTER)
    assert page.cards.cards == ()
    assert page.latest.rows
    assert all(line.link.right == "" for line in page.latest.rows)
    assert not any("cost" in line.link.text.lower() or "price" in line.link.text for line in page.concerns.rows)


def test_it_reads_again_after_a_change_and_for_another_site(qtbot: QtBot, open_page: Open, books: Books) -> None:
    made, page = open_page()
    before = page.figures
    made.desk.background.changed.emit({"orders"})
    settle(qtbot, made)
    assert page.figures is not before
    made.desk.choose_site(books.made.sites["Harbour"])
    settle(qtbot, made)
    assert page.figures is not None
    assert page.figures.looking.day == date(2025, 3, 7)


def test_a_new_restaurant_is_told_what_to_begin_with(qtbot: QtBot, make_tenant: MakeTenant, tmp_path: Path) -> None:
    tenant = make_tenant()
    fresh = restaurant.seed(tenant)
    made = seat(tenant.desk().run, tmp_path, fresh.sites)
    page = OverviewPage(made.desk)
    qtbot.addWidget(page)
    page.show()
    settle(qtbot, made)
    assert "Nothing is recorded" in page.empty.title.whole()
    page.empty.button.click()
    assert made.opened[-1].page == "sales_import"
    made.close()


@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_into_a_narrow_window(qtbot: QtBot, open_page: Open, dark: bool) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, dark)
    try:
        made, page = open_page()
        page.resize(1146, 716)
        settle(qtbot, made)
        assert page.width() == 1146
        assert page.concerns.mapTo(page, QPoint(page.concerns.width(), 0)).x() <= 1146
    finally:
        theme.apply(app, False)
