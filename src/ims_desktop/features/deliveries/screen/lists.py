"""Deliveries as a list, and the panel of one: its lines against the price list, and what can be done about it."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ims_desktop.domain.listing import Filter, Match, Sort, Summary
from ims_desktop.domain.wording import Words, dotted, say, say_count
from ims_desktop.features.deliveries import service
from ims_desktop.features.deliveries.rules import differs
from ims_desktop.features.deliveries.service import ReceivedDelivery
from ims_desktop.features.stock.screen import movement_panel
from ims_desktop.features.stock.screen.words import amount
from ims_desktop.features.stock.service import PostedDocument
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import Between, Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Place
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Line, Note, Related
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_spec import Action, Empty, ListSpec, Tab
from ims_desktop.ui.theme import Tone

STATES = {
    "received": Chip("Received", Tone.OK),
    "partly": Chip("Partly undone", Tone.WARN),
    "undone": Chip("Undone", Tone.NEUTRAL),
}
PAPERS = {"numbered": Chip("With a number", Tone.NEUTRAL), "unnumbered": Chip("Without a number", Tone.WARN)}


def _chips(chips: dict[str, Chip]) -> Choices:
    return Choices(tuple(Choice(key, chip.text) for key, chip in chips.items()))


COLUMNS = (
    Column("effective_at", "Received", Kind.DATETIME, 140, sortable=True, filter=Between()),
    Column("supplier", "Supplier", Kind.TITLE, 200, sub="reference", sub_title="Number on the paper", sortable=True,
           stretch=True),
    Column("title", "Document", Kind.TEXT, 90, derived=True),
    Column("site", "Site", Kind.TEXT, 130, hidden=True),
    Column("lines", "Lines", Kind.NUMBER, 70),
    Column("value", "Value", Kind.MONEY, 110, total=True, permission="stock.cost"),
    Column("by", "Received by", Kind.TEXT, 140),
    Column("posted_at", "Entered", Kind.DATETIME, 140, hidden=True),
    Column("paper", "Paper", Kind.CHIP, 140, chips=PAPERS, filter=_chips(PAPERS), hidden=True),
    Column("state", "Status", Kind.CHIP, 120, chips=STATES, filter=_chips(STATES)),
)  # fmt: skip


def describe(received: ReceivedDelivery, formats: Formats) -> Detail:
    """A delivery in words."""
    document = received.document
    facts = [
        Fact("Received", formats.moment(document.effective_at)),
        Fact("Entered", f"{formats.moment(document.posted_at)} · {document.by}", wide=True),
    ]
    if document.value is not None:
        facts.insert(1, Fact("Worth", formats.money(document.value), document.currency))
    if document.note:
        facts.append(Fact("Note", document.note, wide=True))
    return Detail(
        title=document.supplier or say("Delivery"),
        code=dotted(f"#{document.number}", document.reference),
        chips=_state(document),
        line=document.site,
        notes=tuple(_notes(received, formats)),
        facts=tuple(facts),
        related=tuple(_related(received, formats)),
    )


def _state(document: PostedDocument) -> tuple[Chip, ...]:
    undone = sum(line.undone_by is not None for line in document.lines)
    return (STATES["undone" if undone == len(document.lines) else "partly"],) if undone else ()


def _notes(received: ReceivedDelivery, formats: Formats) -> list[Note]:
    notes = []
    if not received.document.reference:
        notes.append(Note("It has no number of its paper: whoever pays the invoice will look for it.", Tone.WARN))
    more = sum((_extra(received, line) for line in received.document.lines), Decimal(0))
    if more:
        words = (
            say("{money} more than the list says.", money=formats.money(more, currency=True))
            if more > 0
            else say("{money} less than the list says.", money=formats.money(-more, currency=True))
        )
        notes.append(Note(words, Tone.WARN if more > 0 else Tone.INFO))
    return notes


def _extra(received: ReceivedDelivery, line: Any) -> Decimal:
    """By how much a line was above the list, where that is known and no rounding."""
    listed = received.listed.get(line.id)
    if line.given is None or listed is None or differs(line.given, listed) is None:
        return Decimal(0)
    extra: Decimal = line.given - listed
    return extra


def _related(received: ReceivedDelivery, formats: Formats) -> list[Related]:
    document = received.document
    place = Place("movements", filters=(Filter("posting", Match.IN, (document.id,)),))
    lines = tuple(_line(received, each, formats) for each in document.lines)
    return [Related("Lines", lines, total=document.line_count, place=place)]


def _line(received: ReceivedDelivery, line: Any, formats: Formats) -> Line:
    came = amount(line.quantity, line.unit, formats)
    listed = received.listed.get(line.id)
    off = differs(line.given, listed) if line.given is not None else None
    told: Words = ""
    if off is not None and listed is not None:
        share = formats.percent(off, signed=True)
        told = say("{share} against the list: {listed}", share=share, listed=formats.money(listed))
    undone: Words = say("undone") if line.undone_by is not None else ""
    value = formats.money(line.value) if line.value is not None else came
    entered = say("typed as {entered}", entered=line.entered) if line.entered else ""
    note = dotted(came if line.value is not None else "", entered, line.location, told, undone)
    tone = Tone.NEUTRAL if line.undone_by is not None else Tone.WARN if (off or 0) > 0 else Tone.PLAIN
    return Line(line.item, note, value, tone, Place("movements", line.id))


def _of_document(button: DetailButton) -> DetailButton:
    """A button of the ledger's panel, for the whole document instead of the movement that stands for it."""

    def run(page: Any, received: ReceivedDelivery) -> None:
        button.run(page, received.document)

    show, why_not = button.show, button.why_not
    return replace(
        button,
        run=run,
        show=lambda received: show(received.document),
        why_not=(lambda received: why_not(received.document)) if why_not is not None else None,
    )


