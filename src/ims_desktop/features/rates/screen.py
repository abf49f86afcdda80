"""The page of the exchange rates."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ims_desktop.domain.listing import Filter, Match, Sort
from ims_desktop.domain.wording import Words, meant, say, say_count
from ims_desktop.features.rates import service
from ims_desktop.features.rates.rules import DECIMALS, LARGEST, LONGEST_SOURCE, SMALLEST, RateDraft, plain
from ims_desktop.ui.cell_edit import CellEdit
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import Between, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Section, Trend
from ims_desktop.ui.fields import Field, FieldKind, Group
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, ActionPage, Empty, ListSpec, Needs, Tab
from ims_desktop.ui.theme import Tone

STATES = {"holds": Chip("In force", Tone.OK), "past": Chip("Past", Tone.NEUTRAL), "ahead": Chip("Tomorrow", Tone.INFO)}
CURRENCIES = Choices(load=service.currency_choices)
WRITTEN = CellEdit(service.RIGHT, required=True, low=SMALLEST, high=LARGEST - 1, decimals=DECIMALS)


def _calm(_row: service.RateRow) -> Tone:
    """A currency that falls is neither good nor bad."""
    return Tone.PLAIN


COLUMNS = (
    Column("pair", "Pair", Kind.TITLE, 160, sortable=True, stretch=True),
    Column("base", "One", width=72, filter=CURRENCIES),
    Column("rate", "Is worth", Kind.NUMBER, 130, decimals=6, edit=WRITTEN),
    Column("quote", "Of", width=72, filter=CURRENCIES),
    Column("valid_from", "From", Kind.DATE, 120, sortable=True, filter=Between()),
    Column("before", "Before", Kind.NUMBER, 130, decimals=6),
    Column(
        "change", meant("Change", "difference"), Kind.PERCENT, 92, signed=True, decimals=2, sortable=True, tone=_calm
    ),
    Column("source", "Source", width=180, edit=CellEdit(service.RIGHT, most=LONGEST_SOURCE)),
    Column("state", "Status", Kind.CHIP, 110, chips=STATES),
)


def _draft(values: Mapping[str, Any], _initial: Any) -> RateDraft:
    return RateDraft(**{**values, "source": values["source"] or ""})


def _line(draft: RateDraft) -> Words:
    return say("1 {base} is worth {rate} {quote}", base=draft.base, rate=plain(draft.rate), quote=draft.quote)


FORM = FormSpec(
    title="New exchange rate",
    subtitle="Prices of suppliers in another currency are compared with it from its day on.",
    groups=(
        Group(
            "What one is worth in the other",
            (
                Field("base", "One", FieldKind.CHOICE, required=True, choices=CURRENCIES, half=True),
                Field("quote", "In", FieldKind.CHOICE, required=True, choices=CURRENCIES, half=True),
                Field("rate", "Is worth", FieldKind.NUMBER, required=True, decimals=DECIMALS, half=True),
                Field("valid_from", "From", FieldKind.DATE, required=True, half=True),
                Field("source", "Source", max_length=LONGEST_SOURCE, placeholder="Central bank"),
            ),
        ),
    ),
    save=service.save_rate,
    build=_draft,
    said=_line,
    permission=service.RIGHT,
)


def _new(page: ActionPage, _rows: Any) -> None:
    page.open_form(FORM, {"valid_from": page.desk.formats.today()})


def _remove(page: ActionPage, rows: Sequence[service.RateRow]) -> None:
    """Do it at once and offer the way back, instead of asking beforehand."""

    def done(gone: Sequence[dict[str, object]]) -> None:
        words = say_count("Removed {count} exchange rate", "Removed {count} exchange rates", len(gone))
        page.desk.messages.done(words, lambda: page.start(lambda _back: None, service.bring_back, gone))

    page.start(done, service.remove_rates, tuple(row.id for row in rows))


def _one(currency: str) -> Words:
    return say("1 {currency} is worth", currency=currency)


def describe(rate: service.Rate, formats: Formats) -> Detail:
    """A rate in words, with the course of its pair."""
    change = formats.percent(rate.change, 2, signed=True) if rate.change is not None else ""
    other = Decimal(1) / rate.rate
    return Detail(
        title=f"{rate.base}/{rate.quote}",
        chips=(STATES[rate.state],),
        line=formats.date(rate.valid_from),
        facts=(
            Fact(
                say("1 {currency} is worth", currency=rate.base), f"{formats.number(rate.rate, 6)} {rate.quote}", change
            ),
            Fact(_one(rate.quote), f"{formats.number(other, 6)} {rate.base}"),
            *((Fact("Source", rate.source, wide=True),) if rate.source else ()),
        ),
        trends=(
            Trend(
                say("What 1 {base} was worth in {quote}", base=rate.base, quote=rate.quote),
                rate.course,
                tuple(formats.date(day) for day in rate.days),
                steps=True,
            ),
        )
        if len(rate.course) > 1
        else (),
    )


NEW = Action("New rate", _new, icon="plus", permission=service.RIGHT)
DETAIL = DetailSpec(
    service.rate,
    describe,
    service.SUBJECTS,
    (DetailButton("Remove", lambda page, rate: _remove(page, (rate,)), "trash", service.RIGHT, menu=True),),
)
SPEC = ListSpec(
    key="exchange_rates",
    title="Exchange rates",
    noun=("exchange rate", "exchange rates"),
    columns=COLUMNS,
    read=service.rates,
    summary=service.rates_summary,
    save=service.save_cells,
    subjects=service.SUBJECTS,
    search_hint="Find by currency or source",
    tabs=(Tab("holds", "Hold today", (Filter("state", Match.IN, ("holds",)),)), Tab("all", "All")),
    sort=(Sort("valid_from", descending=True), Sort("pair")),
    primary=NEW,
    actions=(Action("Remove", _remove, "trash", service.RIGHT, Needs.SOME),),
    detail=DETAIL,
    empty=Empty("No exchange rates", "With rates, prices of suppliers in other currencies can be compared.", NEW),
)


def build(desk: Desk, sections: tuple[Section, ...] = ()) -> ListPage:
    """The page of the exchange rates; `sections` are what other capabilities show under one."""
    return ListPage(desk, replace(SPEC, detail=replace(DETAIL, sections=sections)))
