"""Every kind of record out of files, on a real database: what is new, what changes, what is wrong, and who may."""

import csv
import io
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Denied, UserError
from ims_desktop.domain.import_kinds import Writing
from ims_desktop.domain.import_reading import ImportChoices, csv_template
from ims_desktop.domain.wording import tongue
from ims_desktop.features.exchange import service
from ims_desktop.features.exchange.service import IMPORTS, CheckedFile, ImportResult, RecordFile
from ims_desktop.features.items import service as items
from tests.features.desks import sit_down
from tests.restaurant import Restaurant, receive, seed
from tests.statements import statements
from tests.tenants import Tenant

ITEMS = """SKU,Name,Category,Base unit,Packs,Barcodes,Yield %,Allergens,Shelf life in days
DRY-0500,Basmati rice,Dry goods,kg,sack = 20 kg,4006381333931 sack,100,,365
CLE-0001,Bleach,Cleaning,l,"box = 6 can; can = 5 l",,100,,
prd-0044,Lemon,Fruit,each,net = 10 each,,85,,14
"""


@pytest.fixture
def place(tenant: Tenant) -> Restaurant:
    return seed(tenant)


@pytest.fixture
def desk(place: Restaurant) -> TenantDatabase:
    return sit_down(place.tenant)


def bring(desk: TenantDatabase, entity: str, text: str, **choices: object) -> ImportResult:
    file = RecordFile(f"{entity}.csv", text.encode(), ImportChoices(**choices))  # type: ignore[arg-type]
    return desk.run(service.run_import, IMPORTS[entity], file).result


def look(desk: TenantDatabase, entity: str, text: str, **choices: object) -> CheckedFile:
    file = RecordFile(f"{entity}.csv", text.encode(), ImportChoices(**choices))  # type: ignore[arg-type]
    return desk.run(service.check, IMPORTS[entity], file)


def counts(result: ImportResult) -> tuple[int, int, int]:
    return result.added, result.changed, result.unchanged


def test_items_are_added_and_changed_and_the_second_time_nothing_is_written(place: Restaurant, desk: TenantDatabase):
    with place.tenant.as_root() as root:
        root.execute("DELETE FROM item_barcodes")
    seen = look(desk, "items", ITEMS)
    assert (seen.plan.added, seen.plan.changed, seen.problems) == (2, 1, ())
    [lemon] = [change for change in seen.plan.changes if change.record]
    assert [(one.key, one.new) for one in lemon.differences if one.key == "yield_ratio"] == [
        ("yield_ratio", Decimal("0.85"))
    ]
    assert counts(bring(desk, "items", ITEMS)) == (2, 1, 0)
    lemon = desk.run(items.item, place.items["Lemon"])
    assert (lemon.category, lemon.yield_ratio, lemon.sku, lemon.par) == ("Fruit", Decimal("0.85"), "PRD-0044", 120)
    [bleach] = desk.run(items.item_choices, "bleach")
    assert bleach.units.convert(1, "box").quantity == 30
    with statements() as sent:
        assert counts(bring(desk, "items", ITEMS)) == (0, 0, 3)
    assert all(statement.startswith("SELECT") for statement in sent), "nothing was written"


def test_columns_a_file_lacks_stay_as_they_are(place: Restaurant, desk: TenantDatabase):
    bring(desk, "items", "SKU,Name\nDRY-0107,Flour 00\n")
    flour = desk.run(items.item, place.items["Flour"])
    assert (flour.name, flour.category, [pack.name for pack in flour.packs]) == ("Flour 00", "Dry goods", ["sack"])
    assert len(flour.levels) == 2


def test_everything_wrong_is_told_at_its_cell_and_nothing_is_taken(place: Restaurant, desk: TenantDatabase):
    receive(desk, place, {"Flour": ("3", "1.12")})
    text = (
        "SKU,Name,Category,Base unit,Packs,Barcodes\n"
        "NEW-1,,,,,\n"
        "NEW-2,Rice,Dry goods,kg,box = 3 crate,\n"
        "DRY-0107,Flour,Dry goods,g,,4006381333931\n"
        "NEW-3,Fine,Dry goods,kg,,\n"
        "new-3,Again,Dry goods,kg,,\n"
        ",Nameless,Dry goods,kg,,\n"
        "NEW-4,Fine,Dry goods,#REF!,,12\n"
    )
    with pytest.raises(UserError, match="Nothing was imported: 10 things") as refused:
        bring(desk, "items", text)
    told = {(problem.row, problem.field) for problem in refused.value.problems}
    assert told == {
        *((2, "Name"), (2, "Category"), (2, "Base unit"), (3, "Packs"), (4, "Barcodes"), (4, "Base unit")),
        *((6, "SKU"), (7, "SKU"), (8, "Base unit"), (8, "Barcodes")),
    }
    assert desk.run(items.item_choices, "Fine") == ()


