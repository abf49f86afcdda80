"""Writing at another site."""

from tests.security.attack import NOTHING, Attack, Try, gets_through, refused

OWNER, ROOT = "owner", "root"
DENIED, WRONG, FORBIDDEN, USED = refused("42501"), refused("IM400"), refused("IM403"), refused("IM409")

ATTACKS = (
    Attack(
        "renames a storage location of another site",
        "manager",
        "UPDATE storage_locations SET name = 'x' WHERE id = '<place_there>'",
        NOTHING,
        "owner",
    ),
    Attack(
        "adds a storage location to another site",
        "manager",
        "INSERT INTO storage_locations (site_id, name) VALUES ('<harbour>', 'x')",
        DENIED,
        "owner",
    ),
    Attack(
        "moves its own storage location to another site",
        "manager",
        "UPDATE storage_locations SET site_id = '<harbour>' WHERE id = '<empty>'",
        DENIED,
        "owner",
    ),
    Attack(
        "writes over a hidden row by ON CONFLICT",
        "manager",
        "INSERT INTO item_site_settings (item_id, site_id, par) VALUES ('<butter>', '<harbour>', 1) ON CONFLICT (item_id, site_id) DO UPDATE SET par = 1",
        DENIED,
        "owner",
    ),
    Attack(
        "gets a hidden row back by ON CONFLICT",
        "manager",
        "INSERT INTO storage_locations (id, site_id, name) VALUES ('<place_there>', '<downtown>', 'x') ON CONFLICT DO NOTHING RETURNING *",
        NOTHING,
        Try(
            "manager",
            "INSERT INTO storage_locations (id, site_id, name) VALUES ('<key>', '<downtown>', 'x') ON CONFLICT DO NOTHING RETURNING *",
        ),
    ),
    Attack(
        "writes over a hidden row by its key",
        "manager",
        "INSERT INTO storage_locations (id, site_id, name) VALUES ('<place_there>', '<downtown>', 'x') ON CONFLICT (id) DO UPDATE SET name = 'x'",
        DENIED,
        Try(
            "owner",
            "INSERT INTO storage_locations (id, site_id, name) VALUES ('<place_there>', '<harbour>', 'x') ON CONFLICT (id) DO UPDATE SET name = 'x'",
        ),
    ),
    Attack(
        "merges into another site",
        "manager",
        "MERGE INTO item_site_settings t USING (SELECT 1) x ON t.site_id = '<harbour>' AND t.item_id = '<butter>' WHEN MATCHED THEN UPDATE SET par = 1",
        NOTHING,
        "owner",
    ),
    Attack(
        "keeps an item in a place of another site",
        "manager",
        "UPDATE item_site_settings SET home_location_id = '<place_there>' WHERE item_id = '<item>' AND site_id = '<downtown>'",
        refused("23503"),
        Try(
            "manager",
            "UPDATE item_site_settings SET home_location_id = '<spare>' WHERE item_id = '<item>' AND site_id = '<downtown>'",
        ),
    ),
    Attack(
        "sets a price of another site",
        "manager",
        "INSERT INTO menu_prices (menu_item_id, site_id, valid_from, price) VALUES ('<espresso>', '<harbour>', '2026-02-01', 0.01)",
        DENIED,
        "owner",
    ),
    Attack(
        "moves its own price to another site",
        "manager",
        "UPDATE menu_prices SET site_id = '<harbour>' WHERE menu_item_id = '<espresso>' AND site_id IS NULL",
        DENIED,
        "owner",
    ),
    Attack(
        "deletes a price of another site",
        "manager",
        "DELETE FROM menu_prices WHERE site_id = '<harbour>'",
        NOTHING,
        "owner",
    ),
    Attack(
        "closes another site",
        "administrator",
        "UPDATE sites SET is_active = false WHERE id = '<harbour>'",
        NOTHING,
        "owner",
    ),
    Attack(
        "takes a site over by its key",
        "administrator",
        "UPDATE sites SET id = '<harbour>' WHERE id = '<downtown>'",
        DENIED,
        Try("administrator", "UPDATE sites SET name = 'x' WHERE id = '<downtown>'"),
    ),
)

OPEN = (
    gets_through(
        "adds a site as administrator of one site",
        "administrator",
        "INSERT INTO sites (name, country, currency, time_zone, locale) VALUES ('New', 'US', 'USD', 'UTC', 'en_US')",
        "who may edit sites anywhere may add one; it gives no rights at the new site",
    ),
)
