"""A history from another system on its way into the ledger: one transaction, in the order of the file, rows once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.units import Equation, ItemUnits
from ims_desktop.domain.valuation import Method
from ims_desktop.domain.wording import say
from ims_desktop.domain.work import Changed, call
from ims_desktop.features.stock.rules import Event, Happening
from ims_desktop.features.stock.service.documents import (
    SUBJECTS,
    Document,
    DocumentLine,
    Kind,
    LandedCost,
    LateInvoice,
    MethodSwitch,
    RightPrice,
    Spread,
    correct_prices,
    land,
    post,
    reverse,
    switch_method,
)

HISTORY = UUID("5c6d7f10-86a3-4a43-9f0e-6f0b4d4c8a11")
"""Names of postings are made of this and their own ids, so the same row is posted once."""

UNSAID = "CORRECTION"
"""The reason of what says none, where it may be chosen."""

KINDS = {
    Event.RECEIPT: Kind.DELIVERY, Event.ISSUE: Kind.ADJUSTMENT, Event.WASTE: Kind.WASTE,
    Event.ADJUSTMENT: Kind.ADJUSTMENT,
    Event.COUNT: Kind.COUNT, Event.REVALUATION: Kind.REVALUATION,
    Event.SUPPLIER_RETURN: Kind.SUPPLIER_RETURN, Event.CUSTOMER_RETURN: Kind.CUSTOMER_RETURN,
    Event.TRANSFER_OUT: Kind.TRANSFER_OUT, Event.TRANSFER_IN: Kind.TRANSFER_IN,
    Event.PRODUCTION_INPUT: Kind.PRODUCTION, Event.PRODUCTION_OUTPUT: Kind.PRODUCTION,
}  # fmt: skip
_OUT = {Event.ISSUE, Event.WASTE, Event.SUPPLIER_RETURN, Event.TRANSFER_OUT, Event.PRODUCTION_INPUT}


class _Item(NamedTuple):
    id: UUID
    units: ItemUnits


class _Site(NamedTuple):
    id: UUID
    name: str
    currency: str
    zone: str
    cutover: int


_ITEMS = text("""
    SELECT i.id, i.sku, i.name, i.base_unit, i.grams_per_millilitre, i.grams_per_each,
      (SELECT array_agg(ARRAY[u.name, u.quantity::text, u.of_unit]) FROM item_units u WHERE u.item_id = i.id) AS packs
    FROM items i WHERE i.sku = ANY (:words) OR i.name = ANY (:words)""")
_SITES = text("SELECT id, name, currency, time_zone, day_cutover_hour FROM sites")
_PLACES = text("SELECT id, site_id, name FROM storage_locations WHERE is_active ORDER BY walk_order, id")
_REASONS = text("SELECT id, code, name, kinds FROM reason_codes WHERE is_active ORDER BY sort_order")
_KNOWN = text("""
    SELECT p.id, p.reference, ARRAY(
      SELECT m.id FROM valued_movements m WHERE m.posting_id = p.id ORDER BY m.id) AS moved
    FROM valued_postings p WHERE string_to_array(p.reference, ' ') && CAST(:own AS text[])""")
_MOVED = text("SELECT id FROM valued_movements WHERE posting_id = :posting ORDER BY id")
_THERE = text("SELECT id, posting_id, quantity, site_id FROM valued_movements WHERE id = ANY (:ids)")


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows a history had, and how many of them were there already."""

    rows: int
    repeated: int


