"""What must hold of transfers, as checks."""

from ims_desktop.admin.verification.findings import Check

TRANSFER_CHECKS = (
    Check(
        "under way",
        "What is under way of a transfer is what was sent less what arrived and came back.",
        """
        SELECT 'movement ' || id, trim_scale(coalesce(m.quantity, 0)), trim_scale(coalesce(w.quantity, 0))
        FROM (SELECT m.id, m.posting_id, m.site_id, p.to_site_id, m.item_id,
                -m.quantity - coalesce(sum(t.quantity), 0) AS quantity
              FROM stock_movements m JOIN postings p ON p.id = m.posting_id
              LEFT JOIN stock_movements t ON t.of_id = m.id AND t.reverses_id IS NULL
                AND NOT EXISTS (SELECT FROM stock_movements r WHERE r.reverses_id = t.id)
              WHERE m.kind = 'TRANSFER_OUT' AND m.quantity < 0 AND m.reverses_id IS NULL
                AND NOT EXISTS (SELECT FROM stock_movements u WHERE u.reverses_id = m.id)
              GROUP BY m.id, p.id HAVING -m.quantity - coalesce(sum(t.quantity), 0) <> 0) m
        FULL JOIN (SELECT movement_id AS id, transfer_id, site_id, to_site_id, item_id, quantity
                   FROM under_way) w USING (id)
        WHERE (m.quantity, m.posting_id, m.site_id, m.to_site_id, m.item_id)
          IS DISTINCT FROM (w.quantity, w.transfer_id, w.site_id, w.to_site_id, w.item_id)
        """,
    ),
    Check(
        "rate of a transfer",
        "A transfer to a site of another currency names the rate of the day it left, and no other document names one.",
        """
        SELECT p.kind || ' ' || p.number, CASE WHEN t.currency <> s.currency THEN 'a rate' ELSE 'no rate' END,
               coalesce(trim_scale(p.to_rate)::text, 'none')
        FROM postings p JOIN sites s ON s.id = p.site_id LEFT JOIN sites t ON t.id = p.to_site_id
        WHERE (p.to_rate IS NOT NULL) <> coalesce(t.currency <> s.currency, false)
        """,
    ),
)
