"""What things cost, for people who may see stock and not its worth: columns, views, hashes, functions, history, prices."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from tests.security.attack import NOTHING, Answer, Attack, Doing, Try, answers, gets_through, refused
from tests.security.ground import Ground

COUNTER, MANAGER, ROOT = "counter", "manager", "root"
DENIED = refused("42501")
CLOSE = "SELECT close_period('<downtown>', '2020-01-31')"
WASTE = (
    "SELECT post_document('<key>', '{\"kind\": \"WASTE\", \"site_id\": \"<downtown>\"}', '{<item>}', '{<place>}', '{-1}',"
    " NULL, '{<spoilage>}', NULL, NULL, NULL) ->> 'value'"
)
SALE = (
    "SELECT post_sales('<key>', '{\"site_id\": \"<downtown>\"}', '{cost}', ARRAY[now()], NULL, NULL, '{1}',"
    " '{<margherita>}', '{2}', '{3}', NULL) ->> 'value'"
)
# Issues what is not there, then receives it: the difference is written down as corrections.
CORRECTED = (
    "SELECT post_document('<key>', '{\"kind\": \"WASTE\", \"site_id\": \"<downtown>\"}', '{<item>}', '{<place>}',"
    " '{-100000}', NULL, '{<spoilage>}', NULL, NULL, NULL);"
    " SELECT post_document('<key>', '{\"kind\": \"DELIVERY\", \"site_id\": \"<downtown>\"}', '{<item>}', '{<place>}',"
    " '{100000}', '{9.1}', '{NULL}', NULL, NULL, NULL); SELECT count(*) FROM cost_corrections"
)


@contextmanager
def role_says(ground: Ground, **changes: object) -> Iterator[None]:
    """Let the role of the counter say something else for a while."""
    columns = ", ".join(f"{name} = r.{name} || %s" for name in changes)
    with ground.alpha.as_root() as root:
        role = [ground.facts["role_counter"]]
        kept = root.execute("SELECT permissions::text, limits::text FROM roles WHERE id = %s", role).fetchone()
        assert kept
        said = [json.dumps(change) for change in changes.values()]
        root.execute(f"UPDATE roles r SET {columns} WHERE id = %s".encode(), [*said, *role])
        try:
            yield
        finally:
            root.execute("UPDATE roles SET permissions = %s, limits = %s WHERE id = %s", [*kept, *role])


def holding(statement: str, *rights: str) -> Doing:
    """Somebody sends it whose role says yes to these as well."""

    def send(ground: Ground, who: str) -> Answer:
        with role_says(ground, permissions=dict.fromkeys(rights, True)):
            return ground.send(ground.line(who), statement)

    return send


def counting_elsewhere(statement: str) -> Doing:
    """Somebody sends it who counts at the other site as well, without seeing costs there."""

    def send(ground: Ground, who: str) -> Answer:
        with ground.alpha.as_root() as root:
            added = [ground.facts[f"{who}_member"], ground.facts["role_counter"], ground.facts["harbour"]]
            root.execute("INSERT INTO user_roles (member_id, role_id, site_id) VALUES (%s, %s, %s)", added)
            try:
                return ground.send(ground.line(who), statement)
            finally:
                root.execute("DELETE FROM user_roles WHERE (member_id, role_id, site_id) = (%s, %s, %s)", added)

    return send


def weighs_by_the_limit(ground: Ground, who: str) -> Answer:
    """Wastes more and more until the limit is reached; how much that was tells what one is worth."""
    with role_says(ground, limits={"waste.record": 50}):
        few = ground.send(ground.line(who), WASTE)
        many = ground.send(ground.line(who), WASTE.replace("'{-1}'", "'{-90}'"))
    return Answer.told(not few.state and many.state == "IM403")


def prying(name: str, what: str, control: str = ROOT) -> Attack:
    """Something that needs a column nobody was given."""
    return Attack(name, COUNTER, what, DENIED, control)


def peeping(name: str, what: str, **more: object) -> Attack:
    """Something about the views, in which the amounts are missing."""
    return Attack(name, COUNTER, what, NOTHING, MANAGER, **more)  # type: ignore[arg-type]


def widened(name: str, what: str, *rights: str) -> Attack:
    """The same with more rights but that one; with that one it works."""
    honest = Try(COUNTER, holding(what, *rights, "stock.cost"))
    return Attack(name, COUNTER, holding(what, *rights), NOTHING, honest)


ATTACKS = (
    prying("sees costs by SQL without stock.cost", "SELECT value FROM stock_costs WHERE value > 0"),
    prying("sees average costs", "SELECT average_cost FROM stock_costs WHERE average_cost > 0"),
    prying("sees what a movement was worth", "SELECT value FROM stock_movements WHERE value <> 0"),
    prying("sees what a posting was worth", "SELECT value FROM postings WHERE value <> 0"),
    prying("sees the hash of a posting, and tries all values", "SELECT row_hash FROM postings"),
    prying("sees the hash of its movements, and tries all values", "SELECT lines_hash FROM postings"),
    prying("sees the hash of what was sent, and tries all prices", "SELECT content_hash FROM postings"),
    prying("counts what is dear", "SELECT count(*) FROM stock_costs WHERE average_cost > 5"),
    prying("sorts by what is dear", "SELECT item_id FROM stock_costs ORDER BY average_cost DESC"),
    prying("groups by what is dear", "SELECT max(item_id::text) FROM stock_costs GROUP BY average_cost > 5"),
    prying("reads stock as whole rows", "SELECT k::text FROM stock_costs k"),
    prying("reads movements as whole rows in JSON", "SELECT to_jsonb(m) FROM stock_movements m"),
    prying("counts whole postings", "SELECT count(p) FROM postings p"),
    prying(
        "joins stock with itself by its value",
        "SELECT count(*) FROM stock_costs JOIN stock_costs k USING (site_id, value)",
    ),
    prying(
        "explains costs with what comes out", "EXPLAIN (ANALYZE, COSTS OFF) SELECT 1 FROM stock_costs WHERE value > 0"
    ),
    prying("explains costs without running it", "EXPLAIN SELECT 1 FROM stock_movements WHERE value > 100"),
    prying("prepares a question for costs", "PREPARE ask AS SELECT count(value) FROM stock_costs; EXECUTE ask"),
    prying("opens a cursor on costs", "DECLARE peep CURSOR FOR SELECT value FROM stock_costs; FETCH 1 FROM peep"),
    prying("hides costs in a block", "DO $$ BEGIN PERFORM value FROM stock_costs; END $$; SELECT 1"),
    prying("hides costs behind a condition", "SELECT count(CASE WHEN false THEN value END) + 1 FROM stock_costs"),
    Attack(
        "copies costs out",
        COUNTER,
        "COPY (SELECT value FROM stock_costs) TO STDOUT",
        DENIED,
        Try(ROOT, "SELECT value FROM stock_costs WHERE value <> 0"),
    ),
    Attack(
        "copies movements out as a table",
        COUNTER,
        "COPY stock_movements TO STDOUT",
        DENIED,
        Try(ROOT, "SELECT count(*) FROM stock_movements"),
    ),
    Attack(
        "reads what the planner knows about costs",
        COUNTER,
        "SELECT count(*) FROM pg_stats WHERE schemaname = '<schema>' AND attname IN ('value', 'average_cost', 'price')",
        NOTHING,
        Try(
            ROOT,
            "ANALYZE stock_costs; SELECT count(*) FROM pg_stats WHERE schemaname = '<schema>' AND attname = 'value'",
        ),
    ),
    Attack(
        "changes a view of values",
        COUNTER,
        "UPDATE valued_stock SET quantity = 1 WHERE quantity > 1",
        DENIED,
        Try(ROOT, "UPDATE stock_costs SET quantity = 1 WHERE quantity > 1"),
    ),
    Attack(
        "writes through a view and has it answer",
        COUNTER,
        "INSERT INTO valued_stock (site_id, item_id) VALUES ('<downtown>', '<archived>')"
        " ON CONFLICT DO NOTHING RETURNING value",
        DENIED,
        Try(ROOT, "INSERT INTO stock_costs (site_id, item_id) VALUES ('<downtown>', '<archived>')"),
    ),
    Attack(
        "locks the rows of a view of values",
        COUNTER,
        "SELECT item_id FROM valued_stock FOR UPDATE",
        DENIED,
        Try(COUNTER, "SELECT item_id FROM valued_stock"),
    ),
    peeping("sees costs in the view", "SELECT value FROM valued_stock WHERE value IS NOT NULL"),
    peeping("sees average costs in the view", "SELECT average_cost FROM valued_stock WHERE average_cost <> 0"),
    peeping("adds movements up in the view", "SELECT sum(value) FROM valued_movements WHERE quantity > 0"),
    peeping("sees the dearest posting in the view", "SELECT max(value) FROM valued_postings"),
    peeping("adds up what changed the value of stock", "SELECT sum(value) FROM cost_lines WHERE kind = 'WASTE'"),
    peeping("sees what a movement is worth by now", "SELECT sum(worth) FROM valued_movements WHERE kind = 'WASTE'"),
    peeping("sees what a posting is worth by now", "SELECT max(worth) FROM valued_postings"),
    peeping("filters by what it does not see", "SELECT item_id FROM valued_stock WHERE average_cost > 0.01"),
    peeping("reads values in a whole row", "SELECT count((to_jsonb(k) ->> 'value')::numeric) FROM valued_stock k"),
    peeping(
        "has a division tell a value", "SELECT count(1 / (value - value)) FROM valued_stock", works=refused("22012")
    ),
    peeping("has a cast repeat a value", "SELECT count(('x' || value)::int) FROM valued_stock", works=refused("22P02")),
    peeping(
        "pairs what is equally dear",
        "SELECT count(*) FROM valued_stock a JOIN valued_stock b ON a.average_cost >= b.average_cost",
    ),
    peeping("sees what was corrected later", CORRECTED),
    peeping("is told what its own posting was worth", WASTE),
    peeping(
        "is told what it takes back",
        "SELECT reverse_movements('<key>', '{<moved_mine>}', 'why') ->> 'value'",
    ),
    widened("is told what a sale cost", SALE, "sales.import"),
    widened(
        "is told what a voided order cost",
        "SELECT void_order('<key>', '<order_here>', 'why') ->> 'value'",
        "sales.void",
    ),
    widened("reads what suppliers ask", "SELECT count(*) FROM supplier_prices", "suppliers.view", "suppliers.edit"),
    widened(
        "changes what suppliers ask where it meets a guess",
        "UPDATE supplier_prices SET price = price + 1 WHERE price > 0.01",
        "suppliers.view",
        "suppliers.edit",
    ),
    widened(
        "removes what suppliers ask where it meets a guess",
        "DELETE FROM supplier_prices WHERE price > 0.01",
        "suppliers.view",
        "suppliers.edit",
    ),
    widened(
        "reads what suppliers ask in the history",
        "SELECT count(*) FROM audit_log WHERE subject = 'supplier_prices' AND (new ->> 'price') IS NOT NULL",
        "audit.view",
    ),
    widened(
        "reads what was posted in the history",
        "SELECT count(*) FROM audit_log WHERE new ->> 'value' IS NOT NULL",
        "audit.view",
    ),
    Attack(
        "has the price of a supplier come back from an insertion",
        COUNTER,
        holding(
            "INSERT INTO supplier_prices (supplier_item_id, valid_from, price) SELECT id, '2020-01-01', 1"
            " FROM supplier_items ON CONFLICT (supplier_item_id, valid_from) DO UPDATE SET price = 1 RETURNING price",
            "suppliers.view",
            "suppliers.edit",
        ),
        DENIED,
        Try(
            COUNTER,
            holding(
                "INSERT INTO supplier_prices (supplier_item_id, valid_from, price) SELECT id, '2020-01-02', 1"
                " FROM supplier_items ON CONFLICT (supplier_item_id, valid_from) DO UPDATE SET price = 1 RETURNING price",
                "suppliers.view",
                "suppliers.edit",
                "stock.cost",
            ),
        ),
    ),
    Attack(
        "sees costs of a site where it only counts",
        MANAGER,
        counting_elsewhere("SELECT count(value) FROM valued_stock WHERE site_id = '<harbour>'"),
        NOTHING,
        Try("owner", "SELECT count(value) FROM valued_stock WHERE site_id = '<harbour>'"),
    ),
    Attack(
        "adds up values of a site where it only counts",
        MANAGER,
        counting_elsewhere("SELECT sum(value) FROM valued_movements WHERE site_id = '<harbour>'"),
        NOTHING,
        Try("owner", "SELECT sum(value) FROM valued_movements WHERE site_id = '<harbour>'"),
    ),
    Attack(
        "writes layers of stock",
        MANAGER,
        "INSERT INTO cost_layers VALUES ('<downtown>', '<item>', 1, 0, 1, 1)",
        DENIED,
        Try(ROOT, "DELETE FROM cost_layers; SELECT 1"),
    ),
    Attack(
        "asks the ledger itself what things cost",
        "owner",
        "SELECT cost_before('<downtown>', '<item>', now())",
        DENIED,
        Try(ROOT, "SELECT cost_before('<downtown>', '<item>', now())"),
    ),
    Attack(
        "asks the ledger what lines are worth",
        "owner",
        "SELECT walk_ahead('<downtown>', '{}')",
        DENIED,
        Try(ROOT, "SELECT walk_ahead('<downtown>', '{}')"),
    ),
    Attack(
        "holds what others depend on",
        COUNTER,
        "SELECT lock_costs('<downtown>', '{<item>}', now())",
        DENIED,
        Try(ROOT, "SELECT lock_costs('<downtown>', '{<item>}', now())"),
    ),
    Attack("closes days without the right", MANAGER, CLOSE, refused("IM403"), Try("owner", CLOSE)),
    Attack(
        "closes days past the function that checks",
        "owner",
        "INSERT INTO periods SELECT '<downtown>', '2020-01-31', me(), now()",
        DENIED,
        Try("owner", CLOSE),
    ),
    Attack(
        "opens closed days past the function that checks",
        "owner",
        CLOSE + "; UPDATE periods SET reopened_by = me(), reopened_at = now()",
        DENIED,
        Try("owner", CLOSE + "; SELECT reopen_period('<downtown>', '2020-01-31', 'why')"),
    ),
    Attack(
        "learns what is not done at a site",
        MANAGER,
        "SELECT period_gaps('<downtown>', '2020-01-31')",
        refused("IM403"),
        Try("owner", "SELECT period_gaps('<downtown>', '2020-01-31')"),
    ),
    Attack(
        "still reads quantities without costs",
        COUNTER,
        "SELECT count(average_cost), count(quantity) > 0 FROM valued_stock",
        answers(0, True),
        Try(MANAGER, "SELECT count(average_cost), count(quantity) > 0 FROM valued_stock"),
    ),
)
OPEN = (
    gets_through(
        "learns what a thing costs by trying its own limit",
        COUNTER,
        weighs_by_the_limit,
        "a limit in money is judged by cost; whoever has one can try how much of a thing reaches it, and take it back",
        comes_of_it=answers(True),
    ),
)
