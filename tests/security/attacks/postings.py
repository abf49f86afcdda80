"""Making the posting function write what is not so."""

from tests.security.attack import Attack, Try, answers, gets_through, refused
from tests.security.attacks.statements import deliver, post, sell

OWNER, ROOT = "owner", "root"
DENIED, WRONG, FORBIDDEN, USED = refused("42501"), refused("IM400"), refused("IM403"), refused("IM409")
UNREADABLE = refused("22P02")
GOOD = Try("counter", post())
EARLY = post(key="00000000-0000-4000-8000-00000000000e", at="2026-01-02 09:00+00")
LATER = f"{post()}; SELECT settle_later('{{<item>}}'); {EARLY}"

ATTACKS = (
    Attack(
        "posts at a site of others", "counter", post(site="<harbour>", places="'{<place_there>}'"), FORBIDDEN, "owner"
    ),
    Attack(
        "posts a kind its role may not",
        "counter",
        post("ADJUSTMENT"),
        FORBIDDEN,
        Try("manager", post("ADJUSTMENT", reasons="'{<opening>}'", quantities="'{1}'")),
    ),
    Attack("posts a sale as a document", "manager", post("SALE"), WRONG, Try("manager", post())),
    Attack("posts a kind in small letters", "manager", post("waste"), WRONG, Try("manager", post())),
    Attack(
        "hides the kind in a nested object",
        "manager",
        post(header='{"kind": {"kind": "WASTE"}, "site_id": "<downtown>"}'),
        WRONG,
        Try("manager", post()),
    ),
    Attack(
        "sends an array as the header",
        "manager",
        post(header='[{"kind": "WASTE", "site_id": "<downtown>"}]'),
        WRONG,
        Try("manager", post()),
    ),
    Attack("sends null as the header", "manager", post(header="null"), WRONG, Try("manager", post())),
    Attack(
        "names two kinds, of which the last counts",
        "counter",
        post(header='{"kind": "WASTE", "site_id": "<downtown>", "kind": "COUNT"}'),
        FORBIDDEN,
        Try("counter", post(header='{"kind": "COUNT", "site_id": "<downtown>", "kind": "WASTE"}')),
    ),
    Attack(
        "names two sites, of which the last counts",
        "counter",
        post(header='{"kind": "WASTE", "site_id": "<downtown>", "site_id": "<harbour>"}'),
        FORBIDDEN,
        Try("counter", post(header='{"kind": "WASTE", "site_id": "<harbour>", "site_id": "<downtown>"}')),
    ),
    Attack("sends a number as the site", "counter", post(header='{"kind": "WASTE", "site_id": 1}'), UNREADABLE, GOOD),
    Attack("leaves the site out", "counter", post(header='{"kind": "WASTE"}'), FORBIDDEN, GOOD),
    Attack("posts at a closed site", "owner", post(site="<closed>"), WRONG, Try("owner", post())),
    Attack("posts what is not a number", "counter", post(quantities="'{NaN}'"), WRONG, GOOD),
    Attack("posts an endless quantity", "counter", post(quantities="'{-Infinity}'"), WRONG, GOOD),
    Attack("posts a quantity of 300 digits", "counter", post(quantities="ARRAY[-1e300]"), WRONG, GOOD),
    Attack("posts a quantity too fine to be kept", "counter", post(quantities="'{-0.0000001}'"), WRONG, GOOD),
    Attack(
        "posts a negative zero",
        "manager",
        post("ADJUSTMENT", quantities="ARRAY['-0'::float8::numeric]", reasons="'{<opening>}'"),
        WRONG,
        Try("manager", post("ADJUSTMENT", quantities="'{1}'", reasons="'{<opening>}'")),
    ),
    Attack("posts no quantity", "counter", post(quantities="'{NULL}'"), WRONG, GOOD),
    Attack("brings stock in as waste", "counter", post(quantities="'{1}'"), WRONG, GOOD),
    Attack("takes stock out as a delivery", "counter", deliver("'{-1}'"), WRONG, Try("counter", deliver())),
    Attack(
        "counts less than nothing",
        "manager",
        post("COUNT", reasons="NULL"),
        WRONG,
        Try("manager", post("COUNT", quantities="'{5}'", reasons="NULL")),
    ),
    Attack("names the cost of what leaves", "counter", post(costs="'{0.01}'"), WRONG, GOOD),
    Attack(
        "names the cost of what a count finds",
        "manager",
        post("COUNT", quantities="'{5}'", costs="'{99}'", reasons="NULL"),
        WRONG,
        Try("manager", post("COUNT", quantities="'{5}'", reasons="NULL")),
    ),
    Attack(
        "delivers at a cost that is not a number", "counter", deliver(costs="'{NaN}'"), WRONG, Try("counter", deliver())
    ),
    Attack("delivers at an endless cost", "counter", deliver(costs="'{Infinity}'"), WRONG, Try("counter", deliver())),
    Attack("delivers at a negative cost", "counter", deliver(costs="'{-1}'"), WRONG, Try("counter", deliver())),
    Attack(
        "delivers from a supplier that does not exist",
        "counter",
        deliver(more=', "supplier_id": "<key>"'),
        refused("23503"),
        Try("counter", deliver()),
    ),
    Attack("posts into the future", "counter", post(at="2999-01-01"), WRONG, GOOD),
    Attack("posts at the end of time", "counter", post(at="infinity"), WRONG, GOOD),
    Attack("posts at the beginning of time", "counter", post(at="-infinity"), WRONG, GOOD),
    Attack("posts before our era, which no desk can read", "counter", post(at="4713-01-01 BC"), WRONG, GOOD),
    Attack(
        "writes SQL where a time is meant", "counter", post(at="2026-01-02; DROP TABLE items"), refused("22007"), GOOD
    ),
    Attack(
        "shifts the business day by its own time zone",
        "counter",
        "SET LOCAL timezone = 'Pacific/Kiritimati'; "
        + post(key="00000000-0000-4000-8000-000000000001")
        + "; SELECT DISTINCT business_day::text FROM stock_movements WHERE posting_id = '00000000-0000-4000-8000-000000000001'",
        answers("2026-01-02"),
        GOOD,
    ),
    Attack("reads another's place as its own", "counter", post(places="'{<place_there>}'"), WRONG, GOOD),
    Attack("moves an archived item", "counter", post(items="'{<archived>}'"), WRONG, GOOD),
    Attack("uses a reason of another kind", "counter", post(reasons="'{<opening>}'"), WRONG, GOOD),
    Attack("gives no reason", "counter", post(reasons="NULL"), WRONG, GOOD),
    Attack("sends more quantities than items", "counter", post(quantities="'{-1,-1}'"), WRONG, GOOD),
    Attack(
        "sends fewer quantities than items",
        "counter",
        post(items="'{<item>,<butter>}'", places="'{<place>,<place>}'", reasons="'{<spoilage>,<spoilage>}'"),
        WRONG,
        GOOD,
    ),
    Attack(
        "hides a line in a nested array",
        "counter",
        post(
            items="ARRAY[ARRAY['<item>','<butter>']]::uuid[]",
            places="'{<place>,<place>}'",
            quantities="'{-1,1}'",
            reasons="'{<spoilage>,<spoilage>}'",
        ),
        WRONG,
        Try(
            "counter",
            post(
                items="ARRAY[ARRAY['<item>','<butter>']]::uuid[]",
                places="'{<place>,<place>}'",
                quantities="'{-1,-1}'",
                reasons="'{<spoilage>,<spoilage>}'",
            ),
        ),
    ),
    Attack(
        "begins an array somewhere else",
        "counter",
        post(items="'[7:7]={<archived>}'"),
        WRONG,
        Try("counter", post(items="'[7:7]={<item>}'")),
    ),
    Attack("sends an item that is null", "counter", post(items="'{NULL}'"), WRONG, GOOD),
    Attack("sends no lines", "counter", post(items="'{}'"), WRONG, GOOD),
    Attack("sends 20,001 lines", "counter", post(items="array_fill('<item>'::uuid, ARRAY[20001])"), WRONG, GOOD),
    Attack("writes a note of 10,000 letters", "counter", post(notes="ARRAY[repeat('x', 10000)]"), WRONG, GOOD),
    Attack(
        "claims to have entered what is not a number",
        "counter",
        post(entered="'{NaN}'"),
        WRONG,
        Try("counter", post(entered="'{2}'", units="'{box}'")),
    ),
    Attack(
        "names a unit of 10,000 letters",
        "counter",
        post(entered="'{2}'", units="ARRAY[repeat('x', 10000)]"),
        WRONG,
        Try("counter", post(entered="'{2}'", units="'{box}'")),
    ),
    Attack("takes the key of a colleague's posting", "colleague", post(key="<key_mine>"), USED, GOOD),
    Attack("sends other content under its own key", "counter", post(key="<key_mine>", quantities="'{-2}'"), USED, GOOD),
    Attack(
        "lets one content pass for another by what is left out",
        "counter",
        post(key="00000000-0000-4000-8000-000000000002", notes="'{5}'")
        + "; "
        + post(key="00000000-0000-4000-8000-000000000002", entered="'{5}'"),
        USED,
        Try(
            "counter",
            post(key="00000000-0000-4000-8000-000000000002", notes="'{5}'")
            + "; "
            + post(key="00000000-0000-4000-8000-000000000002", notes="'{5}'"),
        ),
    ),
    Attack(
        "lets one content pass for another by a separator",
        "counter",
        post(key="00000000-0000-4000-8000-000000000003", notes="ARRAY[E'a\\x1fb']")
        + "; "
        + post(key="00000000-0000-4000-8000-000000000003", notes="ARRAY['a']", units="ARRAY['b']"),
        USED,
        Try(
            "counter",
            post(key="00000000-0000-4000-8000-000000000003", notes="ARRAY[E'a\\x1fb']")
            + "; "
            + post(key="00000000-0000-4000-8000-000000000003", notes="ARRAY[E'a\\x1fb']"),
        ),
    ),
    Attack(
        "uses the key of a document for a sale",
        "manager",
        post(key="00000000-0000-4000-8000-000000000004") + "; " + sell(key="00000000-0000-4000-8000-000000000004"),
        USED,
        Try("manager", sell()),
    ),
    Attack(
        "puts off what things are worth, and never says it",
        "counter",
        f"{LATER}; SET CONSTRAINTS ALL IMMEDIATE",
        refused("IM400", saying="What was posted is not settled"),
        Try("counter", f"{LATER}; SELECT settle(); SET CONSTRAINTS ALL IMMEDIATE; SELECT true"),
    ),
    Attack(
        "turns the path of the functions elsewhere",
        "counter",
        "SET LOCAL search_path = pg_temp, <schema>, public; " + post(at="-infinity"),
        WRONG,
        Try("counter", "SET LOCAL search_path = pg_temp, <schema>, public; " + post()),
    ),
)

OPEN = (
    gets_through(
        "dates a posting back by years",
        "counter",
        post(at="2001-01-01"),
        "what lies in days that nobody closed may be added to; the entry time and the person are kept beside the date",
    ),
)
