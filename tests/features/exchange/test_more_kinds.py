"""Price lists and catalogues, people and recipes out of files, on a real database."""

from decimal import Decimal
from pathlib import Path

import pytest

from ims_desktop.database.key_recovery import begin_keys
from ims_desktop.database.key_sharing import unlock
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Confirm, UserError
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.customers import service as customers
from ims_desktop.features.exchange import service
from ims_desktop.features.exchange.service import DOUBTS, IMPORTS, CheckedFile, ImportResult, Progress, RecordFile
from ims_desktop.features.recipes import service as recipes
from ims_desktop.features.suppliers import service as suppliers
from tests.features.desks import sit_down
from tests.restaurant import Restaurant, seed
from tests.tenants import Tenant

D = Decimal
CATALOGUE = """<?xml version="1.0" encoding="UTF-8"?>
<Catalogue xmlns="urn:oasis:names:specification:ubl:schema:xsd:Catalogue-2"
  xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
  xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:ID>C-7</cbc:ID><cbc:IssueDate>2026-11-01</cbc:IssueDate>
  <cac:ValidityPeriod><cbc:StartDate>2026-12-01</cbc:StartDate></cac:ValidityPeriod>
  <cac:SellerSupplierParty><cac:Party><cac:PartyName><cbc:Name>Drago Dry Goods</cbc:Name></cac:PartyName></cac:Party>
  </cac:SellerSupplierParty>
  <cac:CatalogueLine><cbc:ID>1</cbc:ID><cbc:OrderableUnit>EA</cbc:OrderableUnit>
    <cac:RequiredItemLocationQuantity><cac:Price><cbc:PriceAmount currencyID="USD">34.00</cbc:PriceAmount></cac:Price>
    </cac:RequiredItemLocationQuantity>
    <cac:Item><cbc:Name>Peeled tomatoes</cbc:Name>
      <cac:SellersItemIdentification><cbc:ID>DRY-001</cbc:ID></cac:SellersItemIdentification></cac:Item>
  </cac:CatalogueLine>
  <cac:CatalogueLine><cbc:ID>2</cbc:ID><cbc:OrderableUnit>CS</cbc:OrderableUnit>
    <cbc:ContentUnitQuantity unitCode="EA">12</cbc:ContentUnitQuantity>
    <cac:LineValidityPeriod><cbc:StartDate>2026-12-15</cbc:StartDate></cac:LineValidityPeriod>
    <cac:RequiredItemLocationQuantity><cac:Price><cbc:PriceAmount currencyID="USD">0.99</cbc:PriceAmount>
      <cbc:BaseQuantity unitCode="EA">1</cbc:BaseQuantity></cac:Price></cac:RequiredItemLocationQuantity>
    <cac:Item><cbc:Name>Water</cbc:Name>
      <cac:SellersItemIdentification><cbc:ID>W-12</cbc:ID></cac:SellersItemIdentification>
      <cac:StandardItemIdentification><cbc:ID schemeID="0160">04006381333931</cbc:ID></cac:StandardItemIdentification>
    </cac:Item>
  </cac:CatalogueLine>
</Catalogue>"""


@pytest.fixture
def place(tenant: Tenant) -> Restaurant:
    return seed(tenant)


@pytest.fixture
def desk(place: Restaurant) -> TenantDatabase:
    return sit_down(place.tenant)


def file_of(text: str | bytes, name: str = "a.csv") -> RecordFile:
    return RecordFile(name, text if isinstance(text, bytes) else text.encode())


def look(desk: TenantDatabase, entity: str, text: str | bytes, name: str = "a.csv") -> CheckedFile:
    return desk.run(service.check, IMPORTS[entity], file_of(text, name))


def bring(desk: TenantDatabase, entity: str, text: str | bytes, name: str = "a.csv", *consents: str) -> ImportResult:
    spec = IMPORTS[entity]
    return desk.run(service.run_import, spec, file_of(text, name), Progress(), frozenset(consents)).result


