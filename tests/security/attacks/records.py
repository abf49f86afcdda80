"""Writing master data by hand: without the right, out of shape, or about oneself."""

from tests.security.attack import NOTHING, Attack, Try, refused

OWNER, ROOT = "owner", "root"
DENIED, WRONG, FORBIDDEN, USED = refused("42501"), refused("IM400"), refused("IM403"), refused("IM409")

ATTACKS = (
    Attack(
        "writes an assignment by hand",
        "administrator",
        "INSERT INTO user_roles (member_id, role_id) VALUES ('<administrator_member>', '<role_owner>')",
        DENIED,
        "root",
    ),
    Attack(
        "rewrites the permissions of a role by hand",
        "administrator",
        "UPDATE roles SET permissions = '{\"sites.edit\": true}' WHERE id = '<role_administrator>'",
        DENIED,
        "root",
    ),
    Attack("reactivates somebody by hand", "administrator", "UPDATE members SET is_active = true", DENIED, "root"),
    Attack(
        "makes itself a member of another tenant by hand",
        "owner",
        "INSERT INTO public.user_tenants (user_id, tenant_id, role) SELECT id, '<other_tenant>', 'OWNER' FROM public.users",
        DENIED,
        Try("root", "UPDATE public.user_tenants SET role = 'OWNER'"),
    ),
    Attack(
        "prolongs its lease by hand", "counter", "UPDATE public.leases SET valid_until = 'infinity'", DENIED, "root"
    ),
    Attack(
        "adds a permission that nobody gave",
        "owner",
        "INSERT INTO permissions (resource, action, title) VALUES ('all', 'all', 'x')",
        DENIED,
        "root",
    ),
    Attack(
        "changes an item without the right",
        "counter",
        "UPDATE items SET name = 'x' WHERE id = '<item>'",
        NOTHING,
        "manager",
    ),
    Attack(
        "adds an item without the right",
        "counter",
        "INSERT INTO items (sku, name, category_id, base_unit) SELECT 'X', 'X', id, 'kg' FROM categories LIMIT 1",
        DENIED,
        "manager",
    ),
    Attack("deletes a pack without the right", "counter", "DELETE FROM item_units", NOTHING, "manager"),
    Attack(
        "gives an old item another key",
        "manager",
        "UPDATE items SET id = '<key>' WHERE id = '<item>'",
        DENIED,
        Try("manager", "UPDATE items SET name = 'x' WHERE id = '<item>'"),
    ),
    Attack(
        "chooses the version of a record",
        "manager",
        "UPDATE items SET version = 999 WHERE id = '<item>'",
        DENIED,
        Try("manager", "UPDATE items SET name = 'x' WHERE id = '<item>'"),
    ),
    Attack(
        "makes a record younger than it is",
        "manager",
        "UPDATE suppliers SET created_at = now()",
        DENIED,
        Try("manager", "UPDATE suppliers SET note = 'x'"),
    ),
    Attack(
        "writes a pack that is not a number",
        "manager",
        "INSERT INTO item_units (item_id, name, quantity, of_unit) VALUES ('<item>', 'x', 'NaN', 'kg')",
        refused("23514"),
        Try("manager", "INSERT INTO item_units (item_id, name, quantity, of_unit) VALUES ('<item>', 'x', 2, 'kg')"),
    ),
    Attack(
        "makes a dish of portions that are not a number",
        "manager",
        "UPDATE menu_items SET portions = 'NaN'",
        refused("23514"),
        Try("manager", "UPDATE menu_items SET portions = 2"),
    ),
    Attack(
        "taxes what is not a number",
        "manager",
        "UPDATE menu_prices SET tax_percent = 'NaN' WHERE site_id IS NULL",
        refused("23514"),
        Try("manager", "UPDATE menu_prices SET tax_percent = 5 WHERE site_id IS NULL"),
    ),
    Attack(
        "cooks with a quantity that is not a number",
        "manager",
        "UPDATE recipe_lines SET base_quantity = 'NaN'",
        refused("23514"),
        Try("manager", "UPDATE recipe_lines SET base_quantity = 2"),
    ),
    Attack(
        "prices from the end of time",
        "manager",
        "UPDATE supplier_prices SET valid_from = 'infinity'",
        refused("23514"),
        Try("manager", "UPDATE supplier_prices SET valid_from = '2020-01-01'"),
    ),
    Attack(
        "changes an item at the end of time",
        "manager",
        "UPDATE items SET updated_at = 'infinity'",
        refused("23514"),
        Try("manager", "UPDATE items SET updated_at = now()"),
    ),
    Attack(
        "orders on days in a nested array",
        "manager",
        "UPDATE suppliers SET order_days = '{{1},{2}}'",
        refused("23514"),
        Try("manager", "UPDATE suppliers SET order_days = '{1,2}'"),
    ),
    Attack(
        "orders until an hour no clock has",
        "manager",
        "UPDATE suppliers SET order_cutoff = '24:00'",
        refused("23514"),
        Try("manager", "UPDATE suppliers SET order_cutoff = '23:00'"),
    ),
    Attack(
        "leaves a hole in the allergens",
        "manager",
        "UPDATE items SET allergens = '{NULL}'",
        refused("23514"),
        Try("manager", "UPDATE items SET allergens = '{milk}'"),
    ),
    Attack(
        "puts a site into a time zone that does not exist",
        "administrator",
        "INSERT INTO sites (name, country, currency, time_zone, locale) VALUES ('Roof', 'IT', 'EUR', '../etc/passwd', 'it')",
        refused("22023"),
        Try(
            "administrator",
            "INSERT INTO sites (name, country, currency, time_zone, locale) VALUES ('Roof', 'IT', 'EUR', 'Europe/Rome', 'it')",
        ),
    ),
    Attack(
        "changes the currency of what is in stock",
        "administrator",
        "UPDATE sites SET currency = 'EUR'",
        refused("IM400"),
        Try("owner", "UPDATE sites SET currency = 'EUR' WHERE id = '<closed>'"),
    ),
    Attack(
        "makes a recipe of itself and sells it",
        "manager",
        "INSERT INTO recipe_lines (version_id, line, sub_recipe_id, quantity, unit, base_quantity) SELECT id, 99, '<sauce>', 1, 'kg', 1 FROM recipe_versions WHERE recipe_id = '<sauce>'; SELECT post_sales('<key>', '{\"site_id\": \"<downtown>\"}', '{1}', '{2026-01-02}', NULL, NULL, '{1}', '{<margherita>}', '{1}', '{3}', NULL)",
        refused("IM400", saying="made of itself: Tomato sauce → Tomato sauce"),
        Try(
            "manager",
            "SELECT post_sales('<key>', '{\"site_id\": \"<downtown>\"}', '{1}', '{2026-01-02}', NULL, NULL, '{1}', '{<margherita>}', '{1}', '{3}', NULL)",
        ),
    ),
)
