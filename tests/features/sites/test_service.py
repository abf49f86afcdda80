"""Sites in a real database, and what follows from a country."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID
from zoneinfo import available_timezones

import pytest
from babel import Locale
from babel.numbers import list_currencies

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Conflict, Denied, UserError
from ims_desktop.domain.listing import Filter, ListQuery, Match
from ims_desktop.features.sites import rules, service
from ims_desktop.features.sites.service import SiteDraft
from tests.features.desks import sit_down
from tests.restaurant import receive, seed
from tests.statements import statements
from tests.tenants import Tenant


@pytest.fixture
def desk(tenant: Tenant) -> TenantDatabase:
    return sit_down(tenant)


def draft_of(site: service.Site) -> SiteDraft:
    return SiteDraft(**{name: getattr(site, name) for name in SiteDraft.__slots__})


def open_site(desk: TenantDatabase, name: str = "Trastevere", country: str = "IT", **more: object) -> UUID:
    key: UUID = desk.run(service.save_site, SiteDraft(name, country, **more)).result.id  # type: ignore[arg-type]
    return key


def test_the_country_fills_what_is_left_blank(desk: TenantDatabase) -> None:
    site = desk.run(service.site, open_site(desk, city="Roma", email="roma@example.com", phone="+39 06 1234567"))
    assert (site.currency, site.time_zone, site.locale) == ("EUR", "Europe/Rome", "it_IT")
    assert (site.food_cost_target, site.locations, site.address) == (Decimal("0.3"), ("Main store",), "Roma, Italy")


def test_every_country_gives_real_values() -> None:
    for code in rules.countries():
        said = rules.defaults_of(code)
        assert said is not None
        assert said.currency in list_currencies()
        assert said.time_zone in available_timezones()
        assert Locale.parse(said.locale).territory == code or said.locale == "en_GB"


def test_everything_wrong_is_said_at_once(desk: TenantDatabase) -> None:
    open_site(desk)
    wrong = SiteDraft(
        "trastevere",
        "IT",
        kind="CASTLE",
        currency="XXQ",
        time_zone="Mars/Base",
        locale="tlh_QO",
        email="nobody",
        phone="call me",
        capacity=-1,
        day_cutover_hour=13,
        food_cost_target=Decimal(2),
        is_default=True,
        is_active=False,
    )
    with pytest.raises(UserError) as refused:
        desk.run(service.save_site, wrong)
    assert {p.field for p in refused.value.problems} == {
        *("kind", "currency", "time_zone", "locale", "email", "phone", "capacity"),
        *("day_cutover_hour", "food_cost_target", "is_active"),
    }
    with pytest.raises(UserError, match="cannot be saved") as refused:
        desk.run(service.save_site, SiteDraft("TRASTEVERE", "IT"))
    assert [p.field for p in refused.value.problems] == ["name"]
    with pytest.raises(UserError) as refused:
        desk.run(service.save_site, SiteDraft("", "ZZ"))
    assert [p.field for p in refused.value.problems] == ["name", "country"]


def test_the_currency_stays_once_something_is_posted(tenant: Tenant, desk: TenantDatabase) -> None:
    place = seed(tenant)
    site = desk.run(service.site, place.site)
    changed = desk.run(service.save_site, replace(draft_of(site), currency="CAD"))
    assert changed.result.version == site.version + 1
    receive(desk, place, {"Flour": ("1", "1")})
    site = desk.run(service.site, place.site)
    assert site.has_postings
    with pytest.raises(UserError) as refused:
        desk.run(service.save_site, replace(draft_of(site), currency="USD"))
    assert "valued here in CAD" in refused.value.problems[0].text
    desk.run(service.save_site, replace(draft_of(site), name="Uptown"))


def test_only_one_site_is_the_default_and_the_head_office(desk: TenantDatabase) -> None:
    first = open_site(desk, is_default=True, is_head_office=True)
    second = open_site(desk, "Testaccio", is_default=True, is_head_office=True)
    rows = {row.id: row for row in desk.run(service.sites, ListQuery()).rows}
    assert (rows[first].is_default, rows[first].is_head_office) == (False, False)
    assert (rows[second].is_default, rows[second].is_head_office) == (True, True)


def test_somebody_else_was_faster(desk: TenantDatabase) -> None:
    site = desk.run(service.site, open_site(desk))
    desk.run(service.save_site, replace(draft_of(site), capacity=40))
    with pytest.raises(Conflict):
        desk.run(service.save_site, replace(draft_of(site), capacity=50))


def test_the_list_is_searched_filtered_and_counted(desk: TenantDatabase) -> None:
    open_site(desk, capacity=40, city="Roma")
    open_site(desk, "Central kitchen", kind="CENTRAL_KITCHEN", capacity=2)
    open_site(desk, "Old cellar", kind="WAREHOUSE", is_active=False)
    with statements() as sent:
        page = desk.run(service.sites, ListQuery(search="roma"))
    assert [row.name for row in page.rows] == ["Trastevere"]
    assert len(sent) == 1
    kitchens = desk.run(service.sites, ListQuery(filters=(Filter("kind", Match.IN, ("CENTRAL_KITCHEN",)),)))
    assert [(row.name, row.locations, row.place) for row in kitchens.rows] == [("Central kitchen", 1, "Italy")]
    assert desk.run(service.sites_summary, ListQuery()).totals == {"capacity": 42}
    assert desk.run(service.sites_tab_counts, ListQuery()) == {"open": 2, "closed": 1}
    assert [choice.text for choice in desk.run(service.site_choices)] == ["Central kitchen", "Trastevere"]


def test_a_manager_of_one_site_sees_it_alone_and_changes_nothing(tenant: Tenant, desk: TenantDatabase) -> None:
    here = open_site(desk)
    open_site(desk, "Testaccio")
    manager = sit_down(tenant, "MANAGER", site=here)
    assert [row.name for row in manager.run(service.sites, ListQuery()).rows] == ["Trastevere"]
    site = manager.run(service.site, here)
    for draft in (replace(draft_of(site), name="Mine"), SiteDraft("Mine too", "IT")):
        with pytest.raises(Denied):
            manager.run(service.save_site, draft)


def test_a_person_runs_a_site(tenant: Tenant, desk: TenantDatabase) -> None:
    [olive] = desk.run(service.manager_choices)
    site = desk.run(service.site, open_site(desk, manager_id=olive.value))
    assert site.manager == olive.text == "Olive Owner"
