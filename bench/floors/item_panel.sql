-- One item with its category, units, barcodes and suppliers, and what one site has and wants of it.
SELECT i.*, k.name,
  (SELECT jsonb_agg(u) FROM item_units u WHERE u.item_id = i.id),
  (SELECT jsonb_agg(b) FROM item_barcodes b WHERE b.item_id = i.id),
  (SELECT jsonb_agg(s) FROM supplier_items s WHERE s.item_id = i.id),
  (SELECT to_jsonb(c) FROM stock_costs c WHERE c.item_id = i.id AND c.site_id = %(site)s),
  (SELECT to_jsonb(w) FROM item_site_settings w WHERE w.item_id = i.id AND w.site_id = %(site)s)
FROM items i JOIN categories k ON k.id = i.category_id WHERE i.id = %(item)s
