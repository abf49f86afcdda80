"""Productions as a list, and the panel of one: what went in, what came out, and what that cost."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ims_desktop.domain.listing import Filter, Match, Sort, Summary
from ims_desktop.domain.wording import Words, dotted, say, say_count
from ims_desktop.features.production import service
from ims_desktop.features.production.service import Produced, ProducedPart, ProductionRow
from ims_desktop.features.stock.screen import movement_panel
from ims_desktop.features.stock.screen.words import CAUSES, amount
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import Between, Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Place
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Line, Note, Related
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_spec import Action, Empty, ListSpec, Tab
from ims_desktop.ui.theme import Tone

STATES = {"made": Chip("Made", Tone.OK), "undone": Chip("Undone", Tone.NEUTRAL)}
KINDS = {"prep": Chip("Prep", Tone.NEUTRAL), "repacked": Chip("Repacked", Tone.INFO)}


def _chips(chips: dict[str, Chip]) -> Choices:
    return Choices(tuple(Choice(key, chip.text) for key, chip in chips.items()))


def _tone(row: ProductionRow) -> Tone:
    """Less than expected is a loss."""
    if row.state == "undone" or not row.off:
        return Tone.NEUTRAL
    return Tone.BAD if row.off < 0 else Tone.OK


COLUMNS = (
    Column("effective_at", "Made", Kind.DATETIME, 140, sortable=True, filter=Between()),
    Column("item", "What", Kind.TITLE, 200, sub="origin", sub_title="By the recipe, or out of", sortable=True,
           stretch=True),
    Column("kind", "Kind", Kind.CHIP, 110, chips=KINDS, filter=_chips(KINDS)),
    Column("title", "Document", Kind.TEXT, 90, derived=True, hidden=True),
    Column("site", "Site", Kind.TEXT, 130, hidden=True),
    Column("made", "Came out", Kind.QUANTITY, 120, unit="unit", places="decimals"),
    Column("expected", "Expected", Kind.QUANTITY, 120, unit="unit", places="decimals"),
    Column("off", "Yield", Kind.PERCENT, 80, signed=True, tone=_tone, filter=Between()),
    Column("value", "Worth", Kind.MONEY, 110, total=True, permission="stock.cost"),
    Column("difference", "Difference", Kind.MONEY, 110, signed=True, total=True, tone=_tone, permission="stock.cost"),
    Column("by", "By", Kind.TEXT, 140, sortable=True),
    Column("posted_at", "Entered", Kind.DATETIME, 140, hidden=True),
    Column("state", "Status", Kind.CHIP, 110, chips=STATES, filter=_chips(STATES)),
)  # fmt: skip


def describe(produced: Produced, formats: Formats) -> Detail:
    """A production in words."""
    document = produced.document
    title = ", ".join(dict.fromkeys(part.item for part in produced.made)) or say("Production")
    return Detail(
        title=title,
        code=f"#{document.number}",
        chips=(STATES["undone"],) if document.is_undone else (),
        line=dotted(produced.recipe or say("Repacked"), document.site),
        notes=tuple(_notes(produced, formats)),
        facts=tuple(_facts(produced, formats)),
        related=tuple(_related(produced, formats)),
    )


def _notes(produced: Produced, formats: Formats) -> list[Note]:
    if not produced.off:
        return []
    share = formats.percent(abs(produced.off))
    if produced.off > 0:
        return [Note(say("{share} more came out than expected.", share=share), Tone.OK)]
    words = say("{share} less came out than expected.", share=share)
    if produced.reason:
        words = say("{share} less came out than expected: {reason}.", share=share, reason=produced.reason)
    return [Note(words, Tone.WARN)]


def _facts(produced: Produced, formats: Formats) -> list[Fact]:
    document, first = produced.document, produced.made[0]
    expected: Words = ""
    if first.expected is not None:
        expected = say("expected {amount}", amount=amount(first.expected, first.unit, formats))
    facts = [Fact("Came out", amount(first.quantity, first.unit, formats), expected)]
    value, each = produced.value, produced.unit_cost
    if value is not None and each is not None:
        unit = say("{money} for 1 {unit}", money=formats.cost(each), unit=first.unit)
        facts.append(Fact("Worth", formats.money(value, currency=True), unit))
        if produced.difference:
            shown = formats.number(produced.difference, formats.money_decimals, True)
            facts.append(Fact("Difference", f"{shown} {document.currency}"))
        if produced.labour:
            facts.append(Fact("Labour", formats.money(produced.labour, currency=True)))
    facts += [
        Fact("Made", formats.moment(document.effective_at), wide=True),
        Fact("Entered", f"{formats.moment(document.posted_at)} · {document.by}", wide=True),
    ]
    if document.note:
        facts.append(Fact("Note", document.note, wide=True))
    return facts


def _related(produced: Produced, formats: Formats) -> list[Related]:
    document = produced.document
    related = [
        Related("Came out", tuple(_line(part, formats) for part in produced.made)),
        Related("Went in", tuple(_line(part, formats) for part in produced.used)),
    ]
    if document.corrections:
        lines = tuple(
            Line(
                say("{cause} by #{number}", cause=CAUSES[one.cause], number=one.number),
                formats.moment(one.posted_at),
                formats.number(one.value, formats.money_decimals, True) if one.value is not None else "",
                place=Place("movements", filters=(Filter("posting", Match.IN, (one.document,)),)),
            )
            for one in document.corrections
        )
        related.append(Related("Later corrections of its cost", lines))
    return related


def _line(part: ProducedPart, formats: Formats) -> Line:
    moved = amount(abs(part.quantity), part.unit, formats)
    off: Words = ""
    if part.off and part.expected is not None:
        off = say(
            "{share} against {expected}", share=formats.percent(part.off, signed=True),
            expected=amount(part.expected, part.unit, formats),
        )  # fmt: skip
    lots: Words = say("lot {lot}", lot=part.lots) if part.lots else ""
    shown = moved if part.value is None else formats.money(abs(part.value))
    told = dotted(moved if part.value is not None else "", part.location, lots, off)
    wrong = (part.off or 0) * (-1 if part.quantity < 0 else 1) < 0
    return Line(part.item, told, shown, Tone.WARN if wrong else Tone.PLAIN, Place("movements", part.id))


def _of_document(button: DetailButton) -> DetailButton:
    """A button of the ledger's panel, for the whole document instead of the movement that stands for it."""
    show, why_not = button.show, button.why_not

    def run(page: Any, produced: Produced) -> None:
        button.run(page, produced.document)

    return replace(
        button,
        run=run,
        show=lambda produced: show(produced.document),
        why_not=(lambda produced: why_not(produced.document)) if why_not is not None else None,
        menu=False,
    )


