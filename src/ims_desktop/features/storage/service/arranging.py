"""What people do with storage locations: make, rename and arrange them, open and close them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, and_, any_, bindparam, exists, func, insert, literal, select, update
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import ARRAY

from ims_desktop.database.cell_edits import Cell, CellEdits, CellTable, number
from ims_desktop.database.listing import one_or_gone
from ims_desktop.domain.errors import Conflict, Denied, Problem, UserError
from ims_desktop.domain.wording import Words, say, say_count
from ims_desktop.domain.work import Changed
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.storage.rules import LONGEST_NAME, STEP, LocationDraft, moved, parent_problem, renumbered
from ims_desktop.features.storage.service.reading import CHILDREN, HOMES, STOCKED, WITH_NAMES
from ims_desktop.features.storage.tables import LOCATIONS

SUBJECTS = frozenset({"storage"})
LAST_PLACE = 1_000_000
CELLS = CellEdits(
    "storage.edit",
    SUBJECTS,
    (CellTable(LOCATIONS, {"walk_order": Cell("walk_order", number(0, LAST_PLACE, places=0, needed=True), int)}),),
)
save_cells = CELLS.save


@dataclass(frozen=True, slots=True)
class SavedLocation:
    """What a person is told about a location that was saved."""

    id: UUID
    name: str


def save_location(connection: Connection, draft: LocationDraft) -> Changed:
    """Make a storage location, last in the walk, or change one. It stays at its site."""
    name = " ".join(draft.name.split())
    problems = []
    if not 0 < len(name) <= LONGEST_NAME:
        problems.append(Problem(say("Give it a name of at most {most} letters.", most=LONGEST_NAME), "name"))
    if draft.site_id is None:
        problems.append(Problem("Choose the site it belongs to.", "site_id"))
        raise UserError("This storage location cannot be saved yet.", problems)
    _require(connection, draft.site_id)
    there = _of_site(connection, draft.site_id)
    if wrong := parent_problem(draft, {r.id: r.parent_id for r in there}, {r.id: r.name for r in there}):
        problems.append(wrong)
    same = func.public.sort_key(name)
    twins = select(
        exists().where(
            LOCATIONS.c.site_id == draft.site_id,
            LOCATIONS.c.sort_name == same,
            LOCATIONS.c.id.is_distinct_from(draft.id),
        )
    )
    if connection.execute(twins).scalar_one():
        problems.append(Problem("Another storage location of this site already has this name.", "name"))
    if problems:
        raise UserError("This storage location cannot be saved yet.", problems)
    return Changed(SavedLocation(_write(connection, draft, name, there), name), SUBJECTS)


def move(connection: Connection, key: UUID, step: int) -> Changed:
    """Move an open location up (-1) or down (1) in the walk of its site."""
    site = _site_of(connection, key)
    _require(connection, site)
    there = [row for row in _of_site(connection, site) if row.is_active]
    if key not in [row.id for row in there]:
        raise UserError("A closed location has no place in the walk. Reopen it first.")
    return _number(connection, there, moved([row.id for row in there], key, step))


def renumber(connection: Connection, site: UUID) -> Changed:
    """Number the open locations of a site 10, 20, 30 … in the order they are in."""
    _require(connection, site)
    there = [row for row in _of_site(connection, site) if row.is_active]
    return _number(connection, there, [row.id for row in there])


def close(connection: Connection, keys: Sequence[UUID]) -> Changed:
    """Close locations: they keep their history and take nothing in any more. Refused while something lies in them."""
    rows = connection.execute(_closing(keys)).all()
    for site in {row.site_id for row in rows}:
        _require(connection, site)
    problems = [Problem(sentence) for sentence in dict.fromkeys(map(_why_not_close, rows)) if sentence]
    if problems:
        raise UserError(problems[0].text if len(problems) == 1 else "These cannot be closed yet.", problems)
    return _set_active(connection, keys, active=False)


def reopen(connection: Connection, keys: Sequence[UUID]) -> Changed:
    """Open closed locations again."""
    for key in keys:
        _require(connection, _site_of(connection, key))
    return _set_active(connection, keys, active=True)


def _closing(keys: Sequence[UUID]) -> Any:
    """What speaks against closing each of these."""
    others = select(func.count()).where(
        CHILDREN.c.site_id == LOCATIONS.c.site_id, CHILDREN.c.is_active, CHILDREN.c.id.not_in(keys)
    )
    inner = select(func.min(CHILDREN.c.name)).where(
        CHILDREN.c.parent_id == LOCATIONS.c.id, CHILDREN.c.is_active, CHILDREN.c.id.not_in(keys)
    )
    return (
        select(
            LOCATIONS.c.name,
            LOCATIONS.c.site_id,
            SITES.c.name.label("site"),
            STOCKED.label("stocked"),
            HOMES.label("homes"),
            others.scalar_subquery().label("others"),
            inner.scalar_subquery().label("inner"),
        )
        .select_from(WITH_NAMES)
        .where(LOCATIONS.c.id.in_(keys), LOCATIONS.c.is_active)
    )


def _why_not_close(row: Row[Any]) -> Words | None:
    if row.stocked:
        return say_count(
            "{name} still holds one item. Move or count it out of it first.",
            "{name} still holds {count} items. Move or count them out of it first.",
            row.stocked,
            name=row.name,
        )
    if row.inner:
        return say("{inner} lies inside {name}. Close it first, or move it out.", inner=row.inner, name=row.name)
    if row.homes:
        return say_count(
            "{name} is the home of one item. Give it another home first.",
            "{name} is the home of {count} items. Give them another home first.",
            row.homes,
            name=row.name,
        )
    if not row.others:
        return say("{site} keeps one storage location open at least: stock must lie somewhere.", site=row.site)
    return None


def _require(connection: Connection, site: UUID) -> None:
    scope = func.scope("storage.edit", type_=ARRAY(UuidType))
    if not connection.execute(select(literal(site) == any_(scope))).scalar_one():
        raise Denied("Your roles do not allow you to arrange the storage locations of this site.")


def _site_of(connection: Connection, key: UUID) -> UUID:
    found = connection.execute(select(LOCATIONS.c.site_id).where(LOCATIONS.c.id == key)).scalar_one_or_none()
    site: UUID = one_or_gone(found, "storage location")
    return site


def _of_site(connection: Connection, site: UUID) -> Sequence[Any]:
    """All locations of a site in walk order, kept from other people until this change is through."""
    here = LOCATIONS.c
    return connection.execute(
        select(here.id, here.parent_id, here.name, here.walk_order, here.is_active)
        .where(here.site_id == site)
        .order_by(here.walk_order, here.sort_name, here.id)
        .with_for_update()
    ).all()


def _number(connection: Connection, there: Sequence[Any], order: Sequence[UUID]) -> Changed:
    changed = renumbered(order, {row.id: row.walk_order for row in there})
    if changed:
        numbers = [{"_id": key, "_number": number} for key, number in changed.items()]
        here = update(LOCATIONS).where(LOCATIONS.c.id == bindparam("_id"))
        connection.execute(here.values(walk_order=bindparam("_number")), numbers)
    return Changed(len(changed), SUBJECTS)


def _write(connection: Connection, draft: LocationDraft, name: str, there: Sequence[Any]) -> UUID:
    if draft.id is None:
        key = uuid4()
        last = max((row.walk_order for row in there), default=0)
        values = {"id": key, "site_id": draft.site_id, "parent_id": draft.parent_id, "name": name}
        connection.execute(insert(LOCATIONS).values(**values, walk_order=last + STEP))
        return key
    same = and_(LOCATIONS.c.id == draft.id, LOCATIONS.c.version == draft.version, LOCATIONS.c.site_id == draft.site_id)
    written = connection.execute(update(LOCATIONS).where(same).values(name=name, parent_id=draft.parent_id))
    if not written.rowcount:
        raise Conflict("Somebody else changed this storage location meanwhile. Reload it and look again.")
    return draft.id


def _set_active(connection: Connection, keys: Sequence[UUID], *, active: bool) -> Changed:
    those = and_(LOCATIONS.c.id.in_(keys), LOCATIONS.c.is_active != active)
    return Changed(connection.execute(update(LOCATIONS).where(those).values(is_active=active)).rowcount, SUBJECTS)
