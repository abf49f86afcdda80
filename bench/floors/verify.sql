-- Reading once, without comparing anything, what the books of a tenant consist of.
SELECT (SELECT count(*) FROM "{schema}".audit_log), (SELECT count(*) FROM "{schema}".stock_movements),
  (SELECT count(*) FROM "{schema}".postings), (SELECT count(*) FROM "{schema}".stock_costs), (SELECT count(*) FROM "{schema}".orders)
