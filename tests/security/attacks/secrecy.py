"""Reading about colleagues, about sign-ins, and what only the server knows."""

from tests.security.attack import NOTHING, Attack, Try, answers, gets_through, refused

OWNER, ROOT = "owner", "root"
DENIED, WRONG, FORBIDDEN, USED = refused("42501"), refused("IM400"), refused("IM403"), refused("IM409")

ATTACKS = (
    Attack("reads the logins of colleagues", OWNER, "SELECT login FROM members", DENIED, ROOT),
    Attack("reads colleagues as whole rows", OWNER, "SELECT m::text FROM members m", DENIED, ROOT),
    Attack(
        "sorts colleagues by their login",
        OWNER,
        "SELECT id FROM members ORDER BY login",
        DENIED,
        Try(OWNER, "SELECT id FROM members ORDER BY display_name"),
    ),
    Attack("asks for logins without the right", "counter", "SELECT * FROM logins()", NOTHING, "manager"),
    Attack("reads who holds which role", "counter", "SELECT * FROM user_roles", NOTHING, "manager"),
    Attack("reads the roles", "counter", "SELECT permissions FROM roles", NOTHING, "manager"),
    Attack("reads password verifiers", OWNER, "SELECT password FROM public.users", DENIED, ROOT),
    Attack("reads sessions", OWNER, "SELECT refresh_token FROM public.sessions", DENIED, ROOT),
    Attack("reads leases", OWNER, "SELECT role_name FROM public.leases", DENIED, ROOT),
    Attack("reads the passwords of roles", OWNER, "SELECT count(rolpassword) FROM pg_authid", DENIED, ROOT),
    Attack("reads the passwords of roles in the old view", OWNER, "SELECT count(passwd) FROM pg_shadow", DENIED, ROOT),
    Attack(
        "reads passwords in pg_roles",
        OWNER,
        "SELECT count(*) FROM pg_roles WHERE rolpassword <> '********'",
        NOTHING,
        Try(ROOT, "SELECT count(*) FROM pg_authid WHERE rolpassword <> '********'"),
    ),
    Attack("lists the tenants of the server", OWNER, "SELECT name FROM public.tenants", DENIED, ROOT),
    Attack(
        "reads what a colleague is asking",
        "counter",
        "SELECT query FROM pg_stat_activity WHERE pid = <owner_process>",
        answers("<insufficient privilege>"),
        ROOT,
    ),
    Attack("reads the rules of the door", OWNER, "SELECT * FROM pg_hba_file_rules", DENIED, ROOT),
    Attack("reads where the server keeps its files", OWNER, "SHOW data_directory", DENIED, ROOT),
    Attack(
        "reads raw statistics",
        OWNER,
        "SELECT stavalues1 FROM pg_statistic",
        DENIED,
        Try(ROOT, "SELECT count(*) FROM pg_statistic"),
    ),
    Attack(
        "reads where sequences stand",
        OWNER,
        "SELECT count(last_value) FROM pg_sequences WHERE schemaname = '<schema>'",
        NOTHING,
        ROOT,
    ),
)

OPEN = (
    gets_through(
        "reads the source of the functions",
        "counter",
        "SELECT prosrc FROM pg_proc WHERE proname = 'post_document'",
        "no secret is in them",
    ),
)
