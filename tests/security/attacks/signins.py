"""The log of sign-ins and its seals: reading it, writing it, sealing it, taking rows away."""

from tests.security.attack import Attack, Try, refused
from tests.security.attacks.statements import REPLICA

DENIED, GROWS = refused("42501"), refused("42501", saying="only grows")
SEALING = "SELECT auth.seal_log(interval '0')"


def keeping(name: str, who: str, statement: str, control: str = "root") -> Attack:
    """Something that no grant allows; a superuser may."""
    return Attack(name, who, statement, DENIED, control)


ATTACKS = (
    keeping("reads who signed in", "owner", "SELECT count(*) FROM public.auth_log"),
    keeping("reads at which PC somebody signed in", "gate", "SELECT max(who) FROM public.auth_log"),
    keeping("reads the seals of sign-ins", "owner", "SELECT count(*) + 1 FROM public.log_seals"),
    keeping(
        "copies the log of sign-ins out as an administrator",
        "administrator",
        "SELECT count(l::text) FROM public.auth_log l",
    ),
    keeping("seals the sign-ins at a moment of its own", "owner", f"{SEALING}; SELECT 1"),
    keeping("seals the sign-ins from a PC", "gate", f"{SEALING}; SELECT true"),
    keeping(
        "writes a sign-in that never was", "owner", "SELECT auth.write_log('signed in', '{}'); SELECT 1", "table_owner"
    ),
    keeping("writes a sign-in from a PC", "gate", "SELECT auth.write_log('signed in', '{}'); SELECT true"),
    keeping(
        "asks for the hash a sign-in should have",
        "owner",
        "SELECT count(auth.log_hash(NULL::public.auth_log)) + 1",
    ),
    keeping("reads how far the sign-ins may be sealed", "owner", "SELECT count(*) + 1 FROM public.log_seal_marks"),
    keeping("takes the log of sign-ins away", "owner", "DROP TABLE public.log_seals CASCADE; SELECT 1"),
    Attack(
        "rewrites a sign-in as the owner of the tables",
        "table_owner",
        "UPDATE public.auth_log SET who = 'x'",
        GROWS,
        Try("root", REPLICA + "UPDATE public.auth_log SET who = 'x'"),
    ),
    Attack(
        "deletes sign-ins as the owner of the tables",
        "table_owner",
        "DELETE FROM public.auth_log",
        GROWS,
        Try("root", REPLICA + "DELETE FROM public.auth_log"),
    ),
    Attack(
        "empties the seals of sign-ins as the owner of the tables",
        "table_owner",
        "TRUNCATE public.log_seals",
        GROWS,
        Try("root", REPLICA + "TRUNCATE public.log_seals; SELECT 1"),
    ),
    Attack(
        "writes a sign-in past the function that hashes it",
        "gate",
        "INSERT INTO public.auth_log (event, row_hash) VALUES ('signed in', sha256(''))",
        DENIED,
        "root",
    ),
)
