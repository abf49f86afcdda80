"""Producing what one may not, by recipes that say otherwise, and writing beside the ledger what was expected."""

from uuid import uuid4

from tests.security.attack import NOTHING, Answer, Attack, Doing, Try, gets_through, refused
from tests.security.attacks.counting import blindly
from tests.security.attacks.statements import post
from tests.security.ground import Ground

FORBIDDEN, WRONG, DENIED = refused("IM403"), refused("IM400"), refused("42501")
BUTTER = "ARRAY[(SELECT home_location_id FROM item_site_settings WHERE item_id = '<butter>' AND site_id = '<harbour>')]"
USAGE = "SELECT count(*) FROM batch_usage('<downtown>', (SELECT id FROM recipes LIMIT 1), NULL); SELECT 1"


def produce(
    said: str = '{"version_id": null, "expected": [null, null]}', *, items: str = "'{<item>,<butter>}'", **other: str
) -> str:
    """Repacking that is right unless something is changed."""
    asked = {"quantities": "'{-1,1}'", "places": "'{<place>,<place>}'", "reasons": "NULL"} | other
    return post("PRODUCTION", items=items, more=f', "production": {said}', **asked)


def seen_after(look: Doing, **where: str) -> Doing:
    """The owner repacks something; then somebody looks, and the owner takes it back."""

    def send(ground: Ground, who: str) -> Answer:
        key = str(uuid4())
        assert ground.send(ground.line("owner"), f"{produce(key=key, **where)}; COMMIT").state == ""
        answer = look(ground, who)
        undo = f"SELECT reverse_movements('<key>', ARRAY(SELECT id FROM stock_movements WHERE posting_id = '{key}'), 'back'); COMMIT"
        assert ground.send(ground.line("owner"), undo).state == ""
        return answer

    return send


def to_be_made(site: str) -> Doing:
    """Asks what was to be made at a site."""
    return lambda ground, who: ground.send(
        ground.line(who), f"SELECT count(*) FROM productions WHERE site_id = '<{site}>'"
    )


THERE = {"site": "<harbour>", "items": "'{<butter>,<item>}'", "places": f"{BUTTER} || {BUTTER}"}
UNSAID = post(
    "PRODUCTION", items="'{<item>,<butter>}'", places="'{<place>,<place>}'", quantities="'{-9,1}'", reasons="NULL"
)
HARMLESS = Try("owner", produce())
ATTACKS = (
    Attack("produces without the right", "counter", produce(), FORBIDDEN, "manager"),
    Attack("produces at a site that is not theirs", "manager", produce(site="<harbour>"), FORBIDDEN,
           Try("manager", produce())),
    Attack("asks what a batch takes without the right", "counter", USAGE, FORBIDDEN, "manager"),
    Attack("asks what a batch takes at a site that is not theirs", "manager", USAGE.replace("downtown", "harbour"),
           FORBIDDEN, "owner"),
    Attack("sees what another site was to make", "manager", seen_after(to_be_made("harbour"), **THERE), NOTHING, "owner"),
    Attack("sees while counting blind what was to be made", "counter", seen_after(blindly(to_be_made("downtown"))), NOTHING,
           "manager"),
    Attack("says beside the ledger what was expected", "owner",
           "INSERT INTO productions (posting_id, site_id, expected) VALUES ('<key_here>', '<downtown>', '{1}')", DENIED,
           HARMLESS),
    Attack("changes what was expected", "owner", "UPDATE productions SET expected = '{}'", DENIED, HARMLESS),
    Attack("forgets what was expected", "owner", "DELETE FROM productions", DENIED, HARMLESS),
    Attack("checks a production for others", "owner", "SELECT check_production(NULL, '{}', NULL)", DENIED, HARMLESS),
    Attack("produces by the recipe of a dish", "owner",
           produce('{"version_id": "00000000-0000-4000-8000-0000000000ff", "expected": [null, null]}'), WRONG, HARMLESS),
    Attack("expects something of lines that are not there", "owner",
           produce('{"version_id": null, "expected": [1, 2, 3]}'), WRONG, HARMLESS),
    Attack("expects what is no number", "owner", produce('{"version_id": null, "expected": ["NaN", null]}'), WRONG,
           HARMLESS),
    Attack("expects less than nothing", "owner", produce('{"version_id": null, "expected": [-1, null]}'), WRONG, HARMLESS),
    Attack("expects what is no list", "owner", produce('{"version_id": null, "expected": 5}'), WRONG, HARMLESS),
    Attack("loses a part without saying why", "owner", produce('{"version_id": null, "expected": [0.5, null]}'), WRONG,
           HARMLESS),
    Attack("repacks an item into itself", "owner", produce(items="'{<item>,<item>}'"), WRONG, HARMLESS),
    Attack("takes half of a production back", "owner",
           f"{produce(key='00000000-0000-4000-8000-00000000000c')}; SELECT reverse_movements(gen_random_uuid(), ARRAY("
           "SELECT min(id) FROM stock_movements WHERE posting_id = '00000000-0000-4000-8000-00000000000c'), 'half')",
           WRONG, HARMLESS),
)  # fmt: skip
OPEN = (
    gets_through("makes less than went in, and says nothing of what was expected", "manager", UNSAID,
                 "what was expected is the word of the desk, and a history from elsewhere has none; what went in and what came out stays"),
)  # fmt: skip
