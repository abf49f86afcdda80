"""What must hold of lots, as checks."""

from ims_desktop.admin.verification.findings import Check

LOT_CHECKS = (
    Check(
        "lot",
        "What lies in a storage location of a lot is the sum of what its movements are of it.",
        """
        SELECT (SELECT l.code || ' of ' || i.sku || ' in ' || w.name
                FROM lots l JOIN items i ON i.id = l.item_id, storage_locations w
                WHERE l.id = lot_id AND w.id = location_id),
               trim_scale(coalesce(m.quantity, 0)), trim_scale(coalesce(s.on_hand, 0))
        FROM (SELECT m.location_id, x.lot_id, sum(x.quantity) AS quantity
              FROM movement_lots x JOIN stock_movements m ON m.id = x.movement_id GROUP BY 1, 2) m
        FULL JOIN stock_lots s USING (location_id, lot_id) WHERE coalesce(m.quantity, 0) <> coalesce(s.on_hand, 0)
        """,
    ),
    Check(
        "lots on hand",
        "There are never more lots in a storage location than there is stock, and none where it is short.",
        """
        SELECT i.sku || ' in ' || w.name, 'at most ' || trim_scale(greatest(l.on_hand, 0)), trim_scale(s.on_hand)
        FROM (SELECT location_id, item_id, sum(on_hand) AS on_hand FROM stock_lots GROUP BY 1, 2) s
        JOIN stock_levels l USING (location_id, item_id)
        JOIN items i ON i.id = s.item_id JOIN storage_locations w ON w.id = s.location_id
        WHERE s.on_hand > greatest(l.on_hand, 0)
        """,
    ),
    Check(
        "movement of a lot",
        "A movement is of lots of its own item, at its own site, in its own direction, and not of more than it moved.",
        """
        SELECT 'movement ' || m.id, trim_scale(m.quantity)::text, trim_scale(x.quantity)::text
        FROM (SELECT y.movement_id, y.lot_id, sum(y.quantity) AS part,
                bool_and(y.site_id = n.site_id AND t.item_id = n.item_id) AS fits,
                sum(sum(y.quantity)) OVER (PARTITION BY y.movement_id) AS quantity
              FROM movement_lots y JOIN stock_movements n ON n.id = y.movement_id JOIN lots t ON t.id = y.lot_id
              GROUP BY 1, 2) x
        JOIN stock_movements m ON m.id = x.movement_id
        WHERE NOT x.fits OR x.part * m.quantity < 0 OR abs(x.quantity) > abs(m.quantity)
        """,
    ),
)
