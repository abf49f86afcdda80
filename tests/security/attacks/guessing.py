"""Guessing passwords, and proofs that prove nothing."""

import os
import threading
from typing import Any
from uuid import UUID, uuid4

from ims_desktop.database.proof import proof
from ims_desktop.database.tenancy import NewUser, create_user
from tests.security.attack import Answer, Attack, Expected, Try, answers, gets_through, refused
from tests.security.attacks.knocking import WRONG, at_a_new_gate, guess, hello, passed_hash, prove, verify, walk_in
from tests.security.ground import Ground, Line
from tests.tenants import FAST, PASSWORD

MOST = 5
FEW = Expected(
    f"at most {MOST} guesses are judged", lambda a: not a.state and a.rows is not None and a.rows[0][0] <= MOST
)
BAD_REQUEST = refused("22023")


def newcomer(ground: Ground) -> str:
    """A login nobody has guessed at."""
    return ground.alpha.person("EMPLOYEE")


def judged(statuses: list[str]) -> int:
    """How many guesses the server answered, right or wrong."""
    return sum(status in ("BAD", "GOOD") for status in statuses)


def plainly(ground: Ground, line: Line) -> Any:
    """Eight wrong guesses and the right one."""
    login = newcomer(ground)
    return judged([guess(line, login, word) for word in [WRONG] * 8 + [PASSWORD]])


def spelled_differently(ground: Ground, line: Line) -> Any:
    """The same login in other letters and with spaces."""
    login = newcomer(ground)
    spelled = (login, login.upper(), f" {login}", f"{login} ", login.title(), login.swapcase(), f"\u00a0{login}")
    return judged([guess(line, one) for one in spelled])


def rolled_back(ground: Ground, line: Line) -> Any:
    """Every judgement is rolled back."""
    login, statuses = newcomer(ground), []
    for _ in range(9):
        attempt = prove(line, login, WRONG)
        line.execute("BEGIN")
        statuses.append(verify(line, attempt))
        line.execute("ROLLBACK")
    return judged(statuses)


def in_one_transaction(ground: Ground, line: Line) -> Any:
    """All three steps in a transaction that can be rolled back."""
    line.execute("BEGIN")
    return guess(line, newcomer(ground), PASSWORD)


def behind_a_savepoint(ground: Ground, line: Line) -> Any:
    """The same, with the deposit in a transaction inside."""
    line.execute("BEGIN; SAVEPOINT s")
    attempt = prove(line, newcomer(ground), PASSWORD)
    line.execute("RELEASE s")
    return verify(line, attempt)


def rolled_back_to_a_savepoint(ground: Ground, line: Line) -> Any:
    """Judged and taken back to a savepoint, again and again, in one transaction."""
    login = newcomer(ground)
    attempts = [prove(line, login, WRONG) for _ in range(9)]
    line.execute("BEGIN")
    statuses = []
    for attempt in attempts:
        line.execute("SAVEPOINT s")
        statuses.append(verify(line, attempt))
        line.execute("ROLLBACK TO s")
    line.execute("ROLLBACK")
    return judged(statuses)


def deposited_first(ground: Ground, line: Line) -> Any:
    """Twelve guesses are deposited before the first is judged."""
    login = newcomer(ground)
    attempts = [prove(line, login, WRONG) for _ in range(12)]
    return judged([verify(line, attempt) for attempt in attempts])


def many_lines(ground: Ground, count: int) -> list[Line]:
    """More connections than a gate may have, so that the counting is shown not to rest on that limit."""
    gate = ground.new_gate()
    with ground.server.root() as root:
        root.execute(f'ALTER ROLE "{gate.user}" CONNECTION LIMIT {count + 1}'.encode())
    return [walk_in(gate) for _ in range(count)]


