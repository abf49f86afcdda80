"""Whether orders and their lines are what they were when they were recorded, and voids when they were made."""

from ims_desktop.admin.verification.findings import Check

ORDER_SEALS: tuple[Check, ...] = (
    Check(
        "order lines",
        "The lines of an order are what they were when it was recorded.",
        """
        SELECT 'order ' || o.number || ' of ' || o.business_day, 'unchanged lines', 'lines changed, taken out or put in'
        FROM orders o LEFT JOIN (
          SELECT i.order_id, sha256(convert_to(string_agg(order_item_line(i), E'\\n' ORDER BY i.line), 'UTF8')) AS hash
          FROM order_items i GROUP BY i.order_id) i ON i.order_id = o.id
        WHERE o.items_hash <> coalesce(i.hash, sha256(''))
        """,
    ),
    Check(
        "document orders",
        "The orders of a posted document are those it recorded, as they were, and a void is what it was.",
        """
        SELECT p.kind || ' ' || p.number, 'unchanged orders', 'orders changed, taken out or put in'
        FROM postings p LEFT JOIN (
          SELECT w.posting_id, sha256(convert_to(string_agg(w.words, E'\\n' ORDER BY w.id), 'UTF8')) AS hash FROM (
            SELECT o.posting_id, o.id, order_line(o) AS words FROM orders o
            UNION ALL SELECT o.void_posting_id, o.id, void_line(o) FROM orders o WHERE o.void_posting_id IS NOT NULL) w
          GROUP BY w.posting_id) w ON w.posting_id = p.id
        WHERE p.orders_hash <> coalesce(w.hash, sha256(''))
        """,
    ),
    Check(
        "lines without an order",
        "Every order line belongs to an order, of the same site and day.",
        """
        SELECT 'line ' || i.line || ' of ' || i.order_id, coalesce(o.site_id || ', ' || o.business_day, 'an order'),
               i.site_id || ', ' || i.business_day
        FROM order_items i LEFT JOIN orders o ON o.id = i.order_id
        WHERE o.id IS NULL OR (i.site_id, i.business_day) <> (o.site_id, o.business_day)
        """,
    ),
)