def test_an_import_that_only_changed_can_be_taken_back(place: Restaurant, desk: TenantDatabase):
    before = desk.run(items.item, place.items["Lemon"])
    done = bring(desk, "items", "SKU,Name,Category,Packs,Note\nPRD-0044,Lime,Limes,bag = 4 each,x\n")
    assert desk.run(items.item, place.items["Lemon"]).name == "Lime"
    desk.run(service.take_back, done)
    after = desk.run(items.item, place.items["Lemon"])
    assert (after.name, after.category, after.packs, after.note) == (
        before.name, before.category, before.packs, before.note,
    )  # fmt: skip
    assert bring(desk, "items", ITEMS.replace("4006381333931 sack", "")).back == ()


FILES = {
    "categories": (
        "Name,Inside\nFruit and greens,\n",
        "Name,Inside\nBerries,Fruit and greens\nfruit and greens,\n",
        (1, 0, 1),
    ),
    "storage_locations": (
        "Site,Name,Inside,Walk order\nDowntown,Roof,,70\n",
        "Site,Name,Inside,Walk order\nDowntown,Shed,roof,80\ndowntown,Roof,,75\n",
        (1, 1, 0),
    ),
    "suppliers": (
        "Code;Name;Currency;Payment days;Minimum order;Order by;Order days;Own rating\n"
        "METRO;Metro;USD;30;1.250,50;14:00;Mon, thursday;4,5\n",
        "Vendor code,Name,Currency,Payment days,Order days\nMETRO,Metro AG,USD,,Every day\nNEW,New,EUR,10,2/5\n",
        (1, 1, 0),
    ),
    "menu_prices": (
        "Code,Site,Valid from,Price,Tax %\nMARG,,2026-12-01,12.50,10\nMARG,Downtown,2026-12-01,13.50,10\n",
        "Code,Site,Valid from,Price,Tax %\nmarg,,2026-12-01,12.90,10\nMARG,Downtown,2026-12-01,13.50,10\n",
        (0, 1, 1),
    ),
    "item_levels": (
        "SKU,Site,Par,Reorder point\nPRD-0044,Harbour,40,10\n",
        "SKU,Site,Par,Reorder point\nlemon,Harbour,50,10\nDRY-0107,Harbour,33,3\n",
        None,
    ),
    "sites": (
        "Name,Country,Seats\nPier,US,40\n",
        "Name,Country,Seats,Currency\npier,US,45,USD\nLago,IT,,\n",
        (1, 1, 0),
    ),
}


@pytest.mark.parametrize("entity", FILES)
def test_the_first_file_makes_the_second_changes_and_the_third_does_nothing(
    entity: str, place: Restaurant, desk: TenantDatabase
):
    first, second, expected = FILES[entity]
    if entity == "menu_prices":
        bring_menu(place, desk)
    bring(desk, entity, first)
    assert bring(desk, entity, first).unchanged == len(first.splitlines()) - 1
    done = bring(desk, entity, second)
    if expected is not None:
        assert counts(done) == expected
    again = bring(desk, entity, second)
    assert (again.added, again.changed) == (0, 0)


def test_suppliers_bring_their_terms_and_are_judged_as_in_their_form(place: Restaurant, desk: TenantDatabase):
    bring(desk, "suppliers", FILES["suppliers"][0])
    bring(desk, "suppliers", FILES["suppliers"][1])
    with place.tenant.as_root() as root:
        kept = root.execute(
            "SELECT code, order_days, rating FROM suppliers WHERE code IN ('METRO', 'NEW') ORDER BY code"
        ).fetchall()
    assert kept == [("METRO", [1, 2, 3, 4, 5, 6, 7], Decimal("4.50")), ("NEW", [2, 5], None)]
    wrong = "Code,Name,Currency,Order days,Own rating,Payment days\nX,,eur,Someday,7,9999\n"
    assert {problem.field for problem in look(desk, "suppliers", wrong).problems} == {
        *("Name", "Currency", "Order days", "Own rating", "Payment days"),
    }


def test_the_second_sheet_of_a_template_speaks_the_language_of_the_person(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tongue, "said", lambda text: f"«{text}»")
    book = CalamineWorkbook.from_filelike(io.BytesIO(service.xlsx_template(IMPORTS["suppliers"])))
    assert book.sheet_names == ["Suppliers", "«Columns»"]
    first, second = (book.get_sheet_by_index(place).to_python() for place in (0, 1))
    assert first[0][0] == "Code", "every desk and the command line know the titles"
    assert second[0][:2] == ["«Column»", "«Needed»"]
    assert [row[1] for row in second[1:3]] == ["«always»", "«for a new supplier»"]


