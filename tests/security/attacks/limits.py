"""Limits of money: splitting, other desks, other days, undoing and redoing, voiding, and reaching for the limit itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.security.attack import Answer, Attack, Doing, Expected, Try, gets_through, refused
from tests.security.attacks.costs import role_says
from tests.security.attacks.statements import deliver, post, reverse
from tests.security.ground import Ground, Line

COUNTER, ROOT = "counter", "root"
DENIED = refused("42501")
STOPPED = refused("IM403", saying="worth more than your limit of 50.00")
VOIDING = refused("IM403", saying="worth more than your limit of 1.00")
# One kilo is worth 7.90, so five are 39.50: once is within 50, twice is not.
FIVE = post(quantities="'{-5}'")
MINE = "ARRAY(SELECT max(id) FROM stock_movements WHERE posted_by = me() AND reverses_id IS NULL)"
UNDO = f"SELECT reverse_movements('<key>', {MINE}, 'mistake')"
REDO = "SELECT reverse_movements('<key>', ARRAY(SELECT max(id) FROM stock_movements WHERE posted_by = me()), 'again')"
GRAINS = {
    "items": "array_fill('<item>'::uuid, ARRAY[800])",
    "places": "array_fill('<place>'::uuid, ARRAY[800])",
    "quantities": "array_fill(-0.01, ARRAY[800])",
    "reasons": "array_fill('<spoilage>'::uuid, ARRAY[800])",
}


def limited(*statements: str, rights: tuple[str, ...] = (), permission: str = "waste.record", limit: int = 50) -> Doing:
    """In one transaction, by somebody whose role has this limit a day."""

    def send(ground: Ground, who: str) -> Answer:
        with role_says(ground, permissions=dict.fromkeys(rights, True), limits={permission: limit}):
            return ground.send(ground.line(who), ";".join(statements))

    return send


def stopped(
    name: str,
    *statements: str,
    expected: Expected = STOPPED,
    rights: tuple[str, ...] = (),
    permission: str = "waste.record",
    limit: int = 50,
) -> Attack:
    """Refused; with a limit that is a hundred times as high it works."""
    hostile, honest = (
        limited(*statements, rights=rights, permission=permission, limit=n) for n in (limit, 100 * limit)
    )
    return Attack(name, COUNTER, hostile, expected, Try(COUNTER, honest))


def hand(name: str, statement: str) -> Attack:
    """Reaching for what nobody was given."""
    return Attack(name, COUNTER, statement, DENIED, ROOT)


@contextmanager
def two_desks(ground: Ground) -> Iterator[tuple[Line, Line]]:
    """One person, new here, at two PCs at once."""
    login = ground.alpha.person("EMPLOYEE", site=ground.alpha_site)
    lines = []
    for _ in range(2):
        one = ground.alpha.desk(login, ground.new_gate()).identity
        lines.append(one.place.connect(one.role, one.password))
    try:
        yield lines[0], lines[1]
    finally:
        for line in lines:
            line.close()


def uses_another_pc(ground: Ground, _who: str) -> Answer:
    """Uses most of the limit at one PC, and goes on at another."""
    with role_says(ground, limits={"waste.record": 50}), two_desks(ground) as (here, there):
        assert ground.send(here, f"{FIVE}; COMMIT").state == ""
        answer = ground.send(there, FIVE)
        assert ground.send(here, f"{UNDO}; COMMIT").state == ""
    return answer


def uses_one_pc_and_takes_back(ground: Ground, _who: str) -> Answer:
    """The same, but what was entered at the first PC was a mistake and is taken back."""
    with role_says(ground, limits={"waste.record": 50}), two_desks(ground) as (here, there):
        assert ground.send(here, f"{FIVE}; {UNDO}; COMMIT").state == ""
        return ground.send(there, FIVE)


def moves_the_business_day(ground: Ground, _who: str) -> Answer:
    """Used most of the limit two hours ago; says that the day of its site began since then, and goes on."""
    login = ground.alpha.person("ADMIN", site=ground.alpha_site)
    one = ground.alpha.desk(login, ground.new_gate()).identity
    with (
        role_says(ground, limits={"waste.record": 50}),
        site_where_it_is(ground, 16),
        one.place.connect(one.role, one.password) as line,
    ):
        assert ground.send(line, f"{FIVE}; COMMIT").state == ""
        with ground.alpha.as_root() as root:
            root.execute("SET session_replication_role = replica")
            newest = "SELECT max(id) FROM stock_movements"
            root.execute(f"UPDATE stock_movements SET posted_at = now() - interval '2 hours' WHERE id = ({newest})")
        assert STOPPED.holds(ground.send(line, FIVE)), "the limit holds as long as the day is what it was"
        moved = f"UPDATE sites SET time_zone = '{zone_where_it_is(4)}', day_cutover_hour = 4 WHERE id = '<downtown>'"
        answer = ground.send(line, f"{moved}; {FIVE}")
        assert ground.send(line, f"{UNDO}; COMMIT").state == ""
    return answer


def zone_where_it_is(hour: int) -> str:
    """A time zone where the clock shows this hour now."""
    zones = [f"Etc/GMT{hours:+d}" for hours in range(-14, 13)]
    return next(zone for zone in zones if datetime.now(ZoneInfo(zone)).hour == hour)


@contextmanager
def site_where_it_is(ground: Ground, hour: int) -> Iterator[None]:
    """Let the site lie where it is this hour."""
    with ground.alpha.as_root() as root:
        site = [ground.facts["downtown"]]
        [kept] = root.execute("SELECT time_zone FROM sites WHERE id = %s", site).fetchone() or [""]
        root.execute("SET session_replication_role = replica")
        root.execute("UPDATE sites SET time_zone = %s WHERE id = %s", [zone_where_it_is(hour), *site])
        try:
            yield
        finally:
            root.execute("UPDATE sites SET time_zone = %s WHERE id = %s", [kept, *site])


ATTACKS = (
    Attack(
        "moves the business day of its site to begin a limit anew",
        "administrator",
        moves_the_business_day,
        refused("IM400", saying="the time zone cannot change"),
        Try("administrator", "UPDATE sites SET phone = '+1 555 0100' WHERE id = '<downtown>'"),
    ),
    stopped("splits waste into several documents", FIVE, FIVE),
    stopped("splits waste into grains", post(**GRAINS)),
    stopped("splits waste over days that are past", FIVE, post(quantities="'{-5}'", at="2026-01-05 10:00+00")),
    stopped(
        "splits waste over the two sides of midnight",
        *(post(quantities="'{-5}'", at=f"2026-01-05 {hour}+00") for hour in ("08:59:59.999999", "09:00")),
    ),
    stopped("wastes two things one after the other", FIVE, post(items="'{<butter>}'", quantities="'{-5}'")),
    stopped("redoes what it took back", FIVE, UNDO, FIVE, FIVE),
    stopped("wastes under another clock", "SET TIME ZONE 'Pacific/Kiritimati'", FIVE, FIVE),
    stopped(
        "wastes with a day that ends in another style",
        "SET IntervalStyle = 'sql_standard'; SET DateStyle = 'SQL, DMY'",
        FIVE,
        FIVE,
    ),
    stopped(
        "finds as much as it loses",
        post(
            "ADJUSTMENT",
            items="'{<item>,<item>}'",
            places="'{<place>,<spare>}'",
            quantities="'{-5,5}'",
            costs="'{NULL,7.9}'",
            reasons="(SELECT array_agg(id) FROM (SELECT id FROM reason_codes WHERE code = 'CORRECTION'"
            " UNION ALL SELECT id FROM reason_codes WHERE code = 'CORRECTION') r)",
        ),
        rights=("adjustments.record",),
        permission="adjustments.record",
    ),
    stopped(
        "takes back a waste of somebody else above its limit",
        reverse("{<moved_large>}"),
        rights=("documents.reverse",),
    ),
    stopped(
        "voids an order above its limit",
        "SELECT void_order('<key>', '<order_here>', 'Guest left')",
        expected=VOIDING,
        rights=("sales.void", "sales.view"),
        permission="sales.void",
        limit=1,
    ),
    Attack(
        "goes on with a used limit at another PC",
        COUNTER,
        uses_another_pc,
        STOPPED,
        Try(COUNTER, uses_one_pc_and_takes_back),
    ),
    Attack(
        "undoes its undoing",
        COUNTER,
        limited(FIVE, UNDO, REDO),
        refused("IM400", saying="not undone themselves"),
        Try(COUNTER, limited(FIVE, UNDO, FIVE)),
    ),
    Attack(
        "raises its own limit by hand",
        COUNTER,
        "UPDATE roles SET limits = '{}' WHERE id = '<role_counter>'",
        DENIED,
        ROOT,
    ),
    hand("asks how far a colleague's limit goes", "SELECT count(limit_of('waste.record', '<downtown>')) + 1"),
    hand(
        "asks what a colleague used of theirs",
        "SELECT (used_today('<colleague_member>', 'waste.record', '<downtown>')).documents + 1",
    ),
    hand("takes the lock of a limit by its function", "SELECT lock_limit('waste.record', '<downtown>') IS NOT NULL"),
    hand("asks who may go beyond a limit", "SELECT require_limit('waste.record', '<downtown>', 1); SELECT 1"),
)
NEW = "00000000-0000-4000-8000-0000000000ab"
UNPAID = (
    f"INSERT INTO items (id, sku, name, category_id, base_unit) SELECT '{NEW}', 'NEW-1', 'New', category_id, 'kg' FROM items LIMIT 1",
    post(items=f"'{{{NEW}}}'", quantities="'{-100}'", at="2025-06-02 10:00+00"),
    deliver("'{100}'", "'{1000}'", items=f"'{{{NEW}}}'", at="2025-06-01 10:00+00"),
)
OPEN = (
    gets_through("throws away what nobody paid for yet, and has it delivered dear", COUNTER,
                 limited(*UNPAID, rights=("items.edit", "deliveries.receive")),
                 "what nobody paid for yet is worth nothing; once it is known it counts against the same day, so that nothing more goes, and the waste stands in every report with its cost"),
)  # fmt: skip