def _open_price(page: Any, received: ReceivedDelivery) -> None:
    """The movements of the delivery, where each line is brought to what the invoice says."""
    page.desk.navigation.open("movements", received.document.line.id)


def _open_supplier(page: Any, received: ReceivedDelivery) -> None:
    page.desk.navigation.open("suppliers", received.document.supplier_id)


OF_DOCUMENT = ("Undo the whole document …", "Add freight …")
BUTTONS = tuple(_of_document(one) for one in movement_panel.DETAIL.buttons if str(one.title) in OF_DOCUMENT)
DETAIL = DetailSpec(
    service.delivery,
    describe,
    subjects=service.SUBJECTS,
    buttons=(
        *(replace(one, menu=False) for one in BUTTONS),
        DetailButton("Price differs on the invoice …", _open_price, permission="adjustments.record", menu=True),
        DetailButton("Open supplier", _open_supplier, "storefront", permission="suppliers.view", menu=True,
                     show=lambda received: received.document.supplier_id is not None),
    ),
)  # fmt: skip


def _subtitle(summary: Summary, formats: Formats) -> Words:
    count = say_count("{count} delivery", "{count:,} deliveries", summary.count)
    value = summary.totals.get("value")
    return count if value is None else dotted(count, formats.money(value, currency=True))


def list_spec(start: Callable[[], None]) -> ListSpec:
    """Every delivery; `start` leads to the entry of one."""
    new = Action("New delivery", lambda _page, _rows: start(), "plus", service.RECEIVE)
    return ListSpec(
        key="deliveries",
        title="Deliveries",
        noun=("delivery", "deliveries"),
        columns=COLUMNS,
        read=service.deliveries,
        summary=service.deliveries_summary,
        counts=service.deliveries_tab_counts,
        subjects=service.SUBJECTS,
        subtitle=_subtitle,
        search_hint="Find by supplier or number",
        tabs=(
            Tab("all", "All"),
            Tab(
                "unnumbered",
                "Without a number",
                (
                    Filter("paper", Match.IN, ("unnumbered",)),
                    Filter("state", Match.IN, ("received", "partly")),
                ),
            ),
        ),
        sort=(Sort("effective_at", descending=True),),
        detail=DETAIL,
        empty=Empty("Nothing received yet", "What suppliers bring stands here once it was entered.", new),
        site_bound=True,
    )
