-- As many pars of one site, written as one statement. Left out: rights, what somebody else wrote meanwhile, checks, audit.
UPDATE item_site_settings s SET par = l.par
FROM unnest(%(items)s::uuid[], %(pars)s::numeric[]) AS l (item_id, par)
WHERE s.site_id = %(site)s AND s.item_id = l.item_id
