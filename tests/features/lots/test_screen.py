"""The pages of lots as a person sees them."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Filter, ListQuery, Match
from ims_desktop.features.items import screen as items
from ims_desktop.features.lots import service
from ims_desktop.features.lots.screen import ITEM_SECTIONS, build_lots, build_trace
from ims_desktop.features.lots.screen.page import moved
from ims_desktop.features.lots.screen.words import left
from ims_desktop.features.stock.service import Document
from ims_desktop.ui.language import said, speaker
from tests.features.lots.kitchen import Kitchen
from tests.features.windows import act, button_of, texts_of, window_of


@pytest.fixture
def filled(kitchen: Kitchen) -> Kitchen:
    """Three lots: one good, one to be used first, one expired."""
    kitchen.deliver("late", "5", 40)
    kitchen.deliver("soon", "4", 2)
    kitchen.deliver("over", "3", -2)
    return kitchen


def shown(page: Any) -> list[str]:
    model = page.body.table.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_expired_lots_go_to_the_page_of_waste(qtbot: Any, filled: Kitchen, tmp_path: Path) -> None:
    site = filled.made.site
    with window_of(filled.bench.desk, tmp_path, site=site) as window:
        page = build_lots(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        page.show_tab("expired")  # type: ignore[attr-defined]
        window.settle()
        page.table.selectAll()  # type: ignore[attr-defined]
        act(page, "Waste these")  # type: ignore[arg-type]
        window.settle()
        [place] = [place for place in window.opened if place.page == "waste"]
        assert isinstance(place.record, Document)
        [line] = place.record.lines
        assert (line.quantity, line.lots[0].code, place.record.site_id) == (Decimal(-3), "over", site)


def test_a_lot_tells_where_it_came_from(qtbot: Any, filled: Kitchen, tmp_path: Path) -> None:
    with window_of(filled.bench.desk, tmp_path, site=filled.made.site) as window:
        page = build_lots(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        page.show_record(f"{filled.lot('soon')}/{filled.made.site}")  # type: ignore[attr-defined]
        window.settle()
        words = " ".join(texts_of(page))
        assert "Lot soon" in words
        assert "Delivery · Gusto Foods" in words
        button_of(page, "Recall …").click()
        assert window.opened[-1].page == "lot_trace"


def test_where_a_lot_came_from_is_said_in_the_language_of_the_person(filled: Kitchen, tmp_path: Path) -> None:
    query = ListQuery(filters=(Filter("lot", Match.IN, (filled.lot("soon"),)),))
    [came] = filled.bench.desk.run(service.trace, query).rows
    with window_of(filled.bench.desk, tmp_path, site=filled.made.site) as window:
        line = moved(came, window.desk.formats)
    speaker.speak("de")
    try:
        assert said(line.title) == "Wareneingang · Gusto Foods"
    finally:
        speaker.speak("en")


def test_the_way_of_a_lot_carries_its_name(qtbot: Any, filled: Kitchen, tmp_path: Path) -> None:
    filled.sell("Margherita", 8)
    with window_of(filled.bench.desk, tmp_path, site=filled.made.site) as window:
        page = build_trace(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        page.show_filters((Filter("lot", Match.IN, (filled.lot("over"),)),))  # type: ignore[attr-defined]
        window.settle()
        assert "Way of lot over · Mozzarella" in texts_of(page)


def test_an_item_shows_its_lots(qtbot: Any, filled: Kitchen, tmp_path: Path) -> None:
    with window_of(filled.bench.desk, tmp_path, site=filled.made.site) as window:
        page: QWidget = items.build(window.desk, sections=ITEM_SECTIONS)
        qtbot.addWidget(page)
        window.show(page)
        page.show_record(filled.made.items["Mozzarella"])  # type: ignore[attr-defined]
        window.settle(0.2)
        assert {"over", "soon", "late"} <= set(texts_of(page))


def test_days_are_told_in_words() -> None:
    assert [said(left(days)) for days in (None, -1, 0, 1, 5)] == ["", "1 day ago", "today", "in 1 day", "in 5 days"]
