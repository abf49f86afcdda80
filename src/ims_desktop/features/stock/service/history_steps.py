"""Turns the rows of a history from another system into what the ledger is asked to do, in the order of the file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from ims_desktop.domain.errors import Problem
from ims_desktop.domain.numbers import EXACT, half_up
from ims_desktop.domain.wording import say
from ims_desktop.features.stock.rules import Event, Happening
from ims_desktop.features.stock.service.documents import Kind, LotPart
from ims_desktop.features.stock.service.history_names import KINDS, Names, Site, unit_of

HISTORY = UUID("5c6d7f10-86a3-4a43-9f0e-6f0b4d4c8a11")
"""Names of postings are made of this and their own ids, so the same row is posted once."""

LONGEST = 200
"""So many letters the ids of one posting have together: they are its reference."""

_OUT = {Event.ISSUE, Event.WASTE, Event.SUPPLIER_RETURN, Event.TRANSFER_OUT, Event.PRODUCTION_INPUT}
_WORTHLESS = {*_OUT, Event.COUNT, Event.TRANSFER_IN}
_PRICES = {Event.PRICE, Event.LANDED}


class Place(NamedTuple):
    """Where a row ended up, or will: the posting, its place in it from 1, and how much of the base unit it moved."""

    posting: UUID
    place: int
    quantity: Decimal
    kind: str
    site: UUID | None = None


class Step(NamedTuple):
    """Something to be done, and the rows it is made of."""

    sent: Mapping[str, Any]
    rows: Sequence[Happening]


def posting_key(own: Iterable[str]) -> UUID:
    """The name of the posting of rows with these ids."""
    return uuid5(HISTORY, " ".join(own))


@dataclass(slots=True)
class Steps:
    """Makes steps of rows; `places` holds what earlier imports posted, by its own id; `given`, by posting, what
    its lines were said to be worth: what was exchanged once is not exchanged again by another rate."""

    names: Names
    rows: Sequence[Happening]
    places: dict[str, Place]
    given: Mapping[UUID, Sequence[Decimal | None]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    by_id: dict[str, Happening] = field(default_factory=dict)
    _made: dict[tuple[str, ...], list[Happening]] = field(default_factory=dict)
    _arrives: dict[str, str] = field(default_factory=dict)  # the site where a transfer comes in, by the id of its issue
    _done: set[str] = field(default_factory=set)

    def all(self) -> list[Step]:
        """Every step, in the order of the file; what refers to something later waits for it."""
        self.by_id = {row.id: row for row in self.rows}
        used: set[str] = set()
        for row in self.rows:
            if row.event is Event.PRODUCTION_OUTPUT:
                self._made.setdefault(tuple(sorted(row.refers_to)), []).append(row)
                used.update(row.refers_to)
            elif row.event is Event.TRANSFER_IN:
                self._arrives.setdefault(row.refers_to[0], row.site)
        for row in self.rows:
            if row.event is Event.PRODUCTION_INPUT and row.id not in used:
                self._wrong(row, say("No row of kind production_output refers to this."), "id")
        steps: list[Step] = []
        waiting = [row for row in self.rows if row.event is not Event.PRODUCTION_INPUT]
        while waiting:
            left = []
            for row in waiting:
                if row.id in self._done:
                    continue
                if self._is_ready(row):
                    steps += self._step(row)
                else:
                    left.append(row)
            if len(left) == len(waiting):
                for row in left:
                    self._wrong(row, say("This refers to something that refers back to it."), "refers_to")
                break
            waiting = left
        return steps

    def _is_ready(self, row: Happening) -> bool:
        if row.event is Event.PRODUCTION_OUTPUT:
            return True
        return all(key in self._done or key not in self.by_id for key in row.refers_to)

    def _step(self, row: Happening) -> Iterable[Step]:
        if row.event is Event.PRODUCTION_OUTPUT:
            inputs = tuple(sorted(row.refers_to))
            together = [*(self.by_id[key] for key in inputs if key in self.by_id), *self._made[inputs]]
            if len(together) < len(inputs) + len(self._made[inputs]):
                self._wrong(row, say("Inputs and outputs of one production stand in one file."), "refers_to")
                self._done.update(one.id for one in together)
            else:
                yield self._posted(together)
        elif row.event in KINDS:
            yield self._posted([row])
        else:
            self._done.add(row.id)
            self.places[row.id] = Place(posting_key([row.id]), 1, Decimal(0), row.event.value)
            change = {Event.METHOD: self._method, Event.CANCELLATION: self._cancelled}.get(row.event, self._prices)(row)
            if change is not None:
                key = posting_key([row.id])
                needs = [str(self.places[one].posting) for one in row.refers_to]
                yield Step({"key": str(key), "needs": needs, **change}, [row])

    def _posted(self, rows: Sequence[Happening]) -> Step:
        """Rows that are one document."""
        first, own = rows[0], [row.id for row in rows]
        key, kind = posting_key(own), KINDS[first.event]
        if len(" ".join(own)) > LONGEST:
            self._wrong(first, say("The ids of one production have at most 200 letters together."), "id")
        for number, row in enumerate(rows, 1):
            if (row.site, row.at) != (first.site, first.at):
                self._wrong(row, say("One production happens at one site and one moment."), "at")
            site = self.names.sites[row.site].id
            self.places[row.id] = Place(key, number, self.names.amount(row), kind.value, site)
        self._done.update(own)
        to_site = self.names.sites.get(first.to_site or self._arrives.get(first.id, ""))
        header: dict[str, Any] = {
            "kind": kind.value,
            "site_id": str(self.names.sites[first.site].id),
            "reference": " ".join(own),
            "note": first.event.value,
            "effective_at": first.at.isoformat(),
            **({"to_site_id": str(to_site.id)} if to_site and kind is Kind.TRANSFER_OUT else {}),
        }
        needs = [str(self.places[one].posting) for row in rows for one in row.refers_to if kind is not Kind.PRODUCTION]
        lines = [self._line(row) for row in rows]
        told = [self._told(row) for row in rows]
        header |= {"told": told} if any(told) else {}
        return Step({"do": "post", "key": str(key), "needs": needs, "header": header, "lines": lines}, rows)

    def _line(self, row: Happening) -> dict[str, Any]:
        """A row as a line."""
        quantity, kind = self.places[row.id].quantity, KINDS[row.event]
        value = row.value if row.unit_cost is None else EXACT.multiply(row.unit_cost, row.quantity)
        if value is not None:
            value = self._given(row) or _exchanged(value, self.names.rate(row, self.names.sites[row.site]))
        reason = (
            self.names.reasons.get((kind, row.reason)) if row.reason or kind in (Kind.ADJUSTMENT, Kind.WASTE) else None
        )
        said = {
            "item": str(self.names.items[row.item].id),
            "location": str(self.names.places[self.names.sites[row.site].id, row.location]),
            "quantity": str(-quantity if row.event in _OUT else quantity),
            "reason": str(reason) if reason else None,
            "note": row.note,
            "entered_quantity": str(row.quantity) if row.unit else None,
            "entered_unit": row.unit or None,
            "value": str(value) if value is not None and row.event not in _WORTHLESS and quantity >= 0 else None,
            "weight": str(row.weight) if row.weight is not None and row.event is Event.PRODUCTION_OUTPUT else None,
            "of": self._at(row)[0]
            if row.event in (Event.TRANSFER_IN, Event.CUSTOMER_RETURN) and row.refers_to
            else None,
            "lots": [LotPart(row.lot, None, row.expires).sent()] if row.lot else None,
        }
        return {key: cell for key, cell in said.items() if cell is not None}

    def _told(self, row: Happening) -> str:
        """An amount of another currency as it was written."""
        if not self._is_abroad(row):
            return ""
        return f"{row.value if row.unit_cost is None else row.unit_cost} {row.currency}"

    def _given(self, row: Happening) -> Decimal | None:
        """What an amount of another currency was when the row was imported before."""
        place = self.places[row.id]
        given = self.given.get(place.posting, ()) if self._is_abroad(row) else ()
        return given[place.place - 1] if len(given) >= place.place else None

    def _is_abroad(self, row: Happening) -> bool:
        priced = row.unit_cost is not None or row.value is not None
        return priced and row.currency not in ("", self.names.sites[row.site].currency)

    def _at(self, row: Happening) -> list[tuple[str, int]]:
        """What a row refers to."""
        return [(str(self.places[one].posting), self.places[one].place) for one in row.refers_to]

    def _method(self, row: Happening) -> dict[str, Any] | None:
        site = self.names.sites.get(row.site) or next(iter(self.names.sites.values()))
        day = self._switch_day(row, site)
        if day is None:
            said = say("Methods change with a business day, and {item} moved earlier on this one.", item=row.item)
            self._wrong(row, said, "at")
            return None
        return {
            "do": "method",
            "item": str(self.names.items[row.item].id),
            "method": row.method,
            "valid_from": day.isoformat(),
            "reason": row.note or row.reason or "From another system",
        }

    def _switch_day(self, row: Happening, site: Site) -> date | None:
        """The business day from which the method changes so that it does for what comes after this row alone."""
        item = self.names.items[row.item].id
        same = [one for one in self.rows if one.event in KINDS and self.names.items[one.item].id == item]
        before = [self.names.sites[one.site].day(one.at) for one in same if one.at < row.at]
        after = [self.names.sites[one.site].day(one.at) for one in same if one.at >= row.at]
        first = max([site.day(row.at), *(day + timedelta(1) for day in before)])
        return None if after and min(after) < first else first

    def _cancelled(self, row: Happening) -> dict[str, Any] | None:
        reason = row.note or row.reason or "Cancelled"
        there = [self.places[one] for one in row.refers_to]
        if {one.kind for one in there} <= {event.value for event in _PRICES}:
            if len(there) > 1:
                self._wrong(row, say("One row undoes one change of prices."), "refers_to")
            return {"do": "undo", "posting": str(there[0].posting), "reason": reason, "reference": row.id}
        if any(one.kind in (Event.METHOD, Event.CANCELLATION) for one in there):
            self._wrong(row, say("A cancellation or a change of method cannot be cancelled."), "refers_to")
            return None
        if len({one.posting for one in there}) > 1:
            self._wrong(row, say("One row cancels rows of one document."), "refers_to")
        whole = there[0].kind == Kind.PRODUCTION
        return {"do": "reverse", "of": self._at(row), "whole": whole, "reason": reason, "reference": row.id}

    def _prices(self, row: Happening) -> dict[str, Any] | None:
        header = {"kind": row.event.name, "effective_at": row.at.isoformat(), "reference": row.id, "note": row.note}
        if row.event is Event.LANDED:
            header["amount"] = str(_exchanged(row.value or Decimal(0), self._rate(row)))
            return {"do": "prices", "header": header, "of": self._at(row), "spread": row.spread or "value"}
        if row.unit_cost is None and len(row.refers_to) > 1:
            self._wrong(row, say("Enter what one costs: a value is of one row."), "value")
        rate = self._rate(row)
        values = [str(_exchanged(self._price(row, one), rate)) for one in row.refers_to]
        return {"do": "prices", "header": header, "of": self._at(row), "values": values}

    def _price(self, row: Happening, other: str) -> Decimal:
        """What a row is worth by a price, which may be of another unit."""
        if row.unit_cost is None:
            return row.value or Decimal(0)
        named = self.by_id.get(other)
        unit = Decimal(1)
        if row.unit and named is not None:
            units = self.names.items[named.item].units
            code = unit_of(units, row.unit)
            if code is None:
                self._wrong(row, say("{item} is not kept in {unit}.", item=named.item, unit=row.unit), "unit")
            else:
                unit = units.convert(Decimal(1), code).quantity
        return EXACT.divide(EXACT.multiply(row.unit_cost, self.places[other].quantity), unit)

    def _rate(self, row: Happening) -> Fraction | None:
        """What a price is worth where that stands that it is of."""
        there = self.places[row.refers_to[0]].site
        site = next((one for one in self.names.sites.values() if one.id == there), None)
        if site is None:
            return Fraction(1)
        rate = self.names.rate(row, site)
        if rate is None:
            self.problems.append(self.names.no_rate(row, site))
        return rate

    def _wrong(self, row: Happening, text: Any, key: str) -> None:
        self.problems.append(Problem(text, key, row.row))


def _exchanged(amount: Decimal, rate: Fraction | None) -> Decimal:
    """An amount in the currency of a site; without a rate it is refused anyway."""
    return half_up(Fraction(amount) * (rate or 1))
