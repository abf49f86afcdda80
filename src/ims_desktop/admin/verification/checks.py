"""What must hold in a tenant's tables, as values: each query gives only what is wrong: subject, expected, found."""

from ims_desktop.admin.verification.findings import Check
from ims_desktop.admin.verification.lots import LOT_CHECKS
from ims_desktop.admin.verification.orders import ORDER_SEALS
from ims_desktop.admin.verification.said import SAID_CHECKS
from ims_desktop.admin.verification.seals import SEAL_CHECKS
from ims_desktop.admin.verification.transfers import TRANSFER_CHECKS

_ITEM_AT = "(SELECT i.sku || ' at ' || s.name FROM items i, sites s WHERE i.id = item_id AND s.id = site_id)"
_VERSIONED = (
    "roles", "members", "sites", "storage_locations", "categories", "items", "suppliers", "customers", "recipes",
    "menu_items", "count_sheets", "approval_requests",
)  # fmt: skip


def _history(table: str, key: str = "id") -> Check:
    # A row that was logged before a column was added, or after one was taken away, says nothing of it, so only what
    # both sides have is compared; two that have nothing in common do not agree.
    return Check(
        f"audit of {table}",
        "Every record has an audit row of its making and one of each change, and what the last one says of it still holds.",
        f"""
        SELECT '{table} ' || t.{key}, 'one row made it, ' || t.version - 1 || ' changed it, the last is what it is',
               a.made || ' made it, ' || a.changed || ' changed it' || CASE WHEN a.same THEN '' ELSE ', the last differs' END
        FROM {table} t CROSS JOIN LATERAL (
          SELECT count(*) FILTER (WHERE l.action = 'INSERT') AS made, count(*) FILTER (WHERE l.action = 'UPDATE') AS changed,
                 coalesce((SELECT bool_and(said.value = held.value)
                   FROM jsonb_each((array_agg(l.new ORDER BY l.id DESC))[1]) said JOIN jsonb_each(to_jsonb(t)) held USING (key)
                   WHERE key NOT IN ('image', 'login')), false) AS same
          FROM audit_log l WHERE l.subject = '{table}' AND l.record_id = t.{key}::text) a
        WHERE a.made <> 1 OR a.changed <> t.version - 1 OR NOT a.same
        """,
    )


