"""The price list of a site on a day: what holds then, since when, and what follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Date, func, literal, or_, select, true

from ims_desktop.database.listing import ListSource
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.work import read
from ims_desktop.features.menu.rules import HUNDRED
from ims_desktop.features.menu.tables import CATEGORIES, MENU_ITEMS, PRICES
from ims_desktop.features.recipes.service import here

DAY = "day"


@dataclass(frozen=True, slots=True)
class PriceRow:
    """What a menu item costs on the day that was asked for; `next_price` is the change planned after it."""

    id: UUID
    code: str
    name: str
    size: str
    category: str
    price: Decimal | None
    tax: Decimal | None
    valid_from: date | None
    next_price: Decimal | None
    next_from: date | None


def day_of(query: ListQuery) -> date | None:
    """The day that was asked for; None: today."""
    ranges: Sequence[Any] = next((asked.values for asked in query.filters if asked.key == DAY), ())
    return next((each for each in ranges if isinstance(each, date)), None)


def _source(query: ListQuery) -> ListSource[PriceRow]:
    place, day = here(query.site), day_of(query)
    on = func.current_date() if day is None else literal(day, Date())
    mine = PRICES.c.menu_item_id == MENU_ITEMS.c.id, or_(PRICES.c.site_id == place.c.id, PRICES.c.site_id.is_(None))
    now = (
        select(PRICES.c.price, PRICES.c.tax_percent, PRICES.c.valid_from)
        .where(*mine, PRICES.c.valid_from <= on)
        .order_by(PRICES.c.site_id.is_(None), PRICES.c.valid_from.desc())
        .limit(1)
        .lateral("now")
    )
    following = (
        select(PRICES.c.price, PRICES.c.valid_from)
        .where(*mine, PRICES.c.valid_from > on)
        .order_by(PRICES.c.valid_from, PRICES.c.site_id.is_(None))
        .limit(1)
        .lateral("following")
    )
    joined = (
        MENU_ITEMS.join(CATEGORIES, CATEGORIES.c.id == MENU_ITEMS.c.category_id)
        .outerjoin(place, true())
        .outerjoin(now, true())
        .outerjoin(following, true())
    )
    chosen = select(
        MENU_ITEMS.c.id,
        MENU_ITEMS.c.code,
        MENU_ITEMS.c.name,
        MENU_ITEMS.c.size,
        CATEGORIES.c.name.label("category"),
        now.c.price,
        (now.c.tax_percent / HUNDRED).label("tax"),
        now.c.valid_from,
        following.c.price.label("next_price"),
        following.c.valid_from.label("next_from"),
    ).select_from(joined)
    return ListSource(
        row=PriceRow,
        select=chosen.where(MENU_ITEMS.c.is_active),
        key=MENU_ITEMS.c.id,
        sorts={"name": MENU_ITEMS.c.sort_name, "category": CATEGORIES.c.sort_name},
        default=(Sort("name"),),
        filters={DAY: literal(day, Date()), "category": CATEGORIES.c.id},
        finds=(MENU_ITEMS.c.sort_name, MENU_ITEMS.c.sort_code),
    )


@read
def price_list(connection: Connection, query: ListQuery) -> Page[PriceRow]:
    """A page of prices as they are on the day that was asked for, or today."""
    return _source(query).page(connection, query)


@read
def price_list_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many menu items the query selects."""
    return _source(query).summary(connection, query)
