"""Saving, copying, archiving and restoring recipes; the dishes that would cross their target are asked about first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Date, delete, func, insert, literal, select, text, update

from ims_desktop.domain.errors import Confirm, Conflict, Denied, Problem, UserError
from ims_desktop.domain.wording import say, say_count
from ims_desktop.domain.work import Changed
from ims_desktop.features.recipes.rules import RecipeDraft, Usable, Written, examined, written, yield_problem
from ims_desktop.features.recipes.service.choosing import usables
from ims_desktop.features.recipes.service.costing import cost_of_one
from ims_desktop.features.recipes.tables import LINES, RECIPES, VERSIONS

SUBJECTS = frozenset({"recipes"})
RIGHT = "recipes.edit"
CROSSING, TAKING_BACK = "crossing", "taking back"
NAMED_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class SavedRecipe:
    """What a person is told about a recipe that was saved."""

    id: UUID
    name: str


def save_recipe(connection: Connection, draft: RecipeDraft, consents: frozenset[str] = frozenset()) -> Changed:
    """Make a recipe, give it a version from a day on, or correct a version: all of it or nothing.

    Asks first (Confirm) when dishes would go over their food-cost target by it.
    """
    known = connection.execute(_known(draft)).one()
    if not known.may_edit:
        raise Denied("Your roles do not allow you to change recipes.")
    draft, problems = examined(draft, known.today)
    taken = usables(
        connection,
        [
            key
            for key in (draft.output_item_id, *(line.key for line in draft.lines if not line.is_recipe))
            if key is not None
        ],
        [line.key for line in draft.lines if line.is_recipe],
    )
    problems += _problems(draft, known, taken)
    quantities = list[Written]()
    for row, line in enumerate(draft.lines, 1):
        try:
            quantities.append(written(line.quantity, line.unit, taken[line.key].units))
        except KeyError:
            problems.append(Problem("This item or recipe no longer exists.", "lines.item", row))
        except UserError as error:
            problems.append(Problem(error.text, "lines.quantity", row))
    if problems:
        raise UserError("This recipe cannot be saved yet.", problems)
    before = _over(connection, draft) if draft.id and CROSSING not in consents else {}
    key = _write(connection, draft, quantities)
    if draft.id and CROSSING not in consents:
        _ask_about(before, _over(connection, draft))
    return Changed(SavedRecipe(key, draft.name), SUBJECTS)


def copy_recipe(connection: Connection, key: UUID) -> Changed:
    """A copy of the recipe as it is made today, under a name of its own."""
    made = connection.execute(_COPY, {"key": key, "copy": uuid4(), "version": uuid4()}).one_or_none()
    if made is None:
        raise UserError("This recipe has no version that could be copied, or it no longer exists.")
    connection.execute(_COPY_LINES, {"version": made.version, "origin": made.origin})
    return Changed(SavedRecipe(made.id, made.name), SUBJECTS)


def archive(connection: Connection, keys: Sequence[UUID]) -> Changed:
    """Take recipes out of lists and choices. Refused while a menu item or another recipe still uses them."""
    found = connection.execute(_STILL_USED, {"keys": list(keys)}).all()
    if found:
        lines = [Problem(say("{recipe} is used by {user}.", recipe=r.name, user=r.used_by)) for r in found]
        raise UserError("What is still used cannot be archived.", lines[:NAMED_AT_MOST])
    return _set_active(connection, keys, active=False)


def restore(connection: Connection, keys: Sequence[UUID]) -> Changed:
    """Bring archived recipes back."""
    return _set_active(connection, keys, active=True)


def save_image(connection: Connection, key: UUID, image: bytes | None) -> Changed:
    """Keep a photo of the recipe, or none."""
    done = connection.execute(update(RECIPES).where(RECIPES.c.id == key).values(image=image)).rowcount
    if not done:
        raise Denied("Your roles do not allow you to change recipes.")
    return Changed(None, SUBJECTS)


def remove_version(connection: Connection, recipe: UUID, day: date, consents: frozenset[str] = frozenset()) -> Changed:
    """Take back a version that has not begun yet. Asks first: what is written in it is gone with it."""
    found = connection.execute(
        select(VERSIONS.c.id, func.current_date().label("today")).where(
            VERSIONS.c.recipe_id == recipe, VERSIONS.c.valid_from == day
        )
    ).one_or_none()
    if found is None or day <= found.today:
        raise UserError("Only a version that has not begun yet can be taken back.")
    if TAKING_BACK not in consents:
        question = say("The version from {day} on goes, with its ingredients and its method. Take it back?", day=day)
        raise Confirm(question, TAKING_BACK)
    connection.execute(delete(LINES).where(LINES.c.version_id == found.id))
    if not connection.execute(delete(VERSIONS).where(VERSIONS.c.id == found.id)).rowcount:
        raise Denied("Your roles do not allow you to change recipes.")
    return Changed(None, SUBJECTS)


def _known(draft: RecipeDraft) -> Any:
    """What the database knows that speaks for or against the draft, in one statement."""
    same = select(RECIPES.c.name).where(
        RECIPES.c.sort_name == func.public.sort_key(" ".join(draft.name.split())),
        RECIPES.c.id.is_distinct_from(draft.id),
    )
    unit = select(VERSIONS.c.yield_unit).where(VERSIONS.c.recipe_id == draft.id).order_by(VERSIONS.c.valid_from.desc())
    used = select(literal(1)).select_from(LINES).where(LINES.c.sub_recipe_id == draft.id)
    there = select(literal(1)).where(VERSIONS.c.recipe_id == draft.id, VERSIONS.c.valid_from == draft.corrects)
    return select(
        func.can(RIGHT).label("may_edit"),
        func.current_date(type_=Date()).label("today"),
        same.limit(1).scalar_subquery().label("same"),
        unit.limit(1).scalar_subquery().label("unit"),
        used.exists().label("used"),
        there.exists().label("there"),
    )


def _problems(draft: RecipeDraft, known: Any, taken: Mapping[UUID, Usable]) -> Iterator[Problem]:
    if known.same:
        yield Problem(say("There is a recipe {name} already.", name=known.same), "name")
    if known.used and known.unit and known.unit != draft.yield_unit:
        words = say("Other recipes take it in {unit}, so its yield stays in {unit}.", unit=known.unit)
        yield Problem(words, "yield_unit")
    if draft.corrects is not None and not known.there:
        yield Problem("The version to correct no longer exists.", "valid_from")
    if draft.output_item_id is not None:
        becomes = taken.get(draft.output_item_id)
        if becomes is None:
            yield Problem("This item no longer exists.", "output_item_id")
        elif (wrong := yield_problem(draft, becomes.base)) is not None:
            yield wrong


def _write(connection: Connection, draft: RecipeDraft, quantities: Sequence[Written]) -> UUID:
    key = _write_recipe(connection, draft)
    version = connection.execute(
        select(VERSIONS.c.id).where(VERSIONS.c.recipe_id == key, VERSIONS.c.valid_from == draft.day)
    ).scalar_one_or_none()
    values: dict[str, Any] = {
        "yield_quantity": draft.yield_quantity,
        "yield_unit": draft.yield_unit,
        "method": draft.method,
    }
    if version is None:
        version = uuid4()
        values |= {"id": version, "recipe_id": key, "valid_from": draft.day}
        connection.execute(insert(VERSIONS).values(values))
    else:
        connection.execute(update(VERSIONS).where(VERSIONS.c.id == version).values(values))
        connection.execute(delete(LINES).where(LINES.c.version_id == version))
    rows = [
        {
            "version_id": version,
            "line": number,
            "item_id": None if line.is_recipe else line.key,
            "sub_recipe_id": line.key if line.is_recipe else None,
            "quantity": quantity.quantity,
            "unit": quantity.unit,
            "base_quantity": quantity.base_quantity,
            "yield_percent": line.yield_percent,
        }
        for number, (line, quantity) in enumerate(zip(draft.lines, quantities, strict=True), 1)
    ]
    connection.execute(insert(LINES).values(rows))
    return key


def _write_recipe(connection: Connection, draft: RecipeDraft) -> UUID:
    values = {"name": draft.name, "kind": draft.kind, "output_item_id": draft.output_item_id}
    if draft.id is None:
        key = uuid4()
        connection.execute(insert(RECIPES).values(id=key, **values))
        return key
    changed = connection.execute(
        update(RECIPES).where(RECIPES.c.id == draft.id, RECIPES.c.version == draft.version).values(**values)
    )
    if not changed.rowcount:
        raise Conflict("Somebody else changed this recipe meanwhile. Reload it and look at your changes again.")
    return draft.id


def _set_active(connection: Connection, keys: Sequence[UUID], *, active: bool) -> Changed:
    changed = connection.execute(
        update(RECIPES).where(RECIPES.c.id.in_(keys), RECIPES.c.is_active != active).values(is_active=active)
    )
    if not changed.rowcount and not connection.execute(select(func.can(RIGHT))).scalar_one():
        raise Denied("Your roles do not allow you to change recipes.")
    return Changed(changed.rowcount, SUBJECTS)


# What a dish costs depends on recipes that a capability above keeps on its menu; only these few columns are read.
_ABOVE = """
    above AS (
      SELECT CAST(:key AS uuid) AS id
      UNION
      SELECT v.recipe_id FROM above a JOIN recipe_lines l ON l.sub_recipe_id = a.id
      JOIN recipe_versions v ON v.id = l.version_id)
