"""Files of the tills of this world: their columns are understood, and what was answered once is not asked again."""

import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from xlsxwriter import Workbook

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.file_values import DateOrder
from ims_desktop.features.sales import service
from ims_desktop.features.sales.rules import (
    About,
    Choices,
    Field,
    Kind,
    Known,
    MenuItem,
    Preview,
    Reading,
    SalesFile,
    Site,
    check,
    read_sales,
)
from ims_desktop.features.sales.service import FileToImport
from tests.restaurant import seed
from tests.tenants import Tenant

D = Decimal
MENU = (MenuItem(uuid4(), "P1", "Wings", D("14.75")), MenuItem(uuid4(), "C1", "Espresso", D("3.00")))
SITE = Site(uuid4(), "Downtown", ZoneInfo("America/New_York"))


def understood(content: bytes, name: str = "till.csv", choices: Choices | None = None) -> tuple[Reading, Preview]:
    """A file as it is read and checked."""
    reading = read_sales([SalesFile(name, content)], choices or Choices(), [one.name for one in MENU])
    return reading, check(reading, Known(MENU, (SITE,), datetime.now(UTC), SITE))


def rows(header: str, *lines: str, sign: str = ",") -> bytes:
    """A text file."""
    return "\n".join([header, *lines]).replace(",", sign).encode()


