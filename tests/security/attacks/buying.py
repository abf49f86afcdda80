"""Reading and changing what suppliers agreed to, whom one reaches there, and how files are read for others."""

from tests.security.attack import NOTHING, Attack, Try, refused
from tests.security.attacks.costs import holding

DENIED = refused("42501")
CONTRACT = (
    "INSERT INTO supplier_contracts (supplier_item_id, valid_from, valid_until, price)"
    " SELECT id, '2020-01-01', '2020-12-31', 1 FROM supplier_items LIMIT 1"
)
PERSON = (
    "INSERT INTO supplier_contacts (id, supplier_id, duty)"
    " SELECT gen_random_uuid(), id, 'Invoices' FROM suppliers LIMIT 1"
)
MAPPING = (
    "INSERT INTO import_mappings (member_id, entity, fingerprint, columns)"
    " VALUES ('<{who}_member>', 'items', repeat('a', 64), '{{}}')"
)
ATTACKS = (
    Attack("adds a contract without the right", "counter", CONTRACT, NOTHING, "manager"),
    Attack(
        "adds a contract without seeing costs",
        "counter",
        holding(CONTRACT, "suppliers.view", "suppliers.edit"),
        DENIED,
        Try("counter", holding(CONTRACT, "suppliers.view", "suppliers.edit", "stock.cost")),
    ),
    Attack(
        "adds a contract that ends before it begins",
        "manager",
        CONTRACT.replace("2020-12-31", "2019-12-31"),
        refused("23514"),
        Try("manager", CONTRACT),
    ),
    Attack("plants somebody to be reached at a supplier", "counter", PERSON, NOTHING, "manager"),
    Attack(
        "writes somebody's phone number in plain text",
        "manager",
        PERSON.replace("duty)", "phone)").replace("'Invoices'", "'\\x2b31'"),
        refused("IM409"),
        Try("manager", PERSON),
    ),
    Attack(
        "writes down that somebody looked at bank details, without the right to look",
        "counter",
        "SELECT bank_was_shown((SELECT supplier_id FROM supplier_banks LIMIT 1))",
        refused("IM403"),
        Try("manager", "SELECT bank_was_shown((SELECT supplier_id FROM supplier_banks LIMIT 1))"),
    ),
    Attack(
        "writes down that it looked at bank details that are not there",
        "manager",
        "SELECT bank_was_shown('00000000-0000-0000-0000-000000000000')",
        refused("IM400"),
        Try("manager", "SELECT bank_was_shown((SELECT supplier_id FROM supplier_banks LIMIT 1))"),
    ),
    Attack(
        "makes a line of the price list younger than it is",
        "manager",
        "UPDATE supplier_items SET version = 1",
        DENIED,
        Try("manager", "UPDATE supplier_items SET pack = pack"),
    ),
    Attack(
        "has files read its way by others without the right to import",
        "counter",
        MAPPING.format(who="counter"),
        DENIED,
        Try("manager", MAPPING.format(who="manager")),
    ),
    Attack(
        "remembers a mapping in the name of somebody else",
        "manager",
        MAPPING.format(who="owner"),
        DENIED,
        Try("owner", MAPPING.format(who="owner")),
    ),
    Attack(
        "changes how somebody else reads files",
        "manager",
        "UPDATE import_mappings SET columns = '{}' WHERE member_id <> '<manager_member>' RETURNING entity",
        NOTHING,
        Try(
            "manager",
            MAPPING.format(who="manager") + "; UPDATE import_mappings SET columns = '{}' RETURNING entity",
        ),
    ),
)
