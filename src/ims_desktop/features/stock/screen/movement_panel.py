"""The panel beside movements: the document, all its lines, later corrections, and the way to undo it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.domain.posting_kinds import KINDS
from ims_desktop.domain.wording import Words, dotted, say, word
from ims_desktop.features.stock import service
from ims_desktop.features.stock.screen.words import CAUSES, UNDOING, amount
from ims_desktop.features.stock.screen.worth import MOVEMENT_BUTTONS
from ims_desktop.features.stock.service import PostedDocument, Undo
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.desk import Place
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Line, Note, Related
from ims_desktop.ui.fields import Field
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.formats import UNKNOWN, Formats
from ims_desktop.ui.theme import Tone

MISTAKE = "Entered by mistake"
LEDGER_PLACES = 6  # corrections are shown as exact as they are kept


def describe(document: PostedDocument, formats: Formats) -> Detail:
    """A movement and its document in words."""
    return Detail(
        title=say("{kind} #{number}", kind=word(KINDS[document.kind]), number=document.number),
        code=document.reference,
        chips=_chips(document),
        line=dotted(document.site, document.supplier or ""),
        notes=tuple(_notes(document)),
        facts=tuple(_facts(document, formats)),
        related=tuple(_related(document, formats)),
    )


def _chips(document: PostedDocument) -> tuple[Chip, ...]:
    if document.is_undone:
        return (UNDOING["undone"],)
    return (UNDOING["undo"],) if document.reverses is not None else ()


def _notes(document: PostedDocument) -> list[Note]:
    notes = []
    if document.reverses is not None:
        notes.append(
            Note(say("Undoes document #{reverses}: {note}", reverses=document.reverses, note=document.note), Tone.INFO)
        )
    elif document.is_undone:
        notes.append(Note(say("{item} was undone: this line no longer counts.", item=document.line.item), Tone.NEUTRAL))
    return notes


def _facts(document: PostedDocument, formats: Formats) -> list[Fact]:
    line = document.line
    facts = [
        Fact(
            line.item,
            amount(line.quantity, line.unit, formats, signed=True),
            say("typed as {entered}", entered=line.entered) if line.entered else line.location,
        )
    ]
    if line.value is not None:
        corrected = line.correction is not None and line.correction != 0
        now = line.value + (line.correction or 0)
        facts.append(
            Fact(
                "Value",
                formats.money(now),
                say("{value} when it moved", value=formats.money(line.value)) if corrected else document.currency,
            )
        )
    facts += [
        Fact("Took effect", formats.moment(document.effective_at), wide=True),
        Fact("Entered", f"{formats.moment(document.posted_at)} · {document.by}", wide=True),
    ]
    if document.note and document.reverses is None:
        facts.append(Fact("Note", document.note, wide=True))
    return facts


def _related(document: PostedDocument, formats: Formats) -> list[Related]:
    related = []
    if document.corrections:
        lines = tuple(
            Line(
                say("{cause} by #{number}", cause=word(CAUSES[one.cause]), number=one.number),
                say(
                    "counts from {day}, known {moment}",
                    day=formats.moment(one.effective_at),
                    moment=formats.moment(one.posted_at),
                ),
                UNKNOWN if one.value is None else formats.number(one.value, LEDGER_PLACES, True),
                place=Place("movements", filters=(Filter("posting", Match.IN, (one.document,)),)),
            )
            for one in document.corrections
        )
        related.append(Related("Later corrections of its cost", lines))
    if document.line_count < 2:
        return related
    place = Place("movements", filters=(Filter("posting", Match.IN, (document.id,)),))
    lines = tuple(
        Line(
            each.item,
            dotted(each.location or "", each.reason or "", each.note or ""),
            amount(each.quantity, each.unit, formats, signed=True),
            Tone.NEUTRAL if each.undone_by is not None else Tone.PLAIN,
            Place("movements", each.id) if each.id != document.line.id else None,
        )
        for each in document.lines
    )
    related.append(Related("Lines of the document", lines, total=document.line_count, place=place))
    return related


@dataclass(frozen=True)
class Reversal:
    """What the form of an undo begins with."""

    document: PostedDocument
    reason: str = MISTAKE

    @property
    def line(self) -> tuple[int, ...]:
        """The movement alone."""
        return (self.document.line.id,)

    @property
    def lines(self) -> tuple[int, ...]:
        """Everything the document moved."""
        return tuple(line.id for line in self.document.lines)


def _undo_line(values: Mapping[str, Any], reversal: Reversal) -> Undo:
    return Undo(uuid4(), reversal.line, values["reason"])


def _undo_lines(values: Mapping[str, Any], reversal: Reversal) -> Undo:
    return Undo(uuid4(), reversal.lines, values["reason"])


UNDO = FormSpec(
    title="Undo this line",
    subtitle="A new movement takes it back; both stay in the ledger.",
    groups=(Field("reason", "Why", required=True, max_length=1000),),
    save=service.undone,
    build=_undo_line,
    save_title="Undo",
    said=lambda posted: say("Undone by document #{number}", number=posted.number),
    width=330,
)
UNDO_ALL = FormSpec(
    title="Undo the whole document",
    subtitle=UNDO.subtitle,
    groups=UNDO.groups,
    save=service.undone,
    build=_undo_lines,
    save_title="Undo all lines",
    said=UNDO.said,
    width=330,
)


def _why_not_all(document: PostedDocument) -> Words | None:
    if any(line.undone_by is not None for line in document.lines):
        return "Some of its lines are undone already: undo the others one by one."
    if document.line_count > len(document.lines):
        return "It has too many lines to be undone at once."
    return document.why_kept


def _open_item(page: Any, document: PostedDocument) -> None:
    page.desk.navigation.open("items", document.line.item_id)


def _open_card(page: Any, document: PostedDocument) -> None:
    filters = (Filter("item", Match.IN, (document.line.item_id,)), Filter("site", Match.IN, (document.site_id,)))
    page.desk.navigation.open("item_card", filters=filters)


def _start_undo(page: Any, document: PostedDocument) -> None:
    page.open_form(UNDO, initial=Reversal(document))


def _start_undo_all(page: Any, document: PostedDocument) -> None:
    page.open_form(UNDO_ALL, initial=Reversal(document))


def _is_others(document: PostedDocument) -> bool:
    return not document.mine


def _is_mine(document: PostedDocument) -> bool:
    return document.mine


DETAIL = DetailSpec(
    service.document_of,
    describe,
    subjects=frozenset({"stock", "postings"}),
    buttons=(
        DetailButton("Undo …", _start_undo, "arrow-counter-clockwise", why_not=lambda d: d.why_kept, show=_is_mine),
        DetailButton(
            "Undo …",
            _start_undo,
            "arrow-counter-clockwise",
            permission="documents.reverse",
            why_not=lambda d: d.why_kept,
            show=_is_others,
        ),
        DetailButton("Card", _open_card, "list-dashes"),
        DetailButton("Open item", _open_item, "package", permission="items.view", menu=True),
        DetailButton("Undo the whole document …", _start_undo_all, why_not=_why_not_all, show=_is_mine, menu=True),
        DetailButton(
            "Undo the whole document …",
            _start_undo_all,
            permission="documents.reverse",
            why_not=_why_not_all,
            show=_is_others,
            menu=True,
        ),
        *MOVEMENT_BUTTONS,
    ),
)
