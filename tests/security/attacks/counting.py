"""Counting for others, twice, elsewhere or after the fact, and looking at what one is to count blind."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.security.attack import NOTHING, Answer, Attack, Doing, Expected, Try, answers, refused
from tests.security.attacks.statements import REPLICA
from tests.security.ground import Ground

COUNTER, MANAGER, OWNER, ROOT = "counter", "manager", "owner", "root"
DENIED, FORBIDDEN, USED = refused("42501"), refused("IM403"), refused("IM409")
UNKNOWN = refused("IM400", saying="There is no such count.")
BUTTER = "(SELECT home_location_id FROM item_site_settings WHERE item_id = '<butter>' AND site_id = '<downtown>')"


def start(blind: bool = False, site: str = "<downtown>", key: str = "<key>", more: str = "") -> str:
    """A count that is right unless something is changed."""
    header = f'{{"site_id": "{site}", "name": "Mine", "scope": "ALL", "is_blind": {str(blind).lower()}{more}}}'
    return f"SELECT start_count('{key}', '{header}')"


def enter(
    sheet: str = "<count_here>",
    *,
    key: str = "<key>",
    item: str = "<butter>",
    place: str = BUTTER,
    quantity: str = "1",
    at: str = "NULL",
    back: str = "NULL",
    lot: str = "NULL",
    day: str = "NULL",
) -> str:
    """An entry that is right unless something is changed."""
    return (
        f"SELECT add_count_entries('{sheet}', ARRAY['{key}'::uuid], ARRAY[{place}], ARRAY['{item}'::uuid],"
        f" ARRAY[{quantity}::numeric], '{{1}}', '{{kg}}', NULL, ARRAY[({at})::timestamptz], ARRAY[{back}::bigint],"
        f" ARRAY[{lot}::text], ARRAY[{day}::date])"
    )


def wrong(saying: str) -> Expected:
    """Refused with this sentence among the problems."""
    return refused("IM400", saying=saying)


DONE = "SELECT hand_over_count('<count_here>', 1)"
POST = "SELECT post_count('<key>', '<count_here>', 2, <counted_here>, 'LEAVE')"
FINDINGS = "SELECT count(*) FROM count_sheets s, count_findings(s)"
TWICE = "00000000-0000-4000-8000-00000000c0de"


@contextmanager
def counted_blind(ground: Ground) -> Iterator[None]:
    """As long as this lasts, the site is counted blind: somebody who may post counts has begun that."""
    with ground.alpha.as_root() as root:
        change = "UPDATE count_sheets SET is_blind = %s WHERE id = %s"
        root.execute("SET session_replication_role = replica")
        root.execute(change, [True, ground.facts["count_here"]])
        try:
            yield
        finally:
            root.execute(change, [False, ground.facts["count_here"]])


def blindly(what: str | Doing) -> Doing:
    """The same while a blind count is under way."""

    def send(ground: Ground, who: str) -> Answer:
        with counted_blind(ground):
            return ground.send(ground.line(who), what) if isinstance(what, str) else what(ground, who)

    return send


def looking(where: str) -> Doing:
    """Looks at what a blind count hides."""
    return blindly(f"SELECT count(*) FROM {where}")


ATTACKS = (
    Attack(
        "removes entries",
        COUNTER,
        "DELETE FROM count_entries",
        DENIED,
        Try(ROOT, REPLICA + "DELETE FROM count_entries"),
    ),
    Attack(
        "changes what somebody counted",
        COUNTER,
        "UPDATE count_entries SET quantity = 0",
        DENIED,
        Try(ROOT, REPLICA + "UPDATE count_entries SET quantity = 0"),
    ),
    Attack(
        "adds to a count past its function",
        COUNTER,
        "INSERT INTO count_lines (sheet_id, location_id, item_id, site_id, place)"
        f" SELECT '<count_here>', {BUTTER}, '<archived>', '<downtown>', 1",
        DENIED,
        ROOT,
    ),
    Attack(
        "declares a count posted",
        MANAGER,
        "UPDATE count_sheets SET state = 'DISCARDED' WHERE id = '<count_here>'",
        DENIED,
        ROOT,
    ),
    Attack(
        "changes entries as the owner of the tables",
        "table_owner",
        "UPDATE count_entries SET typed = ''",
        refused("P0001", "IM403", "42501"),
        Try(ROOT, REPLICA + "UPDATE count_entries SET typed = ''"),
    ),
    Attack(
        "sees counts of another site",
        MANAGER,
        "SELECT count(*) FROM count_sheets WHERE site_id = '<harbour>'",
        NOTHING,
        OWNER,
    ),
    Attack(
        "sees entries of another site",
        COUNTER,
        "SELECT count(*) FROM count_entries WHERE site_id = '<harbour>'",
        NOTHING,
        OWNER,
    ),
    Attack(
        "reads up to which amount was approved",
        MANAGER,
        "SELECT count(approved_up_to) + 1 FROM count_sheets",
        DENIED,
        ROOT,
    ),
    Attack("hides the stock of a site by counting blind", COUNTER, start(blind=True), FORBIDDEN, MANAGER),
    Attack("starts a count at another site", MANAGER, start(site="<harbour>"), FORBIDDEN, OWNER),
    Attack("enters on a count of another site", COUNTER, enter("<count_there>"), UNKNOWN, Try(COUNTER, enter())),
    Attack(
        "finds out which counts exist elsewhere",
        MANAGER,
        "SELECT count(*) FROM count_review('<count_there>')",
        UNKNOWN,
        Try(MANAGER, "SELECT count(*) FROM count_review('<count_here>')"),
    ),
    Attack(
        "looks at what is expected by the review",
        COUNTER,
        "SELECT count(*) FROM count_review('<count_here>')",
        FORBIDDEN,
        MANAGER,
    ),
    Attack("looks at levels while counting blind", COUNTER, looking("stock_levels"), NOTHING, MANAGER),
    Attack("looks at stock while counting blind", COUNTER, looking("valued_stock"), NOTHING, MANAGER),
    Attack(
        "adds up movements while counting blind",
        COUNTER,
        looking("valued_movements WHERE kind = 'DELIVERY'"),
        NOTHING,
        Try(COUNTER, "SELECT count(*) FROM valued_movements WHERE kind = 'DELIVERY'"),
    ),
    Attack("calls the findings themselves", MANAGER, FINDINGS, DENIED, ROOT),
    Attack(
        "takes back what somebody else counted",
        COUNTER,
        enter(back="<counted_here>"),
        wrong("Somebody else entered this"),
        MANAGER,
    ),
    Attack(
        "takes an entry back twice",
        MANAGER,
        enter(back="<counted_here>") + "; " + enter(back="<counted_here>"),
        wrong("This entry was corrected already."),
        Try(MANAGER, enter(back="<counted_here>")),
    ),
    Attack(
        "takes back an entry of another count",
        MANAGER,
        enter(back="<counted_there>"),
        wrong("The entry that is corrected is not there."),
        Try(MANAGER, enter(back="<counted_here>")),
    ),
    Attack(
        "enters less than nothing",
        COUNTER,
        enter(quantity="-1"),
        wrong("cannot be below zero"),
        Try(COUNTER, enter(quantity="0")),
    ),
    Attack(
        "counts what is no number", COUNTER, enter(quantity="'NaN'"), wrong("absurdly large"), Try(COUNTER, enter())
    ),
    Attack(
        "counts nothing and corrects nothing",
        COUNTER,
        enter(quantity="NULL"),
        wrong("Blank is not zero"),
        Try(COUNTER, enter()),
    ),
    Attack(
        "names a lot of what is not kept by lots",
        COUNTER,
        enter(item="<item>", lot="'A'"),
        wrong("is not kept by lots."),
        Try(COUNTER, enter(lot="'A'")),
    ),
    Attack(
        "gives a lot a name that is longer than any",
        COUNTER,
        enter(lot="repeat('A', 41)"),
        wrong("1 to 40 letters"),
        Try(COUNTER, enter(lot="repeat('A', 40)")),
    ),
    Attack(
        "has a lot expire in no time",
        COUNTER,
        enter(lot="'A'", day="'infinity'"),
        wrong("Say when lot A expires."),
        Try(COUNTER, enter(lot="'A'", day="'2026-12-31'")),
    ),
    Attack(
        "says when something expires that has no name",
        COUNTER,
        enter(day="'2026-12-31'"),
        wrong("Name the lot"),
        Try(COUNTER, enter(lot="'A'", day="'2026-12-31'")),
    ),
    Attack(
        "uses a key again for another lot",
        COUNTER,
        enter(key=TWICE, lot="'A'") + "; " + enter(key=TWICE, lot="'B'"),
        wrong("already used for another entry"),
        Try(COUNTER, enter(key=TWICE, lot="'A'")),
    ),
    Attack(
        "looks at the lots the books have there",
        MANAGER,
        f"SELECT count(*) FROM lots_held('<downtown>', {BUTTER}, '<butter>', now())",
        DENIED,
        ROOT,
    ),
    Attack(
        "counts in the future",
        COUNTER,
        enter(at="now() + interval '1 hour'"),
        wrong("in the future"),
        Try(COUNTER, enter(at="now()")),
    ),
    Attack(
        "counts at infinity", COUNTER, enter(at="'infinity'"), wrong("in the future"), Try(COUNTER, enter(at="now()"))
    ),
    Attack(
        "dates an entry weeks back",
        COUNTER,
        enter(at="now() - interval '3 weeks'"),
        wrong("more than a day before"),
        Try(COUNTER, enter(at="now() - interval '3 hours'")),
    ),
    Attack(
        "counts at a place that is not on the sheet",
        COUNTER,
        enter(place="'<place_there>'::uuid"),
        wrong("does not belong to the count"),
        Try(COUNTER, enter()),
    ),
    Attack(
        "counts an archived item",
        COUNTER,
        enter(item="<archived>"),
        wrong("Archived is archived."),
        Try(COUNTER, enter(item="<item>")),
    ),
    Attack(
        "uses a key again for another entry",
        COUNTER,
        enter(key=TWICE) + "; " + enter(key=TWICE, quantity="2"),
        wrong("already used for another entry"),
        Try(COUNTER, enter(key=TWICE)),
    ),
    Attack(
        "makes one entry count twice",
        COUNTER,
        enter(key=TWICE) + "; " + enter(key=TWICE) + f"; SELECT sum(quantity) FROM count_entries WHERE key = '{TWICE}'",
        answers(1),
        Try(COUNTER, enter(key=TWICE) + f"; SELECT sum(quantity) FROM count_entries WHERE key = '{TWICE}'"),
        works=answers(1),
    ),
    Attack(
        "enters when counting is done", COUNTER, DONE + "; " + enter(), wrong("counting is done"), Try(COUNTER, enter())
    ),
    Attack("posts a count as a counter", COUNTER, DONE + "; " + POST, FORBIDDEN, MANAGER),
    Attack(
        "posts a count that is still entered",
        MANAGER,
        POST.replace(", 2,", ", 1,"),
        USED,
        Try(MANAGER, DONE + "; " + POST),
    ),
    Attack(
        "posts what it did not see",
        MANAGER,
        DONE + "; SELECT post_count('<key>', '<count_here>', 2, 0, 'LEAVE')",
        USED,
        Try(MANAGER, DONE + "; " + POST),
    ),
    Attack("posts a count twice", MANAGER, f"{DONE}; {POST}; {POST}", USED, Try(MANAGER, DONE + "; " + POST)),
    Attack(
        "posts without saying what becomes of blanks",
        MANAGER,
        DONE + "; " + POST.replace("'LEAVE'", "'WHATEVER'"),
        wrong("not counted: leave them as they are"),
        Try(MANAGER, DONE + "; " + POST),
    ),
    Attack(
        "approves a count as a counter",
        COUNTER,
        DONE + "; SELECT approve_count('<count_here>', 2, <counted_here>) IS NOT NULL",
        FORBIDDEN,
        MANAGER,
    ),
    Attack(
        "has lines counted again as a counter",
        COUNTER,
        f"SELECT request_recount('<count_here>', ARRAY[{BUTTER}], '{{<butter>}}')",
        FORBIDDEN,
        MANAGER,
    ),
    Attack(
        "discards a count that somebody entered",
        COUNTER,
        "SELECT discard_count('<count_here>', 1, 'mine is better') IS NOT NULL",
        FORBIDDEN,
        MANAGER,
    ),
    Attack(
        "undoes a count as a counter",
        COUNTER,
        "SELECT undo_count('<key>', '<count_here>', 1, 'why not')",
        FORBIDDEN,
        Try(MANAGER, f"{DONE}; {POST}; SELECT undo_count('<key>', '<count_here>', 3, 'why not')"),
    ),
    Attack(
        "undoes a count without a reason",
        MANAGER,
        f"{DONE}; {POST}; SELECT undo_count('<key>', '<count_here>', 3, ' ')",
        wrong("Say why"),
        Try(MANAGER, f"{DONE}; {POST}; SELECT undo_count('<key>', '<count_here>', 3, 'why not')"),
    ),
)
