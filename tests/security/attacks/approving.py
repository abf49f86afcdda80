"""Entries beyond a limit: deciding about one's own, past the limit or elsewhere, reading costs, and photos of others."""

from tests.security.attack import Attack, Doing, Try, answers, refused
from tests.security.attacks.limits import limited
from tests.security.attacks.statements import post

COUNTER, MANAGER = "counter", "manager"
DENIED = refused("42501")
ASK = (
    "SELECT ask_approval('00000000-0000-4000-8000-0000000a5ced', '{\"kind\": \"WASTE\", \"site_id\": \"%s\"}', ARRAY['<item>'::uuid], ARRAY['<place>'::uuid],"
    " '{-5}', '{NULL}', ARRAY['<spoilage>'::uuid], '{\"\"}', '{NULL}', '{NULL}') ->> 'state'"
)
HERE, THERE = ASK % "<downtown>", ASK % "<harbour>"
PHOTO = "SELECT add_photos(%s, ARRAY['00000000-0000-4000-8000-0000000a5ced'::uuid], '{1}', '{x}', ARRAY['\\xffd8ffe0'::bytea])"
MINE = "(SELECT id FROM valued_postings WHERE kind = 'WASTE' AND posted_by = me() ORDER BY posted_at DESC LIMIT 1)"
TEMPLATE = "INSERT INTO entry_templates (site_id, kind, name, lines) VALUES ('%s', '%s', 'Close', '[{}]')"
# Five kilos of mozzarella are worth 39.50.
MAKE = (
    'SELECT ask_approval(\'00000000-0000-4000-8000-0000000a5ced\', \'{"kind": "PRODUCTION", "site_id": "%s", "production":'
    " {\"version_id\": null, \"expected\": [null, null]}%s}', '{<item>,<butter>}', '{<place>,<place>}', '{-5,1}', %s, NULL, NULL, NULL,"
    " NULL) ->> 'state'"
)
MADE = MAKE % ("<downtown>", "", "NULL")
LABOUR = MAKE % ("<downtown>", ', "values": [null, "3"]', "NULL")
APPROVE, WITHDRAW = (
    f"SELECT {what}_request('00000000-0000-4000-8000-0000000a5ced', 1)" for what in ("approve", "withdraw")
)


def making(*statements: str, rights: tuple[str, ...] = ("production.record",)) -> Doing:
    """By somebody who may make what is worth 10.00 a day."""
    return limited(*statements, rights=rights, permission="production.record", limit=10)


