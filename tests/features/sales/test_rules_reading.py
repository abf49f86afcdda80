"""How sales files of different tills are understood, and what is asked."""

import io
import zipfile
from collections.abc import Mapping
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.file_values import DateOrder
from ims_desktop.features.sales.rules import About, Choices, Field, Reading, SalesFile, read_sales


def read(text: str, choices: Choices | None = None, menu: frozenset[str] = frozenset()) -> Reading:
    return read_sales([SalesFile("sales.csv", text.encode())], choices, menu)


def mapped(reading: Reading) -> Mapping[str, Field]:
    return {column.header: column.field for column in reading.columns if column.field}


SQUARE = (
    "Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Gross Sales,Discounts,Net Sales,Tax,"
    "Transaction ID,Location,Dining Option,Event Type,Unit"
)
TOAST = (
    "Location,Order Id,Order #,Sent Date,Order Date,Check Id,Dining Option,Item Selection Id,PLU,"
    "Menu Item,Menu Group,Gross Price,Discount,Net Price,Qty,Tax,Void?"
)
SHOPIFY = (
    "Name,Email,Subtotal,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
    "Lineitem sku,Discount Amount"
)
SHOPKEEP = "Time,Operation Type,Store Code,Line Item,Price,Quantity,Subtotal,Discounts,Net Total,Tax,Transaction ID"
ITALIAN = "Numero ordine;Data;Ora;Codice articolo;Descrizione;Quantità;Prezzo unitario;Importo;Coperti"


@pytest.mark.parametrize(
    ("header", "row", "meanings"),
    [
        (
            SQUARE,
            "2026-10-05,10:15:00,UTC,Pizza,Deluxe,1.0,Large,DLX,$20.00,-$1.00,$19.00,$1.00,T1,Downtown,,Payment,ea",
            {
                "Date": Field.DATE,
                "Time": Field.TIME,
                "Item": Field.NAME,
                "Qty": Field.QUANTITY,
                "Price Point Name": Field.VARIATION,
                "SKU": Field.CODE,
                "Gross Sales": Field.GROSS,
                "Discounts": Field.DISCOUNT,
                "Net Sales": Field.TOTAL,
                "Transaction ID": Field.ORDER,
                "Location": Field.SITE,
                "Dining Option": Field.CHANNEL,
                "Event Type": Field.VOID,
                "Unit": Field.UNIT,
            },
        ),
        (
            TOAST,
            "Downtown,574,1,10/28/26 5:18 PM,10/28/26 5:10 PM,9,,77,12,Wings,Food,14.75,0.00,14.75,1.0,0.88,false",
            {
                "Order Id": Field.ORDER,
                "Order Date": Field.TIMESTAMP,
                "Item Selection Id": Field.LINE,
                "PLU": Field.CODE,
                "Menu Item": Field.NAME,
                "Gross Price": Field.GROSS,
                "Net Price": Field.TOTAL,
                "Void?": Field.VOID,
            },
        ),
        (
            SHOPKEEP,
            "2026-10-28 10:00,Sale,A1,Soup,5.00,2,10.00,0.00,10.00,0.50,T9",
            {"Time": Field.TIMESTAMP, "Store Code": Field.CODE, "Line Item": Field.NAME, "Transaction ID": Field.ORDER},
        ),
        (
            ITALIAN,
            "17;28/10/2026;20:15;M1;Margherita;2;7,50;15,00;4",
            {
                "Numero ordine": Field.ORDER,
                "Data": Field.DATE,
                "Ora": Field.TIME,
                "Codice articolo": Field.CODE,
                "Descrizione": Field.NAME,
                "Quantità": Field.QUANTITY,
                "Prezzo unitario": Field.PRICE,
                "Importo": Field.TOTAL,
                "Coperti": Field.COVERS,
            },
        ),
    ],
    ids=["square", "toast", "shopkeep", "italian"],
)
def test_the_columns_of_tills_are_understood(header: str, row: str, meanings: Mapping[str, Field]) -> None:
    reading = read(f"{header}\n{row}\n")
    assert meanings.items() <= mapped(reading).items()
    assert reading.questions == ()


def test_an_orders_total_is_not_taken_for_the_lines() -> None:
    reading = read(
        f"{SHOPIFY}\n#1,a@b.c,30,3,33,2026-08-24 05:24:22 +0500,1,Deluxe,10.00,DLX,0\n#1,,,,,,2,Soup,10.00,SOUP,\n"
    )
    assert mapped(reading)["Name"] is Field.ORDER
    assert mapped(reading)["Lineitem name"] is Field.NAME
    assert not {"Total", "Subtotal", "Taxes", "Discount Amount"} & mapped(reading).keys()


def test_a_column_is_recognised_by_the_menu_codes_in_it() -> None:
    text = "nr,when,thing,how many\n1,2026-10-28,margherita_m,2\n2,2026-10-28,napoli_l,1\n"
    reading = read(text, menu=frozenset({"margherita_m", "napoli_l"}))
    assert mapped(reading) == {"thing": Field.CODE}
    assert {question.missing for question in reading.questions} == {(Field.DATE, Field.TIMESTAMP), (Field.QUANTITY,)}


