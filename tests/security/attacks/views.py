"""Looking at, changing and planting views of lists that are not one's own."""

from tests.security.attack import NOTHING, Attack, Try, refused

DENIED = refused("42501")

ATTACKS = (
    Attack(
        "reads the private view of somebody else",
        "manager",
        "SELECT definition FROM saved_views WHERE id = '<view_private>'",
        NOTHING,
        "owner",
    ),
    Attack(
        "reads a shared view of a list it may not open",
        "manager",
        "SELECT definition FROM saved_views WHERE id = '<view_audit>'",
        NOTHING,
        "administrator",
    ),
    Attack(
        "changes a shared view without the right",
        "counter",
        "UPDATE saved_views SET definition = '{}' WHERE id = '<view_shared>'",
        NOTHING,
        "manager",
    ),
    Attack(
        "deletes a shared view without the right",
        "counter",
        "DELETE FROM saved_views WHERE id = '<view_shared>'",
        NOTHING,
        "manager",
    ),
    Attack(
        "deletes the private view of somebody else",
        "administrator",
        "DELETE FROM saved_views WHERE id = '<view_private>'",
        NOTHING,
        "owner",
    ),
    Attack(
        "shares a view without the right",
        "counter",
        "INSERT INTO saved_views (list, name, owner_id, is_shared, definition) VALUES ('items', 'x', '<counter_member>', true, '{}')",
        DENIED,
        Try(
            "counter",
            "INSERT INTO saved_views (list, name, owner_id, definition) VALUES ('items', 'x', '<counter_member>', '{}')",
        ),
    ),
    Attack(
        "makes a view in the name of somebody else",
        "manager",
        "INSERT INTO saved_views (list, name, owner_id, definition) VALUES ('items', 'y', '<owner_member>', '{}')",
        DENIED,
        "owner",
    ),
    Attack(
        "takes a shared view for itself",
        "manager",
        "UPDATE saved_views SET is_shared = false WHERE id = '<view_shared>'",
        DENIED,
        "owner",
    ),
    Attack(
        "gives a view to somebody else",
        "owner",
        "UPDATE saved_views SET owner_id = '<manager_member>' WHERE id = '<view_private>'",
        DENIED,
        "root",
    ),
    Attack(
        "fills the server with one view",
        "owner",
        "UPDATE saved_views SET definition = jsonb_build_object('search', repeat('x', 20001)) WHERE id = '<view_private>'",
        refused("23514"),
        Try(
            "owner", "UPDATE saved_views SET definition = jsonb_build_object('search', 'x') WHERE id = '<view_private>'"
        ),
    ),
)
