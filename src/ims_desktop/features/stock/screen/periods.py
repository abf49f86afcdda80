"""The page of periods: which days are closed at each site, what is missing before the next are, and the way back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Filter, Match, Summary
from ims_desktop.domain.wording import Words, meant, say, say_count
from ims_desktop.domain.work import read
from ims_desktop.features.stock import service
from ims_desktop.features.stock.service import Closing, Gap, PeriodDetail, PeriodRow, Reopening
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Line, Note, Related, Section
from ims_desktop.ui.fields import Field, FieldKind
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, Empty, ListSpec, Tab
from ims_desktop.ui.theme import Tone

PERMISSION = "periods.close"
STATES = {
    service.OPEN: Chip(meant("Open", "place"), Tone.INFO),
    service.CLOSED: Chip("Closed", Tone.OK),
    service.REOPENED: Chip("Reopened", Tone.WARN),
}
CHECKS: Mapping[str, tuple[Words, str]] = {
    "open_counts": ("Counts are posted", "counts"),
    "open_orders": ("Orders are posted", "orders"),
    "unmapped_sales": ("Sold lines have a menu item", "unmapped_sales"),
    "without_invoice": ("Deliveries have a number of their paper", "movements"),
    "on_the_way": ("Transfers have arrived", "transfers"),
    "negative_stock": ("No item is below zero", "stock"),
    "not_counted": ("Items in stock were counted", "stock"),
}
"""What is looked at before days are closed: what is right when all is well, and the page where it is put right."""


def describe(period: PeriodDetail, formats: Formats) -> Detail:
    """A period in words."""
    row = period.row
    return Detail(
        title=_days(row, formats),
        chips=(STATES[row.state],),
        line=row.site,
        notes=tuple(_notes(period)),
        facts=tuple(_facts(row, formats)),
        related=(_checklist(period, formats),) if row.state == service.OPEN and row.ends_on is not None else (),
    )


def _days(row: PeriodRow, formats: Formats) -> Words:
    if row.ends_on is None:
        return "No day is over yet"
    if row.starts_on is None or row.starts_on == row.ends_on:
        return say("Up to {day}", day=formats.date(row.ends_on))
    return say("{first} – {last}", first=formats.date(row.starts_on), last=formats.date(row.ends_on))


def _notes(period: PeriodDetail) -> list[Note]:
    row = period.row
    if row.state == service.REOPENED:
        return [Note(say("Opened again: {reason}", reason=row.reason), Tone.WARN)]
    if row.state == service.CLOSED:
        return [Note("Nothing in these days changes any more. What is entered late counts on the first open day.")]
    if row.ends_on is None:
        return [Note("Everything that is over is closed.", Tone.OK)]
    if not period.gaps:
        return [Note("Nothing is missing: these days can be closed.", Tone.OK)]
    said = say_count("{count} thing is not done yet.", "{count} things are not done yet.", len(period.gaps))
    return [Note(said, Tone.WARN)]


def _facts(row: PeriodRow, formats: Formats) -> list[Fact]:
    facts = []
    if row.starts_on is not None:
        facts.append(Fact("First day", formats.date(row.starts_on)))
    if row.ends_on is not None:
        facts.append(Fact("Last day", formats.date(row.ends_on)))
    if row.closed_at is not None:
        facts.append(Fact("Closed", f"{formats.moment(row.closed_at)} · {row.closed_by}", wide=True))
    if row.reopened_at is not None:
        facts.append(Fact("Opened again", f"{formats.moment(row.reopened_at)} · {row.reopened_by}", wide=True))
    return facts


def _checklist(period: PeriodDetail, formats: Formats) -> Related:
    missing = {gap.what: gap for gap in period.gaps}
    return Related("Before closing", tuple(_check(key, missing.get(key), period.row, formats) for key in CHECKS))


def _check(key: str, gap: Gap | None, row: PeriodRow, formats: Formats) -> Line:
    title, page = CHECKS[key]
    if gap is None:
        return Line(title, value="✓", tone=Tone.OK)
    return Line(title, gap.sentence(), formats.number(gap.count), Tone.WARN, Place(page, filters=_narrowed(key, row)))


def _narrowed(key: str, row: PeriodRow) -> tuple[Filter, ...]:
    if key == "negative_stock":
        return (Filter("state", Match.IN, ("negative",)),)
    if key == "without_invoice":
        return (Filter("kind", Match.IN, ("DELIVERY",)),)
    return ()


@read
def _site_choices(connection: Any) -> tuple[Choice, ...]:
    return tuple(Choice(option.value, option.text, option.detail) for option in service.closing_sites(connection))


def _closing(values: Mapping[str, Any], _initial: Any) -> Closing:
    return Closing(values["site_id"], values["ends_on"])


def _reopening(values: Mapping[str, Any], row: PeriodRow) -> Reopening:
    if row.ends_on is None:
        raise ValueError("only what was closed is opened again")
    return Reopening(row.site_id, row.ends_on, values["reason"] or "")


CLOSE = FormSpec(
    title="Close days",
    subtitle="Nothing in them changes any more, for nobody. What is missing is said before.",
    groups=(
        Field("site_id", "Site", FieldKind.CHOICE, required=True, choices=Choices(load=_site_choices)),
        Field("ends_on", "Up to and with the business day", FieldKind.DATE, required=True),
    ),
    save=service.close_days,
    build=_closing,
    save_title="Close",
    permission=PERMISSION,
    width=340,
)
REOPEN = FormSpec(
    title="Open these days again",
    subtitle="Whoever looks at the figures of these days later sees that they were opened, by whom and why.",
    groups=(Field("reason", "Why", required=True, max_length=1000),),
    save=service.reopen_days,
    build=_reopening,
    save_title="Reopen",
    permission=PERMISSION,
    width=340,
)


def _closing_form(formats: Formats) -> FormSpec:
    return replace(CLOSE, said=lambda day: say("Closed up to {day}", day=formats.date(day)))


def _reopening_form(formats: Formats) -> FormSpec:
    return replace(REOPEN, said=lambda day: say("Open again up to {day}", day=formats.date(day)))


def _start_closing(page: Any, _rows: tuple[PeriodRow, ...]) -> None:
    page.open_form(_closing_form(page.desk.formats), Closing(page.desk.site, None))


def _close_these(page: Any, period: PeriodDetail) -> None:
    page.open_form(_closing_form(page.desk.formats), Closing(period.row.site_id, period.row.ends_on))


def _start_reopening(page: Any, period: PeriodDetail) -> None:
    page.open_form(_reopening_form(page.desk.formats), period.row)


def _nothing_over(period: PeriodDetail) -> Words | None:
    return "No day is over that is not closed." if period.row.ends_on is None else None


def _not_last(period: PeriodDetail) -> Words | None:
    return None if period.row.is_last else "Only the days that were closed last can be opened again."


DETAIL = DetailSpec(
    service.period_detail,
    describe,
    subjects=frozenset({"periods", "stock", "orders"}),
    buttons=(
        DetailButton(
            "Close …", _close_these, "lock-simple", PERMISSION, primary=True, why_not=_nothing_over,
            show=lambda period: period.row.state == service.OPEN,
        ),
        DetailButton(
            "Reopen …", _start_reopening, "lock-simple-open", PERMISSION, why_not=_not_last,
            show=lambda period: period.row.state == service.CLOSED,
        ),
    ),
)  # fmt: skip


def _subtitle(summary: Summary, _formats: Formats) -> Words:
    return say_count("{count} period", "{count:,} periods", summary.count)


NEW = Action("Close days", _start_closing, icon="lock-simple", permission=PERMISSION)
SPEC = ListSpec(
    key="periods",
    title="Periods",
    noun=("period", "periods"),
    columns=(
        Column("site", "Site", Kind.TEXT, 150, sortable=True, stretch=True),
        Column("starts_on", "From", Kind.DATE, 116),
        Column("ends_on", "Up to", Kind.DATE, 116, sortable=True),
        Column(
            "state", "Status", Kind.CHIP, 116, chips=STATES,
            filter=Choices(tuple(Choice(key, chip.text) for key, chip in STATES.items())),
        ),
        Column("closed_by", "Closed by", Kind.TEXT, 130),
        Column("closed_at", "Closed", Kind.DATETIME, 136),
        Column("reopened_by", "Reopened by", Kind.TEXT, 150, hidden=True),
        Column("reason", "Why reopened", Kind.TEXT, 130),
    ),
    read=service.period_rows,
    summary=service.period_rows_summary,
    counts=service.period_tab_counts,
    subjects=frozenset({"periods", "sites"}),
    subtitle=_subtitle,
    search_hint="Find by site",
    tabs=(
        Tab("all", "All"),
        Tab("open", "Open days", (Filter("state", Match.IN, (service.OPEN,)),)),
        Tab("closed", "Closed", (Filter("state", Match.IN, (service.CLOSED,)),)),
    ),
    primary=NEW,
    detail=DETAIL,
    empty=Empty("No period was closed yet", "Close the days that are counted and whose papers are in.", NEW),
    site_bound=True,
)  # fmt: skip


def period_key(period: PeriodDetail) -> str:
    """What the audit log calls a period."""
    return f"{period.row.site_id}/{period.row.ends_on}"


def build_periods(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page; `sections` are what other capabilities show under a period."""
    return ListPage(desk, SPEC.with_sections(sections))
