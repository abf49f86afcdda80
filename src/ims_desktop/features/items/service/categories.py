"""The tree of the categories: read as a whole, and changed one at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, select, update

from ims_desktop.domain.errors import Conflict, Denied, Problem, UserError
from ims_desktop.domain.wording import Words, both, say, say_count
from ims_desktop.domain.work import Changed, read
from ims_desktop.features.items.tables import CATEGORIES, ITEMS

SUBJECTS = frozenset({"items"})
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Category:
    """A category in the tree, with how many active items are in it alone."""

    id: UUID
    parent_id: UUID | None
    name: str
    items: int
    version: int
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class ArchivedCategory:
    """A category that was archived, and what left it for another one: so it can all come back."""

    id: UUID
    name: str
    items: tuple[UUID, ...] = ()
    categories: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class CategoryDraft:
    """A category as somebody wants it."""

    name: str
    parent_id: UUID | None = None
    id: UUID | None = None
    version: int = 0


@read
def categories(connection: Connection) -> tuple[Category, ...]:
    """All categories by name, in one statement."""
    held = select(func.count()).where(ITEMS.c.category_id == CATEGORIES.c.id, ITEMS.c.is_active).scalar_subquery()
    here = CATEGORIES.c
    rows = connection.execute(
        select(here.id, here.parent_id, here.name, held.label("items"), here.version, here.is_active).order_by(
            here.sort_name, here.id
        )
    )
    return tuple(Category(*row) for row in rows)


def beneath(keys: list[UUID]) -> ColumnElement[bool]:
    """Whether the item of a row is in one of these categories, or in one that lies in them."""
    inside = select(CATEGORIES.c.id).where(CATEGORIES.c.id.in_(keys)).cte("inside", recursive=True)
    deeper: Select[Any] = select(CATEGORIES.c.id).join(inside, CATEGORIES.c.parent_id == inside.c.id)
    return ITEMS.c.category_id.in_(select(inside.union(deeper).c.id))


def save_category(connection: Connection, draft: CategoryDraft) -> Changed:
    """Make a category, or rename it and hang it elsewhere."""
    _require(connection)
    name = " ".join(draft.name.split())
    if not 0 < len(name) <= LONGEST:
        problem = Problem(say("Give it a name of at most {most} letters.", most=LONGEST), "name")
        raise UserError("This category cannot be saved yet.", [problem])
    _refuse_twin(connection, name, draft.parent_id, draft.id)
    values = {"name": name, "parent_id": draft.parent_id}
    if draft.id is None:
        key = uuid4()
        connection.execute(insert(CATEGORIES).values(id=key, **values))
        return Changed(Category(key, draft.parent_id, name, 0, 1), SUBJECTS)
    same = (CATEGORIES.c.id == draft.id, CATEGORIES.c.version == draft.version)
    if not connection.execute(update(CATEGORIES).where(*same).values(**values)).rowcount:
        raise Conflict("Somebody else changed this category meanwhile. Reload it and look again.")
    return Changed(Category(draft.id, draft.parent_id, name, 0, draft.version + 1), SUBJECTS)


def move_category(connection: Connection, key: UUID, parent: UUID | None) -> Changed:
    """Hang a category into another, or to the top; answers where it hung before. The database refuses circles."""
    _require(connection)
    row = _of(connection, key)
    _refuse_twin(connection, row.name, parent, key)
    connection.execute(update(CATEGORIES).where(CATEGORIES.c.id == key).values(parent_id=parent))
    return Changed(row.parent_id, SUBJECTS)


def remove_category(connection: Connection, key: UUID) -> Changed:
    """Delete an empty category; answers it as it was."""
    _require(connection)
    row = _of(connection, key)
    inside = connection.execute(select(func.count()).where(CATEGORIES.c.parent_id == key)).scalar_one()
    held = connection.execute(select(func.count()).where(ITEMS.c.category_id == key)).scalar_one()
    if inside or held:
        what = _held(inside, held)
        words = say("{name} still holds {what}. Move them, or merge it into another.", name=row.name, what=what)
        raise UserError(words, [Problem(words)])
    connection.execute(delete(CATEGORIES).where(CATEGORIES.c.id == key))
    return Changed(CategoryDraft(row.name, row.parent_id), SUBJECTS)


def archive_category(connection: Connection, key: UUID, into: UUID | None = None) -> Changed:
    """Put a category out of use; what is in use in it goes into another one. Answers what went."""
    _require(connection)
    row = _of(connection, key)
    used = select(ITEMS.c.id).where(ITEMS.c.category_id == key, ITEMS.c.is_active)
    inner = select(CATEGORIES.c.id).where(CATEGORIES.c.parent_id == key, CATEGORIES.c.is_active)
    items, within = tuple(connection.scalars(used)), tuple(connection.scalars(inner))
    if (items or within) and into is None:
        words = say("{name} still holds {what}. Say where they go.", name=row.name, what=_held(len(within), len(items)))
        raise UserError(words, [Problem(words, "into")])
    if into is not None:
        _refuse_going(connection, row, into, within)
        connection.execute(update(ITEMS).where(ITEMS.c.id.in_(items)).values(category_id=into))
        connection.execute(update(CATEGORIES).where(CATEGORIES.c.id.in_(within)).values(parent_id=into))
    connection.execute(update(CATEGORIES).where(CATEGORIES.c.id == key).values(is_active=False))
    return Changed(ArchivedCategory(key, row.name, items, within), SUBJECTS)


def restore_category(connection: Connection, archived: ArchivedCategory) -> Changed:
    """Put a category into use again, with what left it when it was archived."""
    _require(connection)
    _of(connection, archived.id)
    connection.execute(update(CATEGORIES).where(CATEGORIES.c.id == archived.id).values(is_active=True))
    connection.execute(update(ITEMS).where(ITEMS.c.id.in_(archived.items)).values(category_id=archived.id))
    inner = update(CATEGORIES).where(CATEGORIES.c.id.in_(archived.categories))
    connection.execute(inner.values(parent_id=archived.id))
    return Changed(archived.name, SUBJECTS)


def _refuse_going(connection: Connection, gone: Any, into: UUID, within: Sequence[UUID]) -> None:
    """What is in one category can go into another that is in use, does not lie in it and has no twins of it."""
    stays = _of(connection, into)
    if into == gone.id or not stays.is_active:
        raise UserError("Choose another category that is in use.", [Problem("Choose another one.", "into")])
    if _is_inside(connection, into, gone.id):
        raise UserError(say("{name} lies inside {outer}: move it out first.", name=stays.name, outer=gone.name))
    _refuse_twins(connection, into, CATEGORIES.c.id.in_(within))


def _refuse_twins(connection: Connection, into: UUID, coming: ColumnElement[bool]) -> None:
    inner = select(CATEGORIES.c.sort_name).where(CATEGORIES.c.parent_id == into)
    both = select(CATEGORIES.c.name).where(coming, CATEGORIES.c.sort_name.in_(inner))
    if twins := list(connection.execute(both).scalars()):
        words = say("Both have a category {names}. Merge these first.", names=", ".join(twins))
        raise UserError(words, [Problem(words)])


def merge_category(connection: Connection, key: UUID, into: UUID) -> Changed:
    """Put all that is in one category into another, and delete it; answers how many items went over."""
    _require(connection)
    gone, stays = _of(connection, key), _of(connection, into)
    if key == into:
        raise UserError("Choose another category to merge it into.", [Problem("Choose another one.", "into")])
    if _is_inside(connection, into, key):
        raise UserError(say("{name} lies inside {outer}: move it out first.", name=stays.name, outer=gone.name))
    _refuse_twins(connection, into, CATEGORIES.c.parent_id == key)
    moved = connection.execute(update(ITEMS).where(ITEMS.c.category_id == key).values(category_id=into)).rowcount
    connection.execute(update(CATEGORIES).where(CATEGORIES.c.parent_id == key).values(parent_id=into))
    connection.execute(delete(CATEGORIES).where(CATEGORIES.c.id == key))
    return Changed(moved, SUBJECTS)


def _held(categories: int, items: int) -> Words:
    what = [say_count("{count} category", "{count} categories", categories)] if categories else []
    what += [say_count("{count} item", "{count} items", items)] if items else []
    return both(what)


def _require(connection: Connection) -> None:
    if not connection.execute(select(func.can("items.edit"))).scalar_one():
        raise Denied("Your roles do not allow you to change categories.")


def _of(connection: Connection, key: UUID) -> Any:
    row = connection.execute(select(CATEGORIES).where(CATEGORIES.c.id == key)).one_or_none()
    if row is None:
        raise UserError("This category no longer exists.")
    return row


def _refuse_twin(connection: Connection, name: str, parent: UUID | None, but: UUID | None) -> None:
    twin = select(CATEGORIES.c.is_active).where(
        CATEGORIES.c.sort_name == func.public.sort_key(name),
        CATEGORIES.c.parent_id.is_not_distinct_from(parent),
        CATEGORIES.c.id.is_distinct_from(but),
    )
    there = connection.execute(twin).first()
    if there is not None:
        words = say("There is a category {name} there already.", name=name)
        if not there.is_active:
            words = say("There is an archived category {name} there: restore it instead.", name=name)
        raise UserError(words, [Problem(words, "name")])


def _is_inside(connection: Connection, key: UUID, outer: UUID) -> bool:
    """Whether a category lies in another, however deep."""
    up = select(CATEGORIES.c.id, CATEGORIES.c.parent_id).where(CATEGORIES.c.id == key).cte("up", recursive=True)
    whole = up.union(select(CATEGORIES.c.id, CATEGORIES.c.parent_id).join(up, CATEGORIES.c.id == up.c.parent_id))
    return connection.execute(select(whole.c.id).where(whole.c.id == outer)).first() is not None