@dataclass(slots=True)
class _Importer:
    """What names mean in this group, and what was posted so far: the movement of each own id."""

    connection: Connection
    items: dict[str, _Item] = field(default_factory=dict)
    sites: dict[str, _Site] = field(default_factory=dict)
    places: dict[tuple[UUID, str], UUID] = field(default_factory=dict)
    reasons: dict[tuple[str, str], UUID] = field(default_factory=dict)  # by kind of document, and code, name or neither
    moved: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    by_id: dict[str, Happening] = field(default_factory=dict)
    made: dict[tuple[str, ...], list[Happening]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)  # inputs of production
    named: set[str] = field(default_factory=set)  # what others refer to
    arrives: dict[str, str] = field(default_factory=dict)  # the site where a transfer comes in, by the id of its issue

    def look_up(self, rows: Sequence[Happening]) -> None:
        """Read the names the rows use, and note the ones that mean nothing."""
        self.by_id = {row.id: row for row in rows}
        words = sorted({row.item for row in rows if row.item})
        for found in self.connection.execute(_ITEMS, {"words": words}).mappings():
            packs = [Equation(name, Fraction(quantity), of) for name, quantity, of in found["packs"] or ()]
            packs += (
                [Equation("ml", Fraction(found["grams_per_millilitre"]), "g")] if found["grams_per_millilitre"] else []
            )
            packs += [Equation("each", Fraction(found["grams_per_each"]), "g")] if found["grams_per_each"] else []
            self.items[found["sku"]] = self.items[found["name"]] = _Item(
                found["id"], ItemUnits(found["base_unit"], packs)
            )
        self.sites = {row.name: _Site(*row) for row in self.connection.execute(_SITES)}
        for place in self.connection.execute(_PLACES):
            self.places.setdefault((place.site_id, ""), place.id)
            self.places[place.site_id, place.name] = place.id
        for reason in self.connection.execute(_REASONS):
            for kind in reason.kinds:
                self.reasons.setdefault((kind, ""), reason.id)
                self.reasons[kind, reason.code] = self.reasons[kind, reason.name] = reason.id
                if reason.code == UNSAID:
                    self.reasons[kind, ""] = reason.id
        for row in rows:
            self._check(row)
            self.named.update(row.refers_to)
            if row.event is Event.PRODUCTION_OUTPUT:
                self.made.setdefault(tuple(sorted(row.refers_to)), []).append(row)
                self.used.update(row.refers_to)
            elif row.event is Event.TRANSFER_IN:
                self.arrives.setdefault(row.refers_to[0], row.site)

    def _check(self, row: Happening) -> None:
        site = self.sites.get(row.site)
        if row.item and row.item not in self.items:
            self._wrong(row, "item", f"There is no item {row.item}.")
        if row.site and site is None:
            self._wrong(row, "site", f"There is no site {row.site}.")
        if row.to_site and row.to_site not in self.sites:
            self._wrong(row, "to_site", f"There is no site {row.to_site}.")
        if site and (site.id, row.location) not in self.places:
            self._wrong(row, "location", f"{row.site} has no storage location {row.location}.".replace(" .", "."))
        if site and row.currency and row.currency != site.currency:
            self._wrong(
                row,
                "currency",
                f"{row.site} keeps its stock in {site.currency}, and there is no rate for {row.currency}.",
            )
        kind = KINDS.get(row.event)
        if kind and row.reason and (kind, row.reason) not in self.reasons:
            self._wrong(row, "reason", f"There is no reason {row.reason} for rows of kind {row.event}.")
        item = self.items.get(row.item)
        if item and row.unit and item.units.find(row.unit) is None:
            self._wrong(row, "unit", f"{row.item} is not kept in {row.unit}.")

    def _wrong(self, row: Happening, key: str, text: str) -> None:
        self.problems.append(Problem(text, key, row.row))

    def amount(self, row: Happening, quantity: Decimal) -> Decimal:
        """A quantity in the unit in which the item is kept."""
        units = self.items[row.item].units
        return units.convert(quantity, units.find(row.unit) or row.unit).quantity if row.unit else quantity

    def line(self, row: Happening) -> DocumentLine:
        """A row as a line."""
        quantity = self.amount(row, row.quantity) if row.quantity else Decimal(0)
        value = row.value
        if row.unit_cost is not None:
            value = (row.unit_cost * row.quantity).quantize(Decimal("0.000001"))
        of = (
            self.moved[row.refers_to[0]]
            if row.refers_to and row.event in (Event.TRANSFER_IN, Event.CUSTOMER_RETURN)
            else None
        )
        kind = KINDS[row.event]
        needs_reason = kind in (Kind.ADJUSTMENT, Kind.WASTE)
        return DocumentLine(
            self.items[row.item].id,
            self.places[self.sites[row.site].id, row.location],
            -quantity if row.event in _OUT else quantity,
            reason_id=self.reasons[kind, row.reason] if needs_reason or row.reason else None,
            note=row.note,
            entered_quantity=row.quantity if row.unit else None,
            entered_unit=row.unit or None,
            value=None if row.event in _OUT or row.event in (Event.COUNT, Event.TRANSFER_IN) or quantity < 0 else value,
            of_id=of,
            weight=row.weight if row.event is Event.PRODUCTION_OUTPUT else None,
        )

    def post(self, rows: Sequence[Happening]) -> None:
        """Rows that are one document."""
        first, own = rows[0], [row.id for row in rows]
        to_site = first.to_site or self.arrives.get(first.id, "")
        document = Document(
            posting_key(own),
            KINDS[first.event],
            self.sites[first.site].id,
            tuple(map(self.line, rows)),
            first.at,
            reference=" ".join(own),
            note=first.event.value,
            to_site_id=self.sites[to_site].id if to_site and first.event is Event.TRANSFER_OUT else None,
        )
        post(self.connection, document)
        unnamed = self.named.isdisjoint(own)  # as most rows are
        numbers = [] if unnamed else self.connection.execute(_MOVED, {"posting": document.key}).scalars().all()
        self.moved.update(zip(own, numbers or [0] * len(own), strict=False))

    def change(self, row: Happening) -> None:
        """A row that changes what is there."""
        if row.event is Event.METHOD:
            site = self.sites.get(row.site) or next(iter(self.sites.values()))
            day = row.at.astimezone(ZoneInfo(site.zone)).date()
            note = row.note or row.reason or "From another system"
            switch_method(
                self.connection,
                MethodSwitch(posting_key([row.id]), self.items[row.item].id, Method(row.method), day, note),
            )
            return
        numbers = [self.moved[key] for key in row.refers_to]
        there = self.connection.execute(_THERE, {"ids": numbers}).mappings().all()
        if row.event is Event.CANCELLATION:
            together = self.connection.execute(_MOVED, {"posting": there[0]["posting_id"]}).scalars().all()
            group = together if self._is_production(row) else numbers
            reverse(self.connection, posting_key([row.id]), tuple(group), row.note or row.reason or "Cancelled", row.id)
        elif row.event is Event.PRICE:
            prices = tuple(
                RightPrice(
                    one["id"],
                    row.value if row.unit_cost is None and row.value is not None
                    else ((row.unit_cost or 0) * self._per_base(row) * one["quantity"]).quantize(Decimal("0.000001")),
                )
                for one in there
            )  # fmt: skip
            correct_prices(
                self.connection,
                LateInvoice(
                    posting_key([row.id]), there[0]["site_id"], prices, row.at, reference=row.id, note=row.note
                ),
            )
        else:
            cost = LandedCost(
                posting_key([row.id]), there[0]["site_id"], row.value or Decimal(0), tuple(numbers),
                Spread.QUANTITY if row.spread == "quantity" else Spread.VALUE, (), row.at,
                reference=row.id, note=row.note,
            )  # fmt: skip
            land(self.connection, cost)

    def _is_production(self, row: Happening) -> bool:
        named = self.by_id.get(row.refers_to[0])
        return named is not None and KINDS.get(named.event) is Kind.PRODUCTION

    def _per_base(self, row: Happening) -> Decimal:
        """What part of the unit of a price one base unit is."""
        named = self.by_id.get(row.refers_to[0])
        if not row.unit or named is None:
            return Decimal(1)
        units = self.items[named.item].units
        return Decimal(1) / units.convert(Decimal(1), units.find(row.unit) or row.unit).quantity

    def ready(self, row: Happening) -> bool:
        """Whether all it refers to is there."""
        return all(key in self.moved for key in row.refers_to)


