"""Items in a real database: reading, saving, archiving and importing them as people of several roles."""

import re
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from uuid import UUID

import pytest

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Conflict, Denied, UserError
from ims_desktop.domain.listing import Filter, ListQuery, Match, Sort
from ims_desktop.features.items import service
from ims_desktop.features.items.service import Barcode, ItemDraft, Pack, SiteLevel
from tests.features.desks import sit_down
from tests.restaurant import Restaurant, receive, seed
from tests.statements import plan_of, statements
from tests.tenants import Tenant


@pytest.fixture
def place(tenant: Tenant) -> Restaurant:
    return seed(tenant)


@pytest.fixture
def desk(place: Restaurant) -> TenantDatabase:
    return sit_down(place.tenant)


def names(page: object) -> list[str]:
    return [row.name for row in page.rows]  # type: ignore[attr-defined]


def a_draft(place: Restaurant, **changes: object) -> ItemDraft:
    values = {"name": "Passata", "base_unit": "kg", "category_id": place.categories["Dry goods"], **changes}
    return ItemDraft(**values)  # type: ignore[arg-type]


# the list ------------------------------------------------------------------------------------------------------------


def test_the_list_shows_stock_cost_and_state_of_the_site(place: Restaurant, desk: TenantDatabase) -> None:
    receive(desk, place, {"Flour": ("125", "1.12"), "Butter": ("4", "7.42")})
    receive(desk, place, {"Flour": ("10", "1.40")}, site="Harbour")
    with statements() as sent:
        here = {row.name: row for row in desk.run(service.items, ListQuery(site=place.site)).rows}
    assert len(sent) == 1
    flour = here["Flour"]
    assert (flour.on_hand, flour.average_cost, flour.value, flour.par) == (125, Decimal("1.12"), 140, 100)
    assert (flour.state, here["Butter"].state, here["Lemon"].state) == ("ok", "low", "out")
    everywhere = {row.name: row for row in desk.run(service.items, ListQuery()).rows}
    assert (everywhere["Flour"].on_hand, everywhere["Flour"].value) == (135, 154)
    assert everywhere["Flour"].state == "low", "Harbour has 10 of 100"


def test_tabs_and_totals(place: Restaurant, desk: TenantDatabase) -> None:
    receive(desk, place, {"Flour": ("125", "1.12"), "Butter": ("4", "7.42"), "Prawns": ("1", "18")})
    desk.run(service.archive, [place.items["Lemon"]])
    query = ListQuery(site=place.site)
    with statements() as sent:
        counts = desk.run(service.items_tab_counts, query)
        summary = desk.run(service.items_summary, query)
    assert len(sent) == 2
    assert counts == {"all": 11, "low": 9, "negative": 0, "archived": 1}
    assert (summary.count, summary.totals["value"]) == (12, Decimal("187.68"))
    low = (Filter("low", Match.IN, (True,)), Filter("archived", Match.IN, (False,)))
    assert len(desk.run(service.items, ListQuery(site=place.site, filters=low)).rows) == 9


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ((Filter("state", Match.IN, ("ok",)),), ["Flour"]),
        ((Filter("base_unit", Match.IN, ("g",)),), ["Basil"]),
        ((Filter("archived", Match.IN, (True,)),), []),
    ],
)
def test_filters(place: Restaurant, desk: TenantDatabase, filters: tuple[Filter, ...], found: list[str]) -> None:
    receive(desk, place, {"Flour": ("125", "1.12"), "Butter": ("4", "7.42")})
    assert names(desk.run(service.items, ListQuery(filters=filters, site=place.site))) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("oliv", ["Olive oil"]),
        ("OIL ólive", ["Olive oil"]),
        ("dai-00", ["Butter", "Cream 35%", "Mozzarella"]),
        ("4006381333931", ["Sparkling water"]),
        ("nothing at all", []),
        ("35%", ["Cream 35%"]),
    ],
)
def test_search(place: Restaurant, desk: TenantDatabase, text: str, found: list[str]) -> None:
    assert names(desk.run(service.items, ListQuery(search=text))) == found


@pytest.mark.parametrize("sort", ["name", "sku", "on_hand", "value", "category"])
@pytest.mark.parametrize("descending", [False, True])
def test_pages_join_without_gap_or_overlap(
    place: Restaurant, desk: TenantDatabase, sort: str, descending: bool
) -> None:
    receive(desk, place, {"Flour": ("125", "1.12"), "Butter": ("4", "7.42")})
    query = ListQuery(sort=(Sort(sort, descending),), limit=5)
    whole = names(desk.run(service.items, ListQuery(sort=query.sort)))
    pages: list[str] = []
    while True:
        page = desk.run(service.items, query)
        pages += names(page)
        if page.after is None:
            break
        query = query.following(page.after)
    assert pages == whole
    assert len(pages) == 12