"""
_OVER = text(f"""
    WITH RECURSIVE {_ABOVE}, here AS (
      SELECT s.id, s.name, s.prices_include_tax, s.food_cost_target FROM sites s WHERE s.is_active
    ), dishes AS (
      SELECT m.id, h.id AS site_id, m.name, CASE WHEN (SELECT count(*) FROM here) > 1 THEN h.name END AS site,
        m.portions * {cost_of_one("m.recipe_id", "h.id")} AS cost,
        coalesce(m.food_cost_target, c.food_cost_target, h.food_cost_target) / 100 AS target,
        CASE WHEN h.prices_include_tax THEN p.price / (1 + p.tax_percent / 100) ELSE p.price END AS net
      FROM menu_items m
      JOIN menu_categories c ON c.id = m.category_id
      CROSS JOIN here h
      CROSS JOIN LATERAL (SELECT x.price, x.tax_percent FROM menu_prices x
        WHERE x.menu_item_id = m.id AND (x.site_id = h.id OR x.site_id IS NULL) AND x.valid_from <= current_date
        ORDER BY x.site_id IS NULL, x.valid_from DESC LIMIT 1) p
      WHERE m.is_active AND m.recipe_id IN (SELECT id FROM above))
    SELECT d.id, d.site_id, d.name, d.site FROM dishes d
    WHERE d.net > 0 AND d.cost / d.net > d.target ORDER BY d.name, d.site
