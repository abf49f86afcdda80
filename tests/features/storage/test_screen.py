"""The page of the storage locations as people use it."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from ims_desktop.features.storage import screen
from tests.features.desks import sit_down
from tests.features.windows import act, button_of, form_of, line_of, texts_of, window_of
from tests.restaurant import receive, seed
from tests.tenants import Tenant


@pytest.fixture
def at(tenant: Tenant, qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    place = seed(tenant)
    database = sit_down(tenant)
    with window_of(database, tmp_path, site=place.site) as window:
        page = screen.build(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        yield SimpleNamespace(place=place, database=database, window=window, page=page, bot=qtbot)


def names(at: SimpleNamespace) -> list[str]:
    return [row.name for row in at.page.model.rows]


def pick(at: SimpleNamespace, *wanted: str) -> None:
    at.page.table.choose_rows([names(at).index(name) for name in wanted])
    at.window.settle()


def test_moving_up_and_down_keeps_the_row_in_hand(at: SimpleNamespace) -> None:
    assert names(at) == ["Walk-in", "Dry store", "Bar"]
    pick(at, "Bar")
    button_of(at.page.panel, "Up").click()
    at.window.settle()
    assert names(at) == ["Walk-in", "Bar", "Dry store"]
    assert [row.walk_order for row in at.page.model.rows] == [10, 20, 30]
    button_of(at.page.panel, "Up").click()
    at.window.settle()
    assert names(at) == ["Bar", "Walk-in", "Dry store"]
    button_of(at.page.panel, "Down").click()
    at.window.settle()
    assert names(at) == ["Walk-in", "Bar", "Dry store"]


def test_a_shelf_inside_the_walk_in(at: SimpleNamespace) -> None:
    at.page.start_new()
    at.window.settle()
    form = form_of(at.page)
    at.bot.keyClicks(line_of(form, "Name"), "Cheese shelf")
    assert form.boxes["site_id"].editor.value() == at.place.site, "the site of the desk is offered"
    form.boxes["parent_id"].editor.show_value(at.place.locations["Downtown", "Walk-in"])
    form.save()
    at.window.settle()
    assert at.window.said[-1].text == "Saved Cheese shelf"
    [row] = [row for row in at.page.model.rows if row.name == "Cheese shelf"]
    assert row.where == "in Walk-in"


def test_editing_keeps_the_site(at: SimpleNamespace) -> None:
    at.page.open_form(screen.EDIT, key=at.place.locations["Downtown", "Bar"])
    at.window.settle()
    form = form_of(at.page)
    at.bot.keyClicks(line_of(form, "Name"), " and lounge")
    form.save()
    at.window.settle()
    assert at.window.said[-1].text == "Saved Bar and lounge"
    assert "Bar and lounge" in names(at)


def test_what_holds_stock_stays_open_and_says_why(at: SimpleNamespace) -> None:
    receive(at.database, at.place, {"Flour": ("3", "1")})
    pick(at, "Dry store")
    act(at.page, "Close")
    at.window.settle()
    assert at.window.said[-1].text == "Dry store still holds one item. Move or count it out of it first."
    assert "Dry store" in names(at)
    at.page.open_record(at.place.locations["Downtown", "Dry store"])
    at.window.settle()
    assert {"Flour", "3 kg"} <= set(texts_of(at.page.panel))


def test_close_and_undo(at: SimpleNamespace) -> None:
    with at.place.tenant.as_root() as root:
        root.execute("UPDATE item_site_settings SET home_location_id = NULL")
    pick(at, "Bar")
    act(at.page, "Close")
    at.window.settle()
    assert names(at) == ["Walk-in", "Dry store"]
    message = at.window.said[-1]
    assert message.text == "Closed Bar"
    message.act()
    at.window.settle()
    assert names(at) == ["Walk-in", "Dry store", "Bar"]


def test_renumbering_says_so(at: SimpleNamespace) -> None:
    pick(at, "Bar")
    act(at.page, "Renumber the walk")
    at.window.settle()
    assert at.window.said[-1].text == "Numbered the walk through Downtown"
    assert [row.walk_order for row in at.page.model.rows] == [10, 20, 30]


def test_a_counter_looks_only(at: SimpleNamespace, tmp_path: Path) -> None:
    with window_of(sit_down(at.place.tenant, "EMPLOYEE"), tmp_path, site=at.place.site) as window:
        page = screen.build(window.desk)
        at.bot.addWidget(page)
        window.show(page, 1366, 768)
        page.table.choose_rows([0])
        window.settle()
        texts = {text.strip() for text in texts_of(page)}
        assert texts.isdisjoint({"New location", "Up", "Down", "Close"})