def test_who_may_not_see_costs_is_not_sent_them(place: Restaurant, desk: TenantDatabase) -> None:
    receive(desk, place, {"Flour": ("125", "1.12")})
    counter = sit_down(place.tenant, "EMPLOYEE")
    row = next(row for row in counter.run(service.items, ListQuery()).rows if row.name == "Flour")
    assert (row.on_hand, row.value, row.average_cost) == (125, None, None)
    assert counter.run(service.items_summary, ListQuery()).totals == {}
    assert counter.run(service.item, place.items["Flour"]).value is None


def test_stock_in_two_currencies_has_no_sum(place: Restaurant, desk: TenantDatabase) -> None:
    receive(desk, place, {"Flour": ("125", "1.12")})
    with place.tenant.as_root() as root:
        root.execute("UPDATE sites SET currency = 'CAD' WHERE name = 'Harbour'")
    assert desk.run(service.items_summary, ListQuery()).totals == {}
    assert desk.run(service.items_summary, ListQuery(site=place.site)).totals["value"] == 140


# one item -------------------------------------------------------------------------------------------------------------


def test_the_detail_is_one_statement(place: Restaurant, desk: TenantDatabase) -> None:
    receive(desk, place, {"Tomato tin": ("12", "3.50"), "Flour": ("3", "1"), "Lemon": ("4", "0.30")})
    receive(desk, place, {"Tomato tin": ("6", "3.20"), "Flour": ("7", "1")}, site="Harbour")
    with statements() as sent:
        item = desk.run(service.item, place.items["Tomato tin"])
    assert len(sent) == 1
    assert [pack.path for pack in item.packs] == ["1 case × 6 each = 6 each"]
    assert [(at.site, at.quantity, at.locations) for at in item.stock] == [
        ("Downtown", 12, (("Dry store", Decimal(12)),)),
        ("Harbour", 6, (("Dry store", Decimal(6)),)),
    ]
    assert (item.on_hand, item.value, item.par, item.state) == (18, Decimal("61.2"), 36, "low")
    assert [recipe.name for recipe in item.used_in] == ["Tomato sauce"]
    assert [level.home for level in item.levels] == ["Dry store", "Dry store"]
    downtown = desk.run(service.item, place.items["Tomato tin"], place.site)
    assert (downtown.on_hand, downtown.average_cost) == (12, Decimal("3.5"))


def test_a_recipe_that_no_longer_names_an_item_is_not_shown(place: Restaurant, desk: TenantDatabase) -> None:
    with place.tenant.as_root() as root:
        root.execute(
            "INSERT INTO recipe_versions (recipe_id, valid_from) VALUES (%s, '2026-01-01')", [place.recipes["Espresso"]]
        )
    assert desk.run(service.item, place.items["Espresso beans"]).used_in == ()


def test_an_unknown_item_is_said_to_be_gone(desk: TenantDatabase) -> None:
    with pytest.raises(UserError, match="no longer exists"):
        desk.run(service.item, UUID(int=1))


def test_choices_bring_the_units_along(place: Restaurant, desk: TenantDatabase) -> None:
    with statements() as sent:
        found = desk.run(service.item_choices, "wat")
    assert len(sent) == 1
    [water] = found
    assert (water.name, water.base_unit, water.units.find("cases")) == ("Sparkling water", "each", "case")
    [scanned] = desk.run(service.item_choices, "4006381333931")
    assert (scanned.name, scanned.unit) == ("Sparkling water", "each")
    assert desk.run(service.units_of, place.items["Flour"]).convert(2, "sack").quantity == 50


def test_choices_that_begin_with_the_words_come_first(place: Restaurant, desk: TenantDatabase) -> None:
    desk.run(service.save_item, a_draft(place, name="Almond butter"))
    assert [choice.name for choice in desk.run(service.item_choices, "butter")] == ["Butter", "Almond butter"]
    desk.run(service.archive, [place.items["Butter"]])
    assert [choice.name for choice in desk.run(service.item_choices, "butter")] == ["Almond butter"]


# saving ---------------------------------------------------------------------------------------------------------------


