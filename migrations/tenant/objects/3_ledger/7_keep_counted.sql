-- Keeps when these items were counted last, as a count says that is about to be posted. Those that differ get it with what they are
-- worth, from post_lines(): a row that one transaction changes twice has its foreign keys checked again.
CREATE FUNCTION tenant_schema.keep_counted(_posting tenant_schema.postings, _items uuid[], _differing tenant_schema.posting_line[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  UPDATE tenant_schema.stock_costs c SET last_counted_at = greatest(c.last_counted_at, _posting.effective_at)
   WHERE c.site_id = _posting.site_id
     AND c.item_id = ANY (ARRAY(SELECT i FROM unnest(_items) i EXCEPT SELECT d.item_id FROM unnest(_differing) d));
END;
