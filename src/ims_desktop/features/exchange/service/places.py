"""Sites, storage locations and categories in files."""

from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal

from sqlalchemy import Connection

from ims_desktop.database.table_import import Reference, TableImport
from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.import_kinds import FLAG, NAME, NUMBER, WHOLE, choice
from ims_desktop.domain.importing import Change, ImportField, ImportSpec
from ims_desktop.domain.wording import meant
from ims_desktop.features.items.tables import CATEGORIES
from ims_desktop.features.sites.rules import KINDS, SiteDraft, completed
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.storage.tables import LOCATIONS

HUNDRED = Decimal(100)
SITE = Reference(SITES, SITES.c.name, (SITES.c.sort_name,), "site")
LOCATION = Reference(
    LOCATIONS,
    LOCATIONS.c.name,
    (LOCATIONS.c.sort_name,),
    "storage location there",
    within=("site", LOCATIONS.c.site_id),
)
CATEGORY = Reference(CATEGORIES, CATEGORIES.c.name, (CATEGORIES.c.sort_name,), "category")

SITE_FIELDS = (
    ImportField("name", "Name", required=True, aliases=("site", "restaurant"), example="Downtown", longest=120),
    ImportField("country", "Country", required=True, help="Its two letters, as in DE or US.", example="US", longest=2),
    ImportField("kind", "Kind", choice(KINDS), keep=True, aliases=("type",), example="Restaurant"),
    ImportField("address_line_1", "Address", aliases=("street",), example="12 Main Street"),
    ImportField("postal_code", "Postal code", aliases=("zip", "zip code"), example="10001"),
    ImportField("city", "City", example="New York"),
    ImportField("state", meant("State", "part of a country"), aliases=("region", "province"), example="NY"),
    ImportField("email", "E-mail", example="downtown@example.com"),
    ImportField("phone", "Phone", example="+1 212 555 0100"),
    ImportField("capacity", "Seats", WHOLE, aliases=("capacity",), example="60"),
    ImportField("currency", "Currency", keep=True, help="Its three letters.", example="USD", longest=3),
    ImportField("time_zone", "Time zone", keep=True, example="America/New_York"),
    ImportField("food_cost_target", "Food cost target %", NUMBER, keep=True, aliases=("cost target",), example="30"),
    ImportField("prices_include_tax", "Prices include tax", FLAG, keep=True, example="no"),
)
_SITES = TableImport(
    SITES,
    "sites.edit",
    {**{one.key: one.key for one in SITE_FIELDS}, "locale": "locale"},
    ("name",),
    finds={"name": "sort_name"},
)
_OF_A_DRAFT = {one.name for one in fields(SiteDraft)}


def _site_draft(change: Change) -> SiteDraft:
    """The site as it will be; a new one gets what its country is used to."""
    values = {key: value for key, value in change.whole.items() if key in _OF_A_DRAFT and value is not None}
    values["country"] = str(values.get("country", "")).upper()
    if "food_cost_target" in values:
        values["food_cost_target"] = values["food_cost_target"] / HUNDRED
    return SiteDraft(**{"name": "", **values})


def _site_problems(_connection: Connection, changes: Sequence[Change]) -> list[Problem]:
    problems = []
    for change in changes:
        if change.differences:
            try:
                completed(_site_draft(change))
            except UserError as error:
                problems += [Problem(one.text, one.field, change.row.number) for one in error.problems]
    return problems


def _write_sites(connection: Connection, changes: Sequence[Change]) -> None:
    _SITES.write(connection, [_completed(change) for change in changes])


def _completed(change: Change) -> Change:
    """A new site with the currency, time zone and language of its country where the file names none."""
    from_country = ("country", "currency", "time_zone", "locale")
    draft = completed(_site_draft(change))
    return change.with_values({key: getattr(draft, key) for key in from_country} if change.is_new else {})


def _not_inside_itself(_connection: Connection, changes: Sequence[Change]) -> list[Problem]:
    return [
        Problem("It would lie inside itself.", "inside", change.row.number)
        for change in changes
        if change.values.get("inside") is not None
        and str(change.values["inside"]).casefold() == str(change.row.given.get("name", "")).casefold()
    ]


_LOCATIONS = TableImport(
    LOCATIONS,
    "storage.edit",
    {"site": "site_id", "name": "name", "inside": "parent_id", "walk_order": "walk_order"},
    ("site", "name"),
    {"site": SITE, "inside": LOCATION},
    {"name": "sort_name"},
)
_CATEGORIES = TableImport(
    CATEGORIES,
    "items.edit",
    {"name": "name", "inside": "parent_id"},
    ("name",),
    {"inside": CATEGORY},
    {"name": "sort_name"},
)
SITES_IMPORT = ImportSpec(
    "sites",
    "Sites",
    ("site", "sites"),
    ("name",),
    SITE_FIELDS,
    "sites.edit",
    frozenset({"sites"}),
    _SITES.known,
    _write_sites,
    _site_problems,
)
LOCATIONS_IMPORT = ImportSpec(
    "storage_locations",
    "Storage locations",
    ("storage location", "storage locations"),
    ("site", "name"),
    (
        ImportField("site", "Site", NAME, required=True, aliases=("restaurant",), example="Downtown"),
        ImportField(
            "name", "Name", required=True, aliases=("storage location", "location"), example="Walk-in", longest=80
        ),
        ImportField("inside", "Inside", NAME, aliases=("parent", "where"), help="The location it lies in, if any."),
        ImportField("walk_order", "Walk order", WHOLE, keep=True, aliases=("order", "walk"), example="10"),
    ),
    "storage.edit",
    frozenset({"storage"}),
    _LOCATIONS.known,
    _LOCATIONS.write,
    _not_inside_itself,
)
CATEGORIES_IMPORT = ImportSpec(
    "categories",
    "Item categories",
    ("category", "categories"),
    ("name",),
    (
        ImportField("name", "Name", required=True, aliases=("category", "group"), example="Dry store", longest=80),
        ImportField(
            "inside", "Inside", NAME, aliases=("parent", "parent category"), help="The category above it, if any."
        ),
    ),
    "items.edit",
    frozenset({"items"}),
    _CATEGORIES.known,
    _CATEGORIES.write,
    _not_inside_itself,
)