def test_a_new_item_with_everything(place: Restaurant, desk: TenantDatabase) -> None:
    draft = a_draft(
        place,
        packs=(Pack("case", Decimal(12), "bottle"), Pack("bottle", Decimal("0.7"), "kg")),
        barcodes=(Barcode("5901234123457", "bottle"),),
        levels=(SiteLevel(place.site, Decimal(20), Decimal(8), place.locations["Downtown", "Dry store"], "B2"),),
        grams_per_millilitre=Decimal("1.04"),
        allergens=("celery",),
        shelf_life_days=365,
        yield_ratio=Decimal("0.98"),
        note="  Keep cool ",
    )
    saved = desk.run(service.save_item, draft)
    assert saved.subjects == {"items"}
    assert saved.result.sku == "DRY-0211", "the number after the highest of its category"
    item = desk.run(service.item, saved.result.id)
    assert [pack.path for pack in item.packs] == ["1 bottle × 0.7 kg = 0.7 kg", "1 case × 12 bottle × 0.7 kg = 8.4 kg"]
    assert item.barcodes == (Barcode("5901234123457", "bottle"),)
    [level] = item.levels
    assert (level.par, level.reorder_point, level.home, level.shelf_position) == (20, 8, "Dry store", "B2")
    assert (item.grams_per_millilitre, item.yield_ratio, item.note) == (Decimal("1.04"), Decimal("0.98"), "Keep cool")
    assert item.units.convert(1, "l", "kg").quantity == Decimal("1.04")


def test_a_category_is_made_on_the_fly_once(place: Restaurant, desk: TenantDatabase) -> None:
    desk.run(service.save_item, a_draft(place, name="Soap", category_id=None, new_category="Cleaning"))
    saved = desk.run(service.save_item, a_draft(place, name="Bleach", category_id=None, new_category="cleaning"))
    assert saved.result.sku == "CLE-0002"
    assert [choice.text for choice in desk.run(service.category_choices)].count("Cleaning") == 1


def test_changing_an_item_touches_only_what_differs(place: Restaurant, desk: TenantDatabase) -> None:
    before = desk.run(service.item, place.items["Sparkling water"])
    draft = a_draft(
        place,
        id=before.id,
        version=before.version,
        name=before.name,
        sku=before.sku,
        category_id=before.category_id,
        base_unit="each",
        packs=(Pack("case", Decimal(24), "each"), Pack("pallet", Decimal(40), "case")),
        levels=tuple(
            SiteLevel(level.site_id, level.par, None, level.home_location_id) for level in before.levels if level.par
        )[:1],
    )
    with place.tenant.as_root() as root:
        root.execute("SELECT set_config('test.mark', max(id)::text, false) FROM audit_log")
        desk.run(service.save_item, draft)
        written = root.execute(
            "SELECT subject, action FROM audit_log WHERE id > current_setting('test.mark')::bigint ORDER BY id"
        ).fetchall()
    assert sorted(written) == [
        ("item_barcodes", "DELETE"),
        ("item_site_settings", "UPDATE"),
        ("item_units", "INSERT"),
        ("item_units", "UPDATE"),
        ("items", "UPDATE"),
    ]
    after = desk.run(service.item, before.id)
    assert {pack.name: pack.quantity for pack in after.packs} == {"case": 24, "pallet": 40}
    assert (len(after.levels), after.barcodes) == (1, ())


def test_what_the_database_knows_is_told_all_at_once(place: Restaurant, desk: TenantDatabase) -> None:
    receive(desk, place, {"Flour": ("1", "1")})
    flour = desk.run(service.item, place.items["Flour"])
    wrong = a_draft(
        place,
        id=flour.id,
        version=flour.version,
        sku="dai-0001",
        base_unit="l",
        barcodes=(Barcode("4006381333931"),),
        levels=(SiteLevel(place.site, Decimal(1), None, place.locations["Harbour", "Bar"]),),
    )
    with pytest.raises(UserError) as refused:
        desk.run(service.save_item, wrong)
    assert [(p.field, p.row) for p in refused.value.problems] == [
        ("sku", None),
        ("base_unit", None),
        ("barcodes.gtin", 1),
        ("levels.home_location_id", 1),
    ]
    assert "Sparkling water" in refused.value.problems[2].text


def test_the_base_unit_may_change_while_nothing_moved(place: Restaurant, desk: TenantDatabase) -> None:
    lemon = desk.run(service.item, place.items["Lemon"])
    draft = a_draft(place, name="Lemon", sku="PRD-0044", base_unit="kg", id=lemon.id, version=lemon.version)
    assert desk.run(service.save_item, draft).result.version == lemon.version + 1


