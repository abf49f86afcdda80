"""Asking what something would change, to learn or to do what one may not."""

from tests.security.attack import NOTHING, Attack, Try, refused
from tests.security.attacks.statements import deliver, post

FORBIDDEN, WRONG = refused("IM403"), refused("IM400")


def ask(statement: str) -> str:
    """The same call as a question."""
    return statement.replace("post_document('<key>', ", "preview_document(")


UNDO = "SELECT preview_reversal('{<moved_mine>}', 'mistake')"
PRICE = (
    'SELECT preview_prices(\'{"kind": "PRICE", "site_id": "<downtown>"}\', ARRAY[<moved_here>], ARRAY[5], NULL, NULL)'
)

ATTACKS = (
    Attack("asks what waste would change without the right", "reader", ask(post()), FORBIDDEN, "manager"),
    Attack(
        "asks what a delivery at a hidden site would change",
        "manager",
        ask(deliver(site="<harbour>")),
        FORBIDDEN,
        Try("manager", ask(deliver())),
    ),
    Attack(
        "asks what a wrong document would change",
        "manager",
        ask(post(quantities="'{NaN}'")),
        WRONG,
        Try("manager", ask(post())),
    ),
    Attack(
        "learns values from what waste would change",
        "counter",
        f"SELECT count(*) FROM jsonb_array_elements(({ask(post())}) -> 'stock') s WHERE s ->> 'value' IS NOT NULL",
        NOTHING,
        "manager",
    ),
    Attack(
        "learns weeks from what waste would change",
        "counter",
        f"SELECT jsonb_array_length(nullif(({ask(post())}) -> 'weeks', 'null'))",
        NOTHING,
        "manager",
    ),
    Attack(
        "asks what undoing what the owner received would change",
        "counter",
        UNDO.replace("moved_mine", "moved_here"),
        FORBIDDEN,
        "owner",
    ),
    Attack(
        "asks what undoing at a hidden site would change",
        "manager",
        UNDO.replace("moved_mine", "moved_there"),
        WRONG,
        "owner",
    ),
    Attack("asks what another price would change without the right", "counter", PRICE, FORBIDDEN, "manager"),
    Attack(
        "reads what a posting changed past the question",
        "owner",
        "SELECT effects_of('<key>')",
        refused("42501"),
        Try("owner", ask(post())),
    ),
    Attack(
        "makes up what was seen to read what there is",
        "owner",
        """SELECT effects_told('{"site": "<downtown>", "others": true, "objects": []}')""",
        refused("42501"),
        Try("owner", ask(post())),
    ),
)
