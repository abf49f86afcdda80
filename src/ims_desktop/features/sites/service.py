"""What people do with sites: find, look at, open and change them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from babel.numbers import get_currency_name
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Uuid,
    and_,
    any_,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.domain.errors import Conflict, Denied, Problem, UserError
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.option import Option
from ims_desktop.domain.wording import say
from ims_desktop.domain.work import Changed, read
from ims_desktop.features.sites.rules import (
    KINDS,
    SiteDraft,
    completed,
    countries,
    defaults_of,
    locales,
    time_zones,
)
from ims_desktop.features.sites.tables import LOCATIONS, MEMBERS, POSTINGS, SITES

__all__ = [
    "KINDS",
    "Option",
    "SavedSite",
    "Site",
    "SiteDraft",
    "SiteRow",
    "countries",
    "country_choices",
    "currency_choices",
    "defaults_of",
    "locale_choices",
    "manager_choices",
    "save_site",
    "site",
    "site_choices",
    "sites",
    "sites_summary",
    "sites_tab_counts",
    "time_zone_choices",
]

SUBJECTS = frozenset({"sites", "storage"})
FIRST_LOCATION = "Main store"
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site in the list."""

    id: UUID
    name: str
    kind: str
    city: str
    country: str
    currency: str
    time_zone: str
    manager: str | None
    capacity: int | None
    locations: int
    food_cost_target: Decimal
    is_head_office: bool
    is_default: bool
    is_active: bool

    @property
    def place(self) -> str:
        """City and country."""
        return ", ".join(filter(None, (self.city, countries().get(self.country, self.country))))

    @property
    def state(self) -> str:
        """Whether it is open, and what is special about it."""
        if not self.is_active:
            return "closed"
        return "default" if self.is_default else "open"


@dataclass(frozen=True, slots=True)
class Site:
    """A site in full: what its panel shows and its form begins with."""

    id: UUID
    version: int
    name: str
    kind: str
    address_line_1: str
    address_line_2: str
    postal_code: str
    city: str
    state: str
    country: str
    email: str
    phone: str
    manager_id: UUID | None
    manager: str | None
    capacity: int | None
    is_head_office: bool
    is_default: bool
    currency: str
    time_zone: str
    locale: str
    day_cutover_hour: int
    allows_negative: bool
    prices_include_tax: bool
    food_cost_target: Decimal
    is_active: bool
    created_at: datetime
    has_postings: bool
    locations: tuple[str, ...]

    @property
    def address(self) -> str:
        """The address on one line."""
        town = " ".join(filter(None, (self.postal_code, self.city)))
        parts = (
            self.address_line_1,
            self.address_line_2,
            town,
            self.state,
            countries().get(self.country, self.country),
        )
        return ", ".join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class SavedSite:
    """What a person is told about a site that was saved."""

    id: UUID
    name: str
    version: int


def _listed() -> ListSource[SiteRow]:
    here = SITES.c
    open_locations = select(func.count()).where(LOCATIONS.c.site_id == here.id, LOCATIONS.c.is_active)
    statement: Select[Any] = select(
        *(here[name] for name in ("id", "name", "kind", "city", "country", "currency", "time_zone", "capacity")),
        *(here[name] for name in ("is_head_office", "is_default", "is_active")),
        (here.food_cost_target / 100).label("food_cost_target"),
        MEMBERS.c.display_name.label("manager"),
        open_locations.scalar_subquery().label("locations"),
    ).select_from(SITES.outerjoin(MEMBERS, MEMBERS.c.id == here.manager_id))
    return ListSource(
        SiteRow,
        statement,
        here.id,
        sorts={
            "name": here.sort_name,
            "kind": here.kind,
            "place": func.public.sort_key(here.country + here.city),
            "currency": here.currency,
            "capacity": func.coalesce(here.capacity, -1),
            "manager": func.coalesce(MEMBERS.c.sort_name, ""),
        },
        default=(Sort("name"),),
        filters={
            "kind": here.kind,
            "currency": here.currency,
            "country": here.country,
            "is_active": here.is_active,
            "manager": here.manager_id,
        },
        finds=(here.sort_name, func.public.sort_key(here.city)),
        totals={"capacity": here.capacity},
        shape=lambda row: SiteRow(**_named(row._mapping)),
    )


def _named(row: Mapping[Any, Any]) -> dict[str, Any]:
    """The columns of a row, with the kind in words and without the cursor."""
    return {name: row[name] for name in SiteRow.__slots__ if name != "kind"} | {"kind": KINDS[row["kind"]]}


SITE_LIST = _listed()


@read
def sites(connection: Connection, query: ListQuery) -> Page[SiteRow]:
    """A page of the sites the person may see."""
    return SITE_LIST.page(connection, query)


