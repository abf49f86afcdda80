"""All counts: what is under way, what was posted, and starting a new one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Filter, Match, Sort, Summary
from ims_desktop.domain.wording import Words, dotted, meant, say, say_count, word
from ims_desktop.domain.work import read
from ims_desktop.features.counts import service
from ims_desktop.features.counts.rules import SCOPES, STATES, CountDraft, Scope, State
from ims_desktop.features.counts.rules.sheets import LONGEST_NAME, LONGEST_NOTE
from ims_desktop.features.counts.screen.endings import DISCARD, UNDO
from ims_desktop.features.counts.screen.words import SHEET_STATES, tolerance
from ims_desktop.features.counts.service import CountSheet
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Line, Note, Related, Section
from ims_desktop.ui.fields import Field, FieldKind, Group
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.language import said
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, Empty, ListSpec, Needs, Tab
from ims_desktop.ui.theme import Tone

ENTER_RIGHT, POST_RIGHT = "counts.enter", "counts.post"
GOING = (State.OPEN.value, State.REVIEW.value)
PERCENT = 100
COLUMNS = (
    Column("name", "Count", Kind.TITLE, 240, sub="code", sortable=True, stretch=True),
    Column("what", "What is counted", width=190, derived=True),
    Column("site", "Site", width=140, sortable=True),
    Column("state", "State", Kind.CHIP, 120, chips=dict(SHEET_STATES), sortable=True,
           filter=Choices(tuple(Choice(key, title) for key, title in STATES.items()))),
    Column("share", "Counted", Kind.PERCENT, 90, decimals=0, derived=True),
    Column("counted", "Lines counted", Kind.NUMBER, 110, derived=True, hidden=True),
    Column("lines", "Lines", Kind.NUMBER, 80, derived=True),
    Column("started_at", "Started", Kind.DATETIME, 150, sortable=True),
    Column("started_by", "By", width=110),
    Column("is_blind", "Blind", Kind.FLAG, 70),
)  # fmt: skip


def _draft(values: Mapping[str, Any], _initial: Any) -> CountDraft:
    scope = Scope(values["scope"])
    chosen = {Scope.LOCATIONS: values.get("locations"), Scope.CATEGORIES: values.get("categories")}.get(scope) or ()
    days, share = values.get("days"), values["tolerance_percent"]
    return CountDraft(
        key=uuid4(),
        site_id=values["site_id"],
        name=values["name"],
        scope=scope,
        chosen=tuple(chosen),
        days=int(days) if days is not None else None,
        is_blind=bool(values.get("is_blind")),
        tolerance_percent=share * PERCENT if share is not None else None,
        tolerance_value=values["tolerance_value"],
        note=values["note"] or "",
    )


def _of(scope: Scope) -> Any:
    return lambda values: values.get("scope") == scope


FORM = FormSpec(
    title="New count",
    groups=(
        Field("name", "Name", required=True, max_length=LONGEST_NAME, placeholder="Friday full count"),
        Field("site_id", "Site", FieldKind.CHOICE, required=True, choices=Choices(load=service.site_choices)),
        Group(
            "What is counted",
            (
                Field("scope", "What", FieldKind.CHOICE, required=True, default=Scope.ALL.value,
                      choices=Choices(tuple(Choice(key.value, SCOPES[key]) for key in Scope))),
                Field("locations", "Storage locations", FieldKind.MANY, enabled=_of(Scope.LOCATIONS),
                      choices=Choices(load=service.location_choices)),
                Field("categories", "Categories", FieldKind.MANY, enabled=_of(Scope.CATEGORIES),
                      choices=Choices(load=service.category_choices)),
                Field("days", "Not counted for days", FieldKind.NUMBER, enabled=_of(Scope.CYCLE), half=True),
            ),
        ),
        Group(
            "How it is counted",
            (
                Field("is_blind", "Blind count", FieldKind.CHECK,
                      help="Whoever may not post counts sees no stock at the site until it is posted."),
                Field("tolerance_percent", "Tolerance", FieldKind.PERCENT, half=True),
                Field("tolerance_value", "Or an amount of", FieldKind.MONEY, half=True,
                      help="What differs by more is counted again or approved."),
                Field("note", "Note", FieldKind.MULTILINE, max_length=LONGEST_NOTE),
            ),
        ),
    ),
    save=service.start_count,
    build=_draft,
    save_title="Start counting",
    said=lambda _key: say("The count is open on every desk"),
    permission=ENTER_RIGHT,
)  # fmt: skip


def _new(page: Any, _rows: tuple[Any, ...]) -> None:
    name = say("Count of {date}", date=page.desk.formats.date(page.desk.formats.today()))
    begun = {"site_id": page.desk.site, "name": said(name), "scope": Scope.ALL.value}
    page.open_form(_form_at(page.desk), {key: value for key, value in begun.items() if value})


def _form_at(desk: Desk) -> FormSpec:
    """The form with the storage locations of a chosen site alone; blind counts are for those who post counts."""
    site = desk.site

    @read
    def here(connection: Any) -> Any:
        return service.location_choices(connection, site)

    def narrowed(part: Group | Field) -> Group | Field:
        if isinstance(part, Group):
            return replace(part, fields=tuple(narrowed(field) for field in part.fields))  # type: ignore[misc]
        if part.key == "is_blind" and not desk.may(POST_RIGHT):
            help_ = "It hides the stock of the site: whoever may post counts there starts one."
            return replace(part, enabled=lambda _values: False, help=help_)
        return replace(part, choices=Choices(load=here)) if part.key == "locations" else part

    return replace(FORM, groups=tuple(narrowed(part) for part in FORM.groups))


def _open(page: Any, rows: tuple[Any, ...]) -> None:
    page.desk.navigation.open("count_sheet", rows[0].id)


def _review(page: Any, rows: tuple[Any, ...]) -> None:
    page.desk.navigation.open("count_review", rows[0].id)


def describe(sheet: CountSheet, formats: Formats) -> Detail:
    """A count in words."""
    people = ", ".join(sheet.people)
    notes = [Note(sheet.note)] if sheet.note else []
    if sheet.reason:
        notes.append(Note(sheet.reason, Tone.WARN))
    return Detail(
        title=sheet.name,
        code=sheet.code,
        chips=(SHEET_STATES[sheet.state],),
        line=dotted(word(SCOPES[sheet.scope]), sheet.site),
        notes=tuple(notes),
        facts=(
            Fact("Counted", formats.number(sheet.counted), say("of {lines:,} lines", lines=sheet.lines)),
            Fact("Tolerance", tolerance(sheet, formats)),
            Fact("Started", formats.moment(sheet.started_at), sheet.started_by),
            *_when("Last entry", sheet.last_at, None, formats),
            *_when("Approved", sheet.approved_at, sheet.approved_by, formats),
            *_when("Ended", sheet.ended_at, sheet.ended_by, formats),
            *((Fact("Counted by", people, wide=True),) if people else ()),
        ),
        related=(
            Related(
                "Areas",
                tuple(
                    Line(area.name, ", ".join(area.people), formats.percent(area.share, 0)) for area in sheet.areas
                ),
            ),
        ),
    )  # fmt: skip


def _when(title: Words, moment: datetime | None, by: str | None, formats: Formats) -> tuple[Fact, ...]:
    return (Fact(title, formats.moment(moment), by or ""),) if moment is not None else ()


def _subtitle(summary: Summary, _formats: Formats) -> Words:
    return say_count("{count:,} count", "{count:,} counts", summary.count)


NEW = Action("New count", _new, icon="plus", permission=ENTER_RIGHT)
DETAIL = DetailSpec(
    service.count_sheet,
    describe,
    service.SUBJECTS,
    (
        DetailButton("Count", lambda page, sheet: _open(page, (sheet,)), "clipboard-text", ENTER_RIGHT, primary=True,
                     show=lambda sheet: sheet.is_entered),
        DetailButton("Sheet", lambda page, sheet: _open(page, (sheet,)), "clipboard-text", ENTER_RIGHT,
                     show=lambda sheet: not sheet.is_entered),
        DetailButton("Review", lambda page, sheet: _review(page, (sheet,)), "scales", POST_RIGHT),
        DetailButton("Discard…", lambda page, sheet: page.open_form(DISCARD, sheet), "trash", ENTER_RIGHT, danger=True,
                     show=lambda sheet: sheet.is_entered, menu=True),
        DetailButton("Undo posting…", lambda page, sheet: page.open_form(UNDO, sheet), "arrow-counter-clockwise",
                     POST_RIGHT, danger=True, show=lambda sheet: sheet.state == State.POSTED, menu=True),
    ),
)  # fmt: skip
SPEC = ListSpec(
    key="counts",
    title="Counts",
    noun=("count", "counts"),
    columns=COLUMNS,
    read=service.counts,
    summary=service.counts_summary,
    counts=service.counts_tab_counts,
    subjects=service.SUBJECTS,
    subtitle=_subtitle,
    search_hint="Find by name",
    tabs=(
        Tab("going", meant("Under way", "count"), (Filter("state", Match.IN, GOING),)),
        Tab("over", "Over", (Filter("state", Match.IN, (State.POSTED.value, State.DISCARDED.value)),)),
    ),
    sort=(Sort("started_at", descending=True),),
    primary=NEW,
    actions=(
        Action("Count", _open, "clipboard-text", ENTER_RIGHT, Needs.ONE, shortcut="Ctrl+Return"),
        Action("Review", _review, "scales", POST_RIGHT, Needs.ONE),
    ),
    detail=DETAIL,
    empty=Empty("No counts yet", "Start one: several people can count at once, while trade goes on.", NEW),
    site_bound=True,
)


def build_counts(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page of all counts; `sections` are what other capabilities show under one."""
    return ListPage(desk, SPEC.with_sections(sections))
