"""Learning what is expected while counting blind: by questions, refusals, lots and layers, and from the audit log."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.security.attack import NOTHING, Answer, Attack, Expected, Try, answers, refused
from tests.security.attacks.approving import HERE
from tests.security.attacks.counting import DONE, blindly, looking
from tests.security.attacks.foretelling import UNDO, ask
from tests.security.attacks.limits import limited
from tests.security.attacks.lots import waste
from tests.security.attacks.statements import post
from tests.security.ground import Ground

COUNTER, MANAGER, OWNER = "counter", "manager", "owner"
TOO_MUCH = post(quantities="'{-100000}'", header='{"kind": "WASTE", "site_id": "<downtown>"}')
RETURN = (
    "SELECT post_document('<key>', '{\"kind\": \"CUSTOMER_RETURN\", \"site_id\": \"<downtown>\"}', '{<item>}', '{<place>}', '{100000}',"
    " NULL, ARRAY[(SELECT id FROM reason_codes WHERE 'CUSTOMER_RETURN' = ANY (kinds) AND is_active LIMIT 1)], NULL, NULL, NULL,"
    " '{<moved_large>}')"
)
OF_NO_LOT = waste('[[{"code": "nowhere"}]]')
APPROVED = f"{DONE}; SELECT approve_count('<count_here>', 2, <counted_here>)"
USED = "SELECT count(*) FROM line_usage('<order_here>')"
LOGGED = "SELECT count(*) FROM audit_log WHERE subject = '{}' AND {}"


def told(question: str) -> str:
    """Of how many items a question tells what there is of them."""
    return f"SELECT count(*) FROM jsonb_array_elements(nullif(({question}) -> 'stock', 'null'))"


def without_a_number(saying: str) -> Expected:
    """Refused with this sentence, and nothing in it can be counted with."""
    return Expected(
        f"refused with {saying}, without a number",
        lambda a: a.state == "IM400" and saying in a.words and not any(one.isdigit() for one in a.words.partition("text")[2].partition("}")[0]),
    )  # fmt: skip


@contextmanager
def nothing_below_zero(ground: Ground) -> Iterator[None]:
    """As long as this lasts, the site permits no stock below zero."""
    with ground.alpha.as_root() as root:
        allow = "UPDATE sites SET allows_negative = %s WHERE id = %s"
        root.execute("SET session_replication_role = replica")
        root.execute(allow, [False, ground.alpha_site])
        try:
            yield
        finally:
            root.execute(allow, [True, ground.alpha_site])


def tries_how_much(ground: Ground, who: str) -> Answer:
    """Throws more and more away where stock never goes below zero, taking each back: does the answer ever change?"""
    with nothing_below_zero(ground):
        tries = (TOO_MUCH.replace("100000", quantity) for quantity in ("0.001", "50", "100000"))
        return Answer.told(len({ground.send(ground.line(who), one).state for one in tries}) > 1)


def wasting_too_much(ground: Ground, who: str) -> Answer:
    """More is thrown away than there is, where that is refused."""
    with nothing_below_zero(ground):
        return ground.send(ground.line(who), TOO_MUCH)


ATTACKS = (
    Attack(
        "learns what is expected by asking what waste would change",
        COUNTER,
        blindly(told(ask(post()))),
        NOTHING,
        Try(COUNTER, told(ask(post()))),
    ),
    Attack(
        "learns what is expected by asking what undoing would change",
        COUNTER,
        blindly(told(UNDO)),
        NOTHING,
        Try(COUNTER, told(UNDO)),
    ),
    Attack(
        "is told what is expected by a refusal",
        COUNTER,
        blindly(wasting_too_much),
        without_a_number("counted blind"),
        Try(COUNTER, wasting_too_much),
        refused("IM400", saying="on hand at"),
    ),
    Attack(
        "finds out what is expected by trying how much may be thrown away",
        COUNTER,
        blindly(tries_how_much),
        answers(False),
        Try(MANAGER, blindly(tries_how_much)),
    ),
    Attack(
        "learns what somebody else took out by returning it",
        COUNTER,
        blindly(limited(RETURN, rights=("adjustments.record",))),
        refused("IM400", saying="There is no such issue of this item."),
        Try(COUNTER, limited(RETURN, rights=("adjustments.record",))),
        refused("IM400", saying="of it is still out"),
    ),
    Attack(
        "learns from a refusal whether a lot is there",
        COUNTER,
        blindly(OF_NO_LOT),
        refused("IM400", saying="leave open which lots leave"),
        Try(COUNTER, OF_NO_LOT),
        refused("IM400", saying="There is nothing of lot"),
    ),
    Attack("asks what is promised while counting blind", COUNTER, looking("reserved_stock()"), NOTHING, MANAGER),
    Attack("adds up lots while counting blind", COUNTER, looking("stock_lots"), NOTHING, MANAGER),
    Attack("adds up the lots of movements while counting blind", COUNTER, looking("movement_lots"), NOTHING, MANAGER),
    Attack(
        "adds up layers while counting blind",
        COUNTER,
        blindly(limited("SELECT count(*) FROM cost_layers", rights=("stock.cost",))),
        NOTHING,
        Try(COUNTER, limited("SELECT count(*) FROM cost_layers", rights=("stock.cost",))),
    ),
    Attack(
        "learns while counting blind what an order used",
        COUNTER,
        blindly(limited(USED, rights=("sales.view",))),
        NOTHING,
        Try(COUNTER, limited(USED, rights=("sales.view",))),
    ),
    Attack(
        "learns what is expected by the lines of another count of its own",
        COUNTER,
        blindly("SELECT count(*) FROM count_review((SELECT id FROM count_sheets WHERE is_blind LIMIT 1))"),
        refused("IM403"),
        MANAGER,
    ),
    Attack(
        "ends a blind count to see what is expected",
        COUNTER,
        blindly("SELECT discard_count('<count_here>', 1, 'enough') IS NOT NULL"),
        refused("IM403"),
        MANAGER,
    ),
    Attack(
        "reads in the audit log up to which amount was approved",
        OWNER,
        f"{APPROVED}; {LOGGED.format('count_sheets', chr(39) + 'approved_up_to' + chr(39) + ' = ANY (ARRAY(SELECT jsonb_object_keys(new)))')}",
        NOTHING,
        Try(OWNER, f"{APPROVED}; {LOGGED.format('count_sheets', 'new ->> ' + chr(39) + 'approved_by' + chr(39) + ' IS NOT NULL')}"),
    ),
    Attack(
        "reads in the audit log what an entry that waits is worth",
        COUNTER,
        limited(HERE, LOGGED.format("approval_requests", "true"), limit=10, rights=("audit.view",)),
        NOTHING,
        Try(COUNTER, limited(HERE, LOGGED.format("approval_requests", "true"), limit=10, rights=("audit.view", "stock.cost"))),
    ),
)  # fmt: skip
