"""The page of what a till sells by words the menu does not know: lines that wait, their value, what they mean."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Sort, Summary
from ims_desktop.domain.wording import Words, say, say_count
from ims_desktop.domain.work import read
from ims_desktop.features.sales import service
from ims_desktop.features.sales.screen.import_unknown import menu_item_choices
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import Between, Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Line, Note, Related, Section
from ims_desktop.ui.fields import Field, FieldKind
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import ActionPage, Empty, ListSpec, Tab, opening
from ims_desktop.ui.theme import Tone

RIGHT = "sales.import"
STATES = {
    "WAITING": Chip("Waits", Tone.WARN),
    "MAPPED": Chip("Mapped", Tone.OK),
    "IGNORED": Chip("Left out", Tone.NEUTRAL),
}
KINDS = {"PRODUCT": Chip("Menu item", Tone.NEUTRAL), "MODIFIER": Chip("Modifier", Tone.INFO)}
COLUMNS = (
    Column("words", "Called by the till", Kind.TITLE, 260, sortable=True, stretch=True),
    Column(
        "kind", "Kind", Kind.CHIP, 124, chips=KINDS, filter=Choices(tuple(Choice(k, c.text) for k, c in KINDS.items()))
    ),
    Column("lines", "Lines waiting", Kind.NUMBER, 120, total=True, sortable=True),
    Column("amount", "Value waiting", Kind.MONEY, 130, total=True, sortable=True, filter=Between()),
    Column("since", "Since", Kind.DATE, 120, filter=Between()),
    Column("latest", "Latest", Kind.DATE, 120, hidden=True),
    Column("meaning", "Means", width=220),
    Column("site", "Site", width=130),
    Column(
        "state",
        "Status",
        Kind.CHIP,
        110,
        chips=STATES,
        filter=Choices(tuple(Choice(key, chip.text) for key, chip in STATES.items())),
    ),
)


@dataclass(frozen=True, slots=True)
class MapDraft:
    """What the form about a product begins with."""

    meaning: service.Meaning
    menu_item_id: UUID | None


def _build_meaning(values: Mapping[str, Any], draft: MapDraft) -> service.Meaning:
    return replace(draft.meaning, menu_item_id=values["menu_item_id"])


def _build_ignoring(values: Mapping[str, Any], ignoring: service.Ignoring) -> service.Ignoring:
    return replace(ignoring, reason=values["reason"])


MAP_FORM = FormSpec(
    title="What does the till mean?",
    subtitle="From now on, and for the lines that wait: they are recorded on the days they were sold, with the recipes"
    " of those days. What that takes out of stock is shown before it happens.",
    groups=(
        Field("menu_item_id", "Menu item", FieldKind.CHOICE, required=True, choices=Choices(load=menu_item_choices)),
    ),
    save=service.map_product,
    build=_build_meaning,
    save_title="Map",
    said=lambda effect: say_count(
        "Mapped; {count} line that waited is recorded", "Mapped; {count} lines that waited are recorded", effect.lines
    ),
    permission=RIGHT,
)


@read
def modifier_choices(connection: Any) -> tuple[Choice, ...]:
    """The modifiers to choose from."""
    return tuple(Choice(key, name, group) for key, name, group in service.modifier_names(connection))


@dataclass(frozen=True, slots=True)
class ModifierDraft:
    """What the form about a modifier begins with."""

    meaning: service.ModifierMeaning
    modifier_id: UUID | None


def _build_modifier(values: Mapping[str, Any], draft: ModifierDraft) -> service.ModifierMeaning:
    return replace(draft.meaning, modifier_id=values["modifier_id"])


MODIFIER_FORM = replace(
    MAP_FORM,
    subtitle="From now on, and for the lines that are recorded already: what they charged stays, and what they took out"
    " of stock is put right, with the recipes of their days. It is shown before it happens.",
    groups=(Field("modifier_id", "Modifier", FieldKind.CHOICE, required=True, choices=Choices(load=modifier_choices)),),
    save=service.map_modifier,
    build=_build_modifier,
    said=lambda effect: say_count(
        "Mapped; {count} recorded line is put right", "Mapped; {count} recorded lines are put right", effect.lines
    ),
)
IGNORE_FORM = FormSpec(
    title="Leave it out",
    subtitle="For what is no food and takes nothing out of stock: gift cards, deposits, fees. Lines that wait and lines"
    " to come are left out; their value stays visible here.",
    groups=(
        Field(
            "reason", "Reason", FieldKind.MULTILINE, required=True, max_length=1000, placeholder="Why is it left out?"
        ),
    ),
    save=service.ignore_product,
    build=_build_ignoring,
    save_title="Leave out",
    said=lambda count: say_count("{count} line is left out", "{count} lines are left out", count),
    permission=RIGHT,
)


def _map(page: ActionPage, product: service.TillProduct) -> None:
    if product.kind == "MODIFIER":
        _map_modifier(page, product)
        return
    meaning = service.Meaning(uuid4(), product.site_id, product.product, product.words, product.menu_item_id)
    form = replace(MAP_FORM, title=say("What is {words}?", words=product.words))
    page.open_form(form, initial=MapDraft(meaning, product.menu_item_id))


def _map_modifier(page: ActionPage, product: service.TillProduct) -> None:
    said = service.ModifierMeaning(uuid4(), product.site_id, product.product, product.words, product.modifier_id)
    form = replace(MODIFIER_FORM, title=say("What is {words}?", words=product.words))
    page.open_form(form, initial=ModifierDraft(said, product.modifier_id))


def _ignore(page: ActionPage, product: service.TillProduct) -> None:
    form = replace(IGNORE_FORM, title=say("Leave {words} out", words=product.words))
    page.open_form(form, initial=service.Ignoring(product.id, product.version))


def _wait_again(page: Any, product: service.TillProduct) -> None:
    words = page.tr("Its lines wait again")
    done = service.Ignoring(product.id, product.version)
    page.start(lambda _count: page.desk.messages.done(words), service.ignore_product, done)


def describe(product: service.TillProduct, formats: Formats) -> Detail:
    """A product of the till in words."""
    decided: Words = ""
    if product.decided_by:
        decided = say("{when} by {who}", when=formats.moment(product.decided_at), who=product.decided_by)
    facts = [
        Fact("Lines waiting", formats.number(product.lines)),
        Fact("Value waiting", formats.money(product.amount), product.currency),
    ]
    if product.is_known:
        facts.append(Fact("Means", product.meaning, decided, wide=True))
        facts.append(Fact("Recorded later", formats.number(product.mapped_lines), "lines that had waited"))
    notes = (Note(say("Left out: {why}", why=product.ignored), Tone.NEUTRAL),) if product.ignored else ()
    lines = tuple(
        Line(
            say("Order {number}", number=line.number),
            _origin(line, formats),
            formats.money(line.amount),
            Tone.PLAIN if line.state == "WAITING" else Tone.NEUTRAL,
        )
        for line in product.newest
    )
    meaning = () if product.menu_item_id is None else (_meaning(product),)
    return Detail(
        title=product.words,
        chips=(STATES[product.state], KINDS[product.kind]),
        line=product.site,
        notes=notes,
        facts=tuple(facts),
        related=(*meaning, Related("Lines", lines, empty="No file held it since.")),
    )


def _origin(line: service.WaitingLine, formats: Formats) -> Words:
    when = formats.moment(line.placed_at)
    if line.row is None:
        return say("{when} · recorded without it", when=when)
    return say("{when} · row {row} of {file}", when=when, row=line.row, file=line.file_name)


def _meaning(product: service.TillProduct) -> Related:
    return Related("On the menu", (Line(product.meaning, place=Place("menu", product.menu_item_id)),))


def _subtitle(summary: Summary, formats: Formats) -> Words:
    worth = formats.money(summary.totals.get("amount"), currency=True)
    return say(
        "{lines} sold lines worth {worth} wait, because nobody said yet what the till means",
        lines=formats.number(summary.totals.get("lines", 0)),
        worth=worth,
    )


IMPORT = opening("Import sales", "sales_import", RIGHT, "upload-simple")
SPEC = ListSpec(
    key="unmapped_sales",
    title="Unmapped sales",
    noun=("word of the till", "words of the till"),
    columns=COLUMNS,
    read=service.till_products,
    summary=service.till_products_summary,
    counts=service.till_product_counts,
    subjects=service.QUARANTINE,
    subtitle=_subtitle,
    search_hint="Find by the till's words",
    tabs=(
        Tab("WAITING", "Waiting", service.WAITING),
        Tab("MAPPED", "Mapped", service.MAPPED),
        Tab("IGNORED", "Left out", service.IGNORED),
    ),
    sort=(Sort("amount", descending=True),),
    primary=IMPORT,
    detail=DetailSpec(
        service.till_product,
        describe,
        subjects=service.QUARANTINE,
        buttons=(
            DetailButton("Map …", _map, "link", RIGHT, primary=True, show=lambda product: not product.ignored),
            DetailButton(
                "Leave out …",
                _ignore,
                "prohibit",
                RIGHT,
                show=lambda product: not product.ignored and not product.is_known,
            ),
            DetailButton(
                "Let it wait again",
                _wait_again,
                "arrow-counter-clockwise",
                RIGHT,
                show=lambda product: bool(product.ignored),
            ),
        ),
    ),
    empty=Empty(
        "Nothing waits",
        "Everything that the tills sold is known on the menu.",
        IMPORT,
        (opening("Orders", "orders", "sales.view", "receipt"),),
    ),
    site_bound=True,
)


def build_unmapped(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page of unmapped sales."""
    return ListPage(desk, SPEC.with_sections(sections))
