"""The page of modifiers: what is asked with a dish, what each answer adds to the price and takes out of stock."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.listing import Filter, Match, Sort
from ims_desktop.domain.wording import Words, say, say_count
from ims_desktop.domain.work import read
from ims_desktop.features.menu import service
from ims_desktop.features.menu.screen.forms import EDIT
from ims_desktop.features.recipes.rules import plain
from ims_desktop.features.recipes.screen.editor import entry_spec, line_drafts, usable_of
from ims_desktop.ui.archiving import Archiving
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Line, Related, Section
from ims_desktop.ui.entry import EntryColumn, EntryKind, EntrySpec, Measured
from ims_desktop.ui.entry import Line as EntryLine
from ims_desktop.ui.fields import Field, FieldKind, Group
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, ActionPage, Empty, ListSpec, Tab
from ims_desktop.ui.theme import Tone

WIDTH = 900
COST = "stock.cost"


def _entry(desk: Desk) -> EntrySpec:
    """One line an answer and effect; an answer with several effects is there several times."""
    lines = entry_spec(desk, negative=True)

    def price(typed: str, _line: EntryLine) -> Measured:
        try:
            return Measured(typed, desk.formats.parse_number(typed.lstrip("+")))
        except UserError as error:
            return Measured(typed, problem=error.text)

    columns = (
        EntryColumn("answer", "Answer", EntryKind.TEXT, 170, "Extra cheese", required=True, stretch=True),
        EntryColumn("price", "Adds to the price", EntryKind.MEASURE, 130, "0", parse=price),
        *(replace(one, required=False, stretch=False) for one in lines.columns),
    )
    return replace(lines, columns=columns, name="Answers")


class FormGroup:
    """A group as the fields of the form see it."""

    def __init__(self, group: service.Group) -> None:
        self.group = group
        self.name, self.at_least, self.at_most = group.name, group.at_least, group.at_most
        self.modifiers = tuple(line for modifier in group.modifiers for line in _lines_of(modifier))


def _lines_of(modifier: service.Modifier) -> tuple[EntryLine, ...]:
    named = {"answer": modifier.name, "price": Measured(plain(modifier.price))}
    effects = tuple(
        {
            **named,
            "item": Choice(line.usable, line.usable.name),
            "quantity": Measured(f"{plain(line.written.quantity)} {line.written.unit}"),
            "yield_percent": Measured(plain(line.yield_percent)),
        }
        for line in modifier.lines
    )
    return effects or (named,)


def form(desk: Desk, *, new: bool) -> FormSpec:
    """The form of a group with its answers."""

    @read
    def read_group(connection: Any, key: Any) -> FormGroup:
        return FormGroup(service.group(connection, key, desk.site))

    return FormSpec(
        title="New modifier group" if new else "Change the modifier group",
        groups=(
            Field("name", "Name", required=True, max_length=service.LONGEST_NAME, placeholder="Extras"),
            Field("at_least", "At least", FieldKind.NUMBER, required=True, default=Decimal(0), decimals=0, half=True),
            Field("at_most", "At most", FieldKind.NUMBER, decimals=0, half=True, help="Empty: as many as one likes."),
            Group(
                "Answers",
                (Field("modifiers", "", FieldKind.ENTRY, entry=_entry),),
                "What an answer takes besides the dish; with a minus what it leaves out, as −50 g of mozzarella.",
            ),
        ),
        save=service.save_group,
        build=_draft,
        read=read_group,
        said=lambda saved: say("Saved {name}", name=saved.name),
        width=WIDTH,
        permission=EDIT,
    )


def _draft(values: Mapping[str, Any], initial: FormGroup | None) -> service.GroupDraft:
    was = initial.group if initial is not None else None
    return service.GroupDraft(
        values["name"],
        int(values["at_least"]),
        None if values["at_most"] is None else int(values["at_most"]),
        _modifiers(values["modifiers"]),
        was.id if was else None,
        was.version if was else 0,
    )


def _modifiers(lines: Sequence[EntryLine]) -> tuple[service.ModifierDraft, ...]:
    found: dict[str, service.ModifierDraft] = {}
    for row, line in enumerate(lines, 1):
        name = " ".join(str(line.get("answer") or "").split())
        price = line.get("price")
        before = found.get(name.casefold())
        known = price.value if isinstance(price, Measured) and price.value is not None else None
        if before is not None and known is not None and known != before.price:
            raise UserError(
                "This group cannot be saved yet.", [Problem("It has another price above.", "modifiers.price", row)]
            )
        effects = line_drafts([line]) if usable_of(line) is not None else ()
        made = before or service.ModifierDraft(name, known or Decimal(0))
        found[name.casefold()] = replace(made, lines=(*made.lines, *effects))
    return tuple(found.values())


def describe(group: service.Group, formats: Formats, costs: bool) -> Detail:
    """A group in words."""
    related = tuple(_answer(modifier, formats, costs) for modifier in group.modifiers)
    most = str(group.at_most) if group.at_most is not None else say("as many as one likes")
    facts = (Fact("At least", str(group.at_least)), Fact("At most", most))
    chips = () if group.is_active else (Chip("Archived", Tone.NEUTRAL),)
    return Detail(
        title=group.name,
        chips=chips,
        line=say_count("{count} answer", "{count} answers", len(group.modifiers)),
        facts=facts,
        related=related,
    )


def _answer(modifier: service.Modifier, formats: Formats, costs: bool) -> Related:
    lines = tuple(
        Line(
            line.usable.name,
            f"{formats.typed_number(line.written.quantity)} {line.written.unit}".replace("-", "−"),
            place=Place("recipes" if line.usable.is_recipe else "items", line.usable.id),
        )
        for line in modifier.lines
    )
    title: Words = f"{modifier.name}  {formats.number(modifier.price, formats.money_decimals, True)}"
    if costs and modifier.lines:
        title = say("{answer} · costs {cost}", answer=title, cost=formats.money(modifier.cost))
    return Related(title, lines, empty="It takes nothing out of stock.")


def _change(page: ActionPage, group: service.Group) -> None:
    page.open_form(form(page.desk, new=False), key=group.id)


ARCHIVING = Archiving(
    service.set_groups_active,
    EDIT,
    lambda rows: say_count("One group is asked no more", "{count} groups are asked no more", len(rows)),
    lambda rows: say_count("One group is asked again", "{count} groups are asked again", len(rows)),
    archive="Ask no more",
    restore="Ask again",
    already_active="It is asked already.",
)
NEW = Action("New group", lambda page, _rows: page.open_form(form(page.desk, new=True)), icon="plus", permission=EDIT)


def spec(desk: Desk) -> ListSpec:
    """The page for one desk; effects cost what they do at the chosen site."""

    @read
    def group(connection: Any, key: Any) -> service.Group:
        return service.group(connection, key, desk.site)

    return ListSpec(
        key="modifiers",
        title="Modifiers",
        noun=("group", "groups"),
        columns=(
            Column("name", "Group", Kind.TITLE, 240, sub="answers", sortable=True, stretch=True),
            Column("rule", "Answers", width=200),
            Column("dishes", "Menu items", Kind.NUMBER, 120),
        ),
        read=service.groups,
        summary=service.groups_summary,
        subjects=frozenset({"menu", "stock"}),
        search_hint="Find by name",
        tabs=(
            Tab("used", "In use", (Filter("is_active", Match.IN, (True,)),)),
            Tab("archived", "Archived", (Filter("is_active", Match.IN, (False,)),)),
        ),
        counts=service.group_counts,
        sort=(Sort("name"),),
        primary=NEW,
        actions=ARCHIVING.actions,
        detail=DetailSpec(
            group,
            partial(describe, costs=desk.may(COST)),
            subjects=frozenset({"menu"}),
            buttons=(
                DetailButton("Change", _change, "pencil-simple", EDIT, primary=True),
                DetailButton(
                    "Ask it no more",
                    partial(ARCHIVING.one, False),
                    "archive",
                    EDIT,
                    show=lambda group: group.is_active,
                ),
                DetailButton(
                    "Ask it again",
                    partial(ARCHIVING.one, True),
                    "arrow-counter-clockwise",
                    EDIT,
                    show=lambda group: not group.is_active,
                ),
            ),
        ),
        empty=Empty("No modifiers", "Sizes, extras and what is left out are asked with a dish.", NEW),
    )


def build(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page of modifiers."""
    return ListPage(desk, spec(desk).with_sections(sections))
