"""The page of transfers: what is under way and since when, what arrived, and what was missing."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Filter, Match, Summary
from ims_desktop.domain.wording import Words, commas, dotted, say, say_count, word
from ims_desktop.features.items.rules import places
from ims_desktop.features.transfers import service
from ims_desktop.features.transfers.rules import LONG_UNDER_WAY
from ims_desktop.features.transfers.screen import forms
from ims_desktop.features.transfers.service import Transfer, TransferLine, TransferReceipt, TransferRow
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import Between, Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Line, Note, Related, Section
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, Empty, ListSpec, Tab
from ims_desktop.ui.theme import Tone

STATES = {
    "under_way": Chip("Under way", Tone.INFO),
    "partly": Chip("Partly arrived", Tone.WARN),
    "short": Chip("Arrived short", Tone.BAD),
    "arrived": Chip("Arrived", Tone.OK),
    "returned": Chip("Came back", Tone.NEUTRAL),
    "cancelled": Chip("Cancelled", Tone.NEUTRAL),
}
WHAT: Mapping[str, Words] = {
    "ARRIVED": "arrived",
    "SURPLUS": "more than was sent",
    "BACK": "came back",
    "MISSING": "missing",
    "WRITTEN_OFF": "written off",
}
OPEN = ("under_way", "partly")


def _days_tone(row: TransferRow) -> Tone:
    return Tone.BAD if (row.days or 0) > LONG_UNDER_WAY else Tone.PLAIN


COLUMNS = (
    Column("title", "Transfer", Kind.TITLE, 108, sub="reference", sub_title="Reference", derived=True),
    Column("site", "From", Kind.TEXT, 130, stretch=True),
    Column("to_site", forms.TO, Kind.TEXT, 130, stretch=True),
    Column("effective_at", "Sent", Kind.DATETIME, 136, sortable=True, filter=Between()),
    Column("by", "Sent by", Kind.TEXT, 130, hidden=True),
    Column("days", "Days under way", Kind.NUMBER, 112, derived=True, tone=_days_tone),
    Column("lines", "Lines", Kind.NUMBER, 64, hidden=True),
    Column("value", "Value", Kind.MONEY, 100, total=True, permission="stock.cost"),
    Column("value_under_way", "Under way", Kind.MONEY, 96, total=True, permission="stock.cost"),
    Column("currency", "Currency", Kind.TEXT, 74, hidden=True),
    Column(
        "state", "Status", Kind.CHIP, 122, chips=STATES,
        filter=Choices(tuple(Choice(key, chip.text) for key, chip in STATES.items())),
    ),
)  # fmt: skip


def describe(transfer: Transfer, formats: Formats) -> Detail:
    """A transfer in words: both sides of every line, and who said what."""
    row = transfer.row
    facts = [
        Fact("Sent", f"{formats.moment(row.effective_at)} · {row.by}", wide=True),
        Fact("Lines", formats.number(row.lines)),
    ]
    if row.days is not None:
        facts.append(Fact("Days under way", formats.number(row.days), tone=_days_tone(row)))
    if row.value is not None:
        facts.append(Fact("Value", formats.money(row.value), row.currency))
        facts.append(Fact("Still under way", formats.money(row.value_under_way), row.currency))
    if transfer.rate is not None:
        if transfer.value_there is not None:
            facts.append(Fact("Under way, worth there", formats.money(transfer.value_there), transfer.to_currency))
        facts.append(Fact("Rate when it left", _rate(transfer, formats), wide=True))
    if transfer.note:
        facts.append(Fact("Note", transfer.note, wide=True))
    return Detail(
        title=row.route,
        code=" · ".join(part for part in (row.title, row.reference) if part),
        chips=(STATES[row.state],),
        notes=_notes(transfer),
        facts=tuple(facts),
        related=(
            Related("Lines", tuple(_line(line, formats) for line in transfer.lines)),
            *((Related("Lots", tuple(_lots(transfer, formats))),) if any(line.lots for line in transfer.lines) else ()),
            Related("Received", tuple(_said(one, formats) for one in transfer.receipts), empty="Nothing yet."),
        ),
    )


def _rate(transfer: Transfer, formats: Formats) -> Words:
    """The rate the way round in which it reads better: what one of the dearer currency is worth."""
    rate, one, other = transfer.rate or Decimal(1), transfer.row.currency, transfer.to_currency
    if rate < 1:
        rate, one, other = 1 / rate, other, one
    return say("1 {one} is worth {rate} {other}", one=one, rate=formats.number(rate, 6), other=other)


def _notes(transfer: Transfer) -> tuple[Note, ...]:
    days = transfer.row.days
    if days is None or days <= LONG_UNDER_WAY:
        return ()
    return (Note(say("It is under way for {days} days: ask where it is.", days=days), Tone.WARN),)


def _line(line: TransferLine, formats: Formats) -> Line:
    def amount(quantity: Any) -> str:
        return f"{formats.number(quantity, places(line.unit, quantity))} {line.unit}"

    became = (
        (line.arrived, say("{quantity} arrived", quantity=amount(line.arrived))),
        (line.back, say("{quantity} came back", quantity=amount(line.back))),
        (line.missing, say("{quantity} missing", quantity=amount(line.missing))),
        (line.under_way, say("{quantity} under way", quantity=amount(line.under_way))),
    )
    note = dotted(*(words for quantity, words in became if quantity))
    place = Place("movements", line.id)
    return Line(line.item, note, amount(line.quantity), Tone.WARN if line.missing else Tone.PLAIN, place)


def _lots(transfer: Transfer, formats: Formats) -> Iterator[Line]:
    """Which lots left, when they expire, and what is still under way of each."""
    for line in transfer.lines:
        for lot in line.lots:
            decimals = places(line.unit, lot.quantity)
            left = f"{formats.number(lot.under_way, decimals)} {line.unit}"
            told = (
                *((say("expires {day}", day=formats.date(lot.expires_on)),) if lot.expires_on else ()),
                *((say("{quantity} under way", quantity=left),) if lot.under_way else ()),
                line.item,
            )
            yield Line(lot.code, dotted(*told), f"{formats.number(lot.quantity, decimals)} {line.unit}")


def _said(one: TransferReceipt, formats: Formats) -> Line:
    what = commas(word(WHAT[each]) for each in one.what if each != "WRITTEN_OFF")
    title = say("{what}, undone", what=what) if one.is_undone else what
    return Line(title, f"{formats.moment(one.at)} · {one.by}", tone=Tone.NEUTRAL if one.is_undone else Tone.PLAIN)


def _new(page: Any, _rows: tuple[Any, ...]) -> None:
    if page.desk.site is None:
        page.desk.messages.note("Choose the site it leaves above the navigation.")
        return
    page.open_form(forms.send_form(page.desk.site, page.desk.site_name, page.desk.formats.zone))


def _move(page: Any, _rows: tuple[Any, ...]) -> None:
    if page.desk.site is None:
        page.desk.messages.note("Choose the site above the navigation.")
        return
    page.open_form(forms.move_form(page.desk.site, page.desk.site_name, page.desk.formats.zone))


def _receive(page: Any, transfer: Transfer) -> None:
    page.open_form(
        forms.receive_form(transfer, page.desk.formats.zone, page.desk.formats),
        forms.receiving(transfer, page.desk.formats),
    )


def _reject(page: Any, transfer: Transfer) -> None:
    form = replace(forms.receive_form(transfer, page.desk.formats.zone, page.desk.formats), title="Send all of it back")
    page.open_form(form, forms.receiving(transfer, page.desk.formats, reject=True))


def _cancel(page: Any, transfer: Transfer) -> None:
    page.open_form(
        forms.undo_form("Cancel the transfer", "All of it is back where it was.", service.cancel, transfer.row.id)
    )


def _last(transfer: Transfer) -> TransferReceipt | None:
    return next((one for one in reversed(transfer.receipts) if not one.is_undone), None)


def _undo(page: Any, transfer: Transfer) -> None:
    last = _last(transfer)
    if last is not None:
        told = "What was said last of it is taken back: it is under way again."
        page.open_form(forms.undo_form("Undo the receipt", told, service.undo_receipt, last.id))


def _is_open(transfer: Transfer) -> bool:
    return transfer.row.state in OPEN


DETAIL = DetailSpec(
    service.transfer,
    describe,
    subjects=service.SUBJECTS,
    buttons=(
        DetailButton("Receive …", _receive, "download-simple", forms.RECEIVE, primary=True, show=_is_open),
        DetailButton("Send all back …", _reject, "arrow-u-up-left", forms.RECEIVE, show=_is_open, menu=True),
        DetailButton(
            "Cancel …", _cancel, "x", forms.SEND, show=_is_open,
            why_not=lambda transfer: "Some of it arrived already: undo that first." if _last(transfer) else None,
        ),
        DetailButton(
            "Undo the receipt …", _undo, "arrow-counter-clockwise", forms.RECEIVE,
            show=lambda transfer: _last(transfer) is not None,
        ),
    ),
)  # fmt: skip


def _subtitle(summary: Summary, formats: Formats) -> Words:
    count = say_count("{count} transfer", "{count:,} transfers", summary.count)
    value = summary.totals.get("value_under_way")
    if value is None:
        return count
    return say("{count} · {value} under way", count=count, value=formats.money(value, currency=True))


NEW = Action("New transfer", _new, icon="plus", permission=forms.SEND)
SPEC = ListSpec(
    key="transfers",
    title="Transfers",
    noun=("transfer", "transfers"),
    columns=COLUMNS,
    read=service.transfers,
    summary=service.transfers_summary,
    counts=service.transfers_tab_counts,
    subjects=service.SUBJECTS,
    subtitle=_subtitle,
    search_hint="Find by site or reference",
    tabs=(
        Tab("under_way", "Under way", (Filter("state", Match.IN, OPEN),)),
        Tab("short", "Arrived short", (Filter("state", Match.IN, ("short",)),)),
        Tab("all", "All"),
    ),
    primary=NEW,
    actions=(Action("Move between places", _move, icon="arrows-left-right", permission=forms.SEND),),
    detail=DETAIL,
    empty=Empty("Nothing is under way", "What leaves one site for another stands here until it arrived.", NEW),
    site_bound=True,
)


def build(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page; `sections` are what other capabilities show under a transfer."""
    return ListPage(desk, SPEC.with_sections(sections))
