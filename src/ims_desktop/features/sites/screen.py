"""The page of the sites."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.listing import Filter, Match, Sort, Summary
from ims_desktop.domain.wording import Words, meant, say, say_count, sentences
from ims_desktop.features.sites import service
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Line, Related, Section
from ims_desktop.ui.fields import Field, FieldKind, Group
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.form_panel import FormPanel
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, Empty, ListSpec, Tab
from ims_desktop.ui.theme import Tone

SUBJECTS = frozenset({"sites", "storage"})
STATES = {
    "open": Chip(meant("Open", "place"), Tone.OK),
    "default": Chip("Default", Tone.INFO),
    "closed": Chip(meant("Closed", "place"), Tone.NEUTRAL),
}
KINDS = Choices(tuple(Choice(key, title) for key, title in service.KINDS.items()))
FOLLOWING = ("currency", "time_zone", "locale")

COLUMNS = (
    Column("name", "Site", Kind.TITLE, 220, sub="place", sortable=True, stretch=True),
    Column(
        "kind",
        "Kind",
        width=130,
        sortable=True,
        filter=KINDS,
    ),
    Column("manager", "Manager", width=150, sortable=True, filter=Choices(load=service.manager_choices)),
    Column("capacity", "Capacity", Kind.NUMBER, 90, sortable=True, total=True),
    Column("locations", "Locations", Kind.NUMBER, 90),
    Column("food_cost_target", "Cost target", Kind.PERCENT, 100),
    Column("currency", "Currency", width=98, sortable=True, filter=Choices(load=service.currency_choices)),
    Column("time_zone", "Time zone", width=160, hidden=True),
    Column("is_head_office", "Head office", Kind.FLAG, 100, hidden=True),
    Column("state", "Status", Kind.CHIP, 120, chips=STATES, derived=True),
)


def draft(values: Mapping[str, Any], initial: Any) -> service.SiteDraft:
    """What the form says, as a draft."""
    known = {name: values[name] for name in service.SiteDraft.__slots__ if name in values}
    capacity = values.get("capacity")
    return service.SiteDraft(
        **{
            **known,
            "kind": values["kind"] or "",
            "country": values["country"] or "",
            **{name: values.get(name) or "" for name in FOLLOWING},
            "capacity": None if capacity is None else int(capacity),
            "day_cutover_hour": int(values["day_cutover_hour"]),
            "id": initial.id if initial else None,
            "version": initial.version if initial else 0,
        }
    )


FORM = FormSpec(
    title="New site",
    width=440,
    groups=(
        Group(
            "Site",
            (
                Field("name", "Name", required=True, max_length=120),
                Field("kind", "Kind", FieldKind.CHOICE, required=True, choices=KINDS, default="RESTAURANT", half=True),
                Field("capacity", "Capacity", FieldKind.NUMBER, unit=say("seats"), decimals=0, half=True),
                Field("manager_id", "Manager", FieldKind.CHOICE, choices=Choices(load=service.manager_choices)),
            ),
        ),
        Group(
            "Address",
            (
                Field("address_line_1", "Street and number"),
                Field("address_line_2", "Second line"),
                Field("postal_code", "Postal code", half=True),
                Field("city", "City", half=True),
                Field("state", "State or province", half=True),
                Field(
                    "country",
                    "Country",
                    FieldKind.CHOICE,
                    required=True,
                    half=True,
                    choices=Choices(load=service.country_choices),
                ),
                Field("email", "E-mail", half=True),
                Field("phone", "Phone", half=True, placeholder="+39 06 1234567"),
            ),
        ),
        Group(
            "Currency, clock and writing",
            (
                Field(
                    "currency",
                    "Currency",
                    FieldKind.CHOICE,
                    half=True,
                    choices=Choices(load=service.currency_choices),
                    help="Stays as it is once something is posted.",
                ),
                Field(
                    "day_cutover_hour",
                    "Business day ends at",
                    FieldKind.NUMBER,
                    required=True,
                    decimals=0,
                    default=Decimal(4),
                    unit=":00",
                    half=True,
                    help="Sales before this hour count for the day before.",
                ),
                Field("time_zone", "Time zone", FieldKind.CHOICE, choices=Choices(load=service.time_zone_choices)),
                Field("locale", "Numbers and dates", FieldKind.CHOICE, choices=Choices(load=service.locale_choices)),
            ),
            help="They follow from the country; change what is different here.",
        ),
        Group(
            "Rules",
            (
                Field(
                    "food_cost_target",
                    "Food cost target",
                    FieldKind.PERCENT,
                    required=True,
                    default=Decimal("0.3"),
                    half=True,
                    help="Reports compare with it.",
                ),
                Field("allows_negative", "Stock may go below zero", FieldKind.CHECK, default=True),
                Field("prices_include_tax", "Menu prices include tax", FieldKind.CHECK),
                Field("is_head_office", "Head office of the group", FieldKind.CHECK),
                Field("is_default", "Chosen when nobody has chosen a site", FieldKind.CHECK),
                Field("is_active", meant("Open", "place"), FieldKind.CHECK, default=True),
            ),
        ),
    ),
    save=service.save_site,
    build=draft,
    read=service.site,
    said=lambda saved: say("Saved {name}", name=saved.name),
    permission="sites.edit",
)
EDIT = replace(FORM, title=say("Edit site"))


def follow_country(panel: FormPanel) -> None:
    """Fill currency, time zone and writing whenever another country is chosen."""
    country = panel.boxes["country"].editor

    def fill() -> None:
        try:
            said = service.defaults_of(country.value() or "")
        except UserError:
            return  # still typing
        if said is not None:
            for name in FOLLOWING:
                panel.boxes[name].editor.show_value(getattr(said, name))

    country.edited.connect(fill)


def open_form(page: Any, spec: FormSpec, key: Any = None) -> None:
    """Show the form with fields that follow the country."""
    page.open_form(spec, key=key)
    if isinstance(page.panel, FormPanel):
        follow_country(page.panel)


def describe(site: service.Site, formats: Formats) -> Detail:
    """A site in words."""
    contact = " · ".join(filter(None, (site.email, site.phone)))
    rules = (
        say("Stock may go below zero.") if site.allows_negative else say("Stock never goes below zero."),
        say("Menu prices include tax.") if site.prices_include_tax else say("Menu prices are without tax."),
    )
    marks = ("Head office",) if site.is_head_office else ()
    state = "closed" if not site.is_active else "default" if site.is_default else "open"
    return Detail(
        title=site.name,
        chips=(STATES[state], *(Chip(mark, Tone.INFO) for mark in marks)),
        line=service.KINDS[site.kind],
        facts=(
            Fact("Food cost target", formats.percent(site.food_cost_target)),
            Fact("Capacity", formats.number(site.capacity)),
            Fact("Currency", site.currency, "fixed by postings" if site.has_postings else "can still change"),
            Fact("Business day ends", f"{site.day_cutover_hour:02}:00", site.time_zone),
            Fact("Manager", site.manager or "—", wide=True),
            Fact("Address", site.address, contact, wide=True),
            Fact("Rules", sentences(rules), wide=True),
        ),
        related=(
            Related(
                "Storage locations",
                tuple(Line(name) for name in site.locations),
                len(site.locations),
                Place("storage", filters=(Filter("site", Match.IN, (site.id,)),)),
                "No storage location is open.",
            ),
        ),
    )


def subtitle(summary: Summary, formats: Formats) -> Words:
    """How many, and how many people they seat."""
    seats = summary.totals.get("capacity")
    sites = say_count("{count} site", "{count:,} sites", summary.count)
    return say("{sites} · {seats} seats", sites=sites, seats=formats.number(seats)) if seats else sites


def _new(page: Any, _rows: tuple[Any, ...]) -> None:
    open_form(page, FORM)


NEW = Action("New site", _new, icon="plus", permission="sites.edit")
DETAIL = DetailSpec(
    service.site,
    describe,
    SUBJECTS,
    (
        DetailButton(
            "Edit",
            lambda page, site: open_form(page, EDIT, site.id),
            icon="pencil-simple",
            permission="sites.edit",
        ),
    ),
)
SPEC = ListSpec(
    key="sites",
    title="Sites",
    noun=("site", "sites"),
    columns=COLUMNS,
    read=service.sites,
    summary=service.sites_summary,
    counts=service.sites_tab_counts,
    subjects=SUBJECTS,
    subtitle=subtitle,
    search_hint="Filter by name or city",
    tabs=(
        Tab("open", meant("Open", "place"), (Filter("is_active", Match.IN, (True,)),)),
        Tab("closed", meant("Closed", "place"), (Filter("is_active", Match.IN, (False,)),)),
    ),
    sort=(Sort("name"),),
    primary=NEW,
    detail=DETAIL,
    empty=Empty("No sites yet", "Open the first restaurant; its storage locations come next.", NEW),
)


def build(desk: Desk, sections: tuple[Section, ...] = ()) -> ListPage:
    """The page of the sites; `sections` are what other capabilities show under one."""
    return ListPage(desk, replace(SPEC, detail=replace(DETAIL, sections=sections)))