SQUARE = (
    "Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Modifiers Applied,Gross Sales,Discounts,Net Sales,Tax,"
    "Transaction ID,Payment ID,Device Name,Notes,Details,Event Type,Location,Dining Option,Customer ID,Customer Name,"
    "Customer Reference ID,Unit,Count"
)
SQUARE_LINE = (
    "2026-10-05,10:15:00,Eastern,Food,Wings,2.0,,,,$29.50,$0.00,$29.50,$2.36,T{n},P1,Till,,,{event},Downtown,Here,,,,,1"
)
SQUARE_AU = (
    "Date,Category,Item,Qty,Price Point Name,SKU,Modifiers Applied,Product Sales,Discounts,Net Sales,Tax,Gross Sales,"
    "Location,Dining Option,Customer ID,Customer Name,Customer Reference ID,Unit,Count,Channel"
)
TOAST = (
    "Location,Order Id,Order #,Sent Date,Order Date,Check Id,Server,Table,Dining Area,Service,Dining Option,"
    "Item Selection Id,Item Id,Master Id,SKU,PLU,Menu Item,Menu Subgroup(s),Menu Group,Menu,Sales Category,Gross Price,"
    "Discount,Net Price,Qty,Tax,Void?,Deferred,Tax Exempt,Tax Inclusion Option,Dining Option Tax,Tab Name"
)
TOAST_LINE = (
    "Downtown,574{n},{n},10/18/25 5:18 PM,10/18/25 5:10 PM,1,Ann,4,Hall,Dinner,Dine In,99{n},57,57,,,Wings,,Chicken,"
    "All Day,Food,14.75,0.00,14.75,1.0,0.88000000,false,false,false,,,"
)
OLD_TOAST = (
    "Order Id,Order #,Sent Date,Item Id,Menu Item,Menu Subgroup(s),Menu Group,Menu,Sales Category,Gross Price,Discount,"
    "Net Price,Qty,Tax,Void?"
)
SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,"
    "Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,"
    "Lineitem name,Lineitem price"
)
SHOPKEEP = (
    "Time,Register Name/Number,Cashier Name,Operation Type,Store Code,UPC,Line Item,Department,Category,Supplier,"
    "Supplier Code,Cost,Price,Quantity,Modifiers,Subtotal,Discounts,Net Total,Tax,Total Due,Transaction ID,Customer ID"
)
FORMATS = {
    "Square, 26 first columns of 29, 32 and 35": (
        rows(SQUARE, SQUARE_LINE.format(n=1, event="Payment"), SQUARE_LINE.format(n=2, event="Payment")), 2, "59.00",
    ),
    "Square, Australia": (
        rows(SQUARE_AU, "25/10/2025,Food,Wings,2,,,,29.50,0.00,29.50,2.95,32.45,Downtown,Here,,,,,1,Till"), 1, "29.50",
    ),
    "Toast, 32 columns": (rows(TOAST, TOAST_LINE.format(n=1), TOAST_LINE.format(n=2)), 2, "29.50"),
    "Toast, 15 columns": (
        rows(OLD_TOAST, "5740022,1,1/21/23 1:17 PM,57,Wings,,Chicken,All Day,Food,14.75,0.00,14.75,1.0,0.88,false"),
        1, "14.75",
    ),
    "Shopify": (
        rows(
            SHOPIFY,
            "#1001,a@b.c,paid,,,,no,USD,17.75,0,1.5,19.25,,0,,2025-08-04 05:24:22 -0400,1,Wings,14.75",
            "#1001,,,,,,,,,,,,,,,,1,Espresso,3.00",
        ),
        1, "17.75",
    ),
    "ShopKeep": (
        rows(
            SHOPKEEP,
            "2025-10-05 10:15:00,1,Ann,Sale,W1,,Wings,Food,Hot,,,4.00,14.75,2,,29.50,0.00,29.50,2.36,31.86,TX1,",
        ),
        1, "29.50",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_the_exports_of_tills_are_understood_without_a_question(name: str) -> None:
    content, orders, revenue = FORMATS[name]
    reading, preview = understood(content)
    assert reading.questions == ()
    assert [group for group in preview.problems if group.kind.weight.name in ("HELD", "ANSWER", "KEPT")] == []
    assert (len(preview.orders), preview.totals.revenue_accepted) == (orders, D(revenue))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("how", ["semicolons", "utf-16", "workbook"])
def test_and_so_they_are_saved_in_any_way(name: str, how: str) -> None:
    content, orders, revenue = FORMATS[name]
    cells = list(csv.reader(io.StringIO(content.decode())))
    if how == "workbook":
        packed = io.BytesIO()
        with Workbook(packed) as book:
            sheet = book.add_worksheet()
            for place, line in enumerate(cells):
                sheet.write_row(place, 0, [float(c) if c.replace(".", "", 1).isdigit() else c for c in line])
        saved = packed.getvalue()
    else:
        text = io.StringIO()
        csv.writer(text, delimiter=";" if how == "semicolons" else ",").writerows(cells)
        saved = text.getvalue().encode("utf-16" if how == "utf-16" else "utf-8")
    _reading, preview = understood(saved, "till.xlsx" if how == "workbook" else "till.csv")
    assert (len(preview.orders), preview.totals.revenue_accepted) == (orders, D(revenue))


def test_decimal_commas_are_read_as_such() -> None:
    content = b"Bon;Datum;Artikel;Menge;Preis;Gesamt\n1;18.10.2025;Wings;2;14,75;29,50\n"
    reading, preview = understood(content)
    assert (reading.decimal_sign.value, reading.questions) == (",", ())
    assert preview.totals.revenue_accepted == D("29.50")


def test_a_decimal_sign_that_nothing_tells_is_asked_for() -> None:
    content = b"Order,Date,Item,Qty,Total\n1,2025-10-18,Wings,1,1.500\n2,2025-10-18,Wings,1,2.000\n"
    reading, preview = understood(content)
    assert [question.about for question in reading.questions] == [About.DECIMAL_SIGN]
    assert "1.500" in reading.questions[0].text
    assert (preview.ready, preview.totals.waiting) == (False, 2)
    said, answered = understood(content, choices=Choices(decimal_sign=","))
    assert said.questions == ()
    assert answered.totals.revenue_accepted == D(3500)


def test_a_day_report_nests_its_lines_and_is_read_as_json_and_as_xml() -> None:
    products = [
        {"_id": "P1", "_name": "Wings", "_amount": "2", "_price": "14.75", "_total": "29.50", "Taxes": {"Tax": []}},
        {"_id": "C1", "_name": "Espresso", "_amount": "3", "_price": "3.00", "_total": "9.00"},
    ]
    report = {
        "_date": "2025-10-18",
        "CategoryRevenues": {"CategoryRevenue": {"ProductRevenues": {"ProductRevenue": products}}},
    }
    of_json = json.dumps({"PosiosExport": {"DayReport": report}}).encode()
    lines = "".join(
        f'<ProductRevenue id="{one["_id"]}" name="{one["_name"]}" amount="{one["_amount"]}" price="{one["_price"]}"'
        f' total="{one["_total"]}"/>'
        for one in products
    )
    of_xml = f'<Export><DayReport date="2025-10-18"><ProductRevenues>{lines}</ProductRevenues></DayReport></Export>'
    for content, name in ((of_json, "day.json"), (of_xml.encode(), "day.xml")):
        reading, preview = understood(content, name)
        assert reading.questions == (), name
        [order] = preview.orders
        assert [(line.quantity, line.revenue) for line in order.lines] == [(D(2), D("29.50")), (D(3), D("9.00"))]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"a": [1, 2', "looks like JSON"),
        (b"<a><b></a>", "looks like XML"),
        (b'<!DOCTYPE a [<!ENTITY e "boom">]><a>&e;</a>', "declares entities"),
        (b"[" * 100_000, "cannot be read"),
        (b"<a>" * 500 + b"</a>" * 500, "deep"),
        (b"{}", "holds no lines"),
    ],
)
def test_damaged_and_hostile_trees_are_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(UserError, match=words):
        understood(content, "report")


def a_file(site: UUID, number: int, day: int, choices: Choices | None = None) -> FileToImport:
    """A file of one till whose dates can be read both ways."""
    content = f"Bon,Datum,Speise,Wieviel,Preis\n{number},0{day}/04/2025,Margherita,1,11.50\n".encode()
    return FileToImport((SalesFile(f"{number}.csv", content),), choices or Choices(), site, is_new=choices is None)


def test_the_second_file_of_a_till_asks_nothing(tenant: Tenant) -> None:
    restaurant = seed(tenant)
    desk = tenant.desk()
    first = desk.run(service.check_file, a_file(restaurant.site, 1, 3))
    assert {question.about for question in first.reading.questions} == {About.DATE_ORDER, About.MISSING_COLUMN}
    columns = {2: Field.NAME, 3: Field.QUANTITY}
    answers = Choices(date_order=DateOrder.DAY_FIRST, columns=columns)
    answered = desk.run(service.check_file, a_file(restaurant.site, 1, 3, answers))
    assert answered.preview.ready
    service.record_orders(desk.run, answered.prepared())
    desk.run(service.remember_reading, answered)
    second = desk.run(service.check_file, a_file(restaurant.site, 2, 5))
    assert second.reading.questions == ()
    assert second.remembered is not None
    assert [str(order.business_day) for order in second.preview.orders] == ["2025-04-05"]
    colleague = tenant.desk(tenant.person("MANAGER"))
    assert colleague.run(service.check_file, a_file(restaurant.site, 2, 5)).remembered is not None


def test_what_one_till_was_told_is_not_told_to_another(tenant: Tenant) -> None:
    restaurant = seed(tenant)
    desk = tenant.desk()
    answers = Choices(date_order=DateOrder.DAY_FIRST, columns={2: Field.NAME, 3: Field.QUANTITY})
    answered = desk.run(service.check_file, a_file(restaurant.site, 1, 3, answers))
    desk.run(service.remember_reading, answered)
    elsewhere = desk.run(service.check_file, a_file(restaurant.sites["Harbour"], 1, 3))
    assert elsewhere.remembered is None
    other = a_file(restaurant.site, 1, 3)
    renamed = other.files[0].content.replace(b"Wieviel", b"Anzahl")
    file = FileToImport((SalesFile("1.csv", renamed),), Choices(), restaurant.site)
    assert desk.run(service.check_file, file).remembered is None


def test_an_answer_given_now_goes_before_a_remembered_one(tenant: Tenant) -> None:
    restaurant = seed(tenant)
    desk = tenant.desk()
    answers = Choices(date_order=DateOrder.DAY_FIRST, columns={2: Field.NAME, 3: Field.QUANTITY})
    desk.run(service.remember_reading, desk.run(service.check_file, a_file(restaurant.site, 1, 3, answers)))
    now = Choices(date_order=DateOrder.MONTH_FIRST)
    file = a_file(restaurant.site, 2, 5)
    checked = desk.run(service.check_file, FileToImport(file.files, now, restaurant.site))
    assert [str(order.business_day) for order in checked.preview.orders] == ["2025-05-04"]


def test_a_column_of_nobodys_name_that_makes_the_total_is_the_quantity() -> None:
    reading, preview = understood(b"Order,Date,Item,Wieviel,Price,Total\n1,2025-10-18,Wings,2,14.75,29.50\n")
    assert reading.place(Field.QUANTITY) == 3
    assert preview.totals.revenue_accepted == D("29.50")
    _reading, odd = understood(b"Order,Date,Item,Wieviel,Price,Total\n1,2025-10-18,Wings,3,14.75,29.50\n")
    assert Kind.MISSING_COLUMN in {group.kind for group in odd.problems}
