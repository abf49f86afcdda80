"""Names that look like others: letters nobody sees, and such as turn the ones beside them round; days of no calendar."""

from tests.security.attack import Attack, Try, refused
from tests.security.attacks.statements import deliver

OWNER = "owner"
UNSEEN, WRONG = refused("23514", saying="_seen"), refused("IM400")
TURNED, WIDTHLESS = r"E'50 gp.\u202Ecod'", r"E'Fl\u200Bour'"
NAMED = (
    *(("items", "name"), ("items", "sku"), ("sites", "name"), ("storage_locations", "name"), ("categories", "name")),
    *(("suppliers", "name"), ("recipes", "name"), ("menu_items", "name")),
)


def renamed(table: str, column: str, name: str) -> str:
    """One of them called otherwise."""
    return f"UPDATE {table} SET {column} = {name} WHERE id = (SELECT id FROM {table} ORDER BY id LIMIT 1)"


def brought(part: str) -> str:
    """A delivery of butter that names its lot."""
    entry = deliver(items="'{<butter>}'")
    return entry.removesuffix(")") + f", NULL, NULL, NULL, {part})"


GOOD = r"""'[[{"code": "L 77", "expires": "2026-12-31"}]]'"""

ATTACKS = (
    *(
        Attack(
            f"turns round what {table} say as their {column}", OWNER, renamed(table, column, TURNED), UNSEEN,
            Try(OWNER, renamed(table, column, "'Called so'")),
        )
        for table, column in NAMED
    ),
    Attack(
        "names an item like another, with a letter of no width", OWNER, renamed("items", "name", WIDTHLESS), UNSEEN,
        Try(OWNER, renamed("items", "name", "'Flour again'")),
    ),
    Attack(
        "names a lot with letters that turn round", OWNER, brought(r"""E'[[{"code": "L\u202E77", "expires": "2026-12-31"}]]'"""),
        WRONG, Try(OWNER, brought(GOOD)),
    ),
    Attack(
        "says a day that no calendar has for a lot", OWNER, brought("""'[[{"code": "L 77", "expires": "2026-02-31"}]]'"""),
        WRONG, Try(OWNER, brought(GOOD)),
    ),
    Attack(
        "says a year before all lots", OWNER, brought("""'[[{"code": "L 77", "expires": "1026-02-01"}]]'"""), WRONG,
        Try(OWNER, brought(GOOD)),
    ),
)  # fmt: skip
