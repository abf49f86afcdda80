"""Changing the price list: lines, prices from a day on, contracts, and the cells of the list."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy import func as sql
from sqlalchemy.dialects.postgresql import insert as insert_or

from ims_desktop.database.cell_edits import Cell, CellEdits, Cells, CellTable, Place, number, words
from ims_desktop.domain.errors import Conflict, Denied, Problem, UserError
from ims_desktop.domain.wording import say
from ims_desktop.domain.work import Changed
from ims_desktop.features.items.service import units_of
from ims_desktop.features.suppliers.rules import (
    LONGEST_CODE,
    LONGEST_PACK,
    MOST_PRICE,
    OfferDraft,
    PriceDraft,
    pack_problems,
    problems_of_offer,
    problems_of_price,
)
from ims_desktop.features.suppliers.service.pricing import listed
from ims_desktop.features.suppliers.tables import SUPPLIER_CONTRACTS, SUPPLIER_ITEMS, SUPPLIER_PRICES

RIGHT, COST_RIGHT = "suppliers.edit", "stock.cost"
SUBJECTS = frozenset({"suppliers", "items"})
DENIED = "Your roles do not allow changing what suppliers sell."
CANNOT = "This line of the price list cannot be saved yet."


@dataclass(frozen=True, slots=True)
class SavedOffer:
    """What was saved; `path` tells how the quantity of the pack was found."""

    id: UUID
    pack: str
    path: str = ""


def save_offer(connection: Connection, draft: OfferDraft) -> Changed:
    """Add a line to the price list, or change one."""
    problems = problems_of_offer(draft)
    if not connection.execute(select(sql.can(RIGHT))).scalar_one():
        raise Denied(DENIED)
    quantity, path = _in_base_unit(connection, draft, problems) if draft.item_id and draft.amount else (None, "")
    if _is_there(connection, draft):
        problems.append(Problem("This supplier sells the item in a pack of this name already.", "pack"))
    if problems:
        raise UserError(CANNOT, problems)
    values = {
        "pack": draft.pack.strip(),
        "pack_quantity": quantity,
        "supplier_code": draft.supplier_code.strip(),
        "is_preferred": draft.is_preferred,
    }
    if draft.id is None:
        key = _added(connection, draft, values)
    else:
        key = draft.id
        mine = update(SUPPLIER_ITEMS).where(SUPPLIER_ITEMS.c.id == key, SUPPLIER_ITEMS.c.version == draft.version)
        if not connection.execute(mine.values(values)).rowcount:
            raise Conflict("Somebody else changed this line meanwhile. Reload and look again.")
    if draft.is_preferred:
        _prefer_alone(connection, key)
    return Changed(SavedOffer(key, draft.pack.strip(), path), SUBJECTS)


def _in_base_unit(connection: Connection, draft: OfferDraft, problems: list[Problem]) -> tuple[Decimal | None, str]:
    """The quantity of a pack in the unit in which the item is kept, and the path it took."""
    units = units_of(connection, draft.item_id)  # type: ignore[arg-type]
    unit = units.find(draft.unit) if draft.unit.strip() else units.base
    if unit is None:
        known = ", ".join(units.codes[:8])
        said = say("This item has no unit “{unit}”. It has: {known}.", unit=draft.unit, known=known)
        problems.append(Problem(said, "unit"))
        return None, ""
    found = units.convert(draft.amount or 0, unit)
    problems += pack_problems(found.quantity)
    return found.quantity, found.path.text(f"{draft.amount:f}")


def _is_there(connection: Connection, draft: OfferDraft) -> bool:
    mine = SUPPLIER_ITEMS.c
    same = select(mine.id).where(
        mine.supplier_id == draft.supplier_id,
        mine.item_id == draft.item_id,
        mine.pack == draft.pack.strip(),
        mine.id.is_distinct_from(draft.id),
    )
    return connection.execute(same).first() is not None


def _added(connection: Connection, draft: OfferDraft, values: Mapping[str, object]) -> UUID:
    made = insert(SUPPLIER_ITEMS).values(supplier_id=draft.supplier_id, item_id=draft.item_id, **values)
    key: UUID = connection.execute(made.returning(SUPPLIER_ITEMS.c.id)).scalar_one()
    if draft.price is not None:
        row = {"supplier_item_id": key, "valid_from": sql.current_date(), "price": draft.price}
        connection.execute(insert(SUPPLIER_PRICES).values(row))
    return key


def _prefer_alone(connection: Connection, key: UUID) -> None:
    """An item is bought from one line by preference."""
    mine = SUPPLIER_ITEMS.c
    item = select(mine.item_id).where(mine.id == key).scalar_subquery()
    others = update(SUPPLIER_ITEMS).where(mine.item_id == item, mine.id != key, mine.is_preferred)
    connection.execute(others.values(is_preferred=False))


def set_offers_active(connection: Connection, keys: tuple[UUID, ...], active: bool) -> Changed:
    """Archive lines, or take them back; their prices stay."""
    mine = update(SUPPLIER_ITEMS).where(SUPPLIER_ITEMS.c.id.in_(keys)).values(is_active=active)
    count = connection.execute(mine).rowcount
    if count != len(keys):
        raise Denied(DENIED)
    return Changed(count, SUBJECTS)


def save_price(connection: Connection, draft: PriceDraft) -> Changed:
    """Keep what a pack costs from a day on, or what a contract fixes for a time."""
    locked = select(SUPPLIER_ITEMS.c.id).where(SUPPLIER_ITEMS.c.id == draft.offer_id).with_for_update()
    rights = connection.execute(select(sql.can(RIGHT), sql.can(COST_RIGHT))).one()
    if not all(rights) or connection.execute(locked).first() is None:
        raise Denied(DENIED)
    terms = SUPPLIER_CONTRACTS.c
    others = select(terms.valid_from, terms.valid_until).where(
        terms.supplier_item_id == draft.offer_id, terms.valid_from != draft.valid_from
    )
    contracts = [(row.valid_from, row.valid_until) for row in connection.execute(others)] if draft.is_contract else []
    if problems := problems_of_price(draft, contracts):
        raise UserError("This price cannot be saved yet.", problems)
    key = {"supplier_item_id": draft.offer_id, "valid_from": draft.valid_from}
    values = {"price": draft.price} | ({"valid_until": draft.valid_until} if draft.is_contract else {})
    row = insert_or(SUPPLIER_CONTRACTS if draft.is_contract else SUPPLIER_PRICES).values(**key, **values)
    connection.execute(row.on_conflict_do_update(index_elements=list(key), set_=values))
    return Changed(draft, SUBJECTS)


def remove_price(connection: Connection, draft: PriceDraft) -> Changed:
    """Take a price or a contract away that was entered by mistake."""
    table = SUPPLIER_CONTRACTS if draft.is_contract else SUPPLIER_PRICES
    mine = delete(table).where(table.c.supplier_item_id == draft.offer_id, table.c.valid_from == draft.valid_from)
    if not connection.execute(mine).rowcount:
        raise Denied(DENIED)
    return Changed(draft, SUBJECTS)


@dataclass(frozen=True)
class PriceCells:
    """The listed price from today on: what was asked before stays in the history."""

    cells: Mapping[str, Cell]

    def read(self, connection: Connection, places: Sequence[Place], _names: Sequence[str]) -> Mapping[Place, Cells]:
        """Today's prices; the lines are locked, so that nobody else sets a price meanwhile."""
        keys = [key for key, _site in places]
        mine = select(SUPPLIER_ITEMS.c.id).where(SUPPLIER_ITEMS.c.id.in_(keys)).order_by(SUPPLIER_ITEMS.c.id)
        connection.execute(mine.with_for_update())
        now = connection.execute(_NOW, {"keys": keys}).all() if self._may(connection) else ()
        return {(row.id, None): {"price": row.price} for row in now}

    def _may(self, connection: Connection) -> bool:
        return bool(connection.execute(select(sql.can(COST_RIGHT))).scalar_one())

    def problems(self, _held: Cells, _wanted: Cells) -> Iterator[Problem]:
        """A price stands for itself."""
        yield from ()

    def write(self, connection: Connection, rows: Mapping[Place, Cells]) -> None:
        """A price from today on."""
        lines = [{"offer": str(key), "price": str(cells["price"])} for (key, _site), cells in rows.items()]
        connection.execute(_SET, {"lines": json.dumps(lines)})


_NOW = text(f"SELECT si.id, {listed('si.id')} AS price FROM supplier_items si WHERE si.id = ANY (:keys)")
_SET = text("""
    INSERT INTO supplier_prices (supplier_item_id, valid_from, price)
    SELECT g.offer, current_date, g.price
    FROM jsonb_to_recordset(CAST(:lines AS jsonb)) AS g (offer uuid, price numeric(14, 4))
    ON CONFLICT (supplier_item_id, valid_from) DO UPDATE SET price = excluded.price
""")


def _yes_or_no(value: object) -> str | None:
    return None if isinstance(value, bool) else "Say yes or no."


OFFER_CELLS = CellEdits(
    RIGHT,
    SUBJECTS,
    (
        CellTable(
            SUPPLIER_ITEMS,
            {
                "supplier_code": Cell("supplier_code", words(LONGEST_CODE, needed=False)),
                "pack": Cell("pack", words(LONGEST_PACK), kept=lambda pack: " ".join(pack.split())),
                "is_preferred": Cell("is_preferred", _yes_or_no),
            },
        ),
        PriceCells({"price": Cell("price", number(0, MOST_PRICE - 1, places=4, needed=True))}),
    ),
)
save_offer_cells = OFFER_CELLS.save
