"""Reading another site of the own tenant."""

from tests.security.attack import NOTHING, Attack, Try, gets_through, refused
from tests.security.attacks.copying import copied

OWNER, ROOT = "owner", "root"
DENIED, WRONG, FORBIDDEN, USED = refused("42501"), refused("IM400"), refused("IM403"), refused("IM409")

ATTACKS = (
    Attack(
        "reads movements of another site",
        "counter",
        "SELECT id, quantity FROM stock_movements WHERE site_id = '<harbour>'",
        NOTHING,
        OWNER,
    ),
    Attack(
        "counts movements of another site",
        "counter",
        "SELECT count(*) FROM stock_movements WHERE quantity = 7777",
        NOTHING,
        OWNER,
    ),
    Attack(
        "reads stock of another site with its cost",
        "manager",
        "SELECT value FROM valued_stock WHERE site_id = '<harbour>' AND value > 0",
        NOTHING,
        OWNER,
    ),
    Attack(
        "reads documents of another site",
        "manager",
        "SELECT reference FROM postings WHERE reference LIKE 'secret%'",
        NOTHING,
        OWNER,
    ),
    Attack(
        "reads orders of another site",
        "manager",
        "TABLE orders EXCEPT SELECT * FROM orders WHERE site_id = '<downtown>'",
        NOTHING,
        OWNER,
    ),
    Attack(
        "reads prices of another site",
        "manager",
        "SELECT price FROM menu_prices WHERE site_id = '<harbour>'",
        NOTHING,
        OWNER,
    ),
    Attack(
        "joins its way to another site",
        "counter",
        "SELECT l.name FROM sites s JOIN storage_locations l ON l.site_id = s.id WHERE s.id <> '<downtown>'",
        NOTHING,
        OWNER,
    ),
    Attack(
        "divides by zero in a hidden row",
        "counter",
        "SELECT count(*) FROM stock_movements WHERE 1 / (quantity - 7777) > 99",
        NOTHING,
        OWNER,
        works=refused("22012"),
    ),
    Attack(
        "makes an error repeat a hidden text",
        "manager",
        "SELECT count(*) FROM postings WHERE reference LIKE 'secret%' AND reference::int > 0",
        NOTHING,
        OWNER,
        works=refused("22P02", saying="secret harbour"),
    ),
    Attack(
        "reads row by row with a cursor",
        "counter",
        "DECLARE c SCROLL CURSOR FOR SELECT quantity FROM stock_movements WHERE quantity = 7777; FETCH LAST FROM c",
        NOTHING,
        OWNER,
    ),
    Attack(
        "reads by the place on disk",
        "counter",
        "SELECT on_hand FROM stock_levels WHERE ctid = ANY (SELECT format('(%s,%s)', b, n)::tid"
        " FROM generate_series(0, 20) b, generate_series(1, 200) n) AND on_hand = 7777",
        NOTHING,
        OWNER,
    ),
    Attack(
        "reads a sample of the table",
        "counter",
        "SELECT quantity FROM stock_movements TABLESAMPLE BERNOULLI (100) WHERE quantity = 7777",
        NOTHING,
        OWNER,
    ),
    Attack(
        "copies movements out",
        "counter",
        copied("(SELECT id, quantity FROM stock_movements WHERE quantity = 7777)"),
        NOTHING,
        OWNER,
    ),
    Attack(
        "switches row security off",
        "counter",
        "SET LOCAL row_security = off; SELECT * FROM stock_movements",
        DENIED,
        ROOT,
    ),
    Attack(
        "becomes the group, whom the policies name",
        "counter",
        "SET LOCAL ROLE <group>; SELECT count(*) FROM stock_movements WHERE quantity = 7777",
        NOTHING,
        OWNER,
    ),
    Attack(
        "runs a plan made under another role",
        "counter",
        "PREPARE p AS SELECT quantity FROM stock_movements WHERE quantity = 7777; SET LOCAL ROLE <group>; EXECUTE p; RESET ROLE; EXECUTE p; DEALLOCATE p;"
        " SELECT quantity FROM stock_movements WHERE quantity = 7777",
        NOTHING,
        OWNER,
    ),
    Attack("reads the partition instead of the table", "administrator", "SELECT * FROM <partition>", DENIED, ROOT),
    Attack("reads the audit log without the right", "manager", "SELECT * FROM audit_log", NOTHING, "administrator"),
    Attack(
        "reads audit rows of another site",
        "administrator",
        "SELECT * FROM audit_log WHERE site_id = '<harbour>'",
        NOTHING,
        OWNER,
    ),
    Attack(
        "finds logins in the audit log",
        OWNER,
        "SELECT count(*) FROM audit_log WHERE coalesce(new, old) ? 'login'",
        NOTHING,
        Try(OWNER, "SELECT count(*) FROM audit_log WHERE coalesce(new, old) ? 'display_name'"),
    ),
    Attack(
        "counts hidden rows by a window",
        "counter",
        "SELECT max(n) FROM (SELECT count(*) OVER () AS n FROM stock_costs WHERE site_id = '<harbour>') x",
        NOTHING,
        OWNER,
    ),
    Attack("asks for recipes of sales it may not see", "counter", "SELECT * FROM order_items", NOTHING, "manager"),
    Attack(
        "looks up who imported what elsewhere",
        "manager",
        "SELECT file_name FROM sales_imports WHERE id = '<import_there>'",
        NOTHING,
        OWNER,
    ),
)

OPEN = (
    gets_through(
        "estimates hidden rows by the planner",
        "counter",
        "EXPLAIN SELECT id FROM stock_movements WHERE quantity = 7777",
        "the planner's estimates rest on statistics of all rows; frequencies can be guessed, inside a tenant only",
    ),
    gets_through(
        "learns that a hidden site of this name exists",
        "administrator",
        "INSERT INTO sites (name, country, currency, time_zone, locale) VALUES ('Harbour', 'US', 'USD', 'UTC', 'en_US')",
        "names of sites are unique in a tenant; whoever may add sites learns that a name is taken, and nothing else",
        comes_of_it=refused("23505"),
    ),
    gets_through(
        "learns that an item is in stock somewhere hidden",
        "manager",
        "UPDATE items SET is_active = false WHERE id = '<butter>'",
        "an item with stock anywhere is not archived; that there is some, not where or how much, is told",
        comes_of_it=refused("IM400"),
    ),
)
