"""Late invoices and landed costs: past a limit of money, taken back twice, and by who may not."""

from tests.security.attack import Attack, Doing, Try, refused
from tests.security.attacks.limits import COUNTER, STOPPED, limited, stopped

RIGHTS = ("adjustments.record", "stock.cost", "stock.view")
NEWEST = "(SELECT max(v.id) FROM valued_movements v WHERE v.kind = 'DELIVERY' AND v.site_id = '<downtown>')"
HEADER = '{"kind": "%s", "site_id": "<downtown>"%s}'
UNDO = (
    "SELECT undo_prices('<key>', (SELECT p.id FROM valued_postings p WHERE p.kind = 'LANDED' AND p.posted_by = me()"
    " ORDER BY p.number DESC LIMIT 1), 'mistake')"
)
FIRST = (
    "SELECT undo_prices('<key>', (SELECT p.id FROM valued_postings p WHERE p.kind = 'LANDED' AND p.posted_by = me()"
    " ORDER BY p.number LIMIT 1), 'mistake')"
)


def landed(amount: int) -> str:
    """So much for getting the newest delivery here."""
    header = HEADER % ("LANDED", f', "amount": "{amount}"')
    return f"SELECT change_prices('<key>', '{header}', ARRAY[{NEWEST}], NULL, NULL, 'value')"


def price(value: str) -> str:
    """An invoice that says another value of the newest delivery, `v`."""
    header, right = HEADER % ("PRICE", ""), f"(SELECT {value} FROM valued_movements v WHERE v.id = {NEWEST})"
    return f"SELECT change_prices('<key>', '{header}', ARRAY[{NEWEST}], ARRAY[{right}], NULL, NULL)"


def imported(amount: int) -> str:
    """The same as a history from another system."""
    header = f'{{"kind": "LANDED", "amount": "{amount}"}}'
    newest = "jsonb_build_array(v.posting_id, (SELECT count(*) FROM valued_movements o WHERE o.posting_id = v.posting_id AND o.id <= v.id))"
    step = (
        f"jsonb_build_object('do', 'prices', 'key', '<key>', 'header', '{header}'::jsonb, 'spread', 'value',"
        f" 'of', jsonb_build_array({newest}))"
    )
    return f"SELECT post_history(jsonb_build_array({step})) FROM valued_movements v WHERE v.id = {NEWEST}"


def priced(*statements: str) -> Doing:
    """By somebody who may change prices within 50 a day."""
    return limited(*statements, rights=RIGHTS, permission="adjustments.record")


def beyond(name: str, *statements: str) -> Attack:
    """Past the limit."""
    return stopped(name, *statements, expected=STOPPED, rights=RIGHTS, permission="adjustments.record")


ATTACKS = (
    beyond("says that a delivery cost more than its limit", price("v.value + 60")),
    beyond("spreads more on a delivery than its limit", landed(60)),
    beyond("takes off a delivery what it spread on it before", landed(40), landed(-40)),
    beyond("splits what it spreads on a delivery", landed(30), landed(30)),
    beyond("changes a price after it spread on it", landed(30), price("v.value + 60")),
    beyond("goes on after it took back", landed(30), UNDO, landed(30), landed(30)),
    beyond("spreads as a history from another system", imported(60)),
    Attack(
        "takes back twice what it spread",
        COUNTER,
        priced(landed(30), FIRST, FIRST),
        refused("IM409", saying="already undone"),
        Try(COUNTER, priced(landed(30), FIRST, landed(30))),
    ),
    Attack(
        "changes prices without seeing costs",
        COUNTER,
        limited(landed(10), rights=("adjustments.record", "stock.view"), permission="adjustments.record"),
        refused("IM403"),
        Try(COUNTER, priced(landed(10))),
    ),
    Attack(
        "takes back a change of prices that it cannot see",
        COUNTER,
        priced("SELECT undo_prices('<key>', gen_random_uuid(), 'mistake')"),
        refused("IM400", saying="can be undone"),
        Try(COUNTER, priced(landed(10), UNDO)),
    ),
    Attack(
        "writes a change of prices by hand",
        "manager",
        f"INSERT INTO price_changes (movement_id, posting_id, site_id, amount) SELECT v.id, v.posting_id, v.site_id, 5 FROM"
        f" valued_movements v WHERE v.id = {NEWEST}",
        refused("42501"),
        Try("manager", landed(5)),
    ),
)
