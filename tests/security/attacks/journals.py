"""The journal that a person keeps on a PC: taking what opens that of another, and hiding that one was put back."""

from tests.security.attack import NOTHING, Attack, Try, refused

DENIED = refused("42501")
OPENED = "SELECT octet_length(secret) FROM open_journal()"

ATTACKS = (
    Attack(
        "reads what opens the journals of others",
        "owner",
        "SELECT secret FROM journals",
        DENIED,
        Try("root", "SELECT count(*) + 1 FROM journals"),
    ),
    Attack(
        "sets the mark of another's journal",
        "owner",
        "UPDATE journals SET mark = 0",
        DENIED,
        Try("owner", "SELECT mark_journal(1) IS NOT NULL"),
    ),
    Attack(
        "takes the journal of another away",
        "owner",
        "DELETE FROM journals",
        DENIED,
        Try("owner", OPENED),
    ),
    Attack(
        "gives its own journal another key",
        "counter",
        "UPDATE journals SET secret = sha256('x') WHERE member_id = me()",
        DENIED,
        Try("counter", OPENED),
    ),
    Attack(
        "asks for a journal from a PC where nobody is signed in",
        "gate",
        "SELECT octet_length(secret) FROM <schema>.open_journal()",
        DENIED,
        Try("counter", OPENED),
    ),
    Attack(
        "asks for a journal without a PC",
        "operator",
        "SELECT count(secret) FROM <schema>.open_journal()",
        refused("IM403"),
        Try("counter", OPENED),
    ),
    Attack(
        "puts the mark of its own journal back, so that an older file passes",
        "counter",
        f"{OPENED}; SELECT mark_journal(10); SELECT mark_journal(3); SELECT mark FROM open_journal() WHERE mark < 10",
        NOTHING,
        Try("counter", f"{OPENED}; SELECT mark_journal(10); SELECT mark FROM open_journal() WHERE mark = 10"),
    ),
)
