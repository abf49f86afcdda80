"""Writing history past the functions that post."""

from tests.security.attack import Attack, Expected, Try, refused
from tests.security.attacks.copying import copied_in
from tests.security.attacks.statements import REPLICA, post

OWNER, ROOT = "owner", "root"
DENIED, WRONG, FORBIDDEN, USED = refused("42501"), refused("IM400"), refused("IM403"), refused("IM409")

ATTACKS = (
    Attack(
        "writes a movement by hand",
        "owner",
        "INSERT INTO stock_movements (posting_id, kind, site_id, location_id, item_id, effective_at, business_day, quantity,"
        " value, posted_by, posted_at) VALUES ('<key_mine>', 'WASTE', '<downtown>', '<place>', '<item>', now(),"
        " current_date, -1, -1, '<stranger_member>', now())",
        DENIED,
        Try("counter", post()),
    ),
    Attack(
        "changes a movement",
        "owner",
        "UPDATE stock_movements SET quantity = 1 WHERE id = <moved_mine>",
        DENIED,
        Try("root", REPLICA + "UPDATE stock_movements SET quantity = -2 WHERE id = <moved_mine>"),
    ),
    Attack(
        "deletes a movement",
        "owner",
        "DELETE FROM stock_movements WHERE id = <moved_mine>",
        DENIED,
        Try("root", REPLICA + "DELETE FROM stock_movements WHERE id = <moved_mine>"),
    ),
    Attack(
        "empties the ledger",
        "owner",
        "TRUNCATE cost_corrections",
        DENIED,
        Try("root", REPLICA + "TRUNCATE cost_corrections"),
    ),
    Attack(
        "changes history as the owner of the tables",
        "table_owner",
        "UPDATE stock_movements SET quantity = -2 WHERE id = <moved_mine>",
        refused("42501", saying="only grows"),
        Try("root", REPLICA + "UPDATE stock_movements SET quantity = -2 WHERE id = <moved_mine>"),
    ),
    Attack(
        "rewrites an audit row as the owner of the tables",
        "table_owner",
        "UPDATE audit_log SET role_name = 'x'",
        refused("42501", saying="only grows"),
        Try("root", REPLICA + "UPDATE audit_log SET role_name = 'x'"),
    ),
    Attack(
        "empties the audit log as the owner of the tables",
        "table_owner",
        "TRUNCATE audit_log",
        refused("42501", saying="only grows"),
        Try("root", REPLICA + "TRUNCATE audit_log"),
    ),
    Attack("makes stock out of nothing", "owner", "UPDATE stock_levels SET on_hand = 1000", DENIED, "root"),
    Attack("changes a cost", "owner", "UPDATE stock_costs SET average_cost = 0.01", DENIED, "root"),
    Attack("locks a cost row against everybody", "counter", "SELECT 1 FROM stock_costs FOR UPDATE", DENIED, "root"),
    Attack(
        "writes an audit row about somebody else",
        "owner",
        "INSERT INTO audit_log (at, role_name, subject, record_id, action, row_hash) VALUES (now(), '<counter_lease>', 'items', 'x', 'DELETE', '')",
        DENIED,
        "root",
    ),
    Attack(
        "writes an audit row through the function",
        "owner",
        "SELECT write_audit('items', 'x', 'DELETE', NULL, NULL, NULL)",
        DENIED,
        Try("root", "SELECT audit_hash(l) FROM audit_log l LIMIT 1"),
    ),
    Attack("changes an order", "owner", "UPDATE orders SET net_total = 0", DENIED, "root"),
    Attack(
        "writes an order by hand",
        "owner",
        "INSERT INTO orders (site_id, number, placed_at, business_day, net_total, posting_id, created_by) VALUES ('<downtown>', 'x', now(), current_date, 1, '<sold_here>', '<owner_member>')",
        DENIED,
        "root",
    ),
    Attack("copies movements in", "owner", copied_in("recipes (name, kind)", "evil\tDISH\n"), refused("0A000"), "root"),
    Attack(
        "turns the numbering back",
        "owner",
        "SELECT setval('stock_movements_id_seq', 1)",
        DENIED,
        Try("root", "SELECT setval('stock_movements_id_seq', last_value) FROM stock_movements_id_seq"),
    ),
    Attack(
        "switches the triggers off for the session",
        "owner",
        "SET LOCAL session_replication_role = replica",
        DENIED,
        "root",
        works=Expected("works", lambda a: not a.state),
    ),
    Attack(
        "posts through the inner function",
        "owner",
        "SELECT post_lines(NULL::postings, NULL::posting_line[])",
        DENIED,
        Try("root", "SELECT lock_costs('<downtown>', '{<item>}') IS NOT NULL OR true"),
    ),
    Attack(
        "locks costs through the inner function",
        "counter",
        "SELECT lock_costs('<harbour>', '{<butter>}')",
        DENIED,
        Try("root", "SELECT lock_costs('<downtown>', '{<item>}') IS NOT NULL OR true"),
    ),
    Attack(
        "asks an inner function about another's rights",
        "owner",
        "SELECT grants_of('<counter_member>', 'stock.view')",
        DENIED,
        "root",
    ),
    Attack(
        "asks an inner function for a site it may not see",
        "counter",
        "SELECT require_site('<harbour>', 'waste.record')",
        DENIED,
        Try("root", "SELECT count(*) FROM sites"),
    ),
    Attack(
        "takes a recipe apart through the inner function",
        "counter",
        "SELECT * FROM explode_recipes('{<margherita>}', '{2026-01-02}')",
        DENIED,
        "root",
    ),
    Attack(
        "calls a trigger function",
        "owner",
        "SELECT audit_change()",
        DENIED,
        Try("root", "UPDATE categories SET name = name || '.'"),
    ),
)
