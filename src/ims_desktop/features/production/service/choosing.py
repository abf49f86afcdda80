"""What can be produced at a site: preps by their name, each with what a batch of it gives and takes on a day."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, RowMapping, text

from ims_desktop.database.listing import one_or_gone
from ims_desktop.domain.option import Option
from ims_desktop.domain.work import read
from ims_desktop.features.adjustments.service import EntryItem, entry_items
from ims_desktop.features.items.service.choosing import packs_from
from ims_desktop.features.production.rules import Prep, Takes

MOST_FOUND, MOST_KNOWN = 20, 2_000
_FIND = text("""
    SELECT r.id, r.name, i.name AS item, i.sku FROM recipes r JOIN items i ON i.id = r.output_item_id
    WHERE r.kind = 'PREP' AND r.is_active AND i.is_active AND NOT EXISTS (
      SELECT FROM unnest(string_to_array(:text, ' ')) w WHERE strpos(r.sort_name, public.sort_key(w)) = 0
        AND strpos(i.sort_name, public.sort_key(w)) = 0 AND strpos(i.sort_sku, public.sort_key(w)) = 0)
    ORDER BY NOT starts_with(r.sort_name, public.sort_key(:text)), r.sort_name LIMIT :most""")
_PREPS = """
    SELECT r.id AS recipe_id, r.name, i.id AS item_id, i.name AS item, i.sku, i.base_unit AS base,
      i.grams_per_millilitre, i.grams_per_each, i.tracks_lots, i.shelf_life_days AS shelf_life,
      coalesce(g.home_location_id, (SELECT l.id FROM storage_locations l WHERE l.site_id = :site AND l.is_active
        ORDER BY l.walk_order, l.id LIMIT 1)) AS home_id,
      ((coalesce(CAST(:at AS timestamptz), now()) AT TIME ZONE s.time_zone)
        - make_interval(hours => s.day_cutover_hour))::date AS day,
      v.id AS version_id, v.valid_from, v.yield_quantity, v.yield_unit,
      (SELECT json_agg(json_build_array(u.name, u.quantity::text, u.of_unit) ORDER BY u.name)
        FROM item_units u WHERE u.item_id = i.id) AS packs, used.takes
    FROM recipes r JOIN items i ON i.id = r.output_item_id JOIN sites s ON s.id = :site
    LEFT JOIN item_site_settings g ON g.site_id = :site AND g.item_id = i.id
    CROSS JOIN LATERAL (
      SELECT (array_agg(u.version_id))[1] AS version_id,
        json_agg(json_build_array(u.item_id, u.quantity::text)) AS takes
      FROM batch_usage(:site, r.id, CAST(:at AS timestamptz)) u) used
    LEFT JOIN recipe_versions v ON v.id = used.version_id"""
_PREP = text(f"{_PREPS} WHERE r.id = :recipe")
_EVERY = text(f"""{_PREPS}
    WHERE r.kind = 'PREP' AND r.is_active AND i.is_active ORDER BY r.sort_name LIMIT :most""")
_RECIPE = text("SELECT recipe_id FROM recipe_versions WHERE id = :version")
_REASONS = text("SELECT id, name FROM reason_codes WHERE is_active AND class = 'WASTE' ORDER BY sort_order")


@read
def preps(connection: Connection, typed: str) -> tuple[Option, ...]:
    """Recipes whose output is stocked, by their name, or by name or SKU of what they become."""
    rows = connection.execute(_FIND, {"text": " ".join(typed.split()), "most": MOST_FOUND})
    return tuple(offered_as(row.id, row.name, row.item, row.sku) for row in rows)


def offered_as(recipe: UUID, name: str, item: str, sku: str) -> Option:
    """A prep among others: what it becomes stands behind it where that has another name."""
    return Option(recipe, name, sku if item == name else f"{item} · {sku}")


@read
def prep(connection: Connection, site: UUID, recipe: UUID, at: datetime | None = None) -> Prep:
    """A prep as it is made at a moment."""
    asked = {"site": site, "recipe": recipe, "at": at}
    return _prep(one_or_gone(connection.execute(_PREP, asked).mappings().one_or_none(), "recipe"))


@read
def prep_with_items(
    connection: Connection, site: UUID, recipe: UUID, at: datetime | None = None
) -> tuple[Prep, Mapping[UUID, EntryItem]]:
    """The same with the items it takes, as they are at the site; two statements."""
    return _with_items(connection, site, prep(connection, site, recipe, at))


@read
def prep_again(
    connection: Connection, site: UUID, version: UUID, at: datetime | None, used: tuple[UUID, ...]
) -> tuple[Prep, Mapping[UUID, EntryItem]]:
    """A prep as it is made at a moment, by a version of its recipe, with the items that were used of it before."""
    recipe = one_or_gone(connection.execute(_RECIPE, {"version": version}).scalar_one_or_none(), "recipe")
    return _with_items(connection, site, prep(connection, site, recipe, at), used)


@read
def every_prep(connection: Connection, site: UUID) -> tuple[Prep, ...]:
    """All preps as they are made today."""
    rows = connection.execute(_EVERY, {"site": site, "at": None, "most": MOST_KNOWN}).mappings()
    return tuple(_prep(row) for row in rows)


@read
def loss_reasons(connection: Connection) -> tuple[Option, ...]:
    """Why less may come out than goes in."""
    return tuple(Option(row.id, row.name) for row in connection.execute(_REASONS))


def _with_items(
    connection: Connection, site: UUID, found: Prep, used: tuple[UUID, ...] = ()
) -> tuple[Prep, Mapping[UUID, EntryItem]]:
    wanted = dict.fromkeys((*(one.item_id for one in found.takes), *used))
    return found, {item.id: item for item in entry_items(connection, site, tuple(wanted))}


def _prep(row: RowMapping) -> Prep:
    return Prep(
        recipe_id=row["recipe_id"],
        name=row["name"],
        item_id=row["item_id"],
        item=row["item"],
        sku=row["sku"],
        base=row["base"],
        packs=tuple(packs_from(row["packs"])),
        grams_per_millilitre=row["grams_per_millilitre"],
        grams_per_each=row["grams_per_each"],
        tracks_lots=row["tracks_lots"],
        shelf_life=row["shelf_life"],
        home_id=row["home_id"],
        day=row["day"],
        version_id=row["version_id"],
        valid_from=row["valid_from"],
        yields=row["yield_quantity"] or Decimal(0),
        yield_unit=row["yield_unit"] or "",
        takes=tuple(Takes(UUID(key), Decimal(quantity)) for key, quantity in row["takes"] or ()),
    )
