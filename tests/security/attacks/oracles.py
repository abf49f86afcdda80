"""Learning what one may not see from what is allowed: plans, statistics, numbering, keys, and functions that read for one."""

from tests.security.attack import NOTHING, Answer, Attack, Expected, Try, answers, gets_through, refused
from tests.security.ground import SECRET, Ground

DENIED = refused("42501")
IN_PARALLEL = (
    "SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0; SET LOCAL min_parallel_table_scan_size = 0;"
    " SET LOCAL min_parallel_index_scan_size = 0; "
)
AS_XML = Expected(
    "reads it, as far as the server speaks XML", lambda a: a.state == "0A000" or (not a.state and bool(a.rows))
)
KEPT_BACK = Expected("is refused, or shows nothing", lambda a: DENIED.holds(a) or NOTHING.holds(a))


def plans_differ(ground: Ground, who: str) -> Answer:
    """Whether the plan of a hidden text, run, tells more than that of a text that is not there."""

    def asked_for_rights(text: str) -> bool:
        plan = ground.send(ground.line(who), f"EXPLAIN (ANALYZE) SELECT id FROM postings WHERE reference = '{text}'")
        return plan.rows is not None and not any("never executed" in line for (line,) in plan.rows)

    return Answer.told((asked_for_rights(SECRET), asked_for_rights("nowhere")))


ATTACKS = (
    Attack(
        "has a query about another tenant put into XML",
        "owner",
        "SELECT query_to_xml('SELECT name FROM <other_schema>.categories', true, true, '')",
        DENIED,
        "stranger",
        works=AS_XML,
    ),
    Attack(
        "has the records of the sign-in put into XML",
        "gate",
        "SELECT table_to_xml('public.users', true, true, '')",
        DENIED,
        "root",
        works=AS_XML,
    ),
    Attack(
        "turns colleagues into JSON",
        "owner",
        "SELECT to_jsonb(m) FROM members m",
        DENIED,
        Try("owner", "SELECT to_jsonb(m) FROM (SELECT id, display_name FROM members) m"),
    ),
    Attack(
        "compares the logins of colleagues",
        "owner",
        "SELECT count(*) FROM members a JOIN members b USING (login)",
        DENIED,
        Try("owner", "SELECT count(*) FROM members a JOIN members b USING (id)"),
    ),
    Attack(
        "reads hidden movements with many workers",
        "counter",
        IN_PARALLEL + "SELECT count(*) FROM stock_movements WHERE quantity = 7777",
        NOTHING,
        "owner",
    ),
    Attack(
        "locks hidden rows to see which wait",
        "manager",
        "SELECT id FROM storage_locations WHERE site_id = '<harbour>' FOR UPDATE SKIP LOCKED",
        NOTHING,
        "owner",
    ),
    Attack(
        "hangs its storage location below one of another site",
        "manager",
        "UPDATE storage_locations SET parent_id = '<place_there>' WHERE id = '<spare>'",
        refused("23503"),
        Try("manager", "UPDATE storage_locations SET parent_id = '<place>' WHERE id = '<spare>'"),
    ),
    Attack("asks where the numbering stands", "owner", "SELECT last_value FROM stock_movements_id_seq", DENIED, "root"),
    Attack("uses the numbers of documents up", "owner", "SELECT nextval('postings_number_seq')", DENIED, "root"),
    Attack(
        "asks where the numbering of another tenant stands",
        "owner",
        "SELECT pg_sequence_last_value(<other_sequence>::regclass)",
        KEPT_BACK,
        "root",
    ),
    Attack(
        "reads what a colleague is asking by the function behind the view",
        "counter",
        "SELECT query FROM pg_stat_get_activity(<owner_process>)",
        answers("<insufficient privilege>"),
        "root",
    ),
    Attack(
        "reads what a colleague is asking by the number of the connection",
        "counter",
        "SELECT pg_stat_get_backend_activity(n) FROM pg_stat_get_backend_idset() n"
        " WHERE pg_stat_get_backend_pid(n) = <owner_process>",
        answers("<insufficient privilege>"),
        "root",
    ),
    Attack(
        "reads how the server reaches other servers",
        "owner",
        "SELECT count(subconninfo) + 1 FROM pg_subscription",
        DENIED,
        "root",
    ),
    Attack("reads passwords for other servers", "owner", "SELECT count(*) + 1 FROM pg_user_mapping", DENIED, "root"),
    Attack(
        "reads large objects of others as a table",
        "owner",
        "SELECT count(data) + 1 FROM pg_largeobject",
        DENIED,
        "root",
    ),
    Attack("reads the files of the server's settings", "owner", "SELECT * FROM pg_file_settings", DENIED, "root"),
    Attack(
        "asks where the server's log lies", "owner", "SELECT coalesce(pg_current_logfile(), 'none')", DENIED, "root"
    ),
    Attack("lists the server's log of changes", "owner", "SELECT name FROM pg_ls_waldir()", DENIED, "root"),
    Attack("looks into the memory of the server", "owner", "SELECT name FROM pg_shmem_allocations", DENIED, "root"),
    Attack(
        "looks into the memory of a connection", "owner", "SELECT name FROM pg_backend_memory_contexts", DENIED, "root"
    ),
)
OPEN = (
    gets_through(
        "finds out by a plan whether a hidden text exists",
        "manager",
        plans_differ,
        "EXPLAIN ANALYZE tells whether the question for a right was asked; whoever guesses a text, day or number exactly learns"
        " that it exists at a hidden site, inside a tenant only",
        comes_of_it=answers((True, False)),
    ),
)
