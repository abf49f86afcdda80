"""What suppliers ask for an item, made comparable: the price of one base unit in one currency."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

Rates = Mapping[tuple[str, str], Decimal]


@dataclass(frozen=True, slots=True)
class Offer:
    """How one supplier sells an item today; `comparable` is None where a price or an exchange rate is missing."""

    supplier_id: UUID
    supplier: str
    pack: str
    pack_quantity: Decimal
    currency: str
    price: Decimal | None
    is_preferred: bool = False
    is_contract: bool = False
    comparable: Decimal | None = None

    @property
    def unit_price(self) -> Decimal | None:
        """What one base unit costs in the supplier's currency."""
        return None if self.price is None else self.price / self.pack_quantity

    @property
    def lacks_rate(self) -> bool:
        """Whether there is a price that cannot be compared."""
        return self.price is not None and self.comparable is None


def exchanged(amount: Decimal, given: str, wanted: str, rates: Rates) -> Decimal | None:
    """An amount in another currency by the rate of the day, told either way round; None without a rate."""
    if given == wanted:
        return amount
    if (given, wanted) in rates:
        return amount * rates[given, wanted]
    return amount / rates[wanted, given] if (wanted, given) in rates else None


def ranked(offers: Iterable[Offer], currency: str, rates: Rates) -> tuple[Offer, ...]:
    """The cheapest base unit first; what cannot be compared comes last, in the order of names."""
    told = [
        replace(offer, comparable=exchanged(offer.unit_price, offer.currency, currency, rates))
        if offer.unit_price is not None
        else offer
        for offer in offers
    ]
    return tuple(sorted(told, key=_rank))


def _rank(offer: Offer) -> tuple[bool, Decimal, str]:
    return offer.comparable is None, offer.comparable or Decimal(0), offer.supplier.casefold()
