"""CSV as it leaves the program: exact figures, and no text that a spreadsheet would run."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

from ims_desktop.domain.csv_file import CsvWriter


def test_figures_stay_figures_and_text_stays_text() -> None:
    target = io.StringIO()
    file = CsvWriter(target)
    moment = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    file.row(["=1+1", Decimal("-1.50"), "-1", -1, None, date(2026, 1, 2), moment, 'a"b'])
    file.row()
    assert target.getvalue() == '\'=1+1,-1.50,\'-1,-1,,2026-01-02,2026-01-02 03:04+00:00,"a""b"\r\n\r\n'
