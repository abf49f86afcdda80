"""What a pack costs on a day: what a contract fixed, otherwise the latest price of the list."""

LISTED = """(SELECT x.price FROM supplier_prices x
    WHERE x.supplier_item_id = {offer} AND x.valid_from <= {day} ORDER BY x.valid_from DESC LIMIT 1)"""
AGREED = """(SELECT c.price FROM supplier_contracts c
    WHERE c.supplier_item_id = {offer} AND {day} BETWEEN c.valid_from AND c.valid_until)"""


def listed(offer: str, day: str = "current_date") -> str:
    """SQL: what the price list says on a day; both arguments are SQL themselves."""
    return LISTED.format(offer=offer, day=day)


def agreed(offer: str, day: str = "current_date") -> str:
    """SQL: what a contract fixed for a day; null where there is none."""
    return AGREED.format(offer=offer, day=day)


def price_on(offer: str, day: str = "current_date") -> str:
    """SQL: what one pack costs on a day."""
    return f"coalesce({agreed(offer, day)}, {listed(offer, day)})"
