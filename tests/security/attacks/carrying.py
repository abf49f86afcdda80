"""Sending, receiving and taking back what one may not, and learning from transfers."""

from uuid import uuid4

from tests.security.attack import NOTHING, Answer, Attack, Doing, Try, refused
from tests.security.attacks.costs import role_says
from tests.security.attacks.counting import blindly
from tests.security.attacks.statements import post
from tests.security.ground import Ground

FORBIDDEN, WRONG, DENIED = refused("IM403"), refused("IM400"), refused("42501")
TO_HARBOUR = ', "to_site_id": "<harbour>"'
SENT = "00000000-0000-4000-8000-00000000000b"
SEND = post("TRANSFER_OUT", key=SENT, reasons="NULL", more=TO_HARBOUR)


def receive(
    quantity: str = "1", rest: str = "STAYS", reason: str = "NULL", key: str = "00000000-0000-4000-8000-00000000000a"
) -> str:
    """Receiving what SEND sent."""
    return (
        f"SELECT receive_transfer('{key}', '{SENT}', ARRAY(SELECT id FROM transfer_lines WHERE transfer_id = '{SENT}'),"
        f" ARRAY[{quantity}]::numeric[], ARRAY(SELECT id FROM storage_locations WHERE site_id = '<harbour>' LIMIT 1),"
        f" ARRAY['{rest}'], ARRAY[{reason}]::uuid[], '')"
    )


ARRIVED = f"{SEND}; {receive()}"
BUTTER = "ARRAY[(SELECT home_location_id FROM item_site_settings WHERE item_id = '<butter>' AND site_id = '<harbour>')]"
BACK = '{"kind": "TRANSFER_OUT", "site_id": "<harbour>", "to_site_id": "<downtown>"}'
FOUND = "(SELECT id FROM reason_codes WHERE 'ADJUSTMENT' = ANY (kinds) AND is_active ORDER BY id LIMIT 1)"


def after_arrival(*statements: str) -> Doing:
    """The owner sends 1 kg of butter and receives it; then somebody looks, and the owner takes all of it back."""

    def send(ground: Ground, who: str) -> Answer:
        key, receipt = str(uuid4()), str(uuid4())
        sending = post(key=key, header=BACK, items="'{<butter>}'", places=BUTTER, reasons="NULL")
        arriving = receive(key=receipt).replace(SENT, key).replace("site_id = '<harbour>'", "site_id = '<downtown>'")
        assert ground.send(ground.line("owner"), f"{sending}; {arriving}; COMMIT").state == ""
        answer = ground.send(ground.line(who), ";".join(statements))
        undo = f"SELECT undo_receipt('<key>', '{receipt}', 'back')"
        cancel = "SELECT reverse_movements('<key>', ARRAY(SELECT id FROM transfer_lines WHERE transfer_id = '%s'), 'back'); COMMIT"
        assert ground.send(ground.line("owner"), f"{undo}; {cancel % key}").state == ""
        return answer

    return send


def while_under_way(statement: str) -> Doing:
    """The owner sends 1 kg of butter from the harbour to Downtown; somebody looks, and the owner cancels it."""

    def send(ground: Ground, who: str) -> Answer:
        key = str(uuid4())
        sending = post(key=key, header=BACK, items="'{<butter>}'", places=BUTTER, reasons="NULL")
        assert ground.send(ground.line("owner"), f"{sending}; COMMIT").state == ""
        answer = ground.send(ground.line(who), statement.replace(SENT, key))
        cancel = "SELECT reverse_movements('<key>', ARRAY(SELECT id FROM transfer_lines WHERE transfer_id = '%s'), 'back'); COMMIT"
        assert ground.send(ground.line("owner"), cancel % key).state == ""
        return answer

    return send


def finds(quantity: str, limit: int | None = None) -> Doing:
    """The owner sends 1 kg of butter, worth 7.42; so much arrives, by somebody who adjusts up to a limit or not at all."""
    rights = {} if limit is None else {"adjustments.record": True}

    def send(ground: Ground, who: str) -> Answer:
        key = str(uuid4())
        sending = post(key=key, header=BACK, items="'{<butter>}'", places=BUTTER, reasons="NULL")
        assert ground.send(ground.line("owner"), f"{sending}; COMMIT").state == ""
        arriving = receive(quantity, reason=FOUND).replace("site_id = '<harbour>'", "site_id = '<downtown>'")
        with role_says(ground, permissions=rights, limits={"adjustments.record": limit} if limit else {}):
            answer = ground.send(ground.line(who), arriving.replace(SENT, key))
        cancel = "SELECT reverse_movements('<key>', ARRAY(SELECT id FROM transfer_lines WHERE transfer_id = '%s'), 'back'); COMMIT"
        assert ground.send(ground.line("owner"), cancel % key).state == ""
        return answer

    return send