@read
def sites_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many sites, and how many people they seat together."""
    return SITE_LIST.summary(connection, query)


@read
def sites_tab_counts(connection: Connection, query: ListQuery) -> Mapping[str, int]:
    """How many sites each tab holds."""
    active = SITES.c.is_active
    counts = select(func.count().filter(active).label("open"), func.count().filter(~active).label("closed"))
    return dict(connection.execute(counts).one()._mapping)


@read
def site(connection: Connection, key: UUID) -> Site:
    """Everything about one site."""
    ordered = (
        select(LOCATIONS.c.name)
        .where(LOCATIONS.c.site_id == SITES.c.id, LOCATIONS.c.is_active)
        .order_by(LOCATIONS.c.walk_order, LOCATIONS.c.name)
    )
    statement = select(
        *(column for column in SITES.c if column.name not in ("sort_name", "food_cost_target")),
        (SITES.c.food_cost_target / 100).label("food_cost_target"),
        MEMBERS.c.display_name.label("manager"),
        exists(POSTINGS.c.id).where(POSTINGS.c.site_id == SITES.c.id).label("has_postings"),
        func.array(ordered.scalar_subquery()).label("locations"),
    ).select_from(SITES.outerjoin(MEMBERS, MEMBERS.c.id == SITES.c.manager_id))
    row = one_or_gone(connection.execute(statement.where(SITES.c.id == key)).one_or_none(), "site")
    return Site(**{**row._mapping, "locations": tuple(row.locations)})


def save_site(connection: Connection, draft: SiteDraft) -> Changed:
    """Open a site, with a first storage location, or change one."""
    draft = completed(draft)
    known = connection.execute(_known(draft)).one()
    if not known.may_edit:
        raise Denied("Your roles do not allow you to change this site.")
    if problems := _problems(draft, known):
        raise UserError("This site cannot be saved yet.", problems)
    _pass_on(connection, draft)
    if draft.id is None:
        return Changed(_open(connection, draft), SUBJECTS)
    version = connection.execute(
        update(SITES)
        .where(SITES.c.id == draft.id, SITES.c.version == draft.version)
        .values(**_values(draft))
        .returning(SITES.c.version)
    ).scalar_one_or_none()
    if version is None:
        raise Conflict("Somebody else changed this site meanwhile. Reload it and look at your changes again.")
    return Changed(SavedSite(draft.id, draft.name, version), SUBJECTS)


@read
def site_choices(connection: Connection) -> list[Option]:
    """Open sites by name."""
    rows = connection.execute(
        select(SITES.c.id, SITES.c.name, SITES.c.kind).where(SITES.c.is_active).order_by(SITES.c.sort_name)
    )
    return [Option(row.id, row.name, KINDS[row.kind]) for row in rows]


@read
def country_choices(_connection: Connection) -> list[Option]:
    """Every country, with the currency a site there keeps its stock in."""
    return [
        Option(code, name, said.currency if (said := defaults_of(code)) else "") for code, name in countries().items()
    ]


@read
def currency_choices(_connection: Connection) -> list[Option]:
    """The currencies in use anywhere."""
    used = sorted({said.currency for code in countries() if (said := defaults_of(code))})
    return [Option(code, code, get_currency_name(code, locale="en")) for code in used]


@read
def time_zone_choices(_connection: Connection) -> list[Option]:
    """Every time zone that is a place."""
    return [Option(zone, zone) for zone in time_zones()]


@read
def locale_choices(_connection: Connection) -> list[Option]:
    """The ways in which countries write numbers and dates."""
    return [Option(code, name, code) for code, name in locales().items()]


@read
def manager_choices(connection: Connection) -> list[Option]:
    """Active people by name."""
    people = select(MEMBERS.c.id, MEMBERS.c.display_name).where(MEMBERS.c.is_active).order_by(MEMBERS.c.sort_name)
    return [Option(row.id, row.display_name) for row in connection.execute(people)]


def _known(draft: SiteDraft) -> Any:
    """What the database knows that speaks against the draft, in one statement."""
    now = select(SITES.c.currency).where(SITES.c.id == draft.id).scalar_subquery()
    name = func.public.sort_key(draft.name)
    own = SITES.c.id.is_distinct_from(draft.id)
    may: ColumnElement[bool] = func.can("sites.edit")
    if draft.id is not None:
        may = literal(draft.id) == any_(func.scope("sites.edit", type_=ARRAY(Uuid)))
    return select(
        may.label("may_edit"),
        now.label("currency"),
        exists(POSTINGS.c.id).where(POSTINGS.c.site_id == draft.id).label("has_postings"),
        exists().where(SITES.c.sort_name == name, own).label("same_name"),
    )


def _problems(draft: SiteDraft, known: Row[Any]) -> list[Problem]:
    problems = []
    if known.same_name:
        problems.append(Problem("Another site already has this name.", "name"))
    if known.has_postings and known.currency != draft.currency:
        problems.append(
            Problem(
                say(
                    "Stock is valued here in {currency} since the first posting, so the currency cannot change.",
                    currency=known.currency,
                ),
                "currency",
            )
        )
    return problems


def _pass_on(connection: Connection, draft: SiteDraft) -> None:
    """Only one site is the default, and one the head office: the mark leaves the site that had it."""
    for mark in ("is_default", "is_head_office"):
        if getattr(draft, mark):
            others = and_(SITES.c[mark], SITES.c.id.is_distinct_from(draft.id))
            connection.execute(update(SITES).where(others).values({mark: False}))


def _open(connection: Connection, draft: SiteDraft) -> SavedSite:
    key = uuid4()
    connection.execute(insert(SITES).values(id=key, **_values(draft)))
    connection.execute(insert(LOCATIONS).values(id=uuid4(), site_id=key, name=FIRST_LOCATION, walk_order=10))
    return SavedSite(key, draft.name, 1)


def _values(draft: SiteDraft) -> dict[str, Any]:
    left_out = ("id", "version", "food_cost_target")
    values = {name: getattr(draft, name) for name in SiteDraft.__slots__ if name not in left_out}
    return {**values, "food_cost_target": draft.food_cost_target * HUNDRED}
