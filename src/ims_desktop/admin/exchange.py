"""Commands that bring data in and take figures out, as a person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import typer

from ims_desktop.admin.histories import import_movements, print_ledger
from ims_desktop.admin.server import server_of
from ims_desktop.database.transaction import Opening, TenantDatabase, opening
from ims_desktop.domain.business_calendar import Period
from ims_desktop.domain.errors import Confirm, Denied, Problem, UserError
from ims_desktop.domain.file_values import DateOrder
from ims_desktop.domain.import_reading import ImportChoices
from ims_desktop.domain.importing import ImportSpec
from ims_desktop.features.exchange.service import DOUBTS, CheckedFile, RecordFile, check, run_import, xlsx_template
from ims_desktop.features.exchange.service import IMPORTS as RECORDS
from ims_desktop.features.reports.rules import Question
from ims_desktop.features.reports.service import REPORTS, find_report, read_report, written
from ims_desktop.features.sales.rules import Choices, Kind, Preview, SalesFile, Weight
from ims_desktop.features.sales.service import Checked, FileToImport, check_file, record_orders, remember_reading
from ims_desktop.features.stock.service import LedgerQuestion

SHOWN = 20


@dataclass(frozen=True)
class ImportOrder:
    """What the command line asked to import."""

    files: tuple[Path, ...]
    site: UUID | None
    date_order: DateOrder | None
    accept_rest: bool
    dry_run: bool
    decimal: str | None = None


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("import")(import_files)
    app.command("report")(report)


def import_files(
    context: typer.Context,
    kind: str = typer.Argument(help=f"sales, movements, {', '.join(RECORDS)}."),
    files: list[Path] = typer.Argument(None, help="One file, or several that belong together."),
    person: str = typer.Option("", "--as", help="The login of the person who imports."),
    tenant: str = typer.Option("", help="The restaurant group, when the person has several."),
    site: str = typer.Option("", help="The site of lines that name none."),
    date_order: str = typer.Option("", help="day-first or month-first, where dates can be read both ways."),
    decimal: str = typer.Option("", help="The decimal sign, a point or a comma; without it, the one all numbers show."),
    accept_rest: bool = typer.Option(False, "--accept-rest", help="Import the good lines, leave the others out."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Only say what would happen."),
    template: bool = typer.Option(False, "--template", help="Write a workbook to begin with instead."),
) -> None:
    """Read a file, say everything that is wrong with it, and import it. The same file twice changes nothing."""
    if kind not in IMPORTS:
        raise UserError(f"{kind} cannot be imported. Choose one of {', '.join(IMPORTS)}.")
    if template and kind in RECORDS:
        _template(kind)
        return
    if not files:
        raise UserError("Name the file to import.")
    if decimal not in ("", ".", ","):
        raise UserError("The decimal sign is a point or a comma.")
    missing = [Problem(f"There is no file {path}.", "files") for path in files if not path.is_file()]
    if missing:
        raise UserError("Nothing was imported.", missing)
    with server_of(context) as server, server.desk(person or None, tenant or None) as desk:
        where = _site(desk.run(opening), site)
        order = ImportOrder(tuple(files), where, _date_order(date_order), accept_rest, dry_run, decimal or None)
        IMPORTS[kind](desk, order)


def report(
    context: typer.Context,
    name: str = typer.Argument(help=f"ledger, or one of {', '.join(REPORTS)}."),
    person: str = typer.Option("", "--as", help="The login of the person who asks."),
    tenant: str = typer.Option("", help="The restaurant group, when the person has several."),
    first: str = typer.Option("", "--from", help="The first business day, as 2015-01-31."),
    last: str = typer.Option("", "--to", help="The last business day."),
    site: str = typer.Option("", help="One site; all of them without it."),
    how: str = typer.Option("table", "--format", help="table, csv or json."),
    item: str = typer.Option("", help="Of the ledger: the SKU of the item."),
    moment: str = typer.Option("", "--as-at", help="Of the ledger: as at this moment, as 2015-01-31T12:00."),
) -> None:
    """Print a report, or the ledger of an item."""
    if name == "ledger":
        with server_of(context) as server, server.desk(person or None, tenant or None) as desk:
            seen = desk.run(opening)
            if "stock.view" not in seen.permissions:
                raise Denied(f"The roles of {seen.name} do not allow this report (stock.view).")
            print_ledger(desk, LedgerQuestion(item, _site(seen, site), _moment(moment)), how)
        return
    period = Period(_day(first, "--from"), _day(last, "--to"))
    with server_of(context) as server, server.desk(person or None, tenant or None) as desk:
        seen = desk.run(opening)
        missing = set(find_report(name).permissions) - seen.permissions
        if missing:
            raise Denied(f"The roles of {seen.name} do not allow this report ({', '.join(sorted(missing))}).")
        where = _site(seen, site)
        typer.echo(written(desk.run(read_report, name, Question.about(period, where)), how), nl=False)


def _moment(written: str) -> datetime | None:
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise UserError(f"{written} is no moment: write 2015-01-31T12:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _import_movements(desk: TenantDatabase, order: ImportOrder) -> None:
    names = {site.id: site.name for site in desk.run(opening).sites}
    where = names[order.site] if order.site else ""
    import_movements(desk, order.files, where, dry_run=order.dry_run, decimal=order.decimal)


def _import_sales(desk: TenantDatabase, order: ImportOrder) -> None:
    chosen = FileToImport(
        _read(order.files), Choices(date_order=order.date_order, decimal_sign=order.decimal), order.site
    )
    checked: Checked = desk.run(check_file, chosen)
    preview = checked.preview
    _say_problems(preview)
    totals = preview.totals
    if checked.remembered:
        typer.echo(f"Read as a file like it was on {checked.remembered:%Y-%m-%d}.")
    typer.echo(
        f"{totals.lines:,} lines, {totals.accepted:,} can be imported: {totals.orders:,} orders worth"
        f" {totals.revenue_accepted:,}; {totals.held + totals.waiting:,} lines worth"
        f" {totals.revenue_held + totals.revenue_waiting:,} are held back."
    )
    if totals.kept:
        typer.echo(f"{totals.kept:,} lines worth {totals.revenue_kept:,} are kept until somebody says what they are.")
    if order.dry_run:
        return
    repeated = _repeated(preview)
    if repeated == totals.lines:
        typer.echo("Everything in this file was imported before: nothing changed.")
        return
    held = totals.held - repeated
    if totals.waiting or (held and not order.accept_rest):
        raise UserError(
            "Nothing was imported. Put the above right"
            + (", answer the question" if totals.waiting else "")
            + (", or import the rest with --accept-rest." if held and not totals.waiting else ".")
        )
    done = record_orders(desk.run, checked.prepared())
    desk.run(remember_reading, checked)
    kept = f"; {done.kept:,} lines wait under Unmapped sales" if done.kept else ""
    typer.echo(
        f"{done.orders:,} orders imported, {done.movements:,} movements; {done.repeated:,} were there already{kept}."
    )


def _repeated(preview: Preview) -> int:
    return sum(len(group.places) for group in preview.problems if group.kind is Kind.ALREADY_IMPORTED)


def _say_problems(preview: Preview) -> None:
    for note in preview.notes:
        typer.echo(note, err=True)
    for group in preview.problems:
        typer.echo(f"{group.kind.weight.value}: {group.kind.title}: {len(group.places):,}  {group.detail}", err=True)
        if group.kind.weight is not Weight.NOTE:
            for place in group.places[:SHOWN]:
                where = f"row {place.row}{', ' + place.column if place.column else ''}: " if place.row else ""
                typer.echo(f"  {where}{place.value}  {place.note}".rstrip(), err=True)
            if len(group.places) > SHOWN:
                typer.echo(f"  and {len(group.places) - SHOWN:,} more", err=True)


def _import_records(spec: ImportSpec, desk: TenantDatabase, order: ImportOrder) -> None:
    """Check each file, say everything that is wrong with it, and take it over as a whole."""
    for path in order.files:
        choices = ImportChoices(date_order=order.date_order, decimal_sign=order.decimal)
        file = RecordFile(path.name, path.read_bytes(), choices)
        checked: CheckedFile = desk.run(check, spec, file)
        if unused := checked.reading.unused:
            typer.echo(f"{path.name}: not used: {', '.join(unused)}.", err=True)
        if order.dry_run:
            plan = checked.plan
            if checked.problems:
                raise UserError(f"{path.name} cannot be imported as it is.", checked.problems)
            said = f"{plan.added} would be added, {plan.changed} changed, {plan.unchanged} left as they are."
        else:
            agreed = frozenset({DOUBTS}) if order.accept_rest else frozenset()
            try:
                done = desk.run(run_import, spec, file, None, agreed).result
            except Confirm as question:
                raise UserError(f"Nothing was imported. {question} If so, say --accept-rest.") from question
            said = f"{done.added} added, {done.changed} changed, {done.unchanged} as they were."
        typer.echo(f"{path.name}: {said}")


def _template(name: str) -> None:
    """Write the template of an entity where the person is."""
    path = Path(f"{name}.xlsx")
    if path.exists():
        raise UserError(f"{path} is there already; it is not overwritten.")
    path.write_bytes(xlsx_template(RECORDS[name]))
    typer.echo(f"{path} was written. Fill it in, then: ims-admin import {name} {path}")


IMPORTS: dict[str, Callable[[TenantDatabase, ImportOrder], None]] = {
    "sales": _import_sales,
    "movements": _import_movements,
    **{name: partial(_import_records, spec) for name, spec in RECORDS.items()},
}


def _read(files: tuple[Path, ...]) -> tuple[SalesFile, ...]:
    return tuple(SalesFile(path.name, path.read_bytes()) for path in files)


def _site(seen: Opening, name: str) -> UUID | None:
    if not name:
        return None
    for site in seen.sites:
        if name.casefold() in (site.name.casefold(), str(site.id)):
            return site.id
    raise UserError(f"There is no site {name}. There are: {', '.join(site.name for site in seen.sites)}.")


def _date_order(text: str) -> DateOrder | None:
    orders = {"day-first": DateOrder.DAY_FIRST, "month-first": DateOrder.MONTH_FIRST}
    if text and text not in orders:
        raise UserError(f"{text} is no date order. Choose one of {', '.join(orders)}.")
    return orders.get(text)


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UserError(f"{option} must be a day such as 2015-01-31, not {text}.") from error
