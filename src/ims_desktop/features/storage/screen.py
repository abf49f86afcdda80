"""The page of the storage locations."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from ims_desktop.domain.listing import Filter, Match, Sort, Summary
from ims_desktop.domain.wording import Words, dotted, meant, say, say_count
from ims_desktop.features.storage import service
from ims_desktop.ui.cell_edit import CellEdit
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Line, Related, Section
from ims_desktop.ui.fields import Field, FieldKind
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, Empty, ListSpec, Needs, Tab
from ims_desktop.ui.theme import Tone

SUBJECTS = frozenset({"storage", "sites"})
EDIT_RIGHT = "storage.edit"
STATES = {True: Chip(meant("Open", "place"), Tone.OK), False: Chip(meant("Closed", "place"), Tone.NEUTRAL)}


def _not_in_walk(row: service.LocationRow) -> str | None:
    return None if row.is_active else "A closed location has no place in the walk. Reopen it first."


WALK = CellEdit(EDIT_RIGHT, required=True, high=Decimal(service.LAST_PLACE), why_not=_not_in_walk)
COLUMNS = (
    Column("walk_order", "Walk", Kind.NUMBER, 88, sortable=True, edit=WALK),
    Column("name", "Storage location", Kind.TITLE, 240, sub="where", sortable=True, stretch=True),
    Column("site", "Site", width=190, sortable=True, filter=Choices(load=service.site_choices)),
    Column("stocked", "Items in it", Kind.NUMBER, 110, sortable=True),
    Column("homes", "Home of", Kind.NUMBER, 110, sortable=True),
    Column("is_active", "Status", Kind.CHIP, 110, chips=STATES),
)


def draft(values: Mapping[str, Any], initial: Any) -> service.LocationDraft:
    """What the form says, as a draft."""
    version = getattr(initial, "version", 0)
    return service.LocationDraft(
        values["name"],
        initial.site_id if version else values["site_id"],
        values["parent_id"],
        initial.id if version else None,
        version,
    )


PARENT = Field(
    "parent_id",
    "Inside",
    FieldKind.CHOICE,
    choices=Choices(load=service.parent_choices),
    help="Another location of the same site, such as a shelf in the walk-in. Leave it empty otherwise.",
)
NAME = Field("name", "Name", required=True, max_length=80, placeholder="Walk-in")
FORM = FormSpec(
    title="New storage location",
    groups=(
        NAME,
        Field("site_id", "Site", FieldKind.CHOICE, required=True, choices=Choices(load=service.site_choices)),
        PARENT,
    ),
    save=service.save_location,
    build=draft,
    said=lambda saved: say("Saved {name}", name=saved.name),
    subtitle="It becomes the last of the walk through its site; move it up from the list.",
    permission=EDIT_RIGHT,
)
EDIT = replace(
    FORM,
    title=say("Edit storage location"),
    groups=(NAME, Field("site", "Site", FieldKind.SHOWN), PARENT),
    read=service.location,
    subtitle="",
)


def describe(location: service.StorageLocation, formats: Formats) -> Detail:
    """A storage location in words."""
    return Detail(
        title=location.name,
        chips=(STATES[location.is_active],),
        line=dotted(location.site, say("in {place}", place=location.inside) if location.inside else ""),
        facts=(
            Fact("Items in it", formats.number(location.stocked)),
            Fact("Home of", formats.number(location.homes), "items"),
            Fact("Place in the walk", formats.number(location.walk_order)),
            *((Fact("Holds", ", ".join(location.children), wide=True),) if location.children else ()),
        ),
        related=(
            Related(
                "In it now",
                tuple(
                    Line(item.name, value=_amount(item, formats), place=Place("items", item.id))
                    for item in location.items
                ),
                location.stocked,
                Place("stock", filters=(Filter("location", Match.IN, (location.id,)),)),
                "Nothing lies here.",
            ),
        ),
    )


def _amount(item: service.StoredItem, formats: Formats) -> str:
    whole = item.quantity == item.quantity.to_integral_value()
    return formats.quantity(item.quantity, item.unit, 0 if whole else 3)


def _new(page: Any, _rows: tuple[Any, ...]) -> None:
    page.open_form(FORM, {"site_id": page.desk.site} if page.desk.site else None)


def _move(step: int, page: Any, rows: tuple[service.LocationRow, ...]) -> None:
    page.start(lambda _moved: None, service.move, rows[0].id, step)


def _renumber(page: Any, rows: tuple[service.LocationRow, ...]) -> None:
    site, name = rows[0].site_id, rows[0].site

    def done(changed: int) -> None:
        page.desk.messages.done(
            say("Numbered the walk through {name}", name=name)
            if changed
            else say("{name} is numbered already", name=name)
        )

    page.start(done, service.renumber, site)


def _close(page: Any, rows: tuple[service.LocationRow, ...]) -> None:
    keys = tuple(row.id for row in rows)
    said = say_count("Closed {name}", "Closed {count} storage locations", len(rows), name=rows[0].name)

    def undo() -> None:
        page.start(lambda _opened: None, service.reopen, keys)

    page.start(lambda _closed: page.desk.messages.done(said, undo), service.close, keys)


def _reopen(page: Any, rows: tuple[service.LocationRow, ...]) -> None:
    said = say_count("Reopened {name}", "Reopened {count} storage locations", len(rows), name=rows[0].name)
    keys = tuple(row.id for row in rows)
    page.start(lambda _opened: page.desk.messages.done(said), service.reopen, keys)


def _must_be(active: bool, rows: tuple[service.LocationRow, ...]) -> Words | None:
    if all(row.is_active is active for row in rows):
        return None
    return "Closed already." if active else "Open already."


def _button(title: str, run: Any, icon: str, *, menu: bool = False, active: bool = True) -> DetailButton:
    """An action of the list as a button of the panel, shown for open (or closed) locations."""
    return DetailButton(
        title,
        lambda page, location: run(page, (location,)),
        icon,
        EDIT_RIGHT,
        show=lambda location: location.is_active is active,
        menu=menu,
    )


def _subtitle(summary: Summary, formats: Formats) -> Words:
    return say("{count:,} in walk order: counts follow it from the first to the last", count=summary.count)


NEW = Action("New location", _new, icon="plus", permission=EDIT_RIGHT)
OPEN_ONE = partial(_must_be, True)
DETAIL = DetailSpec(
    service.location,
    describe,
    SUBJECTS | {"stock", "items"},
    (
        DetailButton(
            "Edit",
            lambda page, location: page.open_form(EDIT, key=location.id),
            icon="pencil-simple",
            permission=EDIT_RIGHT,
        ),
        _button("Up", partial(_move, -1), "arrow-up"),
        _button("Down", partial(_move, 1), "arrow-down"),
        _button("Close", _close, "archive", menu=True),
        _button("Reopen", _reopen, "arrow-counter-clockwise", menu=True, active=False),
        _button("Renumber the walk", _renumber, "list-numbers", menu=True),
    ),
)
SPEC = ListSpec(
    key="storage",
    title="Storage locations",
    noun=("storage location", "storage locations"),
    columns=COLUMNS,
    read=service.locations,
    summary=service.locations_summary,
    counts=service.locations_tab_counts,
    save=service.save_cells,
    subjects=SUBJECTS | {"stock", "items"},
    subtitle=_subtitle,
    search_hint="Filter by name or site",
    tabs=(
        Tab("open", meant("Open", "place"), (Filter("is_active", Match.IN, (True,)),)),
        Tab("closed", meant("Closed", "place"), (Filter("is_active", Match.IN, (False,)),)),
    ),
    sort=(Sort("site"), Sort("walk_order"), Sort("name")),
    primary=NEW,
    actions=(
        Action("Up", partial(_move, -1), "arrow-up", EDIT_RIGHT, Needs.ONE, why_not=OPEN_ONE, shortcut="Ctrl+Shift+Up"),
        Action(
            "Down", partial(_move, 1), "arrow-down", EDIT_RIGHT, Needs.ONE, why_not=OPEN_ONE, shortcut="Ctrl+Shift+Down"
        ),
        Action("Renumber the walk", _renumber, "list-numbers", EDIT_RIGHT, Needs.ONE),
        Action("Close", _close, "archive", EDIT_RIGHT, Needs.SOME, why_not=OPEN_ONE),
        Action("Reopen", _reopen, "arrow-counter-clockwise", EDIT_RIGHT, Needs.SOME, why_not=partial(_must_be, False)),
    ),
    detail=DETAIL,
    empty=Empty("No storage locations", "Every site needs one place at least where stock lies.", NEW),
    site_bound=True,
)


def build(desk: Desk, sections: tuple[Section, ...] = ()) -> ListPage:
    """The page of the storage locations; `sections` are what other capabilities show under one."""
    return ListPage(desk, replace(SPEC, detail=replace(DETAIL, sections=sections)))
