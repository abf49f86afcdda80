"""Naming, moving and correcting lots past the ledger, and learning of those of other sites."""

from tests.security.attack import NOTHING, Attack, Try, refused
from tests.security.attacks.statements import post

FORBIDDEN, WRONG, DENIED = refused("IM403"), refused("IM400"), refused("42501")
BUTTER = "'<lot_there>'"
CORRECT = f"SELECT correct_lot({BUTTER}, '2026-12-24', NULL); SELECT 1"


def waste(lots: str, quantity: str = "-1") -> str:
    """Waste of butter of these lots."""
    entry = post(items="'{<butter>}'", quantities=f"'{{{quantity}}}'")
    return entry.removesuffix(")") + f", NULL, NULL, NULL, '{lots}')"


HARMLESS = Try("owner", waste("[null]"))
ATTACKS = (
    Attack(
        "sees the lots of another site", "manager", "SELECT count(*) FROM stock_lots WHERE site_id = '<harbour>'",
        NOTHING, "owner",
    ),
    Attack(
        "sees of which lots another site's movements were", "manager",
        "SELECT count(*) FROM movement_lots WHERE site_id = '<harbour>'", NOTHING, "owner",
    ),
    Attack(
        "puts a lot on a shelf", "owner",
        f"INSERT INTO stock_lots SELECT '<place>', {BUTTER}, '<butter>', '<downtown>', 5", DENIED, HARMLESS,
    ),
    Attack("takes a lot off its shelf", "owner", "UPDATE stock_lots SET on_hand = 0", DENIED, HARMLESS),
    Attack(
        "says of which lot a movement was", "owner",
        f"INSERT INTO movement_lots (movement_id, lot_id, site_id, quantity, posting_id)"
        f" SELECT <moved_here>, {BUTTER}, '<downtown>', 1, '<key_here>'", DENIED, HARMLESS,
    ),
    Attack(
        "makes a lot", "owner", "INSERT INTO lots (item_id, code, arrived_at) VALUES ('<butter>', 'X', now())", DENIED,
        HARMLESS,
    ),
    Attack("lets a lot expire later", "owner", "UPDATE lots SET expires_on = '2027-01-01'", DENIED, Try("owner", CORRECT)),
    Attack("corrects a lot that lies at another site too", "manager", CORRECT, FORBIDDEN, "owner"),
    Attack(
        "corrects a lot that there is not", "owner", "SELECT correct_lot(gen_random_uuid(), '2026-12-24', NULL)",
        FORBIDDEN, Try("owner", CORRECT),
    ),
    Attack(
        "moves a lot by itself", "owner",
        f"SELECT move_lot('<key_here>', <moved_here>, '<downtown>', '<place>', '<butter>', {BUTTER}, 5)", DENIED, HARMLESS,
    ),
    Attack(
        "names lots for a posting of others", "owner", "SELECT write_lots(NULL, NULL, NULL, NULL, NULL)", DENIED, HARMLESS,
    ),
    Attack("makes a lot by the ledger's own function", "owner", "SELECT make_lot('<butter>', 'X', NULL, now())", DENIED, HARMLESS),
    Attack("wastes of a lot that is not there", "owner", waste('[[{"code": "nowhere"}]]'), WRONG, HARMLESS),
    Attack("wastes more of lots than of the line", "owner", waste('[[{"code": null, "quantity": "2"}]]'), WRONG, HARMLESS),
    Attack("wastes what is no number of a lot", "owner", waste('[[{"code": null, "quantity": "NaN"}]]'), WRONG, HARMLESS),
    Attack("wastes less than nothing of a lot", "owner", waste('[[{"code": null, "quantity": "-5"}]]'), WRONG, HARMLESS),
    Attack("sends lots of no shape", "owner", waste('{"code": "A"}'), WRONG, HARMLESS),
    Attack("sends lots of other lines", "owner", waste("[null, null]"), WRONG, HARMLESS),
    Attack(
        "forgets the lots in stock", "owner", "UPDATE items SET tracks_lots = 'NO' WHERE id = '<butter>'", WRONG,
        Try("owner", "UPDATE items SET tracks_lots = 'LOT' WHERE id = '<item>'"),
    ),
)  # fmt: skip
