"""A report as a table for a terminal, as CSV and as JSON: the same figures, never a float."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from ims_desktop.domain.csv_file import CsvWriter, plain
from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.money import decimals_of, to_cents
from ims_desktop.domain.numbers import half_up
from ims_desktop.domain.wording import say
from ims_desktop.features.reports.service.values import Column, Kind, Parameter, Part, Report, Row

UNKNOWN = "—"


def written(report: Report, how: str) -> str:
    """The report in one of the formats `table`, `csv` and `json`."""
    if how not in FORMATS:
        known = ", ".join(FORMATS)
        raise UserError(
            say("There is no format {how}. Choose one of {known}.", how=how, known=known),
            [Problem("Unknown format.", "format")],
        )
    return FORMATS[how](report)


def as_table(report: Report) -> str:
    """For the terminal: amounts in the currency's decimals, the formula at the end."""
    blocks = [f"{report.spec.title}: {dates(report)}"]
    for part in report.parts:
        blocks.append(f"{', '.join(part.sites)} ({part.currency})")
        blocks.append(_aligned([_figure(column, part) for column in report.spec.figures]))
        for table in report.spec.tables:
            rows = part.tables.get(table.key, ())
            head = [column.title for column in table.columns]
            body = [[_words(one, row.get(one.key), part.currency, row) for one in table.columns] for row in rows]
            blocks.append(f"{table.title}\n" + (_aligned([head, *body], table.columns) if body else "Nothing."))
    return "\n\n".join([*blocks, "\n".join(report.spec.formula)]) + "\n"


def as_csv(report: Report) -> str:
    """For a spreadsheet (RFC 4180): one table below the other, every amount exact and with its currency."""
    target = io.StringIO()
    file = CsvWriter(target)
    file.row(["Report", report.spec.title])
    file.row(["From", report.period.first])
    file.row(["To", report.period.last])
    for part in report.parts:
        file.row()
        file.row(["Sites", *part.sites])
        file.row(["Currency", part.currency])
        compared = bool(part.before)
        file.row(["Figure", "Value", *(["Period before"] if compared else [])])
        for column in report.spec.figures:
            values = (part.figures, part.before) if compared else (part.figures,)
            file.row([column.title, *(_exact(column, one.get(column.key), part.currency) for one in values)])
        for table in report.spec.tables:
            file.row()
            file.row([table.title])
            file.row(title for column in table.columns for title in _titles(column))
            for row in part.tables.get(table.key, ()):
                file.row(cell for column in table.columns for cell in _cells(column, row, part.currency))
    file.row()
    for sentence in report.spec.formula:
        file.row(["Formula", sentence])
    return target.getvalue()


def as_json(report: Report) -> str:
    """For programs. One currency: its figures stand beside the dates; several: a list, so that nobody adds them up."""
    head = {
        "report": report.spec.name, "from": report.period.first, "to": report.period.last,
        "formula": list(report.spec.formula),
    }  # fmt: skip
    parts = [_part(report, part) for part in report.parts]
    return _json({**head, **parts[0]} if len(parts) == 1 else {**head, "currencies": parts}) + "\n"


def dates(report: Report) -> str:
    """The days a report is about, as 2015-01-01 – 2015-12-31."""
    if Parameter.DAY in report.spec.parameters:
        return report.period.last.isoformat()
    return f"{report.period.first.isoformat()} – {report.period.last.isoformat()}"


def _part(report: Report, part: Part) -> dict[str, Any]:
    def exact(columns: Sequence[Column], row: Row) -> dict[str, Any]:
        return {one.key: _exact(one, row.get(one.key), part.currency) for one in columns}

    figures = report.spec.figures
    found: dict[str, Any] = {"sites": list(part.sites), "currency": part.currency, **exact(figures, part.figures)}
    if part.before:
        past = {"from": report.question.before.first, "to": report.question.before.last}
        found["before"] = past | exact([one for one in figures if one.key in part.before], part.before)
    for table in report.spec.tables:
        rows = [exact(table.columns, row) | _unit(table.columns, row) for row in part.tables.get(table.key, ())]
        name, value = (column.key for column in table.columns[:2])
        found[table.key] = {row[name]: row[value] for row in rows} if table.names else rows
    return found


def _unit(columns: Sequence[Column], row: Row) -> dict[str, Any]:
    return {"unit": row["unit"]} if any(column.kind is Kind.QUANTITY for column in columns) and "unit" in row else {}


def _json(value: Any) -> str:
    """JSON in which a Decimal is a number with its own digits."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return json.dumps(value.isoformat())
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_json(str(key))}: {_json(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_json(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _figure(column: Column, part: Part) -> list[str]:
    line = [column.title, _words(column, part.figures.get(column.key), part.currency)]
    if column.key in part.before:
        line.append(f"before {_words(column, part.before[column.key], part.currency)}")
    return line


def _words(column: Column, value: Any, currency: str, row: Row | None = None) -> str:
    """A figure for the eye: rounded once, from the exact amount."""
    if value is None:
        return UNKNOWN
    unit = str((row or {}).get("unit", ""))
    writers: Mapping[Kind, Callable[[], str]] = {
        Kind.MONEY: lambda: f"{to_cents(value, currency):,.{decimals_of(currency)}f}",
        Kind.RATIO: lambda: f"{half_up(value * 100, 1)} %",
        Kind.QUANTITY: lambda: f"{half_up(value, 3):,f} {unit}",
        Kind.COUNT: lambda: f"{int(value):,}" if value == int(value) else format(value.normalize(), "f"),
        Kind.DAY: lambda: str(value.isoformat()),
    }
    return writers.get(column.kind, lambda: str(value))().rstrip()


def _exact(column: Column, value: Any, currency: str) -> Any:
    """An amount with the currency's decimals at least, any other number with no needless zeros."""
    if not isinstance(value, Decimal):
        return value
    places = decimals_of(currency) if column.kind is Kind.MONEY else 0
    whole, _, decimals = format(value, "f").partition(".")
    kept = decimals.rstrip("0").ljust(places, "0")
    return Decimal(f"{whole}.{kept}" if kept else whole)


def _titles(column: Column) -> list[str]:
    return [column.title, "Unit"] if column.kind is Kind.QUANTITY else [column.title]


def _cells(column: Column, row: Row, currency: str) -> list[Any]:
    cell = _exact(column, row.get(column.key), currency)
    return [cell, str(row.get("unit") or "")] if column.kind is Kind.QUANTITY else [cell]


def _aligned(lines: Sequence[Sequence[str]], columns: Sequence[Column] | None = None) -> str:
    widths = [max(len(line[place]) for line in lines if place < len(line)) for place in range(max(map(len, lines)))]
    texts = [columns is not None and column.kind in (Kind.TEXT, Kind.DAY) for column in columns or ()]
    return "\n".join(
        "  ".join(
            cell.ljust(widths[place]) if (texts[place] if texts else place == 0) else cell.rjust(widths[place])
            for place, cell in enumerate(line)
        ).rstrip()
        for line in lines
    )


FORMATS: Mapping[str, Callable[[Report], str]] = {"table": as_table, "csv": as_csv, "json": as_json}
