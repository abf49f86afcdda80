"""Tables out of text files: whatever the encoding, delimiter and damage."""

import codecs
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.table_file import HowToRead, fold_header, read_table

HEADER = ("code", "name", "price")
ROWS = [["A1", "Café crème", "1.50"], ["A2", "Tiramisù", "4.00"], ["A3", "Plain", "2.25"]]


def text_of(rows: list[list[str]], delimiter: str = ",", line_end: str = "\r\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_every_way_of_writing_gives_the_same_table(encoding: str, delimiter: str, line_end: str) -> None:
    content = text_of([list(HEADER), *ROWS], delimiter, line_end).encode(encoding)
    table = read_table(content, "menu.csv")
    assert table.header == HEADER
    assert [list(row) for row in table.rows] == ROWS
    assert list(table.numbers) == [2, 3, 4]
    assert table.delimiter.value == delimiter
    assert not table.damaged


def test_utf8_is_strict_and_windows_1252_is_what_western_text_is_otherwise() -> None:
    table = read_table("id,name\n1,‘Nduja Salami\n".encode("cp1252"), "types.csv")
    assert table.rows[0][1] == "‘Nduja Salami"
    assert (table.encoding.value, table.encoding.reason) == (
        "cp1252",
        "1 letter does not fit UTF-8, in row 2",
    )
    assert not table.encoding.sure


def test_other_alphabets_are_told_by_their_letters() -> None:
    names = ["Борщ украинский", "Пельмени сибирские", "Селёдка под шубой", "Блины с икрой", "Квас домашний"]
    content = "\n".join(["код;название", *(f"{place};{name}" for place, name in enumerate(names))]).encode("cp1251")
    assert [row[1] for row in read_table(content, "menu.csv").rows] == names


def test_the_encoding_can_be_chosen_and_a_wrong_choice_is_named() -> None:
    content = text_of([list(HEADER), *ROWS]).encode("cp1252")
    assert read_table(content, "menu.csv", HowToRead(encoding="cp1252")).encoding.reason == "chosen"
    with pytest.raises(UserError, match="not written in UTF-8: row 2"):
        read_table(content, "menu.csv", HowToRead(encoding="utf-8"))
    with pytest.raises(UserError, match="no encoding klingon"):
        read_table(content, "menu.csv", HowToRead(encoding="klingon"))


def test_the_delimiter_may_be_written_in_the_first_line_or_chosen() -> None:
    table = read_table(b"sep=;\ncode;price\nA,1;1,50\n", "menu.csv")
    assert (table.header, list(table.rows[0]), list(table.numbers)) == (("code", "price"), ["A,1", "1,50"], [3])
    chosen = read_table(b"a,b;c\n1,2;3\n4,5;6\n", "menu.csv", HowToRead(delimiter=";"))
    assert (chosen.header, chosen.delimiter.reason) == (("a,b", "c"), "chosen")


def test_a_decimal_comma_does_not_pass_for_a_delimiter() -> None:
    table = read_table(b"codice;prezzo;totale\nA1;1,50;3,00\nA2;12,75;12,75\n", "listino.csv")
    assert table.delimiter.value == ";"


def test_the_header_is_found_under_titles_and_above_numbers() -> None:
    content = b"Sales report\nRestaurant Downtown,,\n\nOrder,Item,Qty\n1,Soup,2\n\n2,Bread,1\n"
    table = read_table(content, "report.csv", familiar={"order", "item", "qty"})
    assert (table.header, table.header_row.value) == (("Order", "Item", "Qty"), 4)
    assert list(table.numbers) == [5, 7]
    assert read_table(content, "report.csv").header == ("Order", "Item", "Qty")


def test_a_file_without_a_header_gets_numbered_columns() -> None:
    table = read_table(b"1,Soup,2\n2,Bread,1\n", "report.csv")
    assert (table.header, table.header_row.value) == (("Column 1", "Column 2", "Column 3"), 0)
    assert len(table.rows) == 2
    assert read_table(b"a,b\nc,d\n", "x.csv", HowToRead(header_row=2)).header == ("c", "d")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"  \r\n \n", "is empty"),
        (b",,\n,,\n", "is empty"),
        (b"PK\x03\x04rest", "an Excel workbook or a zip archive, not a text file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel workbook"),
        (b"%PDF-1.7", "a PDF document"),
        (b"\x00\x01\x00\x00" * 50 + b"x\xff", "NUL characters"),
    ],
)
def test_what_is_no_table_is_refused_with_its_name(content: bytes, sentence: str) -> None:
    with pytest.raises(UserError, match=r"^sales\.csv is") as refused:
        read_table(content, "sales.csv")
    assert sentence in refused.value.text


def test_only_a_header_is_a_table_without_rows() -> None:
    table = read_table(b"order,item,qty\n", "sales.csv")
    assert (table.header, list(table.rows)) == (("order", "item", "qty"), [])


