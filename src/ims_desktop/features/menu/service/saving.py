"""Changing the menu: items, their prices by site and day, what a site is out of, and the categories."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_or

from ims_desktop.domain.errors import Conflict, Denied, Problem, UserError
from ims_desktop.domain.wording import say
from ims_desktop.domain.work import Changed
from ims_desktop.features.menu.rules import HUNDRED
from ims_desktop.features.menu.service.menu import HIGHEST_PRICE, LONGEST_NAME
from ims_desktop.features.menu.tables import ASKED, CATEGORIES, MENU_ITEMS, PAUSES, PRICES

SUBJECTS = frozenset({"menu"})
EDIT, PRICE = "menu.edit", "menu.price"
LATE = "Somebody else changed this meanwhile. Reload it and look at your changes again."
NOT_ALLOWED = "Your roles do not allow you to change the menu."


@dataclass(frozen=True, slots=True)
class PriceDraft:
    """A price from a day on, at one site or (None) wherever there is none of its own."""

    menu_item_id: UUID
    site_id: UUID | None
    valid_from: date | None
    price: Decimal | None
    tax_percent: Decimal | None


@dataclass(frozen=True, slots=True)
class MenuDraft:
    """A menu item as somebody wants it; `target` is a ratio, None: as its category aims."""

    code: str
    name: str
    category_id: UUID | None
    size: str = ""
    recipe_id: UUID | None = None
    portions: Decimal | None = Decimal(1)
    target: Decimal | None = None
    is_available: bool = True
    groups: tuple[UUID, ...] = ()
    id: UUID | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class CategoryDraft:
    """A menu category as somebody wants it; `target` is a ratio, None: as the site aims."""

    name: str
    target: Decimal | None = None
    id: UUID | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Saved:
    """What a person is told about what was saved."""

    id: UUID
    name: str


def save_menu_item(connection: Connection, draft: MenuDraft) -> Changed:
    """Make or change a menu item with the questions it asks."""
    _require(connection, EDIT)
    name, code = " ".join(draft.name.split()), " ".join(draft.code.split())
    same = select(MENU_ITEMS.c.name).where(
        MENU_ITEMS.c.sort_code == func.public.sort_key(code), MENU_ITEMS.c.id.is_distinct_from(draft.id)
    )
    if problems := list(_problems(draft, name, code, connection.execute(same).scalar())):
        raise UserError("This menu item cannot be saved yet.", problems)
    values = {
        "code": code,
        "name": name,
        "size": " ".join(draft.size.split()),
        "category_id": draft.category_id,
        "recipe_id": draft.recipe_id,
        "portions": draft.portions,
        "food_cost_target": None if draft.target is None else draft.target * HUNDRED,
        "is_available": draft.is_available,
    }
    key = _keep(connection, MENU_ITEMS, draft.id, draft.version, values)
    connection.execute(delete(ASKED).where(ASKED.c.menu_item_id == key, ASKED.c.group_id.not_in(draft.groups)))
    for order, group in enumerate(draft.groups):
        asked = insert_or(ASKED).values(menu_item_id=key, group_id=group, sort_order=order)
        connection.execute(
            asked.on_conflict_do_update(
                index_elements=[ASKED.c.menu_item_id, ASKED.c.group_id], set_={"sort_order": order}
            )
        )
    return Changed(Saved(key, name), SUBJECTS)


def set_price(connection: Connection, draft: PriceDraft) -> Changed:
    """A price from a day on; what was asked before stays in the history."""
    today = _require(connection, PRICE)
    problems = []
    if draft.price is None or not 0 <= draft.price <= HIGHEST_PRICE or draft.price != round(draft.price, 2):
        problems.append(Problem("A price is 0 or more, with at most two decimals.", "price"))
    if draft.tax_percent is None or not 0 <= draft.tax_percent < HUNDRED:
        problems.append(Problem("The tax lies between 0% and 100%.", "tax"))
    if draft.valid_from is None:
        problems.append(Problem("Say from which day on it holds.", "valid_from"))
    elif draft.valid_from < today:
        problems.append(Problem("What was sold stays as it was: a price begins today or later.", "valid_from"))
    if problems:
        raise UserError("This price cannot be kept yet.", problems)
    values = {"price": draft.price, "tax_percent": draft.tax_percent}
    key = {"menu_item_id": draft.menu_item_id, "site_id": draft.site_id, "valid_from": draft.valid_from}
    connection.execute(
        insert_or(PRICES)
        .values(id=uuid4(), **key, **values)
        .on_conflict_do_update(
            index_elements=[PRICES.c.menu_item_id, PRICES.c.site_id, PRICES.c.valid_from], set_=values
        )
    )
    return Changed(draft.price, SUBJECTS)


def remove_planned(connection: Connection, menu_item: UUID, site: UUID | None) -> Changed:
    """Take back the prices of an item that have not begun yet, those of the site and those of every site.

    Answers what they were, so that they can be planned again.
    """
    _require(connection, PRICE)
    gone = (
        delete(PRICES)
        .where(
            PRICES.c.menu_item_id == menu_item,
            PRICES.c.valid_from > func.current_date(),
            (PRICES.c.site_id == site) | PRICES.c.site_id.is_(None),
        )
        .returning(PRICES.c.menu_item_id, PRICES.c.site_id, PRICES.c.valid_from, PRICES.c.price, PRICES.c.tax_percent)
    )
    return Changed(tuple(PriceDraft(*row) for row in connection.execute(gone)), SUBJECTS)


def plan_again(connection: Connection, prices: Sequence[PriceDraft]) -> Changed:
    """Plan prices anew that were taken back."""
    for price in prices:
        set_price(connection, price)
    return Changed(len(prices), SUBJECTS)


def pause(connection: Connection, menu_items: Sequence[UUID], site: UUID, until: date | None) -> Changed:
    """The site is out of these, up to a day or until further notice."""
    today = _require(connection, EDIT)
    if until is not None and until < today:
        raise UserError("This day is over.", [Problem("This must be today or later.", "until")])
    for key in menu_items:
        asked = insert_or(PAUSES).values(menu_item_id=key, site_id=site, until=until)
        connection.execute(
            asked.on_conflict_do_update(index_elements=[PAUSES.c.menu_item_id, PAUSES.c.site_id], set_={"until": until})
        )
    return Changed(len(menu_items), SUBJECTS)


def resume(connection: Connection, menu_items: Sequence[UUID], site: UUID) -> Changed:
    """The site sells these again."""
    _require(connection, EDIT)
    done = connection.execute(delete(PAUSES).where(PAUSES.c.menu_item_id.in_(menu_items), PAUSES.c.site_id == site))
    return Changed(done.rowcount, SUBJECTS)


def set_active(connection: Connection, keys: Sequence[UUID], active: bool) -> Changed:
    """Archive menu items, or bring them back; what was sold of them stays."""
    _require(connection, EDIT)
    done = connection.execute(
        update(MENU_ITEMS).where(MENU_ITEMS.c.id.in_(keys), MENU_ITEMS.c.is_active != active).values(is_active=active)
    )
    return Changed(done.rowcount, SUBJECTS)


def save_category(connection: Connection, draft: CategoryDraft) -> Changed:
    """Make or rename a category; a new one comes last."""
    _require(connection, EDIT)
    name = " ".join(draft.name.split())
    same = select(CATEGORIES.c.name).where(
        CATEGORIES.c.sort_name == func.public.sort_key(name), CATEGORIES.c.id.is_distinct_from(draft.id)
    )
    problems = []
    if not name or len(name) > LONGEST_NAME:
        problems.append(Problem("A category needs a name, which is not endless.", "name"))
    elif taken := connection.execute(same).scalar():
        problems.append(Problem(say("There is a category {name} already.", name=taken), "name"))
    if draft.target is not None and not 0 <= draft.target <= 1:
        problems.append(Problem("A target lies between 0% and 100%.", "target"))
    if problems:
        raise UserError("This category cannot be saved yet.", problems)
    values: dict[str, Any] = {
        "name": name, "food_cost_target": None if draft.target is None else draft.target * HUNDRED
    }  # fmt: skip
    if draft.id is None:
        values["sort_order"] = select(func.coalesce(func.max(CATEGORIES.c.sort_order), 0) + 1).scalar_subquery()
    return Changed(Saved(_keep(connection, CATEGORIES, draft.id, draft.version, values), name), SUBJECTS)


def move_category(connection: Connection, key: UUID, step: int) -> Changed:
    """Move a category up (below 0) or down the menu by so many places."""
    _require(connection, EDIT)
    connection.execute(_MOVE, {"key": key, "step": step})
    return Changed(step, SUBJECTS)


def set_category_active(connection: Connection, keys: Sequence[UUID], active: bool) -> Changed:
    """Archive categories, or bring them back. Refused while something active is in them."""
    _require(connection, EDIT)
    if not active:
        used = connection.execute(
            select(CATEGORIES.c.name, func.count().label("dishes"))
            .join_from(CATEGORIES, MENU_ITEMS, MENU_ITEMS.c.category_id == CATEGORIES.c.id)
            .where(CATEGORIES.c.id.in_(keys), MENU_ITEMS.c.is_active)
            .group_by(CATEGORIES.c.name)
        ).all()
        if used:
            lines = [Problem(say("{name} holds {count}.", name=row.name, count=row.dishes)) for row in used]
            raise UserError("Only an empty category can be archived.", lines)
    done = connection.execute(
        update(CATEGORIES).where(CATEGORIES.c.id.in_(keys), CATEGORIES.c.is_active != active).values(is_active=active)
    )
    return Changed(done.rowcount, SUBJECTS)


def _problems(draft: MenuDraft, name: str, code: str, same: str | None) -> Iterator[Problem]:
    if not name or len(name) > LONGEST_NAME:
        yield Problem("A menu item needs a name, which is not endless.", "name")
    if not code or len(code) > 60:
        yield Problem("A menu item needs a code of at most 60 letters, as the till writes it.", "code")
    elif same is not None:
        yield Problem(say("{name} already has the code {code}.", name=same, code=code), "code")
    if draft.category_id is None:
        yield Problem("Choose a category.", "category_id")
    if draft.portions is None or not 0 < draft.portions < HIGHEST_PRICE:
        yield Problem("It takes more than 0 portions of its recipe, and not absurdly many.", "portions")
    if draft.target is not None and not 0 <= draft.target <= 1:
        yield Problem("A target lies between 0% and 100%.", "target")


def _keep(connection: Connection, table: Any, key: UUID | None, version: int, values: dict[str, Any]) -> UUID:
    if key is None:
        made = uuid4()
        connection.execute(insert(table).values(id=made, **values))
        return made
    changed = update(table).where(table.c.id == key, table.c.version == version).values(**values)
    if not connection.execute(changed).rowcount:
        raise Conflict(LATE)
    return key


def _require(connection: Connection, permission: str) -> date:
    """Refuse who may not; answers the day it is."""
    may, today = connection.execute(select(func.can(permission), func.current_date())).one()
    if not may:
        raise Denied(NOT_ALLOWED)
    found: date = today
    return found


_MOVE = text("""
    WITH numbered AS (
      SELECT c.id, row_number() OVER (ORDER BY c.sort_order, c.sort_name) * 2 AS place
      FROM menu_categories c WHERE c.is_active
    )
    UPDATE menu_categories c SET sort_order = o.place FROM (
      SELECT n.id,
        row_number() OVER (ORDER BY n.place + CASE WHEN n.id = :key
          THEN 2 * CAST(:step AS int) + sign(CAST(:step AS int)) ELSE 0 END) AS place
      FROM numbered n) o
    WHERE c.id = o.id AND c.sort_order <> o.place
""")
