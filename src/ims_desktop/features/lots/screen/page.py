"""The page of lots: what expires soon, what has expired, and where each lies."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Filter, Match, Sort, Summary
from ims_desktop.domain.posting_kinds import KINDS
from ims_desktop.domain.wording import Words, dotted, say, say_count, word
from ims_desktop.features.items.service import category_choices, site_choices
from ims_desktop.features.items.service.pictures import scanned
from ims_desktop.features.lots import service
from ims_desktop.features.lots.rules import BEFORE_LONG, SOON, ExpiryDraft
from ims_desktop.features.lots.screen.words import STATES, TONES, left
from ims_desktop.features.lots.service import Lot, LotRow, TraceRow
from ims_desktop.features.stock.screen.words import amount
from ims_desktop.features.stock.service import Document, DocumentLine, LotPart, item_filter_choices
from ims_desktop.features.stock.service import Kind as Movement
from ims_desktop.ui.choices import Between, Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Line, Note, Related, Section
from ims_desktop.ui.fields import Field, FieldKind, Group
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.language import said
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, Empty, FilterField, ListSpec, Needs, Scan, Tab, opening
from ims_desktop.ui.theme import Tone

WASTE, CORRECT = "waste.record", "adjustments.record"
THERE = Filter("on_hand", Match.BETWEEN, (Decimal("0.000001"), None))


def _tone(row: LotRow) -> Tone:
    return TONES.get(row.state, Tone.PLAIN)


COLUMNS = (
    Column("item", "Item", Kind.TITLE, 190, sub="sku", sub_title="SKU", sortable=True, stretch=True),
    Column("code", "Lot", Kind.TEXT, 130, sortable=True),
    Column("category", "Category", width=108, hidden=True, filter=Choices(load=category_choices)),
    Column("site", "Site", width=104, sortable=True),
    Column("places", "Kept in", width=118),
    Column("on_hand", "On hand", Kind.QUANTITY, 118, unit="unit", places="decimals", sortable=True),
    Column("expires_on", "Expires", Kind.DATE, 120, sortable=True, filter=Between()),
    Column("days_left", "Days left", Kind.NUMBER, 84, tone=_tone),
    Column("arrived_at", "Since", Kind.DATETIME, 130, sortable=True, filter=Between(), hidden=True),
    Column(
        "state", "Status", Kind.CHIP, 104, chips=STATES,
        filter=Choices(tuple(Choice(key, chip.text) for key, chip in STATES.items())),
    ),
)  # fmt: skip


def describe(lot: Lot, formats: Formats) -> Detail:
    """A lot at a site in words: where it lies, where it came from and where it went."""
    row = lot.row
    facts = [
        Fact("On hand", amount(row.on_hand, row.unit, formats)),
        Fact("Expires", formats.date(row.expires_on), said(left(row.days_left)), TONES.get(row.state, Tone.PLAIN)),
        Fact("Since", formats.moment(row.arrived_at)),
    ]
    if lot.elsewhere:
        facts.append(Fact("At other sites", amount(lot.elsewhere, row.unit, formats)))
    return Detail(
        title=row.item,
        code=say("Lot {code}", code=row.code),
        chips=(STATES[row.state],),
        line=dotted(row.category, row.site),
        notes=_notes(row),
        facts=tuple(facts),
        related=(
            Related(
                "Where it lies",
                tuple(Line(place.name, value=amount(place.on_hand, row.unit, formats)) for place in lot.places),
                empty="Nothing is left here.",
            ),
            Related("Where it came from", tuple(moved(one, formats) for one in lot.came), empty="Nobody knows."),
            Related(
                "Where it went",
                tuple(moved(one, formats) for one in lot.went),
                total=lot.went_count or None,
                place=Place("lot_trace", filters=(Filter("lot", Match.IN, (row.lot_id,)),)),
                empty="It is all still there.",
            ),
        ),
    )


def _notes(row: LotRow) -> tuple[Note, ...]:
    if row.state != "expired":
        return ()
    return (
        Note("It has expired and is still on the shelf: waste it, or correct the day if it was read wrong.", Tone.BAD),
    )


def moved(one: TraceRow, formats: Formats) -> Line:
    """A movement of a lot."""
    lot = say("Lot {code}", code=one.code) if one.way == "from" else ""
    title = dotted(word(KINDS[one.kind]), one.who)
    note = dotted(formats.moment(one.effective_at), lot, one.reference)
    tone = Tone.OK if one.quantity > 0 else Tone.PLAIN
    return Line(
        title, note, amount(one.quantity, one.unit, formats, signed=True), tone, Place("movements", one.movement_id)
    )


def _trace(page: Any, lot: Lot) -> None:
    page.desk.navigation.open("lot_trace", filters=(Filter("lot", Match.IN, (lot.row.lot_id,)),))


def _waste(page: Any, rows: tuple[LotRow, ...]) -> None:
    """Take the lots to the page of waste, where a reason is chosen and they are recorded."""
    desk: Desk = page.desk

    def opened(found: tuple[Lot, ...]) -> None:
        site = rows[0].site_id
        lines = tuple(
            DocumentLine(lot.row.item_id, place.location_id, -place.on_hand, lots=(LotPart(lot.row.code),))
            for lot in found
            for place in lot.places
        )
        if desk.site != site:
            desk.choose_site(site)
        desk.navigation.open("waste", Document(uuid4(), Movement.WASTE, site, lines))

    page.start(opened, service.lots_of, tuple(row.key for row in rows))


def _one_site(rows: tuple[LotRow, ...]) -> Words | None:
    if len({row.site_id for row in rows}) > 1:
        return "Waste is recorded at one site at a time."
    return None if any(row.on_hand for row in rows) else "Nothing of it is left."


def _correction(lot: Lot) -> FormSpec:
    def build(values: Any, _initial: Any) -> ExpiryDraft:
        return ExpiryDraft(lot.row.lot_id, values["expires_on"], lot.row.expires_on)

    return FormSpec(
        title="When it expires",
        groups=(
            Group(
                "",
                (Field("expires_on", "Expires", FieldKind.DATE, required=True, default=lot.row.expires_on,
                       help="As it stands on the label. What leaves first follows from it, from now on."),),
            ),
        ),
        save=service.correct_expiry,
        build=build,
        said=lambda _saved: say("Corrected: lot {code}", code=lot.row.code),
        permission=CORRECT,
    )  # fmt: skip


def _correct(page: Any, lot: Lot) -> None:
    page.open_form(_correction(lot))


DETAIL = DetailSpec(
    service.lot,
    describe,
    subjects=service.SUBJECTS,
    buttons=(
        DetailButton("Recall …", _trace, "git-branch", primary=True),
        DetailButton(
            "Waste …", lambda page, lot: _waste(page, (lot.row,)), "trash", WASTE, show=lambda lot: lot.row.on_hand > 0
        ),
        DetailButton("Correct the expiry …", _correct, "calendar", CORRECT, menu=True),
        DetailButton(
            "Open item",
            lambda page, lot: page.desk.navigation.open("items", lot.row.item_id),
            "package",
            "items.view",
            menu=True,
        ),
    ),
)


def _subtitle(summary: Summary, _formats: Formats) -> Words:
    return say_count("{count} lot", "{count:,} lots", summary.count)


def _within(key: str, title: Words, first: int | None, last: int, nothing: str) -> Tab:
    days = Filter("days_left", Match.BETWEEN, (first, last))
    return Tab(key, title, (THERE, days), empty=Empty(nothing, "Lots stand here when their day comes near."))


SPEC = ListSpec(
    key="lots",
    title="Lots",
    noun=("lot", "lots"),
    columns=COLUMNS,
    read=service.lots,
    summary=service.lots_summary,
    counts=service.lots_tab_counts,
    row_key=lambda row: row.key,
    subjects=service.SUBJECTS,
    subtitle=_subtitle,
    search_hint="Find by lot, item or SKU",
    filters=(
        FilterField("item", "Item", Choices(load=item_filter_choices), offered=False),
        FilterField("site", "Site", Choices(load=site_choices), offered=False),
    ),
    filters_by_kind=False,
    tabs=(
        Tab("there", "On hand", (THERE,)),
        _within("three", "Expiring in 3 days", 0, SOON, "Nothing expires within three days"),
        _within("seven", "In 7 days", 0, BEFORE_LONG, "Nothing expires within a week"),
        _within("expired", "Expired", None, -1, "Nothing has expired"),
        Tab("all", "All, also used up"),
    ),
    sort=(Sort("expires_on"),),
    scan=Scan(scanned, "item"),
    actions=(Action("Waste these", _waste, icon="trash", permission=WASTE, needs=Needs.SOME, why_not=_one_site),),
    detail=DETAIL,
    empty=Empty(
        "No lots yet",
        "Say of an item that it is kept by lots: then what comes in is of one, and what expires first leaves first.",
        opening("Items", "items", "items.edit", "package"),
    ),
    site_bound=True,
)


def build_lots(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page; `sections` are what other capabilities show under a lot."""
    return ListPage(desk, SPEC.with_sections(sections))
