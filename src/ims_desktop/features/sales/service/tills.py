"""How the files of a till were read before, and what its words mean at a site: nobody is asked the same again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from ims_desktop.domain.file_values import DateOrder
from ims_desktop.domain.import_reading import fingerprint
from ims_desktop.domain.work import Changed
from ims_desktop.features.menu.tables import MENU_ITEMS
from ims_desktop.features.sales.rules import Choices, Field, Reading, SalesFile, read_sales
from ims_desktop.features.sales.tables import TILL_MAPPINGS, TILL_PRODUCTS

PRODUCT, MODIFIER = "PRODUCT", "MODIFIER"
_YES = ("repeats_are_sales", "each_line_is_one", "numbers_restart_daily")
_HOW = ("encoding", "delimiter", "header_row", "decimal_sign")


@dataclass(frozen=True, slots=True)
class Remembered:
    """The answers given to a file with these columns, and when."""

    choices: Choices
    used_at: datetime


def recall(connection: Connection, site: UUID | None, header: tuple[str, ...]) -> Remembered | None:
    """How a file with these columns was read at the site; without one, at whichever site it was read last."""
    kept = TILL_MAPPINGS.c
    found = select(kept.choices, kept.used_at).where(kept.fingerprint == fingerprint(header))
    if site is not None:
        found = found.where(kept.site_id == site)
    row = connection.execute(found.order_by(kept.used_at.desc()).limit(1)).one_or_none()
    return None if row is None else Remembered(_choices(row.choices, len(header)), row.used_at)


def remember(connection: Connection, site: UUID, files: tuple[SalesFile, ...], reading: Reading) -> Changed:
    """Keep how a file was read in the end, also what was found out by itself: the next file may say less."""
    header = reading.table.header if _found_by_itself(reading.choices) else read_sales(files, Choices()).table.header
    values = {"choices": _kept(reading), "used_by": func.me(), "used_at": func.now()}
    statement = insert(TILL_MAPPINGS).values(site_id=site, fingerprint=fingerprint(header), **values)
    same = [TILL_MAPPINGS.c.site_id, TILL_MAPPINGS.c.fingerprint]
    connection.execute(statement.on_conflict_do_update(index_elements=same, set_=values))
    return Changed(None)


def aliases(connection: Connection, site: UUID | None) -> Mapping[str, str]:
    """The till's words at the site, or at every site, and the codes of what they mean; the latest word counts."""
    meant = (
        select(TILL_PRODUCTS.c.product, MENU_ITEMS.c.code)
        .join_from(TILL_PRODUCTS, MENU_ITEMS, MENU_ITEMS.c.id == TILL_PRODUCTS.c.menu_item_id)
        .order_by(TILL_PRODUCTS.c.decided_at)
    )
    if site is not None:
        meant = meant.where(TILL_PRODUCTS.c.site_id == site)
    return dict(connection.execute(meant).all())


def modifier_aliases(connection: Connection, site: UUID | None) -> Mapping[str, UUID]:
    """The till's words for modifiers at the site, or at every site, and what they mean; the latest word counts."""
    known = TILL_PRODUCTS.c
    meant = select(known.product, known.modifier_id).where(known.modifier_id.is_not(None)).order_by(known.decided_at)
    if site is not None:
        meant = meant.where(known.site_id == site)
    return dict(connection.execute(meant).all())


def ignored(connection: Connection, site: UUID | None, kind: str = PRODUCT) -> frozenset[str]:
    """The till's words at the site that are left out: for what is sold, or for modifiers."""
    known = TILL_PRODUCTS.c
    left_out = select(known.product).where(known.site_id == site, known.kind == kind, known.ignored != "")
    return frozenset(connection.execute(left_out).scalars())


def _found_by_itself(choices: Choices) -> bool:
    return choices.delimiter is None and choices.header_row is None and choices.encoding is None


def _kept(reading: Reading) -> dict[str, Any]:
    choices, order = reading.choices, reading.date_order.value
    kept: dict[str, Any] = {key: getattr(choices, key) for key in (*_HOW, *_YES)}
    kept["decimal_sign"] = reading.decimal_sign.value if reading.decimal_sign.sure else choices.decimal_sign
    kept["date_order"] = order.value if order else None
    kept["columns"] = {str(column.place): column.field.name if column.field else None for column in reading.columns}
    return kept


def _choices(kept: Mapping[str, Any], width: int) -> Choices:
    fields = {field.name: field for field in Field}
    orders = {order.value: order for order in DateOrder}
    columns = {
        int(place): fields.get(name) if name else None
        for place, name in (kept.get("columns") or {}).items()
        if str(place).isdigit() and int(place) < width
    }
    answers: dict[str, Any] = {key: kept.get(key) for key in _HOW} | {key: kept.get(key) is True for key in _YES}
    return Choices(**answers, date_order=orders.get(kept.get("date_order") or ""), columns=columns)


def beside(remembered: Choices, given: Choices) -> Choices:
    """The remembered answers where the person has given none now."""
    taken = {key: getattr(given, key) or getattr(remembered, key) for key in (*_HOW, *_YES, "date_order")}
    return replace(given, **taken, columns={**remembered.columns, **given.columns})
