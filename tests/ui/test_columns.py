"""One description gives display, alignment, colour, export and totals."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from ims_desktop.ui.chips import Chip
from ims_desktop.ui.columns import Column, Kind, alignment, cell_tone, chip, export_text, text, total_text, unit_text
from ims_desktop.ui.export_files import CsvSink
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.shown import Shown
from ims_desktop.ui.theme import Tone

FORMATS = Formats("en_GB", "EUR", "UTC")


@dataclass(frozen=True)
class Row:
    value: Any
    unit: str = "kg"
    places: int = 0


@pytest.mark.parametrize(
    ("kind", "value", "shown", "exported"),
    [
        (Kind.TEXT, "Lemon", "Lemon", "Lemon"),
        (Kind.NUMBER, 1200, "1,200", "1200"),
        (Kind.QUANTITY, Decimal("-1.2"), "−1.200", "-1.2"),
        (Kind.MONEY, Decimal("1234.5"), "1,234.50", "1234.5"),
        (Kind.COST, Decimal("0.0092"), "0.0092", "0.0092"),
        (Kind.PERCENT, Decimal("0.298"), "29.8%", "0.298"),
        (Kind.DATE, date(2026, 11, 16), "16 Nov 2026", "2026-11-16"),
        (Kind.TIME, time(7, 24), "07:24", "07:24:00"),
        (Kind.DATETIME, datetime(2019, 1, 1, 7, 24, tzinfo=UTC), "1 Jan 2019, 07:24", "2019-01-01 07:24+00:00"),
        (Kind.FLAG, True, "✓", "yes"),
        (Kind.FLAG, False, "", "no"),
        (Kind.CHIP, "low", "Below par", "Below par"),
        (Kind.LINK, "PO-1182", "PO-1182", "PO-1182"),
    ],
)
def test_kinds(kind: Kind, value: Any, shown: str, exported: str):
    column = Column("value", "Value", kind, chips={"low": Chip("Below par", Tone.WARN)})
    assert text(column, Row(value), FORMATS) == shown
    assert export_text(column, Row(value), FORMATS) == exported
    assert text(column, Row(None), FORMATS) == "—"
    assert export_text(column, Row(None), FORMATS) == ""


def test_decimals_follow_the_row_then_the_column_then_the_kind():
    column = Column("value", "Value", Kind.QUANTITY, unit="unit", places="places", decimals=1)
    assert text(column, Row(Decimal(9)), FORMATS) == "9"
    assert text(replace(column, places=None), Row(Decimal(9)), FORMATS) == "9.0"
    assert unit_text(column, Row(Decimal(9))) == "kg"


def test_nothing_may_be_an_empty_cell():
    cells = [Column("value", "On the way", Kind.QUANTITY, nothing=each) for each in (True, False)]
    assert [text(cell, Row(Decimal(0)), FORMATS) for cell in cells] == ["0.000", ""]
    assert [text(cell, Row(Decimal(2)), FORMATS) for cell in cells] == ["2.000", "2.000"]


def test_numbers_stand_right_and_negatives_are_red():
    money = Column("value", "Value", Kind.MONEY)
    assert alignment(money) & Qt.AlignmentFlag.AlignRight
    assert alignment(Column("value", "Name")) & Qt.AlignmentFlag.AlignLeft
    assert cell_tone(money, Row(Decimal("-1"))) is Tone.BAD
    assert cell_tone(money, Row(None)) is Tone.PLAIN
    assert cell_tone(replace(money, tone=lambda row: Tone.WARN), Row(Decimal("-1"))) is Tone.WARN


def test_an_unknown_state_is_written_and_not_hidden():
    assert chip(Column("value", "State", Kind.CHIP), Row("new")) == Chip("new")


def test_totals_are_written_as_their_cells():
    assert total_text(Column("value", "Value", Kind.MONEY), Decimal("-2220.1"), FORMATS) == "−2,220.10"
    assert total_text(Column("value", "Value", Kind.MONEY), None, FORMATS) == "—"


def test_csv_quotes_names_units_and_disarms_formulas(tmp_path: Path):
    columns = (Column("value", "Name, full"), Column("places", "On hand", Kind.QUANTITY, unit="unit"))
    sink = CsvSink(tmp_path / "a.csv", Shown("Items", columns, FORMATS))
    sink.write((Row('Cream "35%"', "L", 3), Row("=HYPERLINK(1)", "kg", -1)))
    sink.finish()
    written = (tmp_path / "a.csv").read_bytes().decode("utf-8-sig")
    assert written == '"Name, full",On hand,Unit\r\n"Cream ""35%""",3,L\r\n\'=HYPERLINK(1),-1,kg\r\n'