def test_columns_are_known_by_their_titles_in_the_language_of_the_person(monkeypatch: pytest.MonkeyPatch):
    german = {"Order days": "Bestelltage", "Mon": "Mo"}
    monkeypatch.setattr(tongue, "said", lambda text: german.get(text, text))
    spec = IMPORTS["suppliers"]
    assert spec.names["bestelltage"].key == "order_days"
    assert spec.field_of("order_days").kind.read("Mo, thu", Writing()) == (1, 4)


def bring_menu(place: Restaurant, desk: TenantDatabase) -> None:
    with place.tenant.as_root() as root:
        root.execute("INSERT INTO menu_categories (name) VALUES ('Pizza') ON CONFLICT DO NOTHING")
    done = bring(desk, "menu_items", "Code,Name,Category,Portions\nMARG,Margherita,pizza,1\n")
    assert done.added == 1
    assert counts(bring(desk, "menu_items", "PLU,Menu item,Size,Category\nmarg,Margherita,L,Pizza\n")) == (0, 1, 0)


def test_a_price_list_makes_offers_and_dated_prices(place: Restaurant, desk: TenantDatabase):
    bring(desk, "suppliers", "Code,Name,Currency\nMETRO,Metro,USD\n")
    text = (
        "Supplier,SKU,Pack,Pack quantity,Product code,Price,Valid from\n"
        "Metro,DRY-0107,Sack 25 kg,25,48213,24.90,2026-12-01\n"
        "metro,Lemon,Net of 10,10,7,2.10,2026-12-01\n"
    )
    assert counts(bring(desk, "supplier_prices", text)) == (2, 0, 0)
    assert counts(bring(desk, "supplier_prices", text)) == (0, 0, 2)
    later = text.replace("24.90,2026-12-01", "25.40,2026-12-15").replace("2.10", "2.20")
    assert counts(bring(desk, "supplier_prices", later)) == (0, 2, 0)
    with place.tenant.as_root() as root:
        prices = root.execute(
            "SELECT i.pack, p.valid_from::text, p.price FROM supplier_prices p"
            " JOIN supplier_items i ON i.id = p.supplier_item_id WHERE i.supplier_code IN ('48213', '7') ORDER BY 1, 2"
        ).fetchall()
    assert [tuple(map(str, row)) for row in prices] == [
        ("Net of 10", "2026-12-01", "2.2000"),
        ("Sack 25 kg", "2026-12-01", "24.9000"),
        ("Sack 25 kg", "2026-12-15", "25.4000"),
    ]


def test_words_that_name_nothing_are_told(place: Restaurant, desk: TenantDatabase):
    seen = look(desk, "item_levels", "SKU,Site,Par,Storage location\nPRD-0044,Nowhere,1,\nPRD-0044,Harbour,x,Cellar\n")
    assert {(problem.row, problem.field) for problem in seen.problems} == {
        *((2, "Site"), (3, "Par"), (3, "Storage location")),
    }


@pytest.mark.parametrize("entity", IMPORTS)
def test_whoever_may_not_change_records_cannot_import_them(entity: str, place: Restaurant):
    counter = sit_down(place.tenant, "EMPLOYEE")
    with pytest.raises(Denied):
        bring(counter, entity, csv_template(IMPORTS[entity]))


@pytest.mark.parametrize("entity", IMPORTS)
def test_templates_are_read_without_a_question(entity: str, place: Restaurant, desk: TenantDatabase):
    spec = IMPORTS[entity]
    for name, content in (("a.csv", csv_template(spec).encode()), ("a.xlsx", service.xlsx_template(spec))):
        reading = desk.run(service.check, spec, RecordFile(name, content)).reading
        assert [column.field for column in reading.columns] == [one.key for one in spec.fields]
        assert reading.problems == ()
        assert len(reading.rows) == 1


def test_a_mapping_is_remembered_for_files_of_the_same_columns(place: Restaurant, desk: TenantDatabase):
    text = 'Art.,Bezeichnung,Ertrag\nPRD-0044,Lime,"82,5"\n'
    assert look(desk, "items", text).reading.problems
    columns = {0: "sku", 1: "name", 2: "yield_ratio"}
    bring(desk, "items", text, columns=columns, decimal_sign=",")
    seen = look(desk, "items", text.replace("Lime", "Limette"))
    assert seen.remembered
    assert not seen.problems
    assert seen.reading.decimal_sign.value == ","
    colleague = sit_down(place.tenant, "MANAGER")
    assert look(colleague, "items", text).remembered
    other = look(desk, "items", "Art.,Bezeichnung\nPRD-0044,Lime\n")
    assert not other.remembered


def test_the_export_of_a_list_comes_back_unchanged(place: Restaurant, desk: TenantDatabase):
    """What was defused on the way out is text again on the way in."""
    bring(desk, "items", "SKU,Name,Category,Base unit\nX-1,=1+1,Dry goods,kg\n")
    written = io.StringIO()
    csv.writer(written).writerows([["SKU", "Item"], ["X-1", "'=1+1"]])
    assert counts(bring(desk, "items", written.getvalue())) == (0, 0, 1)
