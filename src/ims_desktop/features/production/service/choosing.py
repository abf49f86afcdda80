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

MOST_FOUND = 20
_FIND = text("""
    SELECT r.id, r.name, i.name AS item, i.sku FROM recipes r JOIN items i ON i.id = r.output_item_id
    WHERE r.kind = 'PREP' AND r.is_active AND i.is_active AND NOT EXISTS (
      SELECT FROM unnest(string_to_array(:text, ' ')) w WHERE strpos(r.sort_name, public.sort_key(w)) = 0
        AND strpos(i.sort_name, public.sort_key(w)) = 0 AND strpos(i.sort_sku, public.sort_key(w)) = 0)
    ORDER BY NOT starts_with(r.sort_name, public.sort_key(:text)), r.sort_name LIMIT :most""")
_PREP = text("""
    WITH used AS (SELECT * FROM batch_usage(:site, :recipe, CAST(:at AS timestamptz)))
    SELECT r.id AS recipe_id, r.name, i.id AS item_id, i.name AS item, i.sku, i.base_unit AS base,
      i.grams_per_millilitre, i.grams_per_each, i.tracks_lots, i.shelf_life_days AS shelf_life,
      coalesce(g.home_location_id, (SELECT l.id FROM storage_locations l WHERE l.site_id = :site AND l.is_active
        ORDER BY l.walk_order, l.id LIMIT 1)) AS home_id,
      ((coalesce(CAST(:at AS timestamptz), now()) AT TIME ZONE s.time_zone)
        - make_interval(hours => s.day_cutover_hour))::date AS day,
      v.id AS version_id, v.valid_from, v.yield_quantity, v.yield_unit,
      (SELECT json_agg(json_build_array(u.name, u.quantity::text, u.of_unit) ORDER BY u.name)
        FROM item_units u WHERE u.item_id = i.id) AS packs,
      (SELECT json_agg(json_build_array(u.item_id, u.quantity::text)) FROM used u) AS takes
    FROM recipes r JOIN items i ON i.id = r.output_item_id JOIN sites s ON s.id = :site
    LEFT JOIN item_site_settings g ON g.site_id = :site AND g.item_id = i.id
    LEFT JOIN recipe_versions v ON v.id = (SELECT u.version_id FROM used u LIMIT 1)
    WHERE r.id = :recipe""")
_REASONS = text("SELECT id, name FROM reason_codes WHERE is_active AND class = 'WASTE' ORDER BY sort_order")


@read
def preps(connection: Connection, typed: str) -> tuple[Option, ...]:
    """Recipes whose output is stocked, by their name, or by name or SKU of what they become."""
    rows = connection.execute(_FIND, {"text": " ".join(typed.split()), "most": MOST_FOUND})
    return tuple(
        Option(row.id, row.name, row.sku if row.item == row.name else f"{row.item} · {row.sku}") for row in rows
    )


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
    found: Prep = prep(connection, site, recipe, at)
    items = entry_items(connection, site, tuple(one.item_id for one in found.takes))
    return found, {item.id: item for item in items}


@read
def loss_reasons(connection: Connection) -> tuple[Option, ...]:
    """Why less may come out than goes in."""
    return tuple(Option(row.id, row.name) for row in connection.execute(_REASONS))


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
