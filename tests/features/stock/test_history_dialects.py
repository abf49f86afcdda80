"""One history in every way that a file can write it, and files that are damaged: a sentence, and nothing is posted."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from ims_desktop.admin.histories import import_movements
from ims_desktop.domain.errors import UserError
from ims_desktop.features.stock.rules import read_history
from ims_desktop.features.stock.service import LedgerQuestion, ledger
from tests.features.stock.conftest import Bench, figures

Row = dict[str, str]
COLUMNS = ("at", "kind", "item", "site", "quantity", "unit_cost", "value", "id", "refers_to")
FREIGHT = "L"


def story(item: str, mark: str) -> list[Row]:
    """A purchase, what was used of it, what came back, freight that was known later, and a mistake."""
    told = (
        ("08:00", "receipt", "10", "2.5", "", "R", ""),
        ("09:00", "issue", "4", "", "", "I", ""),
        ("10:00", "customer_return", "1", "", "", "B", "I"),
        ("11:00", "landed_cost", "", "", "5", FREIGHT, "R"),
        ("12:00", "waste", "2", "", "", "W", ""),
        ("13:00", "cancellation", "", "", "", "C", "W"),
    )
    return [
        dict(zip(COLUMNS, (f"2026-03-02T{at}:00+00:00", kind, item, "Downtown", quantity, cost, value, mark + own,
                           mark + of if of else ""), strict=True))
        for at, kind, quantity, cost, value, own, of in told
    ]  # fmt: skip


def _table(rows: Sequence[Row], delimiter: str, columns: Sequence[str]) -> str:
    written = io.StringIO()
    sheet = csv.DictWriter(written, columns, delimiter=delimiter)
    sheet.writerow({name: name.replace("_", " ").title() for name in columns})
    sheet.writerows(rows)
    return written.getvalue()


def _commas(rows: Sequence[Row]) -> bytes:
    with_commas = [{**row, **{key: row[key].replace(".", ",") for key in ("quantity", "unit_cost")}} for row in rows]
    return _table(with_commas, ";", COLUMNS[::-1]).encode("utf-8-sig")


def _elsewhere(rows: Sequence[Row]) -> bytes:
    zone = timezone(timedelta(hours=5, minutes=30))
    moved = [{**row, "at": datetime.fromisoformat(row["at"]).astimezone(zone).isoformat(" ")} for row in rows]
    return _table(moved, "\t", sorted(COLUMNS)).encode("utf-16")


def _words(rows: Sequence[Row]) -> bytes:
    others = {"receipt": "Goods receipt", "issue": "Usage", "customer_return": "Sales-Return", "waste": "Scrap",
              "landed_cost": "Freight", "cancellation": "Void"}  # fmt: skip
    said = [{**row, "kind": others[row["kind"]], "at": row["at"][:16]} for row in rows]
    return _table(said[::-1], ",", COLUMNS).encode()


def _lines(rows: Sequence[Row]) -> bytes:
    objects = ({key: cell for key, cell in row.items() if cell} for row in rows)
    return "\n".join(json.dumps({**one, "at": one["at"].replace("+00:00", " Z")}) for one in objects).encode()


def _list(rows: Sequence[Row]) -> bytes:
    many = [{**row, "refers_to": [row["refers_to"]] if row["refers_to"] else None} for row in rows]
    return b"\xef\xbb\xbf" + json.dumps(many, indent=1).encode()


def _workbook(rows: Sequence[Row]) -> bytes:
    written = io.BytesIO()
    book = Workbook(written)
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.write_row(0, 0, [name.upper() for name in COLUMNS])
    for number, row in enumerate(rows, 1):
        sheet.write_datetime(number, 0, datetime.fromisoformat(row["at"]).replace(tzinfo=None), day)
        for place, name in enumerate(COLUMNS[1:], 1):
            cell = row[name]
            sheet.write(number, place, float(cell) if name in ("quantity", "unit_cost", "value") and cell else cell)
    book.close()
    return written.getvalue()


WAYS: Mapping[str, Callable[[Sequence[Row]], bytes]] = {
    "commas.csv": _commas, "elsewhere.tsv": _elsewhere, "words.csv": _words, "lines.jsonl": _lines, "list.json": _list,
    "book.xlsx": _workbook,
}  # fmt: skip


@pytest.mark.parametrize("name", WAYS)
def test_however_it_is_written_it_is_the_same_history(shared_bench: Bench, tmp_path: Path, name: str) -> None:
    [item] = shared_bench.new_items(1)
    path = tmp_path / name
    path.write_bytes(WAYS[name](story(item.hex, name[:5])))
    import_movements(shared_bench.desk, [path], "", dry_run=False)
    lines = shared_bench.desk.run(ledger, LedgerQuestion(item.hex))
    stayed = [Decimal(line["total"]) for line in lines if line["kind"] not in ("waste", "cancellation")]
    assert tuple(stayed) == figures(30, -12, 3)
    last = lines[-1]
    assert (Decimal(last["running_quantity"]), Decimal(last["running_value"])) == figures(7, 21)
    assert {datetime.fromisoformat(line["at"]).astimezone(UTC).hour for line in lines} == {8, 9, 10, 12}


HEAD = "at,kind,item,site,quantity,unit_cost,id,refers_to\n"
GOOD = "2026-03-02T08:00:00Z,receipt,Flour,Downtown,5,2,A,\n"


def written(**cells: str) -> str:
    """A receipt with some cells of another kind."""
    usual = dict(zip(HEAD.strip().split(","), GOOD.strip().split(","), strict=True))
    return ",".join({**usual, "id": "B", **cells}.values()) + "\n"


DAMAGED: Mapping[str, tuple[bytes | str, list[tuple[int | None, str | None]]]] = {
    "a row that ends early": (HEAD + GOOD + "2026-03-02T08:00:00Z,receipt,Flour,Downtown,5,2,B", [(3, None)]),
    "a row that is too long": (HEAD + GOOD.replace("\n", ",7\n") + GOOD + GOOD, [(2, None)]),
    "a quotation mark": (HEAD + GOOD.replace("Flour", '"Flour') + GOOD, [(2, None), (3, "id")]),
    "no rows": (HEAD, [(None, None)]),
    "no rows in JSON": ("[]", [(None, None)]),
    "a column twice": (HEAD.replace("refers_to", "quantity") + GOOD, [(None, "quantity")]),
    "two hundred columns": (HEAD.strip() + "".join(f",x{n}" for n in range(192)) + "\n" + GOOD, [(None, None)]),
    "a letter nobody sees": (HEAD + written(id="A\u202eB") + written(item="Fl\u200bour"), [(2, "id"), (3, "item")]),
    "nothing as a letter": (HEAD + written(item="Fl\0our"), [(2, "item"), (2, None)]),
    "half a letter": (
        '{"at":"2026-03-02","kind":"receipt","item":"Flour","site":"Downtown","quantity":1,"unit_cost":1,"id":"A",'
        '"note":"\\ud800"}',
        [(1, "note")],
    ),
    "a name in JSON twice": (
        '{"at":"2026-03-02","kind":"receipt","item":"Flour","site":"Downtown","quantity":1,"quantity":2,"unit_cost":1,'
        '"id":"A"}',
        [(1, "quantity")],
    ),
    "more than a value": (
        '[{"at":"2026-03-02","kind":{"a":1},"item":["Flour"],"site":"Downtown","id":"A"}]', [(1, "kind"), (1, "item")],
    ),
    "numbers that are none": (
        HEAD + "".join(written(quantity=one) for one in ("9223372036854775808", "NaN", "1e400", "1e-400", "1_000")),
        [(row, "quantity") for row in range(2, 7)],
    ),
    "times of no calendar": (
        HEAD + written(at="0001-01-01T00:00:00+14:00") + written(at="9999-12-31T23:59:59-12:00"),
        [(2, "at"), (3, "at")],
    ),
    "an amount and another": (HEAD.replace("refers_to", "value") + written(refers_to="99"), [(2, "value")]),
    "itself": (HEAD + written(kind="cancellation", refers_to="B", unit_cost="", quantity=""), [(2, "refers_to")]),
    "a name without an end": (HEAD + written(item="n" * 9000), [(2, "item")]),
}  # fmt: skip


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_file_is_answered_with_sentences(shared_bench: Bench, tmp_path: Path, case: str) -> None:
    content, expected = DAMAGED[case]
    path = tmp_path / ("history.json" if str(content)[:1] in "{[" else "history.csv")
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    before = shared_bench.root.execute("SELECT count(*) FROM postings").fetchone()
    with pytest.raises(UserError) as refused:
        import_movements(shared_bench.desk, [path], "Downtown", dry_run=False)
    found = [(problem.row, problem.field) for problem in refused.value.problems]
    assert set(expected) <= set(found), refused.value.problems
    assert all(len(problem.text) < 300 for problem in refused.value.problems)
    assert shared_bench.root.execute("SELECT count(*) FROM postings").fetchone() == before


def test_a_reference_to_what_is_no_issue_is_refused_from_an_earlier_file_too(bench: Bench, tmp_path: Path) -> None:
    def take(*rows: str) -> None:
        path = tmp_path / "history.csv"
        path.write_text(HEAD.replace("refers_to", "value,refers_to") + "\n".join(rows), "utf-8")
        import_movements(bench.desk, [path], "", dry_run=False)

    day = "2026-03-0{}T08:00:00Z"
    take(
        f"{day.format(2)},receipt,Flour,Downtown,5,2,R,,",
        f"{day.format(3)},landed_cost,,,,,L,5,R",
        f"{day.format(3)},count,Flour,Downtown,5,,K,,",
    )
    for own in ("L", "K"):
        with pytest.raises(UserError) as refused:
            take(f"{day.format(4)},customer_return,Flour,Downtown,1,,B,,{own}")
        assert [(problem.row, problem.field) for problem in refused.value.problems] == [(2, "refers_to")]


def test_what_one_costs_and_what_all_is_worth_may_both_be_there() -> None:
    row = {"at": "2026-03-02", "kind": "receipt", "item": "Flour", "site": "Downtown", "quantity": "3", "id": "A"}
    [found], problems = read_history([(2, {**row, "unit_cost": "3.33", "value": "10"})])
    assert (found.value, found.unit_cost, problems) == (Decimal(10), None, [])
    assert read_history([(2, {**row, "kind": "issue", "unit_cost": "1", "value": "-9"})])[1] == []
