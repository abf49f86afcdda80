"""Modifier groups: the questions that are asked with a dish, their answers, prices and effects on stock."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.domain.errors import Conflict, Denied, Problem, UserError
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.wording import Words, say
from ims_desktop.domain.work import Changed, read
from ims_desktop.features.menu.service.saving import EDIT, LATE, NOT_ALLOWED, Saved
from ims_desktop.features.menu.tables import ASKED, GROUPS, MODIFIER_LINES, MODIFIERS
from ims_desktop.features.recipes.rules import written
from ims_desktop.features.recipes.service import EditableLine, LineDraft, usables

SUBJECTS = frozenset({"menu"})
MOST_PRICE = Decimal(10_000_000)


@dataclass(frozen=True, slots=True)
class ModifierDraft:
    """An answer as somebody wants it: what it adds to the price, and what it takes or (below zero) leaves out."""

    name: str
    price: Decimal
    lines: tuple[LineDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """A question as somebody wants it; `at_most` None: as many answers as one likes."""

    name: str
    at_least: int
    at_most: int | None
    modifiers: tuple[ModifierDraft, ...]
    id: UUID | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A question in the list."""

    id: UUID
    name: str
    at_least: int
    at_most: int | None
    answers: str | None
    dishes: int
    is_active: bool

    @property
    def rule(self) -> Words:
        """How many answers it takes, in words."""
        return answers_rule(self.at_least, self.at_most)


def answers_rule(at_least: int, at_most: int | None) -> Words:
    """How many answers a question takes, in words."""
    if at_least == at_most:
        return say("exactly {count}", count=at_least)
    if at_most:
        if not at_least:
            return say("optional, at most {most}", most=at_most)
        return say("at least {least}, at most {most}", least=at_least, most=at_most)
    return say("at least {least}", least=at_least) if at_least else say("optional")


@dataclass(frozen=True, slots=True)
class Modifier:
    """An answer with its effects."""

    id: UUID
    name: str
    price: Decimal
    lines: tuple[EditableLine, ...]

    @property
    def cost(self) -> Decimal | None:
        """What one of it costs, below zero where it leaves something out; unknown as long as any part is."""
        costs = [
            None
            if line.usable.cost is None
            else line.written.base_quantity * 100 / line.yield_percent * line.usable.cost
            for line in self.lines
        ]
        known = [cost for cost in costs if cost is not None]
        return sum(known, Decimal(0)) if len(known) == len(costs) else None


@dataclass(frozen=True, slots=True)
class Group:
    """A question with its answers."""

    id: UUID
    version: int
    name: str
    at_least: int
    at_most: int | None
    is_active: bool
    modifiers: tuple[Modifier, ...] = field(default=())


def _source() -> ListSource[GroupRow]:
    answers: ColumnElement[Any] = (
        select(func.string_agg(MODIFIERS.c.name, ", "))
        .where(MODIFIERS.c.group_id == GROUPS.c.id, MODIFIERS.c.is_active)
        .scalar_subquery()
    )
    dishes: ColumnElement[Any] = select(func.count()).where(ASKED.c.group_id == GROUPS.c.id).scalar_subquery()
    return ListSource(
        row=GroupRow,
        select=select(
            GROUPS.c.id,
            GROUPS.c.name,
            GROUPS.c.at_least,
            GROUPS.c.at_most,
            answers.label("answers"),
            dishes.label("dishes"),
            GROUPS.c.is_active,
        ).select_from(GROUPS),
        key=GROUPS.c.id,
        sorts={"name": GROUPS.c.sort_name},
        default=(Sort("name"),),
        finds=(GROUPS.c.sort_name,),
    )


@read
def groups(connection: Connection, query: ListQuery) -> Page[GroupRow]:
    """A page of questions."""
    return _source().page(connection, query)


