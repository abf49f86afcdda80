"""Making the sales function write what is not so."""

from tests.security.attack import Attack, Try, answers, refused
from tests.security.attacks.statements import sell

OWNER, ROOT = "owner", "root"
DENIED, WRONG, FORBIDDEN, USED = refused("42501"), refused("IM400"), refused("IM403"), refused("IM409")
SOLD = Try("manager", sell())

ATTACKS = (
    Attack("sells at a site of others", "manager", sell(site="<harbour>"), FORBIDDEN, "owner"),
    Attack("sells without the right", "counter", sell(), FORBIDDEN, "manager"),
    Attack(
        "puts an order into the import of another site",
        "manager",
        sell(more=', "import_id": "<import_there>"'),
        USED,
        Try("manager", sell(more=', "import_id": "<key>"')),
    ),
    Attack(
        "puts an order into the import of a colleague",
        "manager",
        sell(more=', "import_id": "<import_here>"'),
        USED,
        "owner",
    ),
    Attack("sells into the future", "manager", sell(placed="'{2999-01-01}'"), WRONG, SOLD),
    Attack("sells before our era", "manager", sell(placed="'{0044-03-15 BC}'"), WRONG, SOLD),
    Attack("sells what is not a number", "manager", sell(quantities="'{NaN}'"), WRONG, SOLD),
    Attack("sells less than nothing", "manager", sell(quantities="'{-1}'"), WRONG, SOLD),
    Attack("sells at a price that is not a number", "manager", sell(prices="'{NaN}'"), WRONG, SOLD),
    Attack(
        "charges an endless amount",
        "manager",
        sell(amounts="'{Infinity}'"),
        WRONG,
        Try("manager", sell(amounts="'{3}'")),
    ),
    Attack("names an order that is not there", "manager", sell(lines="'{2}'"), WRONG, SOLD),
    Attack("sends a line of no order", "manager", sell(lines="'{NULL}'"), WRONG, SOLD),
    Attack("sends fewer times than orders", "manager", sell(numbers="'{1,2}'"), WRONG, SOLD),
    Attack("serves fewer than nobody", "manager", sell(covers="'{-1}'"), WRONG, Try("manager", sell(covers="'{2}'"))),
    Attack(
        "sells through a channel of 10,000 letters",
        "manager",
        sell(channels="ARRAY[repeat('x', 10000)]"),
        WRONG,
        Try("manager", sell(channels="'{till}'")),
    ),
    Attack(
        "sells one order twice in one call",
        "manager",
        sell(
            numbers="'{1,1}'",
            placed="'{2026-01-02 10:00+00,2026-01-02 10:00+00}'",
            lines="'{1,2}'",
            menu="'{<espresso>,<espresso>}'",
            quantities="'{1,1}'",
            prices="'{3,3}'",
        )
        + "; SELECT count(*) FROM orders WHERE number = '1'",
        answers(1),
        SOLD,
    ),
    Attack("reads the till's rows of another site through a sale", "manager", sell(key="<sold_there>"), USED, SOLD),
)