def test_an_open_quotation_mark_spoils_its_own_row_only() -> None:
    content = b'order,item,qty\n1,"Soup,2\n2,Bread,1\n3,"Pie ""du chef""",1\n4,Cake,2\n'
    table = read_table(content, "sales.csv")
    assert list(table.numbers) == [2, 3, 4, 5]
    assert list(table.damaged) == [2]
    assert table.rows[2][1] == 'Pie "du chef"'
    assert "quotation mark" in table.damaged[2]


def test_an_open_quotation_mark_in_the_last_column_does_not_swallow_the_rest() -> None:
    rows = "".join(f"{place},Soup,ok\n" for place in range(3, 500))
    table = read_table(f'order,item,note\n1,Soup,ok\n2,Soup,"oops\n{rows}'.encode(), "sales.csv")
    assert len(table.rows) == 499
    assert list(table.damaged) == [3]


def test_two_stray_quotation_marks_do_not_eat_the_rows_between_them() -> None:
    table = read_table(b'order,item,qty\n1,"Soup,2\n2,Bread,1\n3,Pie",1\n4,Cake,2\n', "sales.csv")
    assert [row[0] for row in table.rows] == ["1", "2", "3", "4"]
    assert list(table.damaged) == [2]


def test_a_line_break_inside_quotation_marks_is_one_row() -> None:
    table = read_table(b'order,item,qty\n1,"Soup\nof the day",2\n2,Bread,1\n', "sales.csv")
    assert table.rows[0][1] == "Soup\nof the day"
    assert not table.damaged


def test_rows_of_another_width_are_kept_and_named() -> None:
    table = read_table(b"order,item,qty\n1,Soup\n2,Bread,1,,\n3,Pie,1,more\n4,Cake,2\n", "sales.csv")
    assert table.damaged == {
        2: "It has 2 cells where the header has 3.",
        4: "It has 4 cells where the header has 3.",
    }
    assert all(len(row) == 3 for row in table.rows)


def test_nul_characters_in_a_row_are_named() -> None:
    table = read_table(b"order,item,qty\n1,Soup,2\n2,Br\x00ead,1\n3,Cake,2\n", "sales.csv")
    assert table.damaged == {3: "It holds NUL characters."}


def test_mixed_line_ends_are_all_line_ends() -> None:
    table = read_table(b"order,item,qty\r\n1,Soup,2\r2,Bread,1\n3,Cake,2", "sales.csv")
    assert [row[0] for row in table.rows] == ["1", "2", "3"]


def test_headers_are_compared_without_case_accents_and_signs() -> None:
    assert fold_header(" Quantità (pz.) ") == "quantitapz"
    assert fold_header("Order_ID") == fold_header("order id") == fold_header("Order-Id")


words = st.text(alphabet="abcdefg éüàñ'\"€,;|\t-", min_size=1, max_size=12).filter(lambda word: word.strip())


@given(
    st.lists(st.tuples(words, words, st.integers(0, 999)), min_size=1, max_size=30),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
)
def test_what_a_csv_writer_writes_is_read_back(rows: list[tuple[str, str, int]], delimiter: str, encoding: str) -> None:
    written = [[one, two, str(number)] for one, two, number in rows]
    content = text_of([["first word", "second word", "number"], *written], delimiter).encode(encoding)
    how = HowToRead(encoding.removesuffix("-sig"), delimiter, 1)
    table = read_table(content, "words.csv", how)
    assert [list(row) for row in table.rows] == written
    assert not table.damaged


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(content: bytes) -> None:
    try:
        table = read_table(content, "anything.csv")
    except UserError:
        return
    assert all(len(row) == len(table.header) for row in table.rows)
    assert len(table.numbers) == len(table.rows)


@given(st.integers(0, 200), st.sampled_from([b'"', b"\x00", b"\xff", b",", b"\n", b"\r", b"\x9d"]))
def test_one_damaged_byte_never_loses_more_than_its_row(place: int, damage: bytes) -> None:
    lines = [f"{number},Soup of the day,{number % 7}" for number in range(1, 21)]
    content = "\n".join(["order,item,quantity", *lines]).encode()
    start = content.index(b"\n") + 1
    broken = content[: start + place] + damage + content[start + place :]
    how = HowToRead(delimiter=",", header_row=1)
    found = {tuple(row) for row in read_table(broken, "sales.csv", how).rows}
    lost = {tuple(line.split(",")) for line in lines} - found
    assert len(lost) <= 1


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_mark_at_the_beginning_wins(encoding: str) -> None:
    content = codecs.BOM_UTF8 + "nome,città\nA,B\n".encode()
    assert read_table(content, "x.csv").header == ("nome", "città")
    assert read_table("nome,città\nA,B\n".encode(encoding), "x.csv").header == ("nome", "città")