def test_a_catalogue_changes_known_lines_by_their_code_and_finds_items_by_barcode(
    place: Restaurant, desk: TenantDatabase
) -> None:
    seen = look(desk, "supplier_prices", CATALOGUE, "prices.xml")
    assert seen.problems == ()
    assert (seen.plan.added, seen.plan.changed) == (1, 1)
    tins = next(change for change in seen.plan.changes if not change.is_new)
    assert [(one.old, one.new) for one in tins.differences if one.key == "price"] == [(D("33.25"), 34)]
    bring(desk, "supplier_prices", CATALOGUE, "prices.xml")
    packs = desk.run(suppliers.supplier, place.suppliers["Drago Dry Goods"]).packs
    water = next(pack for pack in packs if pack.supplier_code == "W-12")
    assert (water.item, water.pack, water.pack_quantity, water.prices[0].price) == (
        *("Sparkling water", "case 12 each", 12),
        D("11.88"),
    )
    assert str(water.prices[0].valid_from) == "2026-12-15"
    again = bring(desk, "supplier_prices", CATALOGUE, "prices.xml")
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)


@pytest.mark.parametrize(
    "text",
    [
        CATALOGUE[: len(CATALOGUE) // 2],
        CATALOGUE.replace("<Catalogue ", '<!DOCTYPE x [<!ENTITY a "ha">]><Catalogue ', 1),
        CATALOGUE.replace("<Catalogue ", '<!DOCTYPE x SYSTEM "file:///etc/passwd"><Catalogue ', 1),
        "<Invoice/>",
        "<Catalogue/>",
        "<" + "a>" * 10,
        "<a>" * 5000,
    ],
)
def test_what_is_no_catalogue_is_refused_in_one_sentence(text: str, desk: TenantDatabase) -> None:
    with pytest.raises(UserError) as refused:
        look(desk, "supplier_prices", text, "prices.xml")
    assert refused.value.text.startswith("prices.xml")


def test_a_price_of_another_unit_is_asked_about(place: Restaurant, desk: TenantDatabase) -> None:
    text = "Supplier,Product code,Price,Currency\nDrago Dry Goods,DRY-002,0.93,USD\nDrago Dry Goods,DRY-003,99,USD\n"
    seen = look(desk, "supplier_prices", text)
    assert [(doubt.row, doubt.field) for doubt in seen.plan.doubts] == [(2, "Price")]
    assert "× 12" in seen.plan.doubts[0].text
    with pytest.raises(Confirm) as asked:
        bring(desk, "supplier_prices", text)
    assert asked.value.consent == DOUBTS
    assert bring(desk, "supplier_prices", text, "a.csv", DOUBTS).changed == 2
    wrong = "Supplier,Product code,Price,Currency\nDrago Dry Goods,DRY-003,99,EUR\nDrago Dry Goods,GONE,1,USD\n"
    told = {(one.row, one.field) for one in look(desk, "supplier_prices", wrong).problems}
    assert {(2, "Currency"), (3, "Item")} <= told


def test_a_price_list_that_was_taken_is_taken_back_unless_somebody_went_on(
    place: Restaurant, desk: TenantDatabase
) -> None:
    text = "Supplier,Product code,Price,Valid from\nDrago Dry Goods,DRY-003,{price},2026-11-01\n"
    done = bring(desk, "supplier_prices", text.format(price="99"))
    desk.run(service.take_back, done)
    oil = desk.run(suppliers.offer, place.supplier_items["Olive oil"])
    assert oil.listed == D("98.6")
    done = bring(desk, "supplier_prices", text.format(price="97"))
    bring(desk, "supplier_prices", text.format(price="96"))
    with pytest.raises(UserError, match="cannot be taken back any more") as refused:
        desk.run(service.take_back, done)
    assert refused.value.problems[0].field == "Price"


def test_an_import_that_is_stopped_leaves_nothing(place: Restaurant, desk: TenantDatabase) -> None:
    progress = Progress()
    progress.stop()
    file = file_of("Code,Name,Currency\nA,Anna,USD\n")
    with pytest.raises(UserError, match="stopped"):
        desk.run(service.run_import, IMPORTS["suppliers"], file, progress)
    assert desk.run(suppliers.suppliers_summary, ListQuery()).count == 2


def test_people_and_accounts_come_encrypted(place: Restaurant, desk: TenantDatabase) -> None:
    with place.tenant.server.operator() as operator:
        code = begin_keys(operator, place.tenant.names)
    desk.run(unlock, code)
    text = "Supplier,Person,E-mail,IBAN,BIC\nGUS,Gina,gina@gusto.example,GB33BUKB20201555555555,BUKBGB22\n"
    assert bring(desk, "supplier_contacts", text).changed == 1
    assert bring(desk, "supplier_contacts", text).unchanged == 1
    gusto = place.suppliers["Gusto Foods"]
    assert desk.run(suppliers.bank_details, gusto)["account"].text == "GB33BUKB20201555555555"
    wrong = look(desk, "supplier_contacts", text.replace("GB33", "GB34").replace("GUS,", "Gusto Foods,"))
    assert [(one.row, one.field) for one in wrong.problems] == [(2, "Account")]
    people = "Code,Name,Kind,Payment days,Phone\nHH,Harbour Hotel,Wholesale,30,+1 555 010 2231\n"
    assert bring(desk, "customers", people).added == 1
    assert bring(desk, "customers", people.replace("2231", "2232")).changed == 1
    assert bring(desk, "customers", people.replace("2231", "2232")).unchanged == 1
    found = desk.run(customers.customers, ListQuery(search="+15550102232")).rows
    assert [row.code for row in found] == ["HH"]
    with place.tenant.as_root() as root:
        assert b"555" not in root.execute("SELECT phone FROM customers").fetchone()[0]  # type: ignore[index]


def test_recipes_come_with_their_lines_and_use_each_other(place: Restaurant, desk: TenantDatabase) -> None:
    text = (
        "Recipe,Ingredient,Quantity,Unit,Kind,Makes,Makes unit\n"
        "Pesto,Basil,200,g,Sub-recipe,0.5,kg\nPesto,Olive oil,300,ml,,,\n"
        "Toast,Pesto,30,g,Dish,1,portion\nMargherita,Mozzarella,150,g,,,\n"
    )
    assert look(desk, "recipes", text).problems == ()
    done = bring(desk, "recipes", text)
    assert (done.added, done.changed) == (3, 1)
    rows = {row.name: row.id for row in desk.run(recipes.recipes, ListQuery()).rows}
    toast = desk.run(recipes.recipe, rows["Toast"])
    assert next((one.name, one.quantity) for one in toast.ingredients) == ("Pesto", 30)
    pizza = desk.run(recipes.recipe, rows["Margherita"])
    assert {"Flour", "Tomato sauce", "Mozzarella", "Basil"} <= {one.name for one in pizza.ingredients}
    again = bring(desk, "recipes", text)
    assert (again.added, again.changed) == (0, 0)
    assert [(p.row, p.field) for p in look(desk, "recipes", "Recipe,Ingredient,Quantity\nPesto,Dust,1\n").problems] == [
        (2, "Ingredient")
    ]


def test_a_recipe_of_itself_is_refused_in_the_preview(place: Restaurant, desk: TenantDatabase) -> None:
    head = "Recipe,Ingredient,Quantity\n"
    bring(desk, "recipes", head + "Pesto,Basil,200\n")
    for rows, wrong in (
        ("Pesto,pesto,1\n", [2]),
        ("Sauce,Pesto,1\nPESTO,Oil mix,1\nOil mix,Sauce,2\nToast,Sauce,1\n", [2, 3, 4]),
    ):
        told = look(desk, "recipes", head + rows).problems
        assert [(one.row, one.field) for one in told] == [(row, "Ingredient") for row in wrong]
    assert "Pesto would be made of itself." in str(look(desk, "recipes", head + "Pesto,Pesto,1\n").problems[0].text)


def test_a_file_on_the_disk_is_read_as_what_it_is(tmp_path: Path, desk: TenantDatabase) -> None:
    (tmp_path / "prices.xml").write_text(CATALOGUE.replace("UTF-8", "UTF-16"), "utf-16")
    file = desk.run(service.open_file, tmp_path / "prices.xml")
    assert len(desk.run(service.check, IMPORTS["supplier_prices"], file).reading.rows) == 2