ATTACKS = (
    Attack("approves a production that they asked for themselves", COUNTER, making(MADE, APPROVE),
           refused("IM403", saying="Somebody else approves"), Try(COUNTER, making(MADE, WITHDRAW))),
    Attack("asks for a production without the right to produce", COUNTER, making(MADE, rights=()), refused("IM403"),
           Try(COUNTER, making(MADE))),
    Attack("asks for a production at another site", COUNTER, making(MAKE % ("<harbour>", "", "NULL")), refused("IM403"),
           Try(COUNTER, making(MADE))),
    Attack("asks for a production whose parts weigh what is no number", COUNTER,
           making(MAKE % ("<downtown>", ', "weights": [null, "NaN"]', "NULL")), refused("IM400"),
           Try(COUNTER, making(MAKE % ("<downtown>", ', "weights": [null, "2"]', "NULL")))),
    Attack("asks for a production with labour below nothing, so that it looks cheap", COUNTER,
           making(MAKE % ("<downtown>", ', "values": [null, "-3"]', "NULL")), refused("IM400"),
           Try(COUNTER, making(LABOUR))),
    Attack("lets a production that waits look cheap by costs of its own", COUNTER,
           making(MAKE % ("<downtown>", "", "'{0,NULL}'")), refused("IM400", saying="at its own cost"),
           Try(COUNTER, making(MADE))),
    Attack("learns the labour of a production that waits without seeing costs", COUNTER,
           making(LABOUR, "SELECT count(labour) FROM valued_requests"), answers(0),
           Try(COUNTER, making(LABOUR, "SELECT count(labour) FROM valued_requests",
                               rights=("production.record", "stock.cost"))),
           answers(1)),
    Attack("puts a photo to a production that waits", COUNTER,
           making(MADE, PHOTO % "'00000000-0000-4000-8000-0000000a5ced'"), refused("IM403"),
           Try(COUNTER, limited(HERE, PHOTO % "'00000000-0000-4000-8000-0000000a5ced'", limit=10))),
    Attack(
        "approves what they asked for themselves",
        COUNTER,
        limited(HERE, "SELECT approve_request('00000000-0000-4000-8000-0000000a5ced', 1)", limit=10),
        refused("IM403", saying="Somebody else approves"),
        Try(COUNTER, limited(HERE, "SELECT withdraw_request('00000000-0000-4000-8000-0000000a5ced', 1)", limit=10)),
    ),
    Attack(
        "writes an approval by hand",
        COUNTER,
        limited(HERE, "UPDATE approval_requests SET state = 'APPROVED'", limit=10),
        DENIED,
        Try(COUNTER, limited(HERE, "SELECT withdraw_request('00000000-0000-4000-8000-0000000a5ced', 1)", limit=10)),
    ),
    Attack(
        "reads what an entry that waits is worth from its table",
        MANAGER,
        "SELECT amount FROM approval_requests",
        DENIED,
        Try(MANAGER, "SELECT count(amount) + 1 FROM valued_requests"),
    ),
    Attack(
        "learns what its entry is worth without seeing costs",
        COUNTER,
        limited(HERE, "SELECT count(amount) FROM valued_requests", limit=10),
        answers(0),
        Try(COUNTER, limited(HERE, "SELECT count(amount) FROM valued_requests", limit=10, rights=("stock.cost",))),
        answers(1),
    ),
    Attack(
        "takes the key of an entry that waits",
        COUNTER,
        limited(HERE, post(key="00000000-0000-4000-8000-0000000a5ced", quantities="'{-1}'"), limit=20),
        refused("IM409", saying="already used with other content"),
        Try(COUNTER, limited(HERE, post(quantities="'{-1}'"), limit=20)),
    ),
    Attack("asks for another site", COUNTER, THERE, refused("IM403"), Try(COUNTER, HERE)),
    Attack(
        "learns recipes of the kitchen for another site",
        COUNTER,
        "SELECT count(*) FROM dish_usage('<harbour>', ARRAY(SELECT id FROM menu_items))",
        refused("IM403"),
        Try(COUNTER, "SELECT count(*) FROM dish_usage('<downtown>', ARRAY(SELECT id FROM menu_items))"),
    ),
    Attack(
        "puts a photo to what somebody else wasted",
        COUNTER,
        PHOTO % "(SELECT id FROM valued_postings WHERE kind = 'WASTE' AND posted_by <> me() LIMIT 1)",
        refused("IM403"),
        Try(COUNTER, f"{HERE}; {PHOTO % MINE}"),
    ),
    Attack(
        "keeps something else than a photo",
        COUNTER,
        f"{HERE}; {PHOTO % MINE}".replace("xffd8ffe0", "x4d5a9000"),
        refused("IM400", saying="JPEG"),
        Try(COUNTER, f"{HERE}; {PHOTO % MINE}"),
    ),
    Attack(
        "writes photos by hand",
        COUNTER,
        "DELETE FROM document_photos",
        DENIED,
        Try(COUNTER, "SELECT count(*) FROM document_photos"),
        answers(0),
    ),
    Attack(
        "leaves a template at another site",
        COUNTER,
        TEMPLATE % ("<harbour>", "WASTE"),
        DENIED,
        Try(COUNTER, TEMPLATE % ("<downtown>", "WASTE")),
    ),
    Attack(
        "leaves a template of what it may not record",
        COUNTER,
        TEMPLATE % ("<downtown>", "ADJUSTMENT"),
        DENIED,
        Try(MANAGER, TEMPLATE % ("<downtown>", "ADJUSTMENT")),
    ),
)  # fmt: skip