@read
def groups_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many questions there are."""
    return _source().summary(connection, query)


@read
def group_counts(connection: Connection, _query: ListQuery) -> Mapping[str, int]:
    """How many questions are asked, and how many no more."""
    active = GROUPS.c.is_active
    counts = select(func.count().filter(active).label("used"), func.count().filter(~active).label("archived"))
    return dict(connection.execute(counts.select_from(GROUPS)).mappings().one())


@read
def group_choices(connection: Connection) -> tuple[tuple[UUID, str], ...]:
    """All questions by name."""
    asked = select(GROUPS.c.id, GROUPS.c.name).where(GROUPS.c.is_active).order_by(GROUPS.c.sort_name)
    return tuple((key, name) for key, name in connection.execute(asked))


@read
def group(connection: Connection, key: UUID | str, site: UUID | None = None) -> Group:
    """One question with its answers and their effects, costed at a site."""
    asked = select(GROUPS).where(GROUPS.c.id == UUID(str(key)))
    row = one_or_gone(connection.execute(asked).one_or_none(), "modifier group")
    answers = connection.execute(
        select(MODIFIERS)
        .where(MODIFIERS.c.group_id == row.id, MODIFIERS.c.is_active)
        .order_by(MODIFIERS.c.sort_order, MODIFIERS.c.sort_name)
    ).all()
    effects = connection.execute(
        select(MODIFIER_LINES)
        .where(MODIFIER_LINES.c.modifier_id.in_([answer.id for answer in answers]))
        .order_by(MODIFIER_LINES.c.line)
    ).all()
    items = [effect.item_id for effect in effects if effect.item_id]
    taken = usables(connection, items, [effect.sub_recipe_id for effect in effects if effect.sub_recipe_id], site)
    made: dict[UUID, list[EditableLine]] = {answer.id: [] for answer in answers}
    for effect in effects:
        usable = taken.get(effect.item_id or effect.sub_recipe_id)
        if usable is not None:
            quantity = written(effect.quantity.normalize(), effect.unit, usable.units, negative=True)
            made[effect.modifier_id].append(EditableLine(usable, quantity, effect.yield_percent))
    found = tuple(Modifier(one.id, one.name, one.price, tuple(made[one.id])) for one in answers)
    return Group(row.id, row.version, row.name, row.at_least, row.at_most, row.is_active, found)


def save_group(connection: Connection, draft: GroupDraft) -> Changed:
    """Make or change a question with its answers; an answer that is gone stays where it was sold."""
    if not connection.execute(select(func.can(EDIT))).scalar_one():
        raise Denied(NOT_ALLOWED)
    name = " ".join(draft.name.split())
    problems = list(_problems(draft, name))
    same = select(GROUPS.c.name).where(
        GROUPS.c.sort_name == func.public.sort_key(name), GROUPS.c.id.is_distinct_from(draft.id)
    )
    if taken := connection.execute(same).scalar():
        problems.append(Problem(say("There is a group {name} already.", name=taken), "name"))
    if problems:
        raise UserError("This group cannot be saved yet.", problems)
    key = _keep_group(connection, draft, name)
    kept = [_keep_modifier(connection, key, order, one) for order, one in enumerate(draft.modifiers)]
    connection.execute(
        update(MODIFIERS)
        .where(MODIFIERS.c.group_id == key, MODIFIERS.c.id.not_in(kept), MODIFIERS.c.is_active)
        .values(is_active=False)
    )
    return Changed(Saved(key, name), SUBJECTS)


def set_groups_active(connection: Connection, keys: Sequence[UUID], active: bool) -> Changed:
    """Ask questions no more, or again; dishes that ask one do so no longer while it is archived."""
    if not connection.execute(select(func.can(EDIT))).scalar_one():
        raise Denied(NOT_ALLOWED)
    changed = update(GROUPS).where(GROUPS.c.id.in_(keys), GROUPS.c.is_active != active).values(is_active=active)
    return Changed(connection.execute(changed).rowcount, SUBJECTS)


def _problems(draft: GroupDraft, name: str) -> Iterator[Problem]:
    if not name or len(name) > 120:
        yield Problem("A group needs a name, which is not endless.", "name")
    if not 0 <= draft.at_least <= 100:
        yield Problem("This lies between 0 and 100.", "at_least")
    if draft.at_most is not None and not max(1, draft.at_least) <= draft.at_most <= 100:
        yield Problem("This is 1 or more, and not below what is asked at least.", "at_most")
    if not draft.modifiers:
        yield Problem("A group needs at least one answer.", "modifiers")
    elif draft.at_least > len(draft.modifiers):
        yield Problem("There are fewer answers than must be chosen.", "at_least")
    for modifier in draft.modifiers:
        if not modifier.name or len(modifier.name) > 120:
            yield Problem("Every answer needs a name, which is not endless.", "modifiers")
        if abs(modifier.price) > MOST_PRICE or modifier.price != round(modifier.price, 2):
            yield Problem(say("{name}: a price has at most two decimals.", name=modifier.name), "modifiers")


def _keep_group(connection: Connection, draft: GroupDraft, name: str) -> UUID:
    values = {"name": name, "at_least": draft.at_least, "at_most": draft.at_most}
    if draft.id is None:
        key = uuid4()
        connection.execute(insert(GROUPS).values(id=key, **values))
        return key
    changed = update(GROUPS).where(GROUPS.c.id == draft.id, GROUPS.c.version == draft.version).values(**values)
    if not connection.execute(changed).rowcount:
        raise Conflict(LATE)
    return draft.id


def _keep_modifier(connection: Connection, group_key: UUID, order: int, draft: ModifierDraft) -> UUID:
    same = select(MODIFIERS.c.id).where(
        MODIFIERS.c.group_id == group_key, MODIFIERS.c.sort_name == func.public.sort_key(draft.name)
    )
    key: UUID | None = connection.execute(same).scalar()
    values = {"name": draft.name, "price": draft.price, "sort_order": order, "is_active": True}
    if key is None:
        key = uuid4()
        connection.execute(insert(MODIFIERS).values(id=key, group_id=group_key, **values))
    else:
        connection.execute(update(MODIFIERS).where(MODIFIERS.c.id == key).values(**values))
        connection.execute(delete(MODIFIER_LINES).where(MODIFIER_LINES.c.modifier_id == key))
    _keep_effects(connection, key, draft)
    return key


def _keep_effects(connection: Connection, key: UUID, draft: ModifierDraft) -> None:
    taken = usables(
        connection,
        [line.key for line in draft.lines if not line.is_recipe],
        [line.key for line in draft.lines if line.is_recipe],
    )
    for number, line in enumerate(draft.lines, 1):
        if line.key not in taken:
            raise UserError("An item or recipe of this group no longer exists.")
        quantity = written(line.quantity, line.unit, taken[line.key].units, negative=True)
        connection.execute(
            insert(MODIFIER_LINES).values(
                modifier_id=key,
                line=number,
                item_id=None if line.is_recipe else line.key,
                sub_recipe_id=line.key if line.is_recipe else None,
                quantity=quantity.quantity,
                unit=quantity.unit,
                base_quantity=quantity.base_quantity,
                yield_percent=line.yield_percent,
            )
        )
