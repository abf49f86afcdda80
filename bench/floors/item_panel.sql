-- One item with its category, units, barcodes, suppliers and what each of them asks today, the recipes it is in, what was merged
-- into it, and what every site has and wants of it, with what lies where.
-- It once asked for one site, and for no price, recipe or place; the panel shows them all, so the floor has to read them as well.
SELECT i.*, k.name,
  (SELECT jsonb_agg(u) FROM item_units u WHERE u.item_id = i.id),
  (SELECT jsonb_agg(b) FROM item_barcodes b WHERE b.item_id = i.id),
  (SELECT jsonb_agg(jsonb_build_array(s, p.name,
      (SELECT x.price FROM supplier_prices x WHERE x.supplier_item_id = s.id AND x.valid_from <= current_date
       ORDER BY x.valid_from DESC LIMIT 1),
      (SELECT x.price FROM supplier_contracts x WHERE x.supplier_item_id = s.id
         AND current_date BETWEEN x.valid_from AND x.valid_until ORDER BY x.valid_from DESC LIMIT 1)))
    FROM supplier_items s JOIN suppliers p ON p.id = s.supplier_id WHERE s.item_id = i.id),
  (SELECT jsonb_agg(jsonb_build_array(r.id, r.name)) FROM recipes r WHERE EXISTS (
    SELECT FROM recipe_lines l JOIN recipe_versions v ON v.id = l.version_id WHERE v.recipe_id = r.id AND l.item_id = i.id)),
  (SELECT jsonb_agg(jsonb_build_array(m.id, m.name)) FROM items m WHERE m.merged_into_id = i.id),
  (SELECT jsonb_agg(jsonb_build_array(s.name, s.currency, c, w, h.name,
      (SELECT jsonb_agg(jsonb_build_array(l.name, v.on_hand)) FROM stock_levels v JOIN storage_locations l ON l.id = v.location_id
       WHERE v.item_id = i.id AND v.site_id = s.id AND v.on_hand <> 0)))
    FROM sites s LEFT JOIN stock_costs c ON c.site_id = s.id AND c.item_id = i.id
    LEFT JOIN item_site_settings w ON w.site_id = s.id AND w.item_id = i.id
    LEFT JOIN storage_locations h ON h.id = w.home_location_id),
  (SELECT jsonb_agg(r) FROM exchange_rates r WHERE r.valid_from <= current_date),
  (SELECT s.currency FROM sites s WHERE s.id = %(site)s)
FROM items i JOIN categories k ON k.id = i.category_id WHERE i.id = %(item)s
