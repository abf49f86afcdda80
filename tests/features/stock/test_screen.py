"""The pages of stock as people use them."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ims_desktop.domain import listing
from ims_desktop.domain.listing import Filter
from ims_desktop.features.stock import screen, service
from ims_desktop.features.stock.service import Kind
from tests.features.stock.conftest import Bench, moment
from tests.features.windows import Window, button_of, form_of, line_of, texts_of, window_of


@pytest.fixture
def at(bench: Bench, qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """Downtown after a morning with deliveries, waste and a true-up."""
    bench.receive("Flour", 50, "1.00", at=moment(8))
    bench.receive("Mozzarella", 6, "8.00", at=moment(8, 30))
    bench.waste("Mozzarella", 8, at=moment(10))
    bench.receive("Mozzarella", 3, "9.00", at=moment(11))
    bench.waste("Lemon", 2, at=moment(12))
    with window_of(bench.desk, tmp_path, site=bench.restaurant.site) as window:
        yield SimpleNamespace(bench=bench, window=window, bot=qtbot, items=bench.restaurant.items)


def opened(at: SimpleNamespace, build: Any) -> Any:
    page = build(at.window.desk)
    at.bot.addWidget(page)
    at.window.show(page)
    return page


def choose(page: Any, window: Window, place: int) -> QWidget:
    page.table.choose(place)
    window.settle()
    panel: QWidget = page.panel
    return panel


def test_levels_with_tabs_totals_and_panel(at: SimpleNamespace) -> None:
    page = opened(at, screen.build_levels)
    assert any("11 items" in text and "59.00 USD" in text for text in texts_of(page))
    page.show_tab("negative")
    at.window.settle()
    assert [row.item for row in page.model.rows] == ["Lemon"]
    page.show_tab("all")
    at.window.settle()
    panel = choose(page, at.window, [row.item for row in page.model.rows].index("Mozzarella"))
    texts = texts_of(panel)
    assert "1.000 kg" in texts
    assert "9.0000" in texts
    assert "Waste · Spoilage" in texts
    button_of(panel, "Card").click()
    assert at.window.opened[-1].page == "item_card"
    assert {chip.key for chip in at.window.opened[-1].filters} == {"item", "site"}


def test_levels_as_at_a_moment_say_it_everywhere(at: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(at, screen.build_levels)

    def asked(day: str, clock: str) -> Any:
        page.body.filters.open_by_key(service.AT)
        popover = page.body.filters.popover
        line_of(popover, "Day").setText(day)
        line_of(popover, "Time").setText(clock)
        button_of(popover, "Apply").click()
        at.window.settle()
        return popover

    here = at.window.desk.formats.local(moment(9, 30))
    asked(f"{here:%Y-%m-%d}", f"{here:%H:%M}")
    said = f"As at: {at.window.desk.formats.stamp(moment(9, 30))}"
    assert said in texts_of(page)
    row = next(row for row in page.model.rows if row.item == "Mozzarella")
    assert (row.on_hand, row.value, row.available) == (6, 48, None)
    assert any("98.00 USD" in text for text in texts_of(page))
    assert ("Filters", said) in page.output.shown().about
    names: list[str] = []
    monkeypatch.setattr(at.window.desk.messages, "ask_path", lambda _title, name, *_rest: names.append(name))
    page.output.ask("csv")
    assert names == [f"Stock on hand {here:%Y-%m-%d %H.%M}.csv"]
    panel = choose(page, at.window, page.model.rows.index(row))
    texts = texts_of(panel)
    assert not {"Storage locations", "Movements"} & set(texts), "these are of now"
    button_of(panel, "Card").click()
    assert at.window.opened[-1].filters[-1] == Filter(service.AT, listing.Match.BETWEEN, (None, moment(9, 30)))
    assert {"6.000 kg", "8.0000", f"As at {at.window.desk.formats.stamp(moment(9, 30))}."} <= set(texts)
    assert not page.body.filters.clear_button.isVisible(), "what a list is about is not cleared with its filters"
    refused = asked("2999-01-01", "7")
    assert any("has not come yet" in text for text in texts_of(refused))
    button_of(refused, "Now").click()
    at.window.settle()
    assert next(row.on_hand for row in page.model.rows if row.item == "Mozzarella") == 1


def test_levels_follow_what_is_posted(at: SimpleNamespace) -> None:
    page = opened(at, screen.build_levels)
    sent = at.bench.document(Kind.WASTE, at.bench.line("Flour", -5, "TRIM"))
    at.window.desk.start(page, lambda _: None, service.post, sent)
    at.window.settle()
    assert next(row.on_hand for row in page.model.rows if row.item == "Flour") == 45


def test_a_movement_is_undone_from_its_panel(at: SimpleNamespace) -> None:
    page = opened(at, screen.build_movements)
    panel = choose(page, at.window, 0)
    assert any(text.startswith("Waste #") for text in texts_of(panel))
    button_of(panel, "Undo …").click()
    at.window.settle()
    form = form_of(page)
    assert line_of(form, "Why").text() == "Entered by mistake"
    line_of(form, "Why").setText("Counted twice")
    button_of(form, "Undo").click()
    at.window.settle()
    assert at.window.said[-1].text.startswith("Undone by document #")
    states = [(row.item, row.state, row.note) for row in page.model.rows[:2]]
    assert states == [("Lemon", "undo", "Counted twice"), ("Lemon", "undone", "")]
    assert at.bench.cost("Lemon").quantity == 0


def test_what_is_undone_cannot_be_undone_again(at: SimpleNamespace) -> None:
    at.bench.undo(at.bench.waste("Flour", 3))
    page = opened(at, screen.build_movements)
    panel = choose(page, at.window, 1)
    refused = button_of(panel, "Undo …")
    assert not refused.isEnabled()
    assert "already undone" in refused.toolTip()


def test_a_true_up_is_shown_beside_what_it_corrected(at: SimpleNamespace) -> None:
    page = opened(at, screen.build_movements)
    wasted = next(n for n, row in enumerate(page.model.rows) if row.item == "Mozzarella" and row.kind == "WASTE")
    texts = texts_of(choose(page, at.window, wasted))
    assert any(text.startswith("True-up of what was short by #") for text in texts)
    assert "−66.00" in texts
    assert "−64.00 when it moved" in texts


def test_movements_are_a_place_other_pages_lead_to(at: SimpleNamespace) -> None:
    page = opened(at, screen.build_movements)
    page.show_filters((Filter("item", listing.Match.IN, (at.items["Flour"],)),))
    at.window.settle()
    assert {row.item for row in page.model.rows} == {"Flour"}
    page.show_record(page.model.rows[0].id)
    at.window.settle()
    assert "Gusto Foods" in " ".join(texts_of(page.panel))


def test_the_card_names_its_item_and_runs(at: SimpleNamespace) -> None:
    page = opened(at, screen.build_card)
    assert any("choose an item" in text for text in texts_of(page))
    page.show_filters((Filter("item", listing.Match.IN, (at.items["Mozzarella"],)),))
    at.window.settle()
    texts = texts_of(page)
    assert "Mozzarella" in texts
    assert any("closing 1" in text and "9.00 USD" in text for text in texts)
    assert [row.balance for row in page.model.rows] == [1, -2, 6]


def test_the_section_in_the_panel_of_an_item(at: SimpleNamespace) -> None:
    (section,) = screen.ITEM_SECTIONS
    holder = QWidget()
    at.bot.addWidget(holder)
    view = section.build(at.window.desk, SimpleNamespace(id=at.items["Mozzarella"]), holder)
    assert view is not None
    holder.show()
    at.window.settle()
    texts = texts_of(view)
    assert "Delivery" in texts
    assert "+3.000 kg" in texts
    assert "See all 3" in [text.strip() for text in texts]
    sent = at.bench.document(Kind.WASTE, at.bench.line("Mozzarella", -1, "TRIM"))
    at.window.desk.start(holder, lambda _: None, service.post, sent)
    at.window.settle()
    assert "−1.000 kg" in texts_of(view)


def test_costs_are_hidden_from_a_counter(at: SimpleNamespace, tmp_path: Path) -> None:
    counter = at.bench.sign_in(at.bench.tenant.person("EMPLOYEE", site=at.bench.restaurant.site))
    with window_of(counter, tmp_path / "counter", site=at.bench.restaurant.site) as window:
        for build in (screen.build_levels, screen.build_movements):
            page: Any = build(window.desk)
            at.bot.addWidget(page)
            window.show(page)
            assert page.model.rowCount() > 0
            assert not {"value", "average_cost"} & {column.key for column in page.model.columns}
            panel = choose(page, window, 0)
            assert not any("Value" in text or "USD" in text for text in texts_of(panel))
