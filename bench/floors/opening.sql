-- Who somebody is, the permissions of their roles, and the sites.
SELECT m.id, m.display_name,
  (SELECT jsonb_agg(r.permissions) FROM user_roles a JOIN roles r ON r.id = a.role_id WHERE a.member_id = m.id),
  (SELECT jsonb_agg(p.resource || '.' || p.action) FROM permissions p),
  (SELECT jsonb_agg(jsonb_build_array(s.id, s.name, s.city, s.currency, s.time_zone, s.locale, s.is_default)) FROM sites s)
FROM members m LIMIT 1
