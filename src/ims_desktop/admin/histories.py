"""Histories from other systems, and the ledger as it came out of them."""

import codecs
import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import typer

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.file_values import decimal_sign_of, read_signed
from ims_desktop.domain.import_reading import ImportChoices, read_file
from ims_desktop.domain.numbers import NotANumber
from ims_desktop.domain.wording import say
from ims_desktop.domain.workbook_file import Plain
from ims_desktop.features.stock.rules import COLUMNS, NUMBERS, read_history
from ims_desktop.features.stock.service import Imported, LedgerQuestion, import_history, ledger
from ims_desktop.features.stock.service.history import LONG

SHOWN = ("site", "at", "kind", "id", "quantity", "value", "total", "running_quantity", "running_value", "unit_cost")

NAMED = 5
NO_ROWS = "There is no row under the column names."


def import_movements(
    desk: TenantDatabase, files: Sequence[Path], site: str, *, dry_run: bool, decimal: str | None = None
) -> None:
    """Post histories, each as a whole or not at all; `site` is where rows belong that name none."""
    for path in files:
        cells, damaged = _read(path, site, decimal)
        rows, problems = read_history(cells)
        problems += damaged
        if dry_run:
            if problems:
                raise UserError(f"{path.name} cannot be imported as it is.", problems)
            typer.echo(f"{path.name}: {len(rows):,} rows can be read.")
            continue
        unreadable = {row.get("id", "").strip() for _, row in cells} - {row.id for row in rows}
        done: Imported = desk.run(import_history, rows, tuple(problems), LONG, frozenset(unreadable)).result
        typer.echo(f"{path.name}: {done.rows:,} rows, {done.repeated:,} of them were there already.")


def print_ledger(desk: TenantDatabase, question: LedgerQuestion, how: str) -> None:
    """Each movement of an item with its corrections and what there was after it."""
    records = desk.run(ledger, question)
    if how == "json":
        typer.echo(json.dumps(records, indent=1, ensure_ascii=False))
        return
    written = io.StringIO()
    sheet = csv.writer(written, delimiter="," if how == "csv" else "\t", lineterminator="\n")
    sheet.writerow([*SHOWN, "corrections"])
    for record in records:
        corrections = "; ".join(f"{one['at']} {one['cause']} {one['value']}" for one in record["corrections"])
        sheet.writerow([*(record[key] for key in SHOWN), corrections])
    typer.echo(written.getvalue(), nl=False)


Row = tuple[int, Mapping[str, str]]


def _read(path: Path, site: str, decimal: str | None) -> tuple[list[tuple[int, dict[str, str]]], list[Problem]]:
    """The rows of a file, and which of them are damaged."""
    content = path.read_bytes()
    is_json = content.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"{", b"[")
    rows, damaged = (_objects(content, path.name), []) if is_json else _cells(content, path.name)
    if not rows:
        raise UserError(say("{file} cannot be imported as it is.", file=path.name), [Problem(NO_ROWS)])
    sign = decimal or (
        None if is_json else _decimal_sign(cell for _, cells in rows for cell in _numbers(cells).values())
    )
    read = [(number, {**cells, **_points(cells, sign), "site": cells.get("site") or site}) for number, cells in rows]
    return read, damaged


def _numbers(cells: Mapping[str, str]) -> dict[str, str]:
    """The cells with numbers that somebody wrote."""
    written = {key: cells.get(key, "").strip() for key in NUMBERS if not isinstance(cells.get(key), Plain)}
    return {key: cell for key, cell in written.items() if cell}


def _decimal_sign(texts: Iterable[str]) -> str | None:
    """The decimal sign that all numbers show which show one; none where they differ or could be read both ways."""
    told = {text: decimal_sign_of([text]) for text in texts}
    shown = {found.value for text, found in told.items() if found.sure and found.value in text}
    return shown.pop() if len(shown) == 1 else None


def _points(cells: Mapping[str, str], sign: str | None) -> dict[str, str]:
    """Numbers with a decimal point; those that are none stay as they are, to be named."""
    read = dict[str, str]()
    for key, cell in _numbers(cells).items() if sign else ():
        with suppress(NotANumber):
            read[key] = str(read_signed(cell, sign or "."))
    return read


def _cells(content: bytes, name: str) -> tuple[list[Row], list[Problem]]:
    """The rows of a table, and those that have more or fewer cells than it has columns."""
    table = read_file(content, name, ImportChoices(), COLUMNS)
    header = [title.strip().casefold().replace(" ", "_").replace("?", "") for title in table.header]
    missing = [title for title in ("at", "kind", "id") if title not in header]
    twice = [title for title, times in Counter(header).items() if times > 1 and title in COLUMNS]
    problems = [Problem(f"There is no column {title}.", title) for title in missing]
    problems += [Problem(f"Two columns are called {title}.", title) for title in twice]
    problems += _unknown([title for title in header if title and title not in COLUMNS])
    if problems:
        raise UserError(f"{name} cannot be imported as it is.", problems)
    cells = (dict(zip(header, row, strict=True)) for row in table.rows)
    damaged = [Problem(text, None, number) for number, text in table.damaged.items()]
    return list(zip(table.numbers, cells, strict=True)), damaged


def _unknown(titles: Sequence[str]) -> list[Problem]:
    """Says which titles of columns mean nothing, the first few by name."""
    if not titles:
        return []
    named = ", ".join(title[:40] for title in titles[:NAMED]) + (" …" if len(titles) > NAMED else "")
    return [Problem(say("{title} is no column: there are {columns}.", title=named, columns=", ".join(COLUMNS)))]


def _objects(content: bytes, name: str) -> list[Row]:
    """One object a line, or a list of them; numbers are written as text, so that none becomes a binary fraction."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise UserError(say("{file} is not written in UTF-8.", file=name)) from wrong
    lines = [(1, text)] if text.lstrip().startswith("[") else list(enumerate(text.split("\n"), 1))
    read, problems = list[tuple[int, Any]](), list[Problem]()
    for number, line in lines:
        if not line.strip():
            continue
        try:
            found = json.loads(line, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=Fields)
        except (ValueError, RecursionError):
            problems.append(Problem(say("This is no JSON."), None, number))
            continue
        read += list(enumerate(found, 1)) if isinstance(found, list) else [(number, found)]
    rows = [(number, one) for number, one in read if isinstance(one, Fields)]
    problems += [Problem(say("This is no row."), None, number) for number, one in read if not isinstance(one, Fields)]
    problems += [Problem(text, key, number) for number, one in rows for key, text in one.wrong()]
    problems += _unknown(list(dict.fromkeys(key for _, one in rows for key in one if key not in COLUMNS)))
    if problems:
        raise UserError(say("{file} cannot be imported as it is.", file=name), problems)
    return [(number, {key: _text(value) for key, value in one.items()}) for number, one in rows]


class Fields(dict[str, Any]):
    """An object of JSON that remembers which names stood in it twice."""

    def __init__(self, pairs: Sequence[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self._twice = [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]

    def wrong(self) -> Iterable[tuple[str, str]]:
        """What cannot be one cell of a row, by its name."""
        yield from ((key, f"{key[:40]} stands there twice.") for key in self._twice)
        for key, value in self.items():
            parts = value if isinstance(value, list) and key == "refers_to" else [value]
            if any(isinstance(part, dict | list) for part in parts):
                yield key, "This holds more than one value."


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "" if value is None else str(value)
