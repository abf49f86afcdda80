-- The first five items with a word in their name or number.
SELECT i.id, i.name, i.sku FROM items i
WHERE strpos(i.sort_name, %(words)s) > 0 OR strpos(i.sort_sku, %(words)s) > 0
ORDER BY i.sort_name, i.id LIMIT 6
