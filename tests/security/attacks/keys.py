"""The key of a tenant, under which contacts and bank details are encrypted: taking it, spoiling it, going round it."""

from tests.security.attack import NOTHING, Attack, Try, gets_through, refused

DENIED, FORBIDDEN = refused("42501"), refused("IM403")
ASKED = "SELECT ask_for_key(sha256('x')); "
RUBBISH = "decode(repeat('00', 92), 'hex')"
SHARED = (
    "SELECT share_key((SELECT holder FROM key_list() WHERE is_this), sha256('x'), '{1}', ARRAY[{wrap}]) IS NOT NULL; "
)
GIVEN = ASKED + SHARED.replace("{wrap}", "decode(repeat('aa', 92), 'hex')")
SPOILED = f"SELECT count(*) FROM open_keys() WHERE wrapped = {RUBBISH}"

ATTACKS = (
    Attack(
        "reads the wrapped keys of other PCs",
        "owner",
        "SELECT * FROM tenant_keys",
        DENIED,
        Try("root", "SELECT count(*) + 1 FROM tenant_keys"),
    ),
    Attack(
        "puts a public key of its own in the place of another PC's",
        "owner",
        "UPDATE key_holders SET public_key = sha256('x')",
        DENIED,
        Try("owner", ASKED + "SELECT holder FROM key_list()"),
    ),
    Attack("lists who holds the key", "counter", ASKED + "SELECT holder FROM key_list()", NOTHING, "owner"),
    Attack(
        "lists who holds the key as administrator of one site",
        "administrator",
        "SELECT holder, public_key FROM key_list()",
        NOTHING,
        Try("owner", ASKED + "SELECT holder, public_key FROM key_list()"),
    ),
    Attack(
        "spoils the key of a PC as administrator of one site",
        "administrator",
        "SELECT share_key('<counter_lease>', sha256('x'), '{1}', ARRAY[sha256('x')])",
        FORBIDDEN,
        "owner",
        works=refused("IM409"),
    ),
    Attack(
        "takes the key from a PC as administrator of one site",
        "administrator",
        "SELECT withdraw_key('recovery')",
        FORBIDDEN,
        Try("owner", ASKED + "SELECT withdraw_key(holder) IS NOT NULL FROM key_list() WHERE is_this"),
    ),
    Attack(
        "takes the recovery away",
        "owner",
        "SELECT withdraw_key('recovery'), 'all'",
        refused("IM400"),
        Try("owner", ASKED + "SELECT withdraw_key(holder) IS NOT NULL FROM key_list() WHERE is_this"),
    ),
    Attack(
        "replaces the key of everybody as administrator of one site",
        "administrator",
        "SELECT renew_key(1, '{}', '{}')",
        FORBIDDEN,
        "owner",
        works=refused("IM409"),
    ),
    Attack(
        "forgets old keys as administrator of one site",
        "administrator",
        "SELECT end_old_keys() IS NOT NULL",
        FORBIDDEN,
        "owner",
    ),
    Attack(
        "takes what the recovery code opens", "manager", "SELECT count(*) + 1 FROM recovery_wraps()", FORBIDDEN, "owner"
    ),
    Attack(
        "asks for a key that is no key",
        "counter",
        "SELECT ask_for_key('x')",
        FORBIDDEN,
        Try("counter", "SELECT ask_for_key(sha256('x')) IS NOT NULL"),
    ),
    Attack(
        "asks for the key from a PC where nobody is signed in",
        "gate",
        "SELECT <schema>.ask_for_key(sha256('x')) IS NOT NULL",
        DENIED,
        "counter",
    ),
    Attack(
        "asks whose PC it is through the inner function",
        "counter",
        "SELECT this_gate()",
        DENIED,
        Try("root", "SELECT count(*) FROM public.gates"),
    ),
    Attack(
        "gives the recovery code rubbish in the place of the key",
        "owner",
        f"SELECT share_key('recovery', sha256('x'), '{{1}}', ARRAY[{RUBBISH}])",
        refused("IM400"),
        Try("owner", ASKED + SHARED.replace("{wrap}", RUBBISH)),
    ),
    Attack(
        "replaces the key of a PC by rubbish",
        "owner",
        GIVEN + SHARED.replace("{wrap}", RUBBISH) + SPOILED,
        NOTHING,
        Try("owner", ASKED + SHARED.replace("{wrap}", RUBBISH) + SPOILED),
    ),
    Attack("reads bank details without the right", "counter", "SELECT account FROM supplier_banks", NOTHING, "manager"),
    Attack(
        "writes a contact in plain text",
        "manager",
        "UPDATE suppliers SET contact = 'plain'",
        refused("IM409"),
        Try("manager", "UPDATE suppliers SET contact = NULL"),
    ),
    Attack(
        "finds an account by its hash without the right",
        "counter",
        "SELECT supplier_id FROM supplier_banks WHERE account_hash = sha256('account')",
        NOTHING,
        "manager",
    ),
)
OPEN = (
    gets_through(
        "makes its own PC lose the key",
        "counter",
        "SELECT ask_for_key(sha256('y')) IS NOT NULL",
        "whoever sits at a PC may ask anew for it; until somebody shares the key again, contacts cannot be read there",
    ),
    gets_through(
        "renews the key with rubbish",
        "owner",
        GIVEN + "SELECT renew_key(2, ARRAY(SELECT holder FROM key_list() WHERE 1 = ANY (versions)),"
        f" ARRAY(SELECT {RUBBISH} FROM key_list() WHERE 1 = ANY (versions))) IS NOT NULL",
        "the server cannot tell a key from rubbish; nothing is lost, since PCs and the recovery code keep the key of before, "
        "but contacts cannot be changed until somebody renews the key once more; the audit log names who it was",
    ),
)
