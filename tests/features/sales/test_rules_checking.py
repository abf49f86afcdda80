"""Every problem of a sales file at once, and what is imported in spite of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ims_desktop.domain.file_values import DateOrder
from ims_desktop.features.sales.rules import (
    Choices,
    Field,
    Kind,
    Known,
    MenuItem,
    Place,
    Preview,
    SalesFile,
    Site,
    check,
    read_sales,
)

NAMESPACE = UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")


def item(code: str, name: str, price: str | None) -> MenuItem:
    return MenuItem(uuid5(NAMESPACE, code), code, name, None if price is None else Decimal(price))


HAM = item("ham_m", "Ham M", "13.25")
DELUXE_M, DELUXE_L = item("dlx_m", "Deluxe", "16.00"), item("dlx_l", "Deluxe", "20.50")
NDUJA = item("nduja", "‘Nduja Salami", "16.25")
WATER = item("water", "Water", None)
DOWNTOWN = Site(uuid5(NAMESPACE, "d"), "Downtown", ZoneInfo("America/New_York"), time(4), date(2015, 1, 1))
RIVERSIDE = Site(uuid5(NAMESPACE, "r"), "River side", ZoneInfo("America/New_York"), time(4), date(2015, 6, 1))
KNOWN = Known(
    (HAM, DELUXE_M, DELUXE_L, NDUJA, WATER),
    (DOWNTOWN, RIVERSIDE),
    datetime(2016, 1, 1, 12, tzinfo=UTC),
    DOWNTOWN,
    {"HOUSE HAM": "ham_m"},
)
HEADER = "order,date,time,code,name,quantity,price,total"


def preview(text: str | bytes, choices: Choices | None = None, known: Known = KNOWN) -> Preview:
    content = text if isinstance(text, bytes) else text.encode()
    return check(read_sales([SalesFile("sales.csv", content)], choices, [each.code for each in known.menu]), known)


def checked(*rows: str, header: str = HEADER, choices: Choices | None = None, known: Known = KNOWN) -> Preview:
    return preview("\n".join([header, *rows]), choices, known)


def places(found: Preview, kind: Kind) -> Sequence[Place]:
    return next((group.places for group in found.problems if group.kind is kind), ())


GOOD = "1,2015-01-01,11:38:36,ham_m,Ham M,2,13.25,26.50"


def test_a_good_line_becomes_an_order() -> None:
    found = checked(GOOD, "1,2015-01-01,11:38:40,dlx_l,Deluxe,1,20.50,20.50")
    (order,) = found.orders
    assert (order.reference, order.site, order.business_day) == ("1", DOWNTOWN.id, date(2015, 1, 1))
    assert order.moment == datetime(2015, 1, 1, 11, 38, 36)
    assert [tuple(line)[:5] for line in order.lines] == [
        (2, HAM.id, Decimal(2), Decimal("13.25"), Decimal("26.50")),
        (3, DELUXE_L.id, Decimal(1), Decimal("20.50"), Decimal("20.50")),
    ]
    assert found.problems == ()
    assert found.ready
    assert (found.totals.lines, found.totals.orders, found.totals.quantity) == (2, 1, 3)
    assert found.totals.revenue == found.totals.revenue_accepted == 47


@pytest.mark.parametrize(
    ("row", "kind", "place"),
    [
        ("2,2015-01-01,12:00,truffle,Truffle,1,24,24", Kind.UNKNOWN_PRODUCT, ("code", "Truffle")),
        ("2,2015-01-01,12:00,,,1,24,24", Kind.BLANK, ("code", "")),
        ("2,2015-01-01,12:00,,Deluxe,1,16,16", Kind.SEVERAL_PRODUCTS, ("code", "Deluxe")),
        ("2,2015-13-41,12:00,ham_m,,1,13.25,13.25", Kind.BAD_DATE, ("date", "2015-13-41")),
        ("2,soon,12:00,ham_m,,1,13.25,13.25", Kind.BAD_DATE, ("date", "soon")),
        ("2,,12:00,ham_m,,1,13.25,13.25", Kind.BLANK, ("date", "")),
        ("2,2015-01-01,25:00,ham_m,,1,13.25,13.25", Kind.BAD_TIME, ("time", "25:00")),
        ("2,2015-01-01,12:00,ham_m,,one,13.25,13.25", Kind.BAD_NUMBER, ("quantity", "one")),
        ("2,2015-01-01,12:00,ham_m,,2x,13.25,13.25", Kind.BAD_NUMBER, ("quantity", "2x")),
        ("2,2015-01-01,12:00,ham_m,,,13.25,13.25", Kind.BLANK, ("quantity", "")),
        ("2,2015-01-01,12:00,ham_m,,0,13.25,0", Kind.NEGATIVE, ("quantity", "0")),
        ("2,2015-01-01,12:00,ham_m,,-1,13.25,-13.25", Kind.NEGATIVE, ("quantity", "-1")),
        ("2,2015-01-01,12:00,ham_m,,99999,13.25,", Kind.ABSURD, ("quantity", "99999")),
        ("2,2015-01-01,12:00,ham_m,,1,9000000,9000000", Kind.ABSURD, ("price", "9000000")),
        ('2,2015-01-01,12:00,ham_m,,1,"13,25",13.25', Kind.OTHER_DECIMAL_SIGN, ("price", "13,25")),
        ("2,2015-01-01,12:00,ham_m,,1,17.95,19.75", Kind.WRONG_TOTAL, ("total", "19.75")),
        ("2,2016-05-01,12:00,ham_m,,1,13.25,13.25", Kind.FUTURE, ("date", "2016-05-01")),
        ("2,2014-12-31,12:00,ham_m,,1,13.25,13.25", Kind.BEFORE_OPENING, ("date", "2014-12-31")),
        (f"{'2' * 101},2015-01-01,12:00,ham_m,,1,13.25,13.25", Kind.TOO_LONG, ("order", "2" * 40 + "…")),
        (GOOD, Kind.REPEATED_LINE, ("order", "1")),
        ("1,2015-01-02,11:00,dlx_m,,1,16,16", Kind.TWO_DAYS, ("order", "1")),
        (",2015-01-02,11:00,dlx_m,,1,16,16", Kind.BLANK, ("order", "")),
        ("2,2015-01-01,12:00,water,,1,,", Kind.BLANK, ("price", "")),
        ("2,2015-01-01,12:00,ham_m", Kind.DAMAGED_ROW, ("", "")),
        ('2,2015-01-01,12:00,"ham_m,,1,13.25,13.25', Kind.DAMAGED_ROW, ("", "")),
        ("2,2015-01-01,12:00,ham_m,,1,13.25,1\x003.25", Kind.DAMAGED_ROW, ("", "")),
    ],
)
def test_a_wrong_line_is_held_back_alone_with_its_row_column_and_value(
    row: str, kind: Kind, place: tuple[str, str]
) -> None:
    last = "3,2015-01-01,13:00,dlx_m,,1,16.00,16.00"
    found = checked(GOOD, row, last)
    where, *_ = places(found, kind)
    assert (where.row, where.column, where.value) == (3, *place)
    assert (found.totals.accepted, found.totals.held + found.totals.kept) == (2, 1)
    assert found.totals.revenue_accepted == Decimal("42.50")
    assert found.totals.revenue == found.totals.revenue_accepted + found.totals.revenue_held + found.totals.revenue_kept
    assert [order.reference for order in found.orders] == ["1", "3"]


def test_all_problems_of_all_lines_are_said_at_once() -> None:
    found = checked("1,soon,25:00,truffle,,one,x,y", "1,2015-01-01,12:00,ham_m,,-3,13.25,-39.75", GOOD)
    kinds = {group.kind for group in found.problems}
    assert kinds >= {Kind.BAD_DATE, Kind.UNKNOWN_PRODUCT, Kind.BAD_NUMBER, Kind.NEGATIVE}
    assert len(places(found, Kind.BAD_NUMBER)) == 3
    assert found.totals.held == 2
    assert found.totals.unreadable_amounts == 1


def test_of_an_order_with_one_wrong_line_the_others_are_imported() -> None:
    found = checked(GOOD, "1,2015-01-01,11:38:36,truffle,,1,24.00,24.00")
    assert [len(order.lines) for order in found.orders] == [1]
    assert (found.totals.revenue_accepted, found.totals.revenue_kept) == (Decimal("26.50"), Decimal(24))


def test_orders_that_were_imported_before_are_held_back() -> None:
    known = replace(KNOWN, imported=frozenset({(DOWNTOWN.id, "1"), (RIVERSIDE.id, "2")}))
    found = checked(GOOD, "2,2015-01-01,12:00,dlx_m,,1,16,16", known=known)
    assert [place.row for place in places(found, Kind.ALREADY_IMPORTED)] == [2]
    assert [order.reference for order in found.orders] == ["2"]


def test_an_ambiguous_date_waits_for_the_answer_and_holds_nothing_else() -> None:
    rows = [f"{at},{day},12:00,ham_m,,1,13.25,13.25" for at, day in enumerate(["1/2/2015", "3/30/2015"], 1)]
    found = checked(*rows)
    assert [place.value for place in places(found, Kind.DATE_ORDER)] == ["1/2/2015"]
    assert (found.totals.waiting, found.totals.accepted, found.ready) == (1, 1, False)
    answered = checked(*rows, choices=Choices(date_order=DateOrder.MONTH_FIRST))
    assert [order.business_day for order in answered.orders] == [date(2015, 1, 2), date(2015, 3, 30)]
    wrong = checked(*rows, choices=Choices(date_order=DateOrder.DAY_FIRST))
    assert places(wrong, Kind.BAD_DATE)[0].note == "there is no such day, day first"


def test_a_missing_column_is_asked_for_and_everything_waits() -> None:
    found = preview("order,date,code\n1,2015-01-01,ham_m\n2,2015-01-01,truffle\n")
    assert [place.note for place in places(found, Kind.MISSING_COLUMN)] == ["Which column is “Quantity”?"]
    assert not found.ready
    assert (found.totals.waiting, found.totals.held) == (2, 0)
    assert (
        preview("order,date,code\n1,2015-01-01,ham_m\n", Choices(each_line_is_one=True)).orders[0].lines[0].quantity
        == 1
    )


def test_every_missing_column_is_named() -> None:
    found = preview("aa,bb\nx,y\n")
    assert len(places(found, Kind.MISSING_COLUMN)) == 3
    assert all(title in found.problems[0].detail for title in ("“Date and time”", "“Menu code”", "“Quantity”"))
    assert found.orders == ()


def test_names_sizes_and_the_tills_own_words_lead_to_the_menu() -> None:
    header = "order,date,item,size,quantity"
    known = replace(KNOWN, menu=(HAM, item("dlx_m", "Deluxe M", "16"), item("dlx_l", "Deluxe L", "20.5")))
    found = checked(
        "1,2015-01-01,Deluxe,L,1", "2,2015-01-01,dlx,m,1", "3,2015-01-01,house ham,,1", header=header, known=known
    )
    assert [order.lines[0].menu_item for order in found.orders] == [DELUXE_L.id, DELUXE_M.id, HAM.id]
    assert len(places(found, Kind.MENU_PRICE)) == 3


def test_the_hours_after_midnight_belong_to_the_day_before() -> None:
    found = checked("1,2015-06-02,00:24:17,ham_m,,1,13.25,13.25")
    assert found.orders[0].business_day == date(2015, 6, 1)
    assert places(found, Kind.AFTER_MIDNIGHT)[0] == Place(2, "time", "00:24:17", "cut-over 04:00")


def test_instants_with_an_offset_are_told_in_the_sites_time() -> None:
    found = preview("order,created at,code,quantity\n1,2015-06-02T02:30:00Z,ham_m,1\n")
    assert found.orders[0].moment == datetime(2015, 6, 1, 22, 30)
    assert found.orders[0].business_day == date(2015, 6, 1)


def test_a_file_with_days_only_has_no_times_and_one_order_a_day_without_numbers() -> None:
    found = preview("date,code,quantity\n2015-01-01,ham_m,40\n2015-01-01,dlx_m,12\n2015-01-02,ham_m,30\n")
    assert [(order.reference, order.moment, len(order.lines)) for order in found.orders] == [
        ("2015-01-01", None, 2),
        ("2015-01-02", None, 1),
    ]
    assert found.business_days == 2


def test_the_restaurant_column_leads_each_line_to_its_site() -> None:
    header = "location," + HEADER
    found = checked(
        f"Downtown,{GOOD}", f"RIVERSIDE,{GOOD}".replace("01-01", "07-01"), f"Moon,{GOOD}", f",{GOOD}", header=header
    )
    assert [order.site for order in found.orders] == [DOWNTOWN.id, RIVERSIDE.id]
    assert [place.value for place in places(found, Kind.UNKNOWN_SITE)] == ["Moon"]
    nowhere = checked(GOOD, known=replace(KNOWN, site=None))
    assert places(nowhere, Kind.UNKNOWN_SITE)[0].note == "choose the restaurant of this file"


def test_numbers_that_restart_daily_are_told_apart_by_their_day() -> None:
    rows = (GOOD, GOOD.replace("01-01", "01-02"))
    assert places(checked(*rows), Kind.TWO_DAYS)
    found = checked(*rows, choices=Choices(numbers_restart_daily=True))
    assert [order.reference for order in found.orders] == ["2015-01-01/1", "2015-01-02/1"]


def test_equal_lines_are_two_sales_where_the_till_writes_one_line_a_piece() -> None:
    found = checked(GOOD, GOOD, choices=Choices(repeats_are_sales=True))
    assert len(found.orders[0].lines) == 2


def test_line_numbers_say_which_lines_are_the_same() -> None:
    header = "line id," + HEADER
    found = checked(f"7,{GOOD}", f"8,{GOOD}", f"7,{GOOD}", header=header)
    assert [place.row for place in places(found, Kind.REPEATED_LINE)] == [4]


def test_void_and_refunded_lines_are_left_out_with_a_note() -> None:
    header = HEADER + ",void?"
    found = checked(f"{GOOD},false", "2,bad,bad,bad,,bad,bad,13.25,TRUE", header=header)
    assert [place.row for place in places(found, Kind.VOIDED)] == [3]
    assert (found.totals.accepted, found.totals.left_out, found.totals.held) == (1, 1, 0)
    assert found.totals.revenue_left_out == Decimal("13.25")


def test_discounts_lie_between_the_gross_and_the_net() -> None:
    header = "order,date,item,qty,gross sales,discounts,net sales"
    found = checked(
        "1,2015-01-01,Ham M,2,$26.50,-$1.50,$25.00", "2,2015-01-01,Ham M,2,$26.50,$0.00,$26.50", header=header
    )
    assert [order.lines[0].revenue for order in found.orders] == [Decimal(25), Decimal("26.5")]
    assert found.orders[0].lines[0].unit_price == Decimal("12.5")
    assert found.problems == ()


def test_units_other_than_pieces_are_refused() -> None:
    found = checked(f"{GOOD},kg", f"{GOOD},EA", header=HEADER + ",unit")
    assert [place.value for place in places(found, Kind.UNKNOWN_UNIT)] == ["kg"]


def test_another_price_than_the_menus_is_a_note() -> None:
    found = checked("1,2015-01-01,12:00,ham_m,,1,12.00,12.00")
    assert places(found, Kind.PRICE_DIFFERS) == (Place(2, "price", "12.00", "menu: 13.25"),)
    assert found.totals.accepted == 1


def test_guessed_and_broken_letters_are_noted() -> None:
    row = "1,2015-01-01,12:00,,‘Nduja Salami,1,16.25,16.25"
    guessed = preview(f"{HEADER}\n{row}\n".encode("cp1252"))
    assert [place.value for place in places(guessed, Kind.LETTERS)] == ["‘Nduja Salami"]
    assert guessed.orders[0].lines[0].menu_item == NDUJA.id
    broken = preview(f"{HEADER}\n{row}\n".encode().decode("cp1252").encode())
    assert [place.row for place in places(broken, Kind.BROKEN_LETTERS)] == [2]


def test_date_and_time_of_an_order_may_stand_in_its_first_line_only() -> None:
    header = "name,created at,lineitem quantity,lineitem name,lineitem price"
    found = checked("#1,2015-08-04 05:24:22 -0400,1,Ham M,13.25", "#1,,2,Water,2.00", header=header)
    assert [len(order.lines) for order in found.orders] == [2]
    assert found.orders[0].moment == datetime(2015, 8, 4, 5, 24, 22)


def test_channel_and_covers_come_with_the_order() -> None:
    found = checked(f"{GOOD},,", f"{GOOD.replace('ham_m', 'dlx_m')},Take away,4", header=HEADER + ",channel,covers")
    assert (found.orders[0].channel, found.orders[0].covers) == ("Take away", 4)


def test_a_channel_too_long_and_guests_beyond_any_house_are_held_back_before_anything_is_sent() -> None:
    rows = "1,2015-01-01,11:38,ham_m,1,13.25," + "x" * 101 + ",2\n2,2015-01-01,11:39,ham_m,1,13.25,Bar," + "9" * 5_000
    text = f"order,date,time,code,quantity,price,channel,covers\n{rows}\n3,2015-01-01,11:40,ham_m,1,13.25,Bar,4\n"
    found = preview(text)
    assert [(where.row, where.column) for where in places(found, Kind.TOO_LONG)] == [(2, "channel")]
    assert [(where.row, where.column) for where in places(found, Kind.ABSURD)] == [(3, "covers")]
    assert [order.reference for order in found.orders] == ["3"]


def test_lines_without_a_partner_in_a_joined_file_are_held_back() -> None:
    files = [
        SalesFile("orders.csv", b"order_id,date\n1,2015-01-01\n"),
        SalesFile("lines.csv", b"order_id,code,quantity\n1,ham_m,1\n9,ham_m,1\n"),
    ]
    found = check(read_sales(files), KNOWN)
    assert places(found, Kind.NO_PARTNER) == (Place(3, "", "9", "column order_id"),)
    assert len(found.orders) == 1


lines = st.lists(
    st.tuples(
        st.integers(1, 30),
        st.sampled_from([HAM, DELUXE_L, NDUJA]),
        st.integers(1, 9),
        st.times(time(10), time(23)),
    ),
    min_size=1,
    max_size=25,
    unique_by=lambda line: (line[0], line[1].code),
)


@settings(max_examples=60)
@given(
    lines,
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    st.sampled_from([";", "\t", "|"]),
    st.sampled_from(".,"),
    st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%d.%m.%y"]),
)
def test_any_way_of_writing_the_same_sales_gives_the_same_orders(
    sold: list[tuple[int, MenuItem, int, time]], encoding: str, delimiter: str, sign: str, written: str
) -> None:
    rows = [HEADER.split(",")]
    expected = Decimal(0)
    for order, each, quantity, clock in sold:
        price = each.price or Decimal(0)
        day = date(2015, 1, 1 + order % 28)
        expected += price * quantity
        numbers = [str(number).replace(".", sign) for number in (quantity, price, price * quantity)]
        rows.append([str(order), f"{day:{written}}", f"{clock:%H:%M:%S}", each.code, each.name, *numbers])
    content = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
    order_of_dates = DateOrder.MONTH_FIRST if written.startswith("%m") else DateOrder.DAY_FIRST
    found = preview(content, Choices(date_order=order_of_dates, decimal_sign=sign))
    assert {group.kind for group in found.problems} <= {Kind.LETTERS}
    assert found.totals.revenue_accepted == expected
    assert sum(line.quantity for order in found.orders for line in order.lines) == sum(each[2] for each in sold)
    assert {order.business_day for order in found.orders} == {date(2015, 1, 1 + each[0] % 28) for each in sold}


@settings(max_examples=60)
@given(st.lists(st.text(alphabet="01239.-:/,abc \"'", max_size=12), min_size=1, max_size=40))
def test_the_lines_always_add_up(cells: list[str]) -> None:
    rows = [",".join(cells[at : at + 8]) for at in range(0, len(cells), 8)]
    found = checked(*rows, GOOD, choices=Choices(header_row=1, delimiter=","))
    totals = found.totals
    assert totals.lines == totals.accepted + totals.kept + totals.waiting + totals.held + totals.left_out
    assert sum(len(order.lines) for order in found.orders) == totals.accepted
    assert sum(line.revenue for order in found.orders for line in order.lines) == totals.revenue_accepted


@pytest.mark.parametrize("field", Field)
def test_every_meaning_is_known_by_its_own_title(field: Field) -> None:
    reading = read_sales([SalesFile("sales.csv", f"{field.value},x\na,b\n".encode())])
    assert reading.columns[0].field is field
