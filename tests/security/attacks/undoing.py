"""Undoing and voiding what one may not, or twice."""

from tests.security.attack import Attack, Try, refused
from tests.security.attacks.statements import reverse

OWNER, ROOT = "owner", "root"
DENIED, WRONG, FORBIDDEN, USED = refused("42501"), refused("IM400"), refused("IM403"), refused("IM409")

ATTACKS = (
    Attack("undoes what a colleague posted", "colleague", reverse("{<moved_mine>}"), FORBIDDEN, "manager"),
    Attack("undoes what the owner received", "counter", reverse("{<moved_here>}"), FORBIDDEN, "owner"),
    Attack(
        "finds out which movements exist at hidden sites",
        "manager",
        reverse("{<moved_there>}"),
        refused("IM400", saying="Only movements of one document"),
        "owner",
    ),
    Attack(
        "undoes something twice",
        "counter",
        reverse("{<moved_mine>}") + "; " + reverse("{<moved_mine>}", "again"),
        USED,
        Try("counter", reverse("{<moved_mine>}")),
    ),
    Attack(
        "undoes an undoing",
        "counter",
        reverse("{<moved_mine>}", key="00000000-0000-4000-8000-000000000005")
        + "; SELECT reverse_movements(gen_random_uuid(), array_agg(id), 'back') FROM stock_movements WHERE posting_id = '00000000-0000-4000-8000-000000000005'",
        WRONG,
        Try("counter", reverse("{<moved_mine>}")),
    ),
    Attack(
        "undoes one movement twice in one call",
        "counter",
        reverse("{<moved_mine>,<moved_mine>}"),
        WRONG,
        Try("counter", reverse("{<moved_mine>}")),
    ),
    Attack(
        "undoes a movement and nothing",
        "counter",
        reverse("{<moved_mine>,NULL}"),
        WRONG,
        Try("counter", reverse("{<moved_mine>}")),
    ),
    Attack(
        "undoes in a nested array",
        "counter",
        reverse("{{<moved_mine>}}"),
        refused("P0002"),
        Try("counter", reverse("{<moved_mine>}")),
    ),
    Attack(
        "undoes parts of two documents as one",
        "owner",
        reverse("{<moved_mine>,<moved_here>}"),
        WRONG,
        Try("owner", reverse("{<moved_mine>}")),
    ),
    Attack(
        "undoes a sale as if it were a document",
        "owner",
        reverse("{<moved_sale_here>}"),
        WRONG,
        Try("owner", "SELECT void_order('<key>', '<order_here>', 'mistake')"),
    ),
    Attack(
        "undoes without saying why",
        "counter",
        reverse("{<moved_mine>}", "  "),
        WRONG,
        Try("counter", reverse("{<moved_mine>}")),
    ),
    Attack(
        "voids an order of another site",
        "manager",
        "SELECT void_order('<key>', '<order_there>', 'mistake')",
        FORBIDDEN,
        "owner",
    ),
    Attack(
        "voids an order without the right",
        "counter",
        "SELECT void_order('<key>', '<order_here>', 'mistake')",
        FORBIDDEN,
        "manager",
    ),
    Attack(
        "voids an order twice",
        "manager",
        "SELECT void_order('<key>', '<order_here>', 'mistake'); SELECT void_order('<key>', '<order_here>', 'again')",
        USED,
        Try("manager", "SELECT void_order('<key>', '<order_here>', 'mistake')"),
    ),
    Attack(
        "voids an order without saying why",
        "manager",
        "SELECT void_order('<key>', '<order_here>', '')",
        WRONG,
        Try("manager", "SELECT void_order('<key>', '<order_here>', 'mistake')"),
    ),
)