CHECKS: tuple[Check, ...] = (
    Check(
        "level",
        "What is on hand in a storage location is the sum of its movements.",
        """
        SELECT (SELECT i.sku || ' in ' || w.name FROM items i, storage_locations w WHERE i.id = item_id AND w.id = location_id),
               trim_scale(coalesce(m.quantity, 0)), trim_scale(coalesce(l.on_hand, 0))
        FROM (SELECT location_id, item_id, sum(quantity) AS quantity FROM stock_movements GROUP BY 1, 2) m
        FULL JOIN stock_levels l USING (location_id, item_id) WHERE coalesce(m.quantity, 0) <> coalesce(l.on_hand, 0)
        """,
    ),
    *LOT_CHECKS,
    *TRANSFER_CHECKS,
    Check(
        "quantity",
        "The quantity of an item at a site is the sum of its movements.",
        f"""
        SELECT {_ITEM_AT}, trim_scale(coalesce(m.quantity, 0)), trim_scale(coalesce(c.quantity, 0))
        FROM (SELECT site_id, item_id, sum(quantity) AS quantity FROM stock_movements GROUP BY 1, 2) m
        FULL JOIN stock_costs c USING (site_id, item_id) WHERE coalesce(m.quantity, 0) <> coalesce(c.quantity, 0)
        """,
    ),
    Check(
        "value",
        "The value of an item at a site is the sum of its movements and their corrections.",
        f"""
        SELECT {_ITEM_AT}, trim_scale(coalesce(m.value, 0)), trim_scale(coalesce(c.value, 0))
        FROM (SELECT site_id, item_id, sum(value) AS value FROM (
                SELECT site_id, item_id, value FROM stock_movements
                UNION ALL SELECT site_id, item_id, value FROM cost_corrections) b GROUP BY 1, 2) m
        FULL JOIN stock_costs c USING (site_id, item_id) WHERE coalesce(m.value, 0) <> coalesce(c.value, 0)
        """,
    ),
    Check(
        "correction",
        "A correction is of the site and item of the movement it corrects.",
        f"""
        SELECT 'correction ' || k.id, (SELECT {_ITEM_AT} FROM (SELECT m.item_id, m.site_id) o), coalesce(
          (SELECT i.sku || ' at ' || s.name FROM items i, sites s WHERE i.id = k.item_id AND s.id = k.site_id), 'nothing')
        FROM cost_corrections k JOIN stock_movements m ON m.id = k.movement_id
        WHERE (k.site_id, k.item_id) <> (m.site_id, m.item_id)
        """,
    ),
    Check(
        "zero",
        "Nothing on hand is worth nothing.",
        f"SELECT {_ITEM_AT}, '0', trim_scale(value) FROM stock_costs WHERE quantity = 0 AND value <> 0",
    ),
    Check(
        "document total",
        "A posted document has as many lines, and is worth as much, as its movements.",
        """
        SELECT p.kind || ' ' || p.number, p.line_count || ' lines worth ' || trim_scale(p.value),
               coalesce(m.lines, 0) || ' lines worth ' || trim_scale(coalesce(m.value, 0))
        FROM postings p LEFT JOIN (SELECT posting_id, count(*) AS lines, sum(value) AS value FROM stock_movements GROUP BY 1) m
          ON m.posting_id = p.id
        WHERE p.line_count <> coalesce(m.lines, 0) OR p.value <> coalesce(m.value, 0)
        """,
    ),
    Check(
        "document seal",
        "A posted document is what it was when it was posted.",
        "SELECT p.kind || ' ' || p.number, 'unchanged', 'changed' FROM postings p WHERE p.row_hash <> posting_hash(p, p.lines_hash)",
    ),
    Check(
        "document lines",
        "The movements of a posted document, and its changes of prices, are what they were when it was posted.",
        """
        SELECT p.kind || ' ' || p.number, 'unchanged', 'changed'
        FROM postings p LEFT JOIN (
          SELECT l.posting_id, sha256(convert_to(string_agg(l.line, E'\\n' ORDER BY l.kind, l.id), 'UTF8')) AS hash
          FROM (SELECT m.posting_id, 1 AS kind, m.id, movement_line(m) AS line FROM stock_movements m
                UNION ALL SELECT c.posting_id, 2, c.id, price_change_line(c) FROM price_changes c) l GROUP BY l.posting_id) m ON m.posting_id = p.id
        WHERE p.lines_hash <> coalesce(m.hash, sha256(''))
        """,
    ),
    *ORDER_SEALS,
    Check(
        "movement",
        "A movement agrees with its document in kind, site and person, with its time in the business day, and in its signs.",
        """
        SELECT 'movement ' || m.id, p.kind || ', ' || s.name || ', ' || business_day(m.effective_at, s.time_zone, s.day_cutover_hour),
               m.kind || ', ' || (SELECT name FROM sites WHERE id = m.site_id) || ', ' || m.business_day
        FROM stock_movements m JOIN postings p ON p.id = m.posting_id JOIN sites s ON s.id = p.site_id
        WHERE m.kind <> p.kind OR m.site_id <> p.site_id OR m.posted_by <> p.posted_by OR m.quantity * m.value < 0
           OR m.business_day <> business_day(m.effective_at, s.time_zone, s.day_cutover_hour)
        """,
    ),
    Check(
        "reversal",
        "A reversal takes back the quantity of the movement it names, of the same item in the same place.",
        """
        SELECT 'movement ' || m.id, trim_scale(-o.quantity)::text, trim_scale(m.quantity)::text
        FROM stock_movements m JOIN stock_movements o ON o.id = m.reverses_id
        WHERE m.quantity <> -o.quantity OR m.item_id <> o.item_id OR m.location_id <> o.location_id OR o.id >= m.id
        """,
    ),
    Check(
        "order total",
        "An order is worth what its lines are worth.",
        """
        SELECT 'order ' || o.number, coalesce(l.net, 0) || ' and tax ' || coalesce(l.tax, 0), o.net_total || ' and tax ' || o.tax_total
        FROM orders o LEFT JOIN (SELECT order_id, sum(net_amount) AS net, sum(tax_amount) AS tax FROM order_items GROUP BY 1) l
          ON l.order_id = o.id
        WHERE o.posting_id IS NOT NULL AND (o.net_total <> coalesce(l.net, 0) OR o.tax_total <> coalesce(l.tax, 0))
        """,
    ),
    Check(
        "void",
        "What a voided order used has come back, and nothing of any other order has.",
        """
        SELECT 'order ' || o.number, o.state, b.back || ' of ' || b.used || ' movements came back'
        FROM orders o CROSS JOIN LATERAL (
          SELECT count(*) FILTER (WHERE m.reverses_id IS NULL) AS used, count(m.reverses_id) AS back
          FROM stock_movements m WHERE m.order_id = o.id) b
        WHERE b.back <> CASE o.state WHEN 'VOIDED' THEN b.used ELSE 0 END OR (o.state = 'VOIDED') <> (o.void_posting_id IS NOT NULL)
        """,
    ),
    Check(
        "audit of documents",
        "Every posted document has exactly one audit row, which says the same of it.",
        """
        SELECT p.kind || ' ' || p.number, 'one audit row that agrees', count(l.id) || ' audit rows'
               || CASE WHEN bool_and(l.agrees) THEN '' ELSE ', not agreeing' END
        FROM postings p LEFT JOIN (
          SELECT record_id, id, new FROM audit_log WHERE subject = 'posting' AND action = 'POST') a ON a.record_id = p.id::text
        LEFT JOIN LATERAL (SELECT a.id, (a.new ->> 'value')::numeric = p.value AND (a.new ->> 'lines')::int = p.line_count
          AND a.new ->> 'kind' = p.kind AS agrees WHERE a.id IS NOT NULL) l ON true
        GROUP BY p.id HAVING count(l.id) <> 1 OR NOT coalesce(bool_and(l.agrees), false)
        """,
    ),
    Check(
        "audit seal",
        "An audit row is what it was when it was written.",
        "SELECT 'audit row ' || l.id, 'unchanged', 'changed' FROM audit_log l WHERE l.row_hash <> audit_hash(l)",
    ),
    *SEAL_CHECKS,
    *SAID_CHECKS,
    *(_history(table) for table in _VERSIONED),
    _history("supplier_banks", "supplier_id"),
)
