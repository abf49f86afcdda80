"""Giving rights that one does not hold, to others or to oneself."""

from tests.security.attack import NOTHING, Attack, Try, gets_through, refused

OWNER, ROOT = "owner", "root"
DENIED, WRONG, FORBIDDEN, USED = refused("42501"), refused("IM400"), refused("IM403"), refused("IM409")

ATTACKS = (
    Attack(
        "gives itself a role",
        "administrator",
        "SELECT assign_role('<administrator_member>', '<role_manager>', '<downtown>')",
        FORBIDDEN,
        "owner",
    ),
    Attack(
        "gives a colleague a role without the right",
        "manager",
        "SELECT assign_role('<counter_member>', '<role_manager>', '<downtown>')",
        FORBIDDEN,
        "administrator",
    ),
    Attack(
        "gives a role at a site it does not hold",
        "administrator",
        "SELECT assign_role('<counter_member>', '<role_manager>', '<harbour>')",
        FORBIDDEN,
        "owner",
    ),
    Attack(
        "gives a role at all sites",
        "administrator",
        "SELECT assign_role('<counter_member>', '<role_counter>', NULL)",
        FORBIDDEN,
        "owner",
    ),
    Attack(
        "withdraws the role of the owner",
        "administrator",
        "SELECT withdraw_role(id) FROM user_roles WHERE member_id = '<owner_member>'",
        FORBIDDEN,
        Try(
            "administrator", "SELECT withdraw_role(id) IS NOT NULL FROM user_roles WHERE member_id = '<counter_member>'"
        ),
    ),
    Attack(
        "withdraws its own limits",
        "administrator",
        "SELECT withdraw_role(id) FROM user_roles WHERE member_id = '<administrator_member>'",
        FORBIDDEN,
        Try("owner", "SELECT withdraw_role(id) IS NOT NULL FROM user_roles WHERE member_id = '<administrator_member>'"),
    ),
    Attack(
        "changes a role as administrator of one site",
        "administrator",
        "SELECT save_role('<key>', 0, 'Mine', '<role_owner>', '{}', '{}')",
        FORBIDDEN,
        "owner",
    ),
    Attack(
        "gives a role what is not a permission",
        "owner",
        "SELECT save_role('<key>', 0, 'Mine', NULL, '{\"*\": true}', '{}')",
        refused("IM400"),
        Try("owner", "SELECT save_role('<key>', 0, 'Mine', NULL, '{\"items.view\": true}', '{}')"),
    ),
    Attack(
        "gives a permission as a word",
        "owner",
        "SELECT save_role('<key>', 0, 'Mine', NULL, '{\"items.view\": \"true\"}', '{}')",
        refused("IM400"),
        Try("owner", "SELECT save_role('<key>', 0, 'Mine', NULL, '{\"items.view\": true}', '{}')"),
    ),
    Attack(
        "sends the permissions as an array",
        "owner",
        "SELECT save_role('<key>', 0, 'Mine', NULL, '[\"items.view\"]', '{}')",
        refused("IM400"),
        Try("owner", "SELECT save_role('<key>', 0, 'Mine', NULL, '{}', '{}')"),
    ),
    Attack(
        "lets a role inherit from itself",
        "owner",
        "SELECT save_role('<role_counter>', (SELECT version FROM roles WHERE id = '<role_counter>'), 'Counter', '<role_owner>', '{}', '{}')",
        refused("IM400", saying="cannot be saved"),
        Try("owner", "SELECT save_role('<key>', 0, 'Mine', '<role_owner>', '{}', '{}')"),
    ),
    Attack(
        "takes from the owners what it lacks itself",
        "owner",
        "SELECT save_role('<role_owner>', (SELECT version FROM roles WHERE id = '<role_owner>'), 'Owner', '<role_administrator>', '{\"audit.view\": false}', '{}')",
        refused("IM400"),
        Try(
            "owner",
            "SELECT save_role('<role_manager>', (SELECT version FROM roles WHERE id = '<role_manager>'), 'Manager', '<role_counter>', (SELECT permissions FROM roles WHERE id = '<role_manager>') || '{\"audit.view\": false}', '{}')",
        ),
    ),
    Attack(
        "limits itself to an endless amount",
        "owner",
        "SELECT save_role('<key>', 0, 'Mine', NULL, '{\"waste.record\": true}', '{\"waste.record\": 1e400}')",
        refused("IM400"),
        Try(
            "owner", "SELECT save_role('<key>', 0, 'Mine', NULL, '{\"waste.record\": true}', '{\"waste.record\": 100}')"
        ),
    ),
    Attack(
        "takes a name that looks like another's",
        "owner",
        "SELECT save_role('<key>', 0, U&'Own\\0435r', NULL, '{}', '{}')",
        refused("IM400"),
        Try("owner", "SELECT save_role('<key>', 0, 'Mine', NULL, '{}', '{}')"),
    ),
    Attack(
        "deactivates the owner",
        "administrator",
        "SELECT deactivate_member('<owner_member>')",
        FORBIDDEN,
        Try("administrator", "SELECT deactivate_member('<counter_member>') IS NOT NULL"),
    ),
    Attack(
        "deactivates itself, the last owner",
        "owner",
        "SELECT deactivate_member(id) FROM members WHERE id = '<owner_member>'",
        FORBIDDEN,
        Try("owner", "SELECT deactivate_member('<counter_member>') IS NOT NULL"),
    ),
    Attack(
        "resets the password of the owner",
        "administrator",
        "SELECT reset_member('<owner_member>', '$2b$12$' || repeat('a', 21) || 'u', sha256('x'))",
        FORBIDDEN,
        Try(
            "administrator",
            "SELECT reset_member('<counter_member>', '$2b$12$' || repeat('a', 21) || 'u', sha256('x')) IS NOT NULL",
        ),
    ),
    Attack(
        "resets the password of somebody in another tenant",
        "owner",
        "SELECT reset_member('<stranger_member>', '$2b$12$' || repeat('a', 21) || 'u', sha256('x'))",
        refused("IM409"),
        Try(
            "owner",
            "SELECT reset_member('<counter_member>', '$2b$12$' || repeat('a', 21) || 'u', sha256('x')) IS NOT NULL",
        ),
    ),
    Attack(
        "resets a password with a salt that is cheap",
        "owner",
        "SELECT reset_member('<counter_member>', '$2b$04$' || repeat('a', 21) || 'u', sha256('x'))",
        refused("22023"),
        Try(
            "owner",
            "SELECT reset_member('<counter_member>', '$2b$12$' || repeat('a', 21) || 'u', sha256('x')) IS NOT NULL",
        ),
    ),
    Attack(
        "invites an owner",
        "administrator",
        "SELECT invite_member('new@example.com', 'N', 'N', '<role_owner>', NULL, '$2b$12$' || repeat('a', 21) || 'u', sha256('x'))",
        FORBIDDEN,
        "owner",
    ),
    Attack(
        "takes over a login that exists by inviting it",
        "owner",
        "SELECT invite_member(upper('<stranger_login>'), 'N', 'N', '<role_counter>', NULL, '$2b$12$' || repeat('a', 21) || 'u', sha256('x'))",
        refused("IM400"),
        Try(
            "owner",
            "SELECT invite_member('new@example.com', 'N', 'N', '<role_counter>', NULL, '$2b$12$' || repeat('a', 21) || 'u', sha256('x'))",
        ),
    ),
    Attack(
        "ends the session of the owner",
        "counter",
        "SELECT end_session(id) FROM member_sessions() WHERE member_id = '<owner_member>'",
        NOTHING,
        Try("manager", "SELECT id FROM member_sessions() WHERE member_id = '<owner_member>'"),
    ),
    Attack(
        "ends the session of the owner, which it may see",
        "administrator",
        "SELECT end_session(id) FROM member_sessions() WHERE member_id = '<owner_member>' AND NOT is_own",
        FORBIDDEN,
        Try(
            "administrator",
            "SELECT end_session(id) IS NOT NULL FROM member_sessions() WHERE member_id = '<counter_member>'",
        ),
    ),
    Attack(
        "decides about people in an old snapshot",
        "administrator",
        "SET LOCAL transaction_isolation = 'repeatable read'; SELECT assign_role('<counter_member>', '<role_manager>', '<downtown>')",
        refused("IM400", "IM403"),
        Try("administrator", "SELECT assign_role('<counter_member>', '<role_manager>', '<downtown>')"),
    ),
    Attack(
        "asks the helpers of the rights functions",
        "owner",
        "SELECT cut_off('<counter_member>', true)",
        DENIED,
        Try("root", "SELECT member_powers('<counter_member>')"),
    ),
    Attack(
        "cuts a colleague through the issuer's function",
        "owner",
        "SELECT cut('<counter_lease>', true)",
        DENIED,
        Try("root", "SELECT count(*) FROM public.leases"),
    ),
    Attack(
        "issues itself another lease",
        "counter",
        "SELECT issue('<counter_lease>', 'SCRAM-SHA-256$4096:x', 'infinity', false, false)",
        DENIED,
        Try(
            "root",
            "SET LOCAL ROLE ims_rights; SELECT issue('<counter_lease>', 'SCRAM-SHA-256$4096:' || encode(sha256('x'), 'base64') || '$' || encode(sha256('x'), 'base64') || ':' || encode(sha256('x'), 'base64'), now() + interval '1 h', false, false) IS NOT NULL",
        ),
    ),
)

OPEN = (
    gets_through(
        "learns whether a login exists on the server by inviting it",
        "owner",
        "SELECT invite_member('<stranger_login>', 'N', 'N', '<role_counter>', NULL, '$2b$12$' || repeat('a', 21) || 'u', sha256('x'))",
        "a login belongs to one person on the whole server, so an administrator learns that one is taken; the attempt is refused",
        comes_of_it=refused("IM400", saying="cannot be invited"),
    ),
)
