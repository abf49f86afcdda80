"""Making one item of two, and what else hangs on items, without the right to it."""

from tests.security.attack import NOTHING, Attack, Try, answers, refused

DENIED, WRONG, FORBIDDEN = refused("42501"), refused("IM400"), refused("IM403")
MERGE = "SELECT merge_items('<flour>', '<item>', '{}')"
EMPTY_CATEGORY = "INSERT INTO categories (name) VALUES ('Empty')"
RATE = "INSERT INTO exchange_rates (base, quote, valid_from, rate) VALUES ('EUR', 'USD', '2026-01-01', 1.1)"
PHOTO = "INSERT INTO item_photos VALUES ('<item>', '\\x00')"

ATTACKS = (
    Attack("merges items without the right", "manager", MERGE, FORBIDDEN, "owner"),
    Attack(
        "merges away stock of sites where it may not",
        "administrator",
        "SELECT merge_items(i.id, '<item>', '{}') FROM items i WHERE i.id = '<flour>'",
        refused("IM403", saying="at sites"),
        "owner",
    ),
    Attack(
        "says that an item was merged",
        "owner",
        "UPDATE items SET merged_into_id = '<item>', is_active = false WHERE id = '<archived>'",
        DENIED,
        Try("owner", "UPDATE items SET note = 'x' WHERE id = '<archived>'"),
    ),
    Attack(
        "makes an item that was merged before it was there",
        "owner",
        "INSERT INTO items (sku, name, category_id, base_unit, merged_into_id) SELECT 'X', 'X', category_id, 'kg', id FROM items LIMIT 1",
        DENIED,
        Try("owner", "INSERT INTO items (sku, name, category_id, base_unit) SELECT 'X', 'X', category_id, 'kg' FROM items LIMIT 1"),
    ),
    Attack(
        "brings back what was merged",
        "owner",
        MERGE + "; UPDATE items SET is_active = true WHERE id = '<flour>'",
        WRONG,
        Try("owner", MERGE + "; UPDATE items SET note = 'x' WHERE id = '<flour>'"),
    ),
    Attack(
        "takes back one half of a merge",
        "owner",
        MERGE
        + "; SELECT reverse_movements(gen_random_uuid(), array_agg(m.id), 'mine') FROM stock_movements m JOIN postings p ON p.id = m.posting_id"
        " WHERE p.reference = 'MERGE' AND m.item_id = '<item>' AND m.site_id = '<downtown>'",
        refused("IM400", saying="items that were merged"),
        Try("counter", "SELECT reverse_movements('<key>', '{<moved_mine>}', 'mistake')"),
    ),
    Attack(
        "merges an item into itself",
        "owner",
        "SELECT merge_items('<item>', '<item>', '{}')",
        WRONG,
        Try("owner", MERGE),
    ),
    Attack(
        "plants packs in an item it may not merge",
        "manager",
        'SELECT merge_items(\'<archived>\', \'<item>\', \'{"packs": [{"was": "x", "name": "y", "quantity": "1", "of_unit": "kg"}]}\')',
        FORBIDDEN,
        "owner",
    ),
    Attack(
        "plants packs that the other item never had",
        "owner",
        'SELECT merge_items(\'<archived>\', \'<item>\', \'{"packs": [{"was": "x", "name": "y", "quantity": "1", "of_unit": "kg"}]}\');'
        " SELECT count(*) FROM item_units WHERE item_id = '<item>' AND name = 'y'",
        answers(0),
        Try("owner", MERGE),
    ),
    Attack("repacks stock past the function that checks", "owner", "SELECT repack('<downtown>', '<flour>', '<item>', 1, 1, 'x')", DENIED, Try("owner", MERGE)),
    Attack("hangs a category into itself", "owner", "UPDATE categories SET parent_id = id", WRONG, Try("owner", "UPDATE categories SET parent_id = NULL")),
    Attack(
        "hangs two categories into each other at once",
        "owner",
        "UPDATE categories c SET parent_id = (SELECT d.id FROM categories d WHERE d.id <> c.id ORDER BY d.sort_name LIMIT 1)",
        WRONG,
        Try("owner", "UPDATE categories SET parent_id = NULL"),
    ),
    Attack("deletes a category without the right", "counter", "DELETE FROM categories", NOTHING, Try("owner", "DELETE FROM categories c WHERE NOT EXISTS (SELECT FROM items i WHERE i.category_id = c.id) OR false; SELECT 1")),
    Attack("sets the exchange rate", "manager", RATE, DENIED, "owner"),
    Attack("sets the rates of the whole group as the administrator of one site", "administrator", RATE.replace("1.1", "1.2"), DENIED, "owner"),
    Attack(
        "sets a rate of nothing",
        "owner",
        RATE.replace("1.1", "0"),
        refused("23514"),
        Try("owner", RATE),
    ),
    Attack("sets a rate of a currency in itself", "owner", RATE.replace("USD", "EUR"), refused("23514"), Try("owner", RATE)),
    Attack("sets a rate for a day to come", "owner", RATE.replace("'2026-01-01'", "current_date + 2"), WRONG, Try("owner", RATE)),
    Attack(
        "tells a rate of one day both ways round",
        "owner",
        f"{RATE}; INSERT INTO exchange_rates (base, quote, valid_from, rate) VALUES ('USD', 'EUR', '2026-01-01', 9)",
        refused("23505"),
        Try("owner", RATE),
    ),
    Attack("puts a rate on another day", "owner", f"{RATE}; UPDATE exchange_rates SET valid_from = '2025-01-01'", DENIED, Try("owner", f"{RATE}; UPDATE exchange_rates SET rate = 2")),
    Attack("changes the rate", "manager", "UPDATE exchange_rates SET rate = 2", NOTHING, Try("owner", f"{RATE}; UPDATE exchange_rates SET rate = 2")),
    Attack("changes the rate as the administrator of one site", "administrator", "UPDATE exchange_rates SET rate = 3", NOTHING, Try("owner", f"{RATE}; UPDATE exchange_rates SET rate = 2")),
    Attack("takes the rates away as the administrator of one site", "administrator", "DELETE FROM exchange_rates WHERE true", NOTHING, Try("owner", f"{RATE}; DELETE FROM exchange_rates")),
    Attack("takes the rates away", "manager", "DELETE FROM exchange_rates", NOTHING, Try("owner", f"{RATE}; DELETE FROM exchange_rates")),
    Attack(
        "archives a category that holds items",
        "owner",
        "UPDATE categories SET is_active = false WHERE id IN (SELECT category_id FROM items WHERE is_active)",
        WRONG,
        Try("owner", f"{EMPTY_CATEGORY}; UPDATE categories SET is_active = false WHERE name = 'Empty'"),
    ),
    Attack("archives a category without the right", "counter", "UPDATE categories SET is_active = false", NOTHING, Try("owner", f"{EMPTY_CATEGORY}; UPDATE categories SET is_active = false WHERE name = 'Empty'")),
    Attack(
        "puts an item into an archived category",
        "owner",
        f"{EMPTY_CATEGORY}; UPDATE categories SET is_active = false WHERE name = 'Empty'; UPDATE items SET category_id = (SELECT id FROM categories WHERE name = 'Empty')",
        WRONG,
        Try("owner", f"{EMPTY_CATEGORY}; UPDATE items SET category_id = (SELECT id FROM categories WHERE name = 'Empty')"),
    ),
    Attack(
        "hangs a category into an archived one",
        "owner",
        f"{EMPTY_CATEGORY}; UPDATE categories SET is_active = false WHERE name = 'Empty'; INSERT INTO categories (name, parent_id) SELECT 'Inner', id FROM categories WHERE name = 'Empty'",
        WRONG,
        Try("owner", f"{EMPTY_CATEGORY}; INSERT INTO categories (name, parent_id) SELECT 'Inner', id FROM categories WHERE name = 'Empty'"),
    ),
    Attack("puts a photo on an item without the right", "counter", PHOTO, DENIED, "manager"),
    Attack(
        "fills the server with photos",
        "owner",
        "INSERT INTO item_photos SELECT '<item>', decode(repeat('00', 200001), 'hex')",
        refused("23514"),
        Try("owner", PHOTO),
    ),
)  # fmt: skip
