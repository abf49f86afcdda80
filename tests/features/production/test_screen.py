"""The page of production as a person uses it: a prep filled in from its recipe, a bag repacked, both looked up."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.production import service
from ims_desktop.features.production.screen.page import LIST, REPACK, ProductionPage, build
from ims_desktop.features.production.screen.produce_view import ProduceView
from ims_desktop.features.production.screen.repack_view import RepackView
from ims_desktop.features.stock.screen import EffectsPanel
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.list_page import ListPage
from tests.features.production.conftest import PACK, RECIPE, SAUCE, Kitchen, moment
from tests.features.windows import button_of, texts_of, window_of


@pytest.fixture
def at(shared_kitchen: Kitchen, qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """The page of production at Downtown."""
    with window_of(shared_kitchen.desk, tmp_path, site=shared_kitchen.restaurant.site) as window:
        page = build(window.desk)
        assert isinstance(page, ProductionPage)
        qtbot.addWidget(page)
        window.show(page, 1366, 768)
        yield SimpleNamespace(page=page, window=window, kitchen=shared_kitchen)


def say(at: SimpleNamespace, **values: Any) -> None:
    """Fill in what is said once."""
    for key, value in values.items():
        box = at.page.view.head.boxes[key]
        box.editor.show_value(value)
        box.editor.edited.emit()
        at.window.settle()


def change(at: SimpleNamespace, place: int, typed: str) -> None:
    """Type another quantity into a line."""
    grid = at.page.view.grid
    cell = grid.model.spec.columns[1]
    assert cell.parse is not None
    grid.model.put(place, 1, cell.parse(typed, grid.model.line(place)))
    at.window.settle()


def record(at: SimpleNamespace) -> None:
    """Record it as Ctrl+Enter does."""
    at.page.view.record()
    at.window.settle()


def told(at: SimpleNamespace) -> str:
    """Everything that stands on the page."""
    return "\n".join(texts_of(at.page.view))


def sums(at: SimpleNamespace) -> bool:
    """Whether the box with what it comes to is there."""
    return bool(at.page.view.told.parentWidget().isVisible())


def begun(at: SimpleNamespace, wanted: str = "2 batch + 500 g") -> ProduceView:
    """So much of the sauce is asked for."""
    say(at, recipe=Choice(at.kitchen.recipe, RECIPE), wanted=wanted)
    view = at.page.view
    assert isinstance(view, ProduceView)
    return view


def test_the_recipe_fills_the_lines_in_and_what_was_typed_over_stays(at: SimpleNamespace) -> None:
    assert not sums(at), "nothing was said yet, so there is no box for it"
    view = begun(at)
    assert sums(at)
    lines = {line["item"].text: line["quantity"].value for line in view.grid.lines()}
    assert lines == {"Tomato tin": Decimal("10.625"), "Olive oil": Decimal("0.6375"), "Basil": Decimal("239.0625")}
    assert "A batch gives 4.000 kg" in told(at)
    place = [line["item"].text for line in view.grid.lines()].index("Tomato tin")
    change(at, place, "12 each")
    view.grid.table.go(next(n for n, line in enumerate(view.grid.lines()) if line["item"].text == "Basil"), 0)
    view.grid.delete_line()
    say(at, wanted="1")
    kept = {line["item"].text: (line["quantity"].value, line["expected"]) for line in view.grid.lines()}
    assert kept == {"Tomato tin": (12, 5), "Olive oil": (Decimal("0.3"), Decimal("0.3"))}
    shown = next(one.show for one in view.grid.model.spec.columns if one.key == "expected")
    assert shown is not None
    tins = next(line for line in view.grid.lines() if line["item"].text == "Tomato tin")
    assert shown(tins).text == "5 (+140.0%)"


def test_a_prep_is_made_looked_up_and_taken_back(at: SimpleNamespace) -> None:
    before = at.kitchen.cost(SAUCE)
    begun(at, "1 batch")
    say(at, made="3.8 kg", labour=Decimal(12), lot="MON")
    assert "Yield -5.0%" in told(at).replace("−", "-")
    assert "together" in told(at)
    record(at)
    assert str(at.window.said[-1].text) == f"Made 3.800 kg {SAUCE}"
    assert at.kitchen.cost(SAUCE).quantity - before.quantity == Decimal("3.8")
    assert not at.page.view.head.dirty, "the next one begins empty"
    [row] = at.kitchen.desk.run(service.productions, ListQuery(limit=1)).rows
    at.page.show_record(row.id)
    at.window.settle()
    shown = "\n".join(texts_of(at.page))
    assert f"{SAUCE}" in shown
    assert "less came out than expected" in shown
    at.window.said[-1].act()
    at.window.settle()
    assert at.kitchen.cost(SAUCE).quantity == before.quantity


def test_what_is_wrong_is_said_at_its_place(at: SimpleNamespace) -> None:
    record(at)
    assert "Prep is missing." in told(at)
    begun(at, "2 buckets")
    record(at)
    assert "bucket" in told(at)
    say(at, wanted="1", made="0")
    record(at)
    assert "Type more than 0." in told(at)
    assert not at.window.said


def test_a_bag_becomes_packs_and_what_is_lost_needs_a_reason(at: SimpleNamespace) -> None:
    at.page.tabs.choose(REPACK)
    at.page.tabs.chosen.emit(REPACK)
    at.window.settle()
    view = at.page.view
    assert isinstance(view, RepackView)
    site = at.kitchen.restaurant.site
    [flour] = at.kitchen.desk.run(service.find_items, site, "DRY-0107")
    [pack] = at.kitchen.desk.run(service.find_items, site, "PRP-2")
    say(at, item=Choice(flour, flour.name), wanted="10 kg")
    place = at.kitchen.restaurant.locations["Downtown", "Dry store"]
    quantity = view.grid.model.spec.columns[1]
    line = {"item": Choice(pack, pack.name), "location": place}
    assert quantity.parse is not None
    view.grid.fill([{**line, "quantity": quantity.parse("39", line)}])
    at.window.settle()
    assert "Lost 0.250 kg" in told(at)
    record(at)
    assert "say why" in told(at)
    say(at, reason=at.kitchen.restaurant.reasons["SPOILAGE"])
    record(at)
    assert str(at.window.said[-1].text) == "Repacked 10.000 kg Flour"
    assert (at.kitchen.cost(PACK).quantity, at.kitchen.cost(PACK).value) == (Decimal(39), Decimal("11.2"))


def test_dating_it_back_shows_what_else_changes(at: SimpleNamespace) -> None:
    at.kitchen.receive("Tomato tin", "60", "5.325", at=moment(8))
    at.kitchen.produce(at.kitchen.sauce("4"))
    before = at.kitchen.cost(SAUCE).quantity
    begun(at, "3 batch")
    at.page.view.head.when.set(moment(7))
    at.window.settle()
    assert str(at.page.view.prep.day) == "2026-03-09", "the recipe of that day"
    record(at)
    assert isinstance(at.page.panel, EffectsPanel)
    assert at.kitchen.cost(SAUCE).quantity == before
    at.page.panel.record.click()
    at.window.settle()
    assert at.kitchen.cost(SAUCE).quantity == before + 12


def test_who_may_only_look_sees_the_list(shared_kitchen: Kitchen, qtbot: QtBot, tmp_path: Path) -> None:
    desk = shared_kitchen.sign_in(shared_kitchen.tenant.person("EMPLOYEE"))
    with window_of(desk, tmp_path, site=shared_kitchen.restaurant.site) as window:
        page = build(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        assert isinstance(page, ListPage)
        with pytest.raises(AssertionError):
            button_of(page, "New production")


def test_the_list_is_a_tab_of_the_page(at: SimpleNamespace) -> None:
    at.page.tabs.choose(LIST)
    at.page.tabs.chosen.emit(LIST)
    at.window.settle()
    assert at.page.stack.currentWidget() is at.page.list
