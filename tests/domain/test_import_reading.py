"""Files of any make are read or refused with a sentence: text, workbooks, and what is neither."""

import io
import random
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.torture.damage import hostile
from tests.torture.imports import a_file, outcome
from xlsxwriter import Workbook

from ims_desktop.domain.file_values import DateOrder
from ims_desktop.domain.import_kinds import DAY, NUMBER
from ims_desktop.domain.import_reading import ImportChoices, ImportReading, fingerprint, read_file, read_import
from ims_desktop.domain.importing import ImportField, ImportSpec, Known

SPEC = ImportSpec(
    "things",
    "Things",
    ("thing", "things"),
    ("code",),
    (
        ImportField("code", "Code", required=True, aliases=("sku",)),
        ImportField("price", "Price", NUMBER),
        ImportField("day", "Day", DAY),
    ),
    "",
    frozenset(),
    lambda _connection, rows: Known({}, rows),
    lambda _connection, _changes: None,
)


def reading_of(content: bytes, name: str = "a.csv", **choices: object) -> ImportReading:
    chosen = ImportChoices(**choices)  # type: ignore[arg-type]
    return read_import(SPEC, read_file(content, name, chosen, SPEC.names), chosen)


def workbook(*rows: tuple[object, ...]) -> bytes:
    written = io.BytesIO()
    book = Workbook(written, {"in_memory": True})
    sheet = book.add_worksheet()
    for place, row in enumerate(rows):
        sheet.write_row(place, 0, row)
    book.close()
    return written.getvalue()


def test_numbers_of_a_workbook_are_exact_beside_words_with_a_comma():
    reading = reading_of(workbook(("Code", "Price"), ("A", 0.1), ("B", "1.234,56"), ("C", 3)), "a.xlsx")
    assert [row.given["price"] for row in reading.rows] == [Decimal("0.1"), Decimal("1234.56"), Decimal(3)]
    assert reading.decimal_sign.value == ","
    assert [row.number for row in reading.rows] == [2, 3, 4]


def test_a_question_about_days_is_asked_and_an_answer_read():
    content = b"Code,Day\nA,03/04/2026\n"
    assert "order of day and month" in reading_of(content).problems[0].text
    reading = reading_of(content, date_order=DateOrder.DAY_FIRST)
    assert str(reading.rows[0].given["day"]) == "2026-04-03"
    assert str(reading_of(b"Code,Day\nA,03/04/2026\nB,31/12/2026\n").rows[0].given["day"]) == "2026-04-03"


def test_errors_of_a_spreadsheet_are_told_at_their_cell():
    [problem] = reading_of(b"Code,Price\nA,#REF!\n").problems
    assert (problem.row, problem.field) == (2, "Price")
    assert "error of the spreadsheet" in problem.text


def test_the_same_columns_have_the_same_fingerprint():
    assert fingerprint(("Code", "Price")) == fingerprint(("code ", "PRICE"))
    assert fingerprint(("Code", "Price")) != fingerprint(("Price", "Code"))


def test_a_column_is_missing_or_there_twice():
    assert "A column Code is missing" in reading_of(b"Price,Day\n1,2026-01-01\n").problems[0].text
    twice = reading_of(b"Code,Price,Cost\nA,1,2\n", columns={1: "price", 2: "price"})
    assert "Two columns mean Price" in twice.problems[0].text


def test_hostile_files_are_refused_or_held_back(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ims_desktop.domain.workbook_file.MOST_BYTES", 2_000_000)
    for name, content in hostile(3_000_000).items():
        assert outcome(SPEC, content, name) in ("refused", "held back"), name


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 2**32))
def test_damaged_files_end_with_a_sentence_or_a_plan(seed: int):
    name, content = a_file(SPEC, random.Random(seed))
    assert outcome(SPEC, content, name) in ("refused", "held back", "taken")


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.binary(max_size=2000))
def test_any_bytes_end_with_a_sentence_or_a_plan(content: bytes):
    assert outcome(SPEC, content, "a.csv") in ("refused", "held back", "taken")