def test_somebody_else_was_faster(place: Restaurant, desk: TenantDatabase) -> None:
    lemon = desk.run(service.item, place.items["Lemon"])
    draft = a_draft(place, name="Lemon", sku="PRD-0044", base_unit="each", id=lemon.id, version=lemon.version)
    desk.run(service.save_item, draft)
    with pytest.raises(Conflict, match="Reload"):
        desk.run(service.save_item, draft)


def test_a_refused_item_leaves_nothing_behind(place: Restaurant, desk: TenantDatabase) -> None:
    with pytest.raises(UserError):
        desk.run(
            service.save_item,
            a_draft(place, category_id=None, new_category="Ghosts", barcodes=(Barcode("4006381333931"),)),
        )
    assert "Ghosts" not in [choice.text for choice in desk.run(service.category_choices)]


def test_a_counter_may_look_and_not_change(place: Restaurant) -> None:
    counter = sit_down(place.tenant, "EMPLOYEE")
    assert len(counter.run(service.items, ListQuery()).rows) == 12
    lemon = counter.run(service.item, place.items["Lemon"])
    same = a_draft(place, name="Lemon", sku="PRD-0044", base_unit="each", id=lemon.id, version=lemon.version)
    for attempt in (
        lambda: counter.run(service.save_item, a_draft(place, sku="X-1")),
        lambda: counter.run(service.save_item, same),
        lambda: counter.run(service.archive, [lemon.id]),
    ):
        with pytest.raises(Denied):
            attempt()
    assert counter.run(service.item, lemon.id).name == "Lemon"


def test_archiving_is_refused_while_there_is_stock_and_can_be_undone(place: Restaurant, desk: TenantDatabase) -> None:
    receive(desk, place, {"Flour": ("3", "1.12")})
    keys = [place.items["Flour"], place.items["Lemon"]]
    with pytest.raises(UserError, match="in stock cannot be archived") as refused:
        desk.run(service.archive, keys)
    assert [problem.text for problem in refused.value.problems] == ["Flour: 3 kg at Downtown."]
    assert desk.run(service.item, keys[1]).is_active
    assert desk.run(service.archive, keys[1:]).result == 1
    assert desk.run(service.item, keys[1]).state == "archived"
    desk.run(service.restore, keys[1:])
    assert desk.run(service.item, keys[1]).is_active


# speed ----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def big(shared_tenant: Tenant) -> SimpleNamespace:
    place = seed(shared_tenant)
    with shared_tenant.as_root() as root:
        root.execute(
            "INSERT INTO items (sku, name, category_id, base_unit)"
            " SELECT 'BIG-' || n, 'Item ' || md5(n::text), %s, 'kg' FROM generate_series(1, 20000) n",
            [place.categories["Produce"]],
        )
        root.execute(
            "INSERT INTO stock_costs (site_id, item_id, quantity, value, average_cost)"
            " SELECT s.id, i.id, 5, 10, 2 FROM items i CROSS JOIN sites s"
        )
    shared_tenant.analyze()
    return SimpleNamespace(place=place, desk=sit_down(shared_tenant))


@pytest.mark.parametrize("query", [ListQuery(), ListQuery(filters=(Filter("archived", Match.IN, (False,)),))])
@pytest.mark.parametrize("following", [False, True])
def test_a_page_walks_the_index_and_asks_for_rights_once(
    big: SimpleNamespace, query: ListQuery, following: bool
) -> None:
    for site in (None, big.place.site):
        asked = replace(query, site=site)
        if following:
            asked = asked.following(big.desk.run(service.items, asked).after)
        plan = plan_of(big.desk, service.items, asked)
        assert re.search(r"Index (Only )?Scan using items_by_name on \S*items .*rows=20[12]\b", plan), plan
        assert not re.findall(r"(?:Filter|Cond):.*(?:can|scope|me)\(", plan), plan
        assert "Seq Scan on stock_costs" not in plan, plan


def test_totals_and_counts_sum_stock_up_once(big: SimpleNamespace) -> None:
    for use_case in (service.items_summary, service.items_tab_counts):
        plan = plan_of(big.desk, use_case, ListQuery(site=big.place.site))
        assert not re.findall(r"(?:Filter|Cond):.*(?:can|scope|me)\(", plan), plan
        assert "loops=2000" not in plan, plan
