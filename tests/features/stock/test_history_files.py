"""Files with histories as other systems write them: decimal commas, codes of units, and rows that cannot be read."""

from decimal import Decimal
from pathlib import Path

import pytest

from ims_desktop.admin.histories import import_movements
from ims_desktop.domain.errors import UserError
from ims_desktop.features.stock.service import LedgerQuestion, ledger
from tests.features.stock.conftest import Bench, figures

HEAD = "at;kind;item;site;quantity;unit;unit_cost;id;refers_to"


def taken_in(bench: Bench, tmp_path: Path, *rows: str, decimal: str | None = None) -> dict[str, tuple[Decimal, ...]]:
    """What the ledger says of the rows of a file."""
    path = tmp_path / "history.csv"
    path.write_text("\n".join([HEAD, *rows]), "utf-8")
    import_movements(bench.desk, [path], "Downtown", dry_run=False, decimal=decimal)
    lines = [line for item in ("Flour", "Cream 35%") for line in bench.desk.run(ledger, LedgerQuestion(item))]
    return {line["id"]: (Decimal(line["quantity"]), Decimal(line["total"])) for line in lines}


def wrong(bench: Bench, tmp_path: Path, *rows: str) -> list[tuple[int | None, str]]:
    with pytest.raises(UserError) as refused:
        taken_in(bench, tmp_path, *rows)
    return [(problem.row, str(problem.text)) for problem in refused.value.problems]


def test_numbers_with_commas_and_units_by_their_codes(bench: Bench, tmp_path: Path) -> None:
    told = taken_in(
        bench, tmp_path,
        "2026-03-02T08:00;opening stock;Flour;;2,5;KGM;1,20;A;",
        "2026-03-02T09:00;goods_receipt;Flour;;1.500;GRM;0,002;B;",
        "2026-03-02T10:00;usage;Flour;;500;grm;;C;",
        "2026-03-02T10:00;receipt;Cream 35%;;250;MLT;0,01;D;",
    )  # fmt: skip
    assert told == {
        "A": figures("2.5", 3), "B": figures("1.5", 3), "C": figures("-0.5", "-0.75"), "D": figures("0.25", "2.5"),
    }  # fmt: skip


def test_what_could_be_read_both_ways_is_asked_for(bench: Bench, tmp_path: Path) -> None:
    row = "2026-03-02T08:00;receipt;Flour;;1,500;kg;2;A;"
    assert wrong(bench, tmp_path, row) == [(2, "1,500 is no number: write 1234.5.")]
    assert taken_in(bench, tmp_path, row, decimal=",") == {"A": figures("1.5", 3)}


def test_points_and_commas_in_one_file_are_not_guessed(bench: Bench, tmp_path: Path) -> None:
    rows = ("2026-03-02T08:00;receipt;Flour;;1.5;kg;2;A;", "2026-03-02T08:00;receipt;Flour;;2,5;kg;2;B;")
    assert wrong(bench, tmp_path, *rows) == [(3, "2,5 is no number: write 1234.5.")]


def test_a_row_that_refers_to_one_that_cannot_be_read_is_not_wrong_itself(bench: Bench, tmp_path: Path) -> None:
    rows = ("2026-03-32;receipt;Flour;;1;kg;2;A;", "2026-03-03T08:00;cancellation;;;;;;C;A")
    assert [row for row, _ in wrong(bench, tmp_path, *rows)] == [2]
