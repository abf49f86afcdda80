"""Settings, words and catches that everybody may use, turned against functions that did not expect them."""

from typing import Any

from tests.security.attack import NOTHING, Answer, Attack, Expected, Try, refused
from tests.security.attacks.statements import post
from tests.security.ground import POST, Ground

WRONG = refused("IM400")
OLD_STRINGS = "SET LOCAL standard_conforming_strings = off; "  # a backslash in a plain text then means something else
STYLES = (
    "SET datestyle = 'SQL, DMY'; SET timezone = 'Pacific/Kiritimati'; SET bytea_output = 'escape';"
    " SET intervalstyle = 'sql_standard'; SET extra_float_digits = -15; SET standard_conforming_strings = off"
)
SAVED = "SELECT save_role('<key>', 0, '{name}', NULL, {permissions}, {limits})"
MINE = "00000000-0000-4000-8000-0000000000f1"
GOOD = Try("counter", post())


def saved(name: str = "Mine", permissions: str = "'{}'", limits: str = "'{}'") -> str:
    """A new role."""
    return SAVED.format(name=name, permissions=permissions, limits=limits)


def limited(amount: str) -> str:
    """A new role that may record waste up to an amount."""
    return saved(permissions="""'{"waste.record": true}'""", limits=f"""'{{"waste.record": {amount}}}'""")


def styled(settings: str) -> Any:
    """A posting and a change, written under settings of one's own: whether their hashes can be found again."""

    def do(ground: Ground, who: str) -> Answer:
        line, facts = ground.connect(who), ground.facts
        with line:
            line.execute(settings.encode())
            key = ground.fill("<key>")
            header = f'{{"kind": "WASTE", "site_id": "{facts["downtown"]}"}}'
            lines = ([facts["item"]], [facts["place"]], [-1], None, [facts["spoilage"]])
            line.execute(POST, [key, header, *lines])
            line.execute("UPDATE items SET updated_at = now() WHERE id = %s", [facts["item"]])
        with ground.alpha.as_root() as root:
            row = root.execute(
                "SELECT bool_and(found.fits), count(*) FROM ("
                " SELECT p.row_hash = posting_hash(p, p.lines_hash) FROM postings p WHERE p.id = %s UNION ALL"
                " (SELECT l.row_hash = audit_hash(l) FROM audit_log l ORDER BY l.id DESC LIMIT 2)) AS found (fits)",
                [key],
            ).fetchone()
        assert row
        return Answer.told(*row)

    return do


FITS = Expected("all hashes fit", lambda a: a.rows == ((True, 3),))
ROLES = (
    Attack(
        "makes a second Owner by a space, with backslashes that mean something else",
        "owner",
        OLD_STRINGS + saved(" Owner "),
        WRONG,
        Try("owner", OLD_STRINGS + saved(" Mine ")),
    ),
    Attack(
        "invites an address that is none, with backslashes that mean something else",
        "owner",
        OLD_STRINGS
        + "SELECT invite_member('a@bxc', 'N', 'N', '<role_counter>', NULL, '$2b$12$' || repeat('a', 21) || 'u', sha256('x'))",
        WRONG,
        Try(
            "owner",
            OLD_STRINGS
            + "SELECT invite_member('a@b.example', 'N', 'N', '<role_counter>', NULL, '$2b$12$' || repeat('a', 21) || 'u', sha256('x'))",
        ),
    ),
    Attack("limits a role to less than nothing", "owner", limited("-1"), WRONG, Try("owner", limited("0"))),
    Attack("limits a role by a word", "owner", limited('"Infinity"'), WRONG, Try("owner", limited("5"))),
    Attack("limits a role to a tenth of a cent", "owner", limited("0.001"), WRONG, Try("owner", limited("0.01"))),
    Attack("limits a role in another currency", "owner", limited('{"EUR": 5}'), WRONG, Try("owner", limited("null"))),
    Attack(
        "limits what has no limit",
        "owner",
        saved(permissions="""'{"items.view": true}'""", limits="""'{"items.view": 5}'"""),
        WRONG,
        Try("owner", limited("7")),
    ),
    Attack(
        "nests a permission in a permission",
        "owner",
        saved(permissions="""'{"items": {"view": true}}'"""),
        WRONG,
        Try("owner", saved(permissions="""'{"items.view": true}'""")),
    ),
    Attack(
        "denies and gives a permission at once",
        "owner",
        saved(permissions="""'{"items.view": true, "items.view": null}'"""),
        WRONG,
        Try("owner", saved(permissions="""'{"items.view": null, "items.view": true}'""")),
    ),
    Attack(
        "gives ten thousand permissions",
        "owner",
        saved(permissions="(SELECT jsonb_object_agg('x' || n, true) FROM generate_series(1, 10000) n)"),
        WRONG,
        Try("owner", saved(permissions="(SELECT jsonb_object_agg('items.view', true) FROM generate_series(1, 10000))")),
    ),
)
POSTINGS = (
    Attack(
        "signs a posting as somebody else, and long ago",
        "counter",
        post(key=MINE, more=', "posted_by": "<owner_member>", "posted_at": "2001-01-01", "number": 1, "value": 0')
        + f"; SELECT count(*) FROM postings WHERE id = '{MINE}' AND (posted_by <> '<counter_member>'"
        " OR posted_at < now() - interval '1 hour' OR number = 1)",
        NOTHING,
        Try("counter", post(key=MINE) + f"; SELECT number FROM postings WHERE id = '{MINE}'"),
    ),
    Attack(
        "posts at a moment that is a word", "counter", post(at="tomorrow"), WRONG, Try("counter", post(at="yesterday"))
    ),
    Attack(
        "posts at the beginning of all clocks", "counter", post(at="epoch"), WRONG, Try("counter", post(at="today"))
    ),
    Attack(
        "keeps half of a posting by catching its refusal",
        "counter",
        "DO $$ BEGIN PERFORM "
        + post(
            key=MINE,
            items="'{<item>,<archived>}'",
            places="'{<place>,<place>}'",
            quantities="'{-1,-1}'",
            reasons="'{<spoilage>,<spoilage>}'",
        ).removeprefix("SELECT ")
        + f"; EXCEPTION WHEN OTHERS THEN NULL; END $$; SELECT count(*) FROM postings WHERE id = '{MINE}'",
        NOTHING,
        Try(
            "counter",
            "DO $$ BEGIN PERFORM "
            + post(key=MINE).removeprefix("SELECT ")
            + f"; EXCEPTION WHEN OTHERS THEN NULL; END $$; SELECT count(*) FROM postings WHERE id = '{MINE}'",
        ),
    ),
    Attack(
        "writes history in a style in which its hashes cannot be found again",
        "manager",
        styled(STYLES),
        FITS,
        Try("manager", styled("SET timezone = 'UTC'")),
        works=FITS,
    ),
    Attack(
        "takes a word for nothing where nothing is refused",
        "counter",
        "SET LOCAL array_nulls = off; " + post(items="'{NULL}'"),
        refused("22P02"),
        GOOD,
    ),
)
ATTACKS = (*ROLES, *POSTINGS)
