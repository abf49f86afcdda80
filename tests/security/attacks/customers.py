"""Customers: who they are, how to reach them, and whose order it was."""

from tests.security.attack import NOTHING, Attack, Doing, Try, answers, refused
from tests.security.attacks.costs import holding

COUNTER, MANAGER, OWNER, ROOT = "counter", "manager", "owner", "root"
DENIED, FORBIDDEN = refused("42501"), refused("IM403")
CHANGED = "SELECT count(*) FROM orders WHERE id = '<order_here>' AND customer_id = '<customer>'"


def setting(order: str = "<order_here>", customer: str = "'<customer>'", version: str = "1") -> str:
    """Says whose order it is, and asks whether it is so."""
    return f"SELECT set_customer('{order}', {version}, {customer}); {CHANGED}"


def with_customers(statement: str) -> Doing:
    """By a counter who may see customers as well."""
    return holding(statement, "customers.view")


ATTACKS = (
    Attack("reads customers without the right", COUNTER, "SELECT name FROM customers", NOTHING, MANAGER),
    Attack(
        "finds a customer by the hash of an e-mail without the right",
        COUNTER,
        "SELECT count(*) FROM customers WHERE email_hash = decode('<customer_hash>', 'hex')",
        NOTHING,
        MANAGER,
    ),
    Attack(
        "tries e-mails against the hashes without the key",
        MANAGER,
        "SELECT count(*) FROM customers WHERE email_hash IN (sha256('customer@example.com'),"
        " sha256(convert_to(id::text || 'customer@example.com', 'UTF8')))",
        NOTHING,
        Try(MANAGER, "SELECT count(*) FROM customers WHERE email_hash = decode('<customer_hash>', 'hex')"),
    ),
    Attack(
        "learns by a new customer that the hash of an e-mail is there",
        COUNTER,
        "INSERT INTO customers (code, name, email_hash) VALUES ('x', 'x', decode('<customer_hash>', 'hex'))"
        " ON CONFLICT DO NOTHING",
        DENIED,
        MANAGER,
    ),
    Attack(
        "writes a contact of a customer in plain text",
        MANAGER,
        "UPDATE customers SET email = 'customer@example.com' WHERE id = '<customer>'",
        refused("IM409"),
        Try(MANAGER, "UPDATE customers SET name = 'x' WHERE id = '<customer>'"),
    ),
    Attack(
        "gives a customer a hash that is none",
        MANAGER,
        "UPDATE customers SET phone_hash = '\\x00' WHERE id = '<customer>'",
        refused("23514"),
        Try(MANAGER, "UPDATE customers SET phone_hash = sha256('') WHERE id = '<customer>'"),
    ),
    Attack(
        "changes a customer whom it may only see",
        COUNTER,
        with_customers("UPDATE customers SET note = 'x' WHERE id = '<customer>'"),
        NOTHING,
        Try(
            COUNTER,
            holding("UPDATE customers SET note = 'x' WHERE id = '<customer>'", "customers.view", "customers.edit"),
        ),
    ),
    Attack(
        "deletes a customer",
        MANAGER,
        "DELETE FROM customers WHERE id = '<customer>'",
        DENIED,
        Try(ROOT, "DELETE FROM customers WHERE id = '<customer>'"),
    ),
    Attack(
        "reads the customers of another tenant",
        "stranger",
        'SELECT name FROM "<schema>".customers',
        DENIED,
        OWNER,
    ),
    Attack(
        "writes the customer of an order by hand",
        OWNER,
        "UPDATE orders SET customer_id = '<customer>' WHERE id = '<order_here>'",
        DENIED,
        Try(OWNER, setting()),
    ),
    Attack(
        "says whose an order of another site is",
        MANAGER,
        setting("<order_there>"),
        FORBIDDEN,
        Try(OWNER, setting("<order_there>").replace("WHERE id = '<order_here>'", "WHERE id = '<order_there>'")),
    ),
    Attack(
        "says whose an order is without importing sales",
        COUNTER,
        with_customers(setting()),
        FORBIDDEN,
        Try(COUNTER, holding(setting(), "customers.view", "sales.import", "sales.view")),
    ),
    Attack(
        "tries by orders which customers there are",
        COUNTER,
        holding(setting(), "sales.import", "sales.view"),
        FORBIDDEN,
        Try(COUNTER, holding(setting("<order_here>"), "sales.import", "sales.view", "customers.view")),
    ),
    Attack(
        "gives an order to a customer who is gone",
        MANAGER,
        setting(customer="'<lost_customer>'"),
        refused("IM400", saying="no longer active"),
        Try(MANAGER, setting()),
    ),
    Attack(
        "gives an order to somebody of the staff",
        MANAGER,
        setting(customer="'<owner_member>'"),
        refused("IM400", saying="does not exist"),
        Try(MANAGER, setting(customer="(SELECT id FROM customers WHERE code = 'customer')")),
    ),
    Attack(
        "overwrites whose order it is unseen",
        MANAGER,
        setting(version="0"),
        refused("IM409"),
        Try(MANAGER, setting(version="(SELECT version FROM orders WHERE id = '<order_here>')")),
    ),
    Attack(
        "changes the amount of an order beside its customer",
        OWNER,
        "UPDATE orders SET net_total = 0, customer_id = NULL WHERE id = '<order_here>'",
        DENIED,
        Try(ROOT, "UPDATE orders SET net_total = 0, customer_id = NULL WHERE id = '<order_here>'"),
    ),
    Attack(
        "puts the hash of another content into an order",
        OWNER,
        "UPDATE orders SET items_hash = sha256('x') WHERE id = '<order_here>'",
        DENIED,
        Try(ROOT, "UPDATE orders SET items_hash = sha256('x') WHERE id = '<order_here>'"),
    ),
    Attack(
        "puts the hash of other orders into a posting",
        "table_owner",
        "UPDATE postings SET orders_hash = sha256('x') WHERE id = '<sold_here>'",
        refused("42501", saying="only grows"),
        Try(ROOT, "SET LOCAL session_replication_role = replica; UPDATE postings SET orders_hash = sha256('x')"),
    ),
    Attack(
        "still says nothing of customers to a counter in the history",
        COUNTER,
        "SELECT count(*) FROM audit_log WHERE subject = 'customers'",
        answers(0),
        Try(
            COUNTER,
            holding(
                "UPDATE customers SET note = 'x' WHERE id = '<customer>';"
                " SELECT count(*) FROM audit_log WHERE subject = 'customers'",
                "customers.view",
                "customers.edit",
                "audit.view",
            ),
        ),
    ),
)
