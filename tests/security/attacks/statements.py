"""The calls of the posting functions with one thing changed at a time."""

REPLICA = "SET LOCAL session_replication_role = replica; "  # how a superuser gets past triggers


def post(
    kind: str = "WASTE",
    *,
    site: str = "<downtown>",
    key: str = "<key>",
    header: str = "",
    items: str = "'{<item>}'",
    places: str = "'{<place>}'",
    quantities: str = "'{-1}'",
    costs: str = "NULL",
    reasons: str = "'{<spoilage>}'",
    notes: str = "NULL",
    entered: str = "NULL",
    units: str = "NULL",
    at: str = "2026-01-02 10:00+00",
    more: str = "",
) -> str:
    """A posting that is right unless something is changed."""
    header = header or f'{{"kind": "{kind}", "site_id": "{site}", "effective_at": "{at}"{more}}}'
    return (
        f"SELECT post_document('{key}', '{header}', {items}, {places}, {quantities}, {costs}, {reasons}, {notes},"
        f" {entered}, {units})"
    )


def deliver(quantities: str = "'{1}'", costs: str = "'{2}'", **other: str) -> str:
    """A delivery that is right unless something is changed."""
    return post("DELIVERY", quantities=quantities, costs=costs, reasons="NULL", **other)


def sell(
    *,
    site: str = "<downtown>",
    key: str = "<key>",
    numbers: str = "'{1}'",
    placed: str = "'{2026-01-02 10:00+00}'",
    channels: str = "NULL",
    covers: str = "NULL",
    lines: str = "'{1}'",
    menu: str = "'{<espresso>}'",
    quantities: str = "'{1}'",
    prices: str = "'{3}'",
    amounts: str = "NULL",
    modifiers: str = "NULL, NULL",
    more: str = "",
) -> str:
    """A sale that is right unless something is changed."""
    header = f'{{"site_id": "{site}", "file_name": "till.csv"{more}}}'
    return (
        f"SELECT post_sales('{key}', '{header}', {numbers}, {placed}, {channels}, {covers}, {lines}, {menu},"
        f" {quantities}, {prices}, {amounts}, {modifiers})"
    )


def reverse(movements: str, reason: str = "mistake", key: str = "<key>") -> str:
    """Undoing movements."""
    return f"SELECT reverse_movements('{key}', '{movements}', '{reason}')"
