"""The page of the sites as people use it."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.sites import screen, service
from tests.features.desks import sit_down
from tests.features.windows import form_of, line_of, texts_of, window_of
from tests.restaurant import receive, seed
from tests.tenants import Tenant


@pytest.fixture
def at(tenant: Tenant, qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    place = seed(tenant)
    database = sit_down(tenant)
    with window_of(database, tmp_path) as window:
        page = screen.build(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        yield SimpleNamespace(place=place, database=database, window=window, page=page, bot=qtbot)


def test_the_country_fills_currency_clock_and_writing(at: SimpleNamespace) -> None:
    at.page.start_new()
    at.window.settle()
    form = form_of(at.page)
    at.bot.keyClicks(line_of(form, "Name"), "Trastevere")
    country = line_of(form, "Country")
    country.setFocus()
    at.bot.keyClicks(country, "Italy")
    at.window.settle()
    assert country.accept_first()
    at.window.settle()
    values = {name: form.boxes[name].editor.value() for name in screen.FOLLOWING}
    assert values == {"currency": "EUR", "time_zone": "Europe/Rome", "locale": "it_IT"}
    form.boxes["time_zone"].editor.show_value("Europe/Paris")
    form.save()
    at.window.settle()
    assert at.window.said[-1].text == "Saved Trastevere"
    row = next(row for row in at.database.run(service.sites, ListQuery()).rows if row.name == "Trastevere")
    site = at.database.run(service.site, row.id)
    assert (site.time_zone, site.locations, site.food_cost_target) == ("Europe/Paris", ("Main store",), Decimal("0.3"))


def test_every_problem_is_told_beside_its_field(at: SimpleNamespace) -> None:
    screen.open_form(at.page, screen.EDIT, at.place.site)
    at.window.settle()
    form = form_of(at.page)
    for key, value in (("name", "harbour"), ("email", "nobody"), ("phone", "call me")):
        form.boxes[key].editor.show_value(value)
    form.save()
    at.window.settle()
    texts = texts_of(form)
    assert "nobody is not an e-mail address." in texts
    assert any("is not a phone number" in text for text in texts)
    form.boxes["email"].editor.show_value("")
    form.boxes["phone"].editor.show_value("")
    form.save()
    at.window.settle()
    assert "Another site already has this name." in texts_of(form)


def test_the_currency_of_a_site_with_postings_stays(at: SimpleNamespace) -> None:
    receive(at.database, at.place, {"Flour": ("1", "1")})
    screen.open_form(at.page, screen.EDIT, at.place.site)
    at.window.settle()
    form = form_of(at.page)
    form.boxes["currency"].editor.show_value("CAD")
    form.save()
    at.window.settle()
    assert any("the currency cannot change" in text for text in texts_of(form))


def test_the_panel_leads_to_the_storage_locations(at: SimpleNamespace) -> None:
    at.page.open_record(at.place.site)
    at.window.settle()
    texts = texts_of(at.page.panel)
    assert {"Downtown", "Walk-in", "Dry store", "Bar"} <= set(texts)
    link = next(text for text in texts if text.startswith("See all"))
    assert link == "See all 3"


def test_a_manager_looks_only(at: SimpleNamespace, tmp_path: Path) -> None:
    with window_of(sit_down(at.place.tenant, "MANAGER"), tmp_path) as window:
        page = screen.build(window.desk)
        at.bot.addWidget(page)
        window.show(page, 1366, 768)
        assert [row.name for row in page.model.rows] == ["Downtown", "Harbour"]
        assert "New site" not in [text.strip() for text in texts_of(page)]