def takes_back(quantity: str, limit: int) -> Doing:
    """The owner finds so much more of 1 kg of butter, worth 7.42; somebody who adjusts up to a limit takes that back."""

    def send(ground: Ground, who: str) -> Answer:
        key, receipt = str(uuid4()), str(uuid4())
        sending = post(key=key, header=BACK, items="'{<butter>}'", places=BUTTER, reasons="NULL")
        arriving = receive(quantity, reason=FOUND, key=receipt).replace(SENT, key)
        arriving = arriving.replace("site_id = '<harbour>'", "site_id = '<downtown>'")
        assert ground.send(ground.line("owner"), f"{sending}; {arriving}; COMMIT").state == ""
        undo = f"SELECT undo_receipt('<key>', '{receipt}', 'back')"
        rights = {"documents.reverse": True, "adjustments.record": True}
        with role_says(ground, permissions=rights, limits={"adjustments.record": limit}):
            answer = ground.send(ground.line(who), undo)
        cancel = "SELECT reverse_movements('<key>', ARRAY(SELECT id FROM transfer_lines WHERE transfer_id = '%s'), 'back'); COMMIT"
        assert ground.send(ground.line("owner"), f"{undo}; {cancel % key}").state == ""
        return answer

    return send


ATTACKS = (
    Attack("sends without the right", "counter", SEND, FORBIDDEN, "manager"),
    Attack("receives at a site that is not theirs", "manager", ARRIVED, FORBIDDEN, "owner"),
    Attack(
        "receives more than was sent without saying why",
        "owner",
        f"{SEND}; {receive('2')}",
        WRONG,
        Try("owner", ARRIVED),
    ),
    Attack(
        "writes off what is missing without saying why",
        "owner",
        f"{SEND}; {receive('0', 'MISSING')}",
        WRONG,
        Try("owner", ARRIVED),
    ),
    Attack(
        "receives what is no number",
        "owner",
        f"{SEND}; {receive(chr(39) + 'NaN' + chr(39))}",
        WRONG,
        Try("owner", ARRIVED),
    ),
    Attack(
        "receives a delivery as if it were a transfer",
        "owner",
        SEND
        + "; "
        + receive().replace(
            f"'{SENT}', ARRAY(", "(SELECT posting_id FROM stock_movements WHERE id = <moved_here>), ARRAY("
        ),
        FORBIDDEN,
        Try("owner", ARRIVED),
    ),
    Attack(
        "takes a receipt back twice",
        "owner",
        f"{ARRIVED}; SELECT undo_receipt(gen_random_uuid(), '00000000-0000-4000-8000-00000000000a', 'mistake');"
        " SELECT undo_receipt(gen_random_uuid(), '00000000-0000-4000-8000-00000000000a', 'mistake')",
        refused("IM409"),
        Try(
            "owner",
            f"{ARRIVED}; SELECT undo_receipt(gen_random_uuid(), '00000000-0000-4000-8000-00000000000a', 'mistake')",
        ),
    ),
    Attack(
        "takes back a receipt that there is not",
        "owner",
        "SELECT undo_receipt(gen_random_uuid(), gen_random_uuid(), 'mistake')",
        FORBIDDEN,
        Try(
            "owner",
            f"{ARRIVED}; SELECT undo_receipt(gen_random_uuid(), '00000000-0000-4000-8000-00000000000a', 'mistake')",
        ),
    ),
    Attack(
        "reads receipts past the view",
        "owner",
        "SELECT * FROM transfer_receipts",
        DENIED,
        Try("owner", f"{ARRIVED}; SELECT count(*) FROM transfers_received"),
    ),
    Attack(
        "notes a receipt past the function",
        "owner",
        f"{SEND}; INSERT INTO transfer_receipts SELECT '{SENT}', '{SENT}', '{SENT}', 'ARRIVED', me(), now()",
        DENIED,
        Try("owner", ARRIVED),
    ),
    Attack(
        "posts a part of a receipt by itself",
        "owner",
        f"SELECT post_receipt('{SENT}', NULL, 'BACK', 'TRANSFER_IN', '<downtown>', NULL, NULL, NULL, '', '')",
        DENIED,
        Try("owner", ARRIVED),
    ),
    Attack(
        "learns the value of a transfer",
        "counter",
        "SELECT count(*) FROM transfer_lines WHERE value IS NOT NULL",
        NOTHING,
        Try("manager", f"{SEND}; SELECT count(*) FROM transfer_lines WHERE value IS NOT NULL"),
    ),
    Attack(
        "finds more than twice of what was sent",
        "counter",
        finds("3"),
        refused("IM400", saying="More than twice as much"),
        Try("counter", finds("2")),
    ),
    Attack(
        "finds by a receipt what is beyond the limit for adjustments",
        "counter",
        finds("20", 50),
        refused("IM403", saying="worth more than your limit of 50.00"),
        Try("counter", finds("20", 5000)),
    ),
    Attack(
        "takes back by a receipt what is beyond the limit for adjustments",
        "counter",
        takes_back("20", 50),
        refused("IM403", saying="worth more than your limit of 50.00"),
        Try("counter", takes_back("20", 5000)),
    ),
    Attack(
        "adds up what arrived while counting blind",
        "counter",
        blindly(after_arrival("SELECT count(*) FROM transfer_lines WHERE arrived > 0")),
        NOTHING,
        Try("counter", after_arrival("SELECT count(*) FROM transfer_lines WHERE arrived > 0")),
    ),
    Attack(
        "learns of which lots something was while counting blind",
        "counter",
        blindly(after_arrival("SELECT count(*) FROM transfer_lots")),
        NOTHING,
        Try("counter", after_arrival("SELECT count(*) FROM transfer_lots")),
    ),
    Attack(
        "asks the ledger which lots of a movement are left",
        "owner",
        "SELECT count(*) FROM lots_left(<moved_here>)",
        DENIED,
        Try("owner", "SELECT count(*) + 1 FROM transfer_lots"),
    ),
    Attack(
        "says which lots arrived in no shape",
        "owner",
        f"{SEND}; {receive()[:-1]}, NULL, '{{\"lot\": 1}}')",
        WRONG,
        Try("owner", f"{SEND}; {receive()[:-1]}, NULL, '[null]')"),
    ),
    Attack(
        "learns what comes is worth",
        "counter",
        while_under_way("SELECT count(*) FROM transfer_lines WHERE value_there IS NOT NULL"),
        NOTHING,
        Try("owner", while_under_way("SELECT count(*) FROM transfer_lines WHERE value_there IS NOT NULL")),
    ),
    Attack(
        "learns what is in transit at the end of a day",
        "counter",
        while_under_way("SELECT count(*) FROM in_transit('2999-01-01')"),
        NOTHING,
        Try("owner", while_under_way("SELECT count(*) FROM in_transit('2999-01-01')")),
    ),
    Attack(
        "takes away what is under way",
        "owner",
        while_under_way("DELETE FROM under_way"),
        DENIED,
        Try("owner", while_under_way(f"SELECT quantity FROM under_way WHERE transfer_id = '{SENT}'")),
    ),
    Attack(
        "makes more of what is under way",
        "owner",
        while_under_way("UPDATE under_way SET quantity = 100"),
        DENIED,
        Try("owner", while_under_way(f"SELECT quantity FROM under_way WHERE transfer_id = '{SENT}'")),
    ),
    Attack(
        "has what is under way reckoned anew",
        "owner",
        f"SELECT keep_under_way('{SENT}')",
        DENIED,
        Try("owner", SEND),
    ),
    Attack(
        "asks the ledger for a rate past its page",
        "owner",
        "SELECT rate_on('USD', 'EUR', '2026-01-01')",
        DENIED,
        Try("owner", "SELECT count(*) + 1 FROM exchange_rates"),
    ),
    Attack(
        "sends with a rate of its own",
        "owner",
        SEND.replace('"to_site_id"', '"to_rate": "9", "to_site_id"')
        + f"; SELECT count(to_rate) FROM valued_postings WHERE id = '{SENT}'",
        NOTHING,
        Try("owner", f"{SEND}; SELECT count(*) FROM valued_postings WHERE id = '{SENT}'"),
    ),
)