""")


@dataclass(frozen=True, slots=True)
class OverTarget:
    """A dish that costs more than it should at a site; the site is named where there are several."""

    dish: UUID
    site_id: UUID
    name: str
    site: str | None

    @property
    def words(self) -> str:
        """The dish and, where there are several, its site."""
        return self.name if self.site is None else say("{dish} at {site}", dish=self.name, site=self.site)


def _over(connection: Connection, draft: RecipeDraft) -> Mapping[tuple[UUID, UUID], OverTarget]:
    """The dishes made of the recipe that are over their target as things stand, at every site the person sees."""
    found = (OverTarget(*row) for row in connection.execute(_OVER, {"key": draft.id}))
    return {(one.dish, one.site_id): one for one in found}


def _ask_about(before: Mapping[tuple[UUID, UUID], OverTarget], after: Mapping[tuple[UUID, UUID], OverTarget]) -> None:
    crossing = [one for key, one in after.items() if key not in before]
    if not crossing:
        return
    names = ", ".join(one.words for one in crossing[:NAMED_AT_MOST]) + (" …" if len(crossing) > NAMED_AT_MOST else "")
    question = say_count(
        "{count} dish goes over its food-cost target by this: {names}. Save the recipe so?",
        "{count} dishes go over their food-cost target by this: {names}. Save the recipe so?",
        len({one.dish for one in crossing}),
        names=names,
    )
    raise Confirm(question, CROSSING)


_COPY = text("""
    WITH origin AS (
      SELECT r.name, r.kind, r.output_item_id, r.image, v.id AS origin, v.yield_quantity, v.yield_unit, v.method
      FROM recipes r CROSS JOIN LATERAL (SELECT x.* FROM recipe_versions x WHERE x.recipe_id = r.id
        ORDER BY x.valid_from <= current_date DESC, abs(x.valid_from - current_date) LIMIT 1) v
      WHERE r.id = :key
    ), named AS (
      SELECT o.*, n.name AS new_name FROM origin o CROSS JOIN LATERAL (
        SELECT left(o.name, 100) || CASE WHEN i = 1 THEN ' (copy)' ELSE format(' (copy %s)', i) END AS name
        FROM generate_series(1, 1000) AS i
        WHERE NOT EXISTS (SELECT FROM recipes r WHERE r.sort_name = public.sort_key(
          left(o.name, 100) || CASE WHEN i = 1 THEN ' (copy)' ELSE format(' (copy %s)', i) END)) LIMIT 1) n
    ), made AS (
      INSERT INTO recipes (id, name, kind, output_item_id, image)
      SELECT :copy, n.new_name, n.kind, n.output_item_id, n.image FROM named n RETURNING id, name
    ), dated AS (
      INSERT INTO recipe_versions (id, recipe_id, valid_from, yield_quantity, yield_unit, method)
      SELECT :version, m.id, current_date, n.yield_quantity, n.yield_unit, n.method FROM made m CROSS JOIN named n
      RETURNING id
    )
    SELECT m.id, m.name, d.id AS version, n.origin FROM made m CROSS JOIN dated d CROSS JOIN named n
""")
_COPY_LINES = text("""
    INSERT INTO recipe_lines (version_id, line, item_id, sub_recipe_id, quantity, unit, base_quantity, yield_percent)
    SELECT :version, l.line, l.item_id, l.sub_recipe_id, l.quantity, l.unit, l.base_quantity, l.yield_percent
    FROM recipe_lines l WHERE l.version_id = :origin
""")
_STILL_USED = text("""
    SELECT r.name, m.name AS used_by FROM menu_items m JOIN recipes r ON r.id = m.recipe_id
    WHERE m.is_active AND m.recipe_id = ANY (CAST(:keys AS uuid[]))
    UNION
    SELECT s.name, r.name FROM recipe_lines l
    JOIN recipe_versions v ON v.id = l.version_id
    JOIN recipes r ON r.id = v.recipe_id AND r.is_active AND r.id <> ALL (CAST(:keys AS uuid[]))
    JOIN recipes s ON s.id = l.sub_recipe_id
    WHERE l.sub_recipe_id = ANY (CAST(:keys AS uuid[]))
      AND v.valid_from >= coalesce((SELECT max(x.valid_from) FROM recipe_versions x
                                    WHERE x.recipe_id = v.recipe_id AND x.valid_from <= current_date), v.valid_from)
    ORDER BY 1, 2
""")