def all_at_once(lines: list[Line], login: str, rounds: int) -> list[str]:
    """Every client guesses at the same moment and rolls its judgement back, so many times; what they were told."""
    statuses: list[str] = []
    together = threading.Barrier(len(lines), timeout=30)

    def client(line: Line) -> None:
        for _ in range(rounds):
            attempt = prove(line, login, WRONG)
            together.wait()
            line.execute("BEGIN")
            statuses.append(verify(line, attempt))
            line.execute("ROLLBACK")

    threads = [threading.Thread(target=client, args=(line,)) for line in lines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def ten_at_once(ground: Ground, _who: str) -> Answer:
    """Ten clients at once, all of them rolling back."""
    lines = many_lines(ground, 10)
    statuses = all_at_once(lines, newcomer(ground), 2)
    for line in lines:
        line.close()
    return Answer.told(judged(statuses)) if len(statuses) == 20 else Answer("?????", "a client failed")


def committed_one_by_one(ground: Ground, _who: str) -> Answer:
    """Ten deposits wait in open transactions and are committed and judged one by one."""
    lines, login = many_lines(ground, 10), newcomer(ground)
    attempts = []
    for line in lines:
        attempt, salt, nonce = hello(line, login)
        line.execute("BEGIN")
        line.execute("SELECT auth.prove(%s, %s)", [attempt, proof(WRONG, (salt[:4] + "04" + salt[6:]).encode(), nonce)])
        attempts.append(attempt)
    statuses = []
    for line, attempt in reversed(list(zip(lines, attempts, strict=True))):
        line.execute("COMMIT")
        statuses.append(verify(line, attempt))
        line.close()
    return Answer.told(judged(statuses))


def in_old_snapshots(ground: Ground, _who: str) -> Answer:
    """Every guess is judged in a snapshot taken before the later ones were deposited."""
    lines, login = many_lines(ground, 9), newcomer(ground)
    attempts = []
    for line in lines:
        attempts.append(prove(line, login, WRONG))
        line.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        line.execute("SELECT 1")
    statuses = [verify(line, attempt) for line, attempt in reversed(list(zip(lines, attempts, strict=True)))]
    for line in lines:
        line.close()
    return Answer.told(judged(statuses))


def from_many_computers(ground: Ground, _who: str) -> Answer:
    """Five guesses at each of six PCs: the login as a whole has twenty."""
    login, statuses = newcomer(ground), []
    for _ in range(6):
        with walk_in(ground.new_gate()) as line:
            statuses += [guess(line, login) for _ in range(MOST)]
    return Answer.told(judged(statuses))


def by_both_names(ground: Ground, line: Line) -> Any:
    """Five guesses by e-mail address and five by username."""
    word = uuid4().hex
    with ground.server.operator() as operator:
        create_user(operator, NewUser("Two", "Names", PASSWORD, email=f"{word}@example.com", username=f"u{word}"), FAST)
    return judged([guess(line, name) for name in [f"{word}@example.com"] * 6 + [f"u{word}"] * 6])


RIGHT = Try("gate", at_a_new_gate(lambda ground, line: guess(line, newcomer(ground), PASSWORD)))
GETS_IN = answers("GOOD")
GUESSES = (
    Attack("guesses on and on", "gate", at_a_new_gate(plainly), FEW, RIGHT, works=GETS_IN),
    Attack(
        "guesses at other spellings of a login", "gate", at_a_new_gate(spelled_differently), FEW, RIGHT, works=GETS_IN
    ),
    Attack("rolls every judgement back", "gate", at_a_new_gate(rolled_back), FEW, RIGHT, works=GETS_IN),
    Attack(
        "guesses in a transaction it can take back",
        "gate",
        at_a_new_gate(in_one_transaction),
        refused("25001"),
        RIGHT,
        works=GETS_IN,
    ),
    Attack(
        "hides the deposit behind a savepoint",
        "gate",
        at_a_new_gate(behind_a_savepoint),
        refused("25001"),
        RIGHT,
        works=GETS_IN,
    ),
    Attack(
        "takes judgements back to a savepoint",
        "gate",
        at_a_new_gate(rolled_back_to_a_savepoint),
        FEW,
        RIGHT,
        works=GETS_IN,
    ),
    Attack(
        "deposits many guesses before the first is judged",
        "gate",
        at_a_new_gate(deposited_first),
        FEW,
        RIGHT,
        works=GETS_IN,
    ),
    Attack("guesses with ten clients that roll back", "gate", ten_at_once, FEW, RIGHT, works=GETS_IN),
    Attack("keeps ten deposits in open transactions", "gate", committed_one_by_one, FEW, RIGHT, works=GETS_IN),
    Attack("judges each guess in an old snapshot", "gate", in_old_snapshots, FEW, RIGHT, works=GETS_IN),
    Attack("guesses from many PCs", "gate", from_many_computers, answers(20), RIGHT, works=GETS_IN),
)


def replayed(ground: Ground, line: Line) -> Any:
    """A proof out of a log, sent to a new challenge."""
    attempt, salt, nonce = hello(line, ground.logins["counter"])
    old = proof(PASSWORD, salt.encode(), nonce)
    line.execute("SELECT auth.prove(%s, %s)", [attempt, old])
    assert verify(line, attempt) == "GOOD"
    following = hello(line, ground.logins["counter"])[0]
    line.execute("SELECT auth.prove(%s, %s)", [following, old])
    return verify(line, following)


def passed(ground: Ground, line: Line) -> Any:
    """Signing in with what a stolen table holds."""
    with ground.server.root() as root:
        row = root.execute("SELECT password FROM public.users WHERE email = %s", [ground.logins["counter"]]).fetchone()
    assert row
    attempt, _salt, nonce = hello(line, ground.logins["counter"])
    line.execute("SELECT auth.prove(%s, %s)", [attempt, passed_hash(row[0], nonce)])
    return verify(line, attempt)


def proved_twice(ground: Ground, line: Line) -> Any:
    """Two guesses for one attempt."""
    attempt = prove(line, ground.logins["counter"], WRONG)
    line.execute("SELECT auth.prove(%s, %s)", [attempt, os.urandom(32)])


def judged_elsewhere(ground: Ground, line: Line) -> Any:
    """A right proof deposited at one PC and judged at another."""
    attempt = prove(line, newcomer(ground), PASSWORD)
    with walk_in(ground.new_gate()) as thief:
        return verify(thief, attempt)


def turned_into_a_change(ground: Ground, line: Line) -> Any:
    """A proof for signing in, used to set a password."""
    attempt = prove(line, newcomer(ground), PASSWORD)
    row = line.execute(
        "SELECT auth.set_password(%s, %s, %s)", [attempt, "$2b$12$" + "a" * 21 + "u", bytes(32)]
    ).fetchone()
    return row and row[0]


def reset_without_a_code(ground: Ground, line: Line) -> Any:
    """A reset where nobody gave a code."""
    attempt, _salt, _nonce = hello(line, newcomer(ground))
    line.execute("SELECT auth.prove(%s, %s, 'RESET')", [attempt, bytes(32)])
    row = line.execute(
        "SELECT auth.set_password(%s, %s, %s)", [attempt, "$2b$12$" + "a" * 21 + "u", bytes(32)]
    ).fetchone()
    return row and row[0]


def looks_alike(ground: Ground, line: Line) -> Any:
    """Whether known and unknown logins can be told apart: salts, and answers until the lock."""
    known, unknown = newcomer(ground), "nobody@example.com"
    with ground.server.root() as root:  # tests make cheap salts; people have costly ones, as the made-up ones are
        root.execute(
            "UPDATE public.users SET bcrypt_salt = replace(bcrypt_salt, '$04$', '$12$') WHERE email = %s", [known]
        )
    salts = {login: {hello(line, login)[1] for _ in range(2)} for login in (known, unknown, "nobody2@example.com")}
    shapes = {
        (len(found), *(f"{salt[:7]} {len(salt)} {salt[-1] in '.Oeu'}" for salt in found)) for found in salts.values()
    }
    told = {tuple(guess(line, login) for _ in range(6)) for login in (known, unknown)}
    return len(shapes), len({salt for found in salts.values() for salt in found}), len(told)


def sent(text: str) -> Any:
    """One statement at a gate nobody has guessed at."""

    def do(_ground: Ground, line: Line) -> Any:
        row = line.execute(text.encode()).fetchone()
        return row and row[0]

    return at_a_new_gate(do)


def broken(_ground: Ground, line: Line) -> Any:
    """A guess that names no place for a token."""
    return line.execute("SELECT status FROM auth.verify(%s, NULL, '{}')", [UUID(int=1)])


PROOFS = (
    Attack("sends a proof out of a log again", "gate", at_a_new_gate(replayed), answers("BAD"), RIGHT, works=GETS_IN),
    Attack("signs in with what the server keeps", "gate", at_a_new_gate(passed), answers("BAD"), RIGHT, works=GETS_IN),
    Attack("makes two guesses of one attempt", "gate", at_a_new_gate(proved_twice), BAD_REQUEST, RIGHT, works=GETS_IN),
    Attack(
        "judges the proof of another PC",
        "gate",
        at_a_new_gate(judged_elsewhere),
        answers("STALE"),
        RIGHT,
        works=GETS_IN,
    ),
    Attack(
        "sets a password with a proof for signing in",
        "gate",
        at_a_new_gate(turned_into_a_change),
        answers("STALE"),
        RIGHT,
        works=GETS_IN,
    ),
    Attack(
        "resets a password without a code",
        "gate",
        at_a_new_gate(reset_without_a_code),
        answers("BAD"),
        RIGHT,
        works=GETS_IN,
    ),
    Attack(
        "judges an attempt that never was",
        "gate",
        sent(f"SELECT status FROM auth.verify('{uuid4()}', sha256('x'), '{{}}')"),
        answers("STALE"),
        RIGHT,
        works=GETS_IN,
    ),
    Attack(
        "describes its PC at great length",
        "gate",
        sent(f"SELECT status FROM auth.verify('{uuid4()}', sha256('x'), to_jsonb(repeat('x', 5000)))"),
        BAD_REQUEST,
        RIGHT,
        works=GETS_IN,
    ),
    Attack("asks for a session without a token", "gate", at_a_new_gate(broken), BAD_REQUEST, RIGHT, works=GETS_IN),
    Attack(
        "signs in as a login of 10,000 letters",
        "gate",
        sent("SELECT salt FROM auth.hello(repeat('x', 10000))"),
        BAD_REQUEST,
        RIGHT,
        works=GETS_IN,
    ),
    Attack(
        "tells known logins from unknown ones",
        "gate",
        at_a_new_gate(looks_alike),
        answers((1, 3, 1)),
        RIGHT,
        works=GETS_IN,
    ),
)
OPEN = (
    gets_through(
        "has five guesses for each name of a person",
        "gate",
        at_a_new_gate(by_both_names),
        "counting them together would tell that the two names belong to one person; twenty a name and thirty a PC still hold",
        comes_of_it=answers(10),
    ),
)

ATTACKS = (*GUESSES, *PROOFS)
