"""Categories by name, and the next free SKU."""

import re
import unicodedata
from collections.abc import Iterable
from uuid import UUID, uuid4

from sqlalchemy import Connection, Integer, cast, func, insert, select

from ims_desktop.features.items.tables import CATEGORIES, ITEMS

LETTERS = 3
SKU = "^([A-Z]{2,8})-[0-9]{1,9}$"


def categories_of(connection: Connection, names: Iterable[str]) -> dict[str, UUID]:
    """The categories of these names; those that are not there yet are made."""
    known: dict[str, UUID] = {}
    for name in dict.fromkeys(names):
        same = select(CATEGORIES.c.id).where(CATEGORIES.c.sort_name == func.public.sort_key(name)).limit(1)
        found = connection.execute(same).scalar_one_or_none()
        if found is None:
            found = uuid4()
            connection.execute(insert(CATEGORIES).values(id=found, name=name))
        known[name] = found
    return known


def next_sku(connection: Connection, category: UUID | None) -> str:
    """The number after the highest with the letters that most items of the category have: DRY-0142."""
    # Whoever asks keeps the next one waiting, so that two people at once do not get the same number.
    connection.execute(select(func.lock_skus()))
    letters = _usual_letters(connection, category)
    number = cast(func.substring(ITEMS.c.sku, f"^{letters}-([0-9]{{1,9}})$"), Integer)
    highest = connection.execute(select(func.coalesce(func.max(number), 0))).scalar_one()
    return f"{letters}-{highest + 1:04}"


def _usual_letters(connection: Connection, category: UUID | None) -> str:
    letters = func.substring(ITEMS.c.sku, SKU).label("letters")
    used = select(letters).where(ITEMS.c.category_id == category, ITEMS.c.sku.regexp_match(SKU))
    usual = used.group_by(letters).order_by(func.count().desc(), letters).limit(1)
    named = select(usual.scalar_subquery(), CATEGORIES.c.name).where(CATEGORIES.c.id == category)
    row = connection.execute(named).one_or_none()
    if row is None:
        return "ITEM"
    plain = unicodedata.normalize("NFKD", row[1]).upper()
    return row[0] or re.sub("[^A-Z]", "", plain)[:LETTERS].ljust(2, "X")