def _open_recipe(page: Any, produced: Produced) -> None:
    page.desk.navigation.open("recipes", produced.recipe_id)


UNDO = "Undo the whole document …"
DETAIL = DetailSpec(
    service.production,
    describe,
    subjects=service.SUBJECTS,
    buttons=(
        *(_of_document(one) for one in movement_panel.DETAIL.buttons if str(one.title) == UNDO),
        DetailButton("Open recipe", _open_recipe, "cooking-pot", permission="recipes.view",
                     show=lambda produced: produced.recipe_id is not None),
    ),
)  # fmt: skip


def _subtitle(summary: Summary, formats: Formats) -> Words:
    count = say_count("{count} production", "{count:,} productions", summary.count)
    value = summary.totals.get("value")
    return count if value is None else dotted(count, formats.money(value, currency=True))


def list_spec(start: Callable[[], None] | None = None) -> ListSpec:
    """Every production; `start` leads to the entry of one, for whoever may."""
    new = Action("New production", lambda _page, _rows: start() if start else None, "plus", service.RECORD)
    return ListSpec(
        key="production",
        title="Production",
        noun=("production", "productions"),
        columns=COLUMNS,
        read=service.productions,
        summary=service.productions_summary,
        counts=service.productions_tab_counts,
        subjects=service.SUBJECTS,
        subtitle=_subtitle,
        search_hint="Find by item or recipe",
        tabs=(
            Tab("all", "All"),
            Tab("prep", "Preps", (Filter("kind", Match.IN, ("prep",)),)),
            Tab("repacked", "Repacked", (Filter("kind", Match.IN, ("repacked",)),)),
        ),
        sort=(Sort("effective_at", descending=True),),
        detail=DETAIL,
        empty=Empty("Nothing made yet", "What the kitchen makes or repacks stands here.", new if start else None),
        site_bound=True,
    )