def test_every_choice_overrides_what_was_found() -> None:
    text = "a;b;c\n1;2;3,5\n"
    choices = Choices(
        encoding="cp1252",
        delimiter=";",
        header_row=1,
        decimal_sign=",",
        date_order=DateOrder.DAY_FIRST,
        columns={0: Field.ORDER, 1: Field.QUANTITY, 2: None},
    )
    reading = read(text, choices)
    assert mapped(reading) == {"a": Field.ORDER, "b": Field.QUANTITY}
    found = (
        reading.table.encoding,
        reading.table.delimiter,
        reading.table.header_row,
        reading.decimal_sign,
        reading.date_order,
    )
    assert {each.reason for each in found} == {"chosen"}


def test_a_column_may_be_left_out_by_choice() -> None:
    header = "order,date,item,quantity,total\n1,2026-10-28,Soup,1,5\n"
    assert "total" not in mapped(read(header, Choices(columns={4: None})))


def test_an_ambiguous_date_order_is_asked_with_the_line_that_speaks() -> None:
    dates = ["1/2/2015", "3/4/2015", "5/5/2015", "3/30/2015"]
    reading = read("order,date,item,quantity\n" + "".join(f"{at},{day},Soup,1\n" for at, day in enumerate(dates)))
    (question,) = reading.questions
    assert question.about is About.DATE_ORDER
    assert question.text == "What is 1/2/2015: 1 February 2015 or 2 January 2015?"
    assert question.hint == "Line 5, 3/30/2015, speaks for month first."
    assert (question.lines, question.suggested) == (2, DateOrder.MONTH_FIRST)
    assert reading.date_order.value is None


def test_lines_that_speak_for_both_orders_suggest_none() -> None:
    dates = ["1/2/2015", "30/3/2015", "3/30/2015"]
    (question,) = read("order,date,item,qty\n" + "".join(f"1,{day},Soup,1\n" for day in dates)).questions
    assert question.suggested is None
    assert "Line 3" in question.hint
    assert "Line 4" in question.hint


def test_dates_that_fit_one_order_only_are_not_asked() -> None:
    assert read("order,date,item,qty\n1,30.3.2015,Soup,1\n").date_order.value is DateOrder.DAY_FIRST
    assert read("order,date,item,qty\n1,2015-01-02,Soup,1\n").questions == ()


ORDERS = b"order_id,date,time\n1,2015-01-01,11:38:36\n2,2015-01-01,11:57:40\n"
DETAILS = b"order_details_id,order_id,pizza_id,quantity\n1,1,ham_m,1\n2,2,ham_m,2\n3,2,dlx_l,1\n4,9,dlx_l,1\n"
PRICES = b"pizza_id,size,price\nham_m,M,13.25\ndlx_l,L,20.50\n"
OTHER = b"Table,Field\norders,order_id\norders,date\n"


def joined_files() -> list[SalesFile]:
    contents = {"orders.csv": ORDERS, "details.csv": DETAILS, "prices.csv": PRICES, "dictionary.csv": OTHER}
    return [SalesFile(name, content) for name, content in contents.items()]


def zipped(files: list[SalesFile]) -> SalesFile:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.writestr(f"year/{file.name}", file.content)
        archive.writestr("read me.pdf", b"%PDF")
    return SalesFile("year.zip", out.getvalue())


@pytest.mark.parametrize("archived", [False, True])
def test_files_that_belong_together_are_joined_by_their_shared_columns(archived: bool) -> None:
    files = joined_files()
    reading = read_sales([zipped(files)] if archived else files)
    assert reading.joined.steps == (("orders.csv", "order_id"), ("prices.csv", "pizza_id"))
    assert reading.joined.left_out == ("dictionary.csv",)
    assert list(reading.table.rows[1]) == ["2", "2", "ham_m", "2", "2015-01-01", "11:57:40", "M", "13.25"]
    assert reading.joined.unmatched == {5: ("order_id", "9")}
    assert len(reading.table.rows) == 4


def test_a_shared_column_that_is_no_key_joins_nothing() -> None:
    twice = SalesFile("twice.csv", b"order_id,note\n1,a\n1,b\n")
    reading = read_sales([SalesFile("details.csv", DETAILS), twice])
    assert reading.joined.left_out == ("twice.csv",)
    assert len(reading.table.rows) == 4


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (SalesFile("x.zip", b"PK\x03\x04 broken"), "damaged or locked"),
        (SalesFile("x.xlsx", b"PK\x03\x04 workbook"), "no workbook"),
        (zipped([]), "holds no CSV"),
        (zipped([SalesFile(f"{number}.csv", b"a,b\n1,2\n") for number in range(30)]), "holds too much"),
        (SalesFile("x.csv", b""), "is empty"),
    ],
)
def test_what_cannot_be_unpacked_is_refused(file: SalesFile, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        read_sales([file])
    with pytest.raises(UserError, match="No file"):
        read_sales([])


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(UserError):
        reading = read_sales([SalesFile("anything", content)])
        assert len(reading.columns) == len(reading.table.header)
