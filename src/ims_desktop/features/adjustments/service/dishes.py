"""Dishes that are wasted as they are sold or cooked: what one of each takes out of stock, by the recipe of the day."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, RowMapping, text

from ims_desktop.domain.work import read
from ims_desktop.features.adjustments.rules import DishPart, EntryItem, KnownDish

MOST_FOUND, MOST_KNOWN = 8, 5_000
DISHES = "recipes.view"

# A recipe that is sold as it is made is found once, as what is sold. What is cooked into stock is an item itself.
_DISHES = """
    WITH offered AS (
      SELECT m.id, concat_ws(' ', m.name, nullif(m.size, '')) AS name, m.code, 'portion' AS unit,
        public.sort_key(concat_ws(' ', m.name, m.size)) AS sort_name, m.sort_code
      FROM menu_items m WHERE m.is_active AND m.recipe_id IS NOT NULL
      UNION ALL
      SELECT r.id, r.name, '', (SELECT v.yield_unit FROM recipe_versions v WHERE v.recipe_id = r.id
          AND v.valid_from <= now() ORDER BY v.valid_from DESC LIMIT 1), r.sort_name, ''
      FROM recipes r WHERE r.is_active AND r.kind <> 'PREP'
        AND NOT EXISTS (SELECT FROM menu_items m WHERE m.is_active AND m.recipe_id = r.id AND m.portions = 1)
    ), found AS (
      SELECT o.* FROM offered o WHERE o.unit IS NOT NULL AND {which}
    ), used AS (
      SELECT u.* FROM (SELECT WHERE (SELECT can('recipes.view'))
        AND :site = ANY ((SELECT scope('waste.record'))::uuid[])) may
      CROSS JOIN LATERAL dish_usage(:site, ARRAY(SELECT f.id FROM found f)) u)
    SELECT f.id, f.name, f.code, f.unit, (
      SELECT json_agg(json_build_array(u.item_id, i.name, i.base_unit, u.quantity::text, coalesce(k.quantity, 0)::text,
          CASE WHEN :site = ANY ((SELECT scope('stock.cost'))::uuid[]) THEN coalesce(k.value, 0)::text END,
          CASE WHEN :site = ANY ((SELECT scope('stock.cost'))::uuid[]) THEN coalesce(k.average_cost, 0)::text END)
        ORDER BY i.sort_name)
      FROM used u JOIN items i ON i.id = u.item_id
      LEFT JOIN valued_stock k ON k.item_id = u.item_id AND k.site_id = :site WHERE u.dish_id = f.id) AS parts
    FROM found f WHERE EXISTS (SELECT FROM used u WHERE u.dish_id = f.id)"""
_MATCHING = """o.id IN (SELECT x.id FROM offered x WHERE NOT EXISTS (
      SELECT FROM unnest(string_to_array(:text, ' ')) w WHERE strpos(x.sort_name, public.sort_key(w)) = 0
        AND x.sort_code <> public.sort_key(w))
      ORDER BY NOT starts_with(x.sort_name, public.sort_key(:text)), x.sort_name, x.name LIMIT :most)"""
_FIND = text(
    _DISHES.format(which=_MATCHING)
    + " ORDER BY NOT starts_with(f.sort_name, public.sort_key(:text)), f.sort_name, f.name"
)
_THESE = text(_DISHES.format(which="o.id = ANY (CAST(:dishes AS uuid[]))"))
_KNOWN = text(_DISHES.format(which="true") + " ORDER BY f.sort_name LIMIT :most")


@read
def find_dishes(connection: Connection, site: UUID, typed: str) -> tuple[EntryItem, ...]:
    """Menu items and recipes by name or code, with what one of each takes out of stock now."""
    sent = {"site": site, "text": " ".join(typed.split()), "most": MOST_FOUND}
    return tuple(_known(row).entry_item() for row in connection.execute(_FIND, sent).mappings())


@read
def entry_dishes(connection: Connection, site: UUID, dishes: tuple[UUID, ...]) -> tuple[EntryItem, ...]:
    """These dishes as they are now."""
    sent = {"site": site, "dishes": list(dishes)}
    return tuple(_known(row).entry_item() for row in connection.execute(_THESE, sent).mappings())


@read
def known_dishes(connection: Connection, site: UUID) -> tuple[KnownDish, ...]:
    """All dishes, as a desk remembers them for the time without a server; none to those who see no recipes."""
    return tuple(_known(row) for row in connection.execute(_KNOWN, {"site": site, "most": MOST_KNOWN}).mappings())


def _known(row: RowMapping) -> KnownDish:
    return KnownDish(row["id"], row["name"], row["code"], row["unit"], tuple(_part(*one) for one in row["parts"] or ()))


def _part(item: str, name: str, unit: str, each: str, held: str, value: str | None, average: str | None) -> DishPart:
    cost = (Decimal(held), Decimal(value), Decimal(average)) if value is not None and average is not None else None
    return DishPart(UUID(item), name, unit, Decimal(each), Decimal(held), cost)