@call
def import_history(connection: Connection, rows: tuple[Happening, ...], unread: tuple[Problem, ...] = ()) -> Changed:
    """Post a whole history or nothing; what was imported before is left as it is. `unread`: wrong as it stands."""
    importer = _Importer(connection)
    importer.look_up(rows)
    outside = sorted({key for row in rows for key in row.refers_to if key not in importer.by_id})
    known = _known(connection, [*outside, *importer.by_id])
    importer.moved.update({own: number for own, number in known.items() if own in outside})
    importer.problems += [
        Problem(say("There is no row with the id {key}, here or imported before.", key=key), "refers_to", row.row)
        for row in rows for key in row.refers_to if key in outside and key not in known
    ]  # fmt: skip
    if importer.problems or unread:
        wrong = sorted([*unread, *importer.problems], key=lambda problem: problem.row or 0)
        raise UserError("Nothing was imported.", wrong)
    _post_all(importer, rows)
    return Changed(Imported(len(rows), len(known.keys() & importer.by_id.keys())), SUBJECTS)


def _known(connection: Connection, own: Sequence[str]) -> dict[str, int]:
    """The movements of what was imported before; a posting is one when its name was made of its own ids."""
    found: dict[str, int] = {}
    for row in connection.execute(_KNOWN, {"own": own}):
        ids = row.reference.split(" ")
        if row.id == posting_key(ids):
            found |= dict(zip(ids, row.moved or [0] * len(ids), strict=False))
    return found


def _post_all(importer: _Importer, rows: Sequence[Happening]) -> None:
    waiting = rows
    while waiting:
        left = [row for row in waiting if not _done(importer, row)]
        if len(left) == len(waiting):
            said = "This refers to something that refers back to it."
            raise UserError("Nothing was imported.", [Problem(said, "refers_to", row.row) for row in left])
        waiting = left


def _done(importer: _Importer, row: Happening) -> bool:
    """Post a row when all it refers to is there; inputs of production go with their outputs."""
    if row.event is Event.PRODUCTION_INPUT:
        return row.id in importer.moved or row.id not in importer.used
    if row.event is Event.PRODUCTION_OUTPUT:
        if row.id not in importer.moved:
            inputs = tuple(sorted(row.refers_to))
            _refused(importer, row, importer.post, [*(importer.by_id[key] for key in inputs), *importer.made[inputs]])
        return True
    if not importer.ready(row):
        return False
    if row.event in KINDS:
        _refused(importer, row, importer.post, [row])
    else:
        _refused(importer, row, importer.change, row)
    return True


def _refused(importer: _Importer, row: Happening, what: Any, *sent: Any) -> None:
    """Do it; what the ledger refuses names the row of the file."""
    try:
        what(*sent)
    except UserError as refused:
        texts = [problem.text for problem in refused.problems] or [refused.text]
        raise UserError("Nothing was imported.", [Problem(one, None, row.row) for one in texts]) from refused


def posting_key(own: Iterable[str]) -> UUID:
    """The name of the posting of rows with these ids."""
    return uuid5(HISTORY, " ".join(own))
