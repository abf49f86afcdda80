"""The two promises that everything else serves: how often anybody may guess, and how soon somebody is out."""

import threading
from collections.abc import Iterator

import psycopg
import pytest

from tests.security.attack import CUT, NOTHING
from tests.security.attacks.endings import (
    AT_ONCE,
    DEACTIVATED,
    WITHDRAWN,
    Guest,
    ask,
    come_again,
    cut_in_time,
    guest_of,
)
from tests.security.attacks.guessing import MOST, all_at_once, judged, many_lines, newcomer
from tests.security.attacks.knocking import guess
from tests.security.conftest import VERSIONS, GroundOf
from tests.security.ground import Ground
from tests.tenants import PASSWORD

CLIENTS = 10


@pytest.fixture(params=VERSIONS)
def ground(request: pytest.FixtureRequest, ground_of: GroundOf) -> Ground:
    return ground_of(request.param)


def pass_minutes(ground: Ground, login: str, minutes: int) -> None:
    """Let so much time go by since this login was tried."""
    with ground.server.root() as root:
        root.execute(
            "UPDATE public.login_attempts SET at = at - make_interval(mins => %s)"
            " WHERE login_hash = auth.login_hash(%s)",
            [minutes, login],
        )


def test_ten_clients_that_roll_back_get_five_guesses_in_a_quarter_of_an_hour(ground: Ground) -> None:
    lines, login = many_lines(ground, CLIENTS), newcomer(ground)
    statuses = all_at_once(lines, login, 2)
    pass_minutes(ground, login, 7)
    statuses += all_at_once(lines, login, 1)
    assert len(statuses) == 3 * CLIENTS
    assert judged(statuses) <= MOST
    assert guess(lines[0], login, PASSWORD) == "LOCKED", "nor does the right one get in meanwhile"
    pass_minutes(ground, login, 17)
    assert guess(lines[0], login, PASSWORD) == "GOOD"
    for line in lines:
        line.close()


@pytest.fixture
def guest(ground: Ground) -> Iterator[Guest]:
    made = guest_of(ground)
    yield made
    made.line.close()


def test_the_next_statement_after_a_role_is_withdrawn_sees_nothing(ground: Ground, guest: Guest) -> None:
    assert ask(guest.line).rows != ((0,),)
    WITHDRAWN(ground, guest)
    found = ask(guest.line)
    assert NOTHING.holds(found) or CUT.holds(found)


def test_whoever_is_deactivated_is_cut_off_whatever_the_line_is_doing(ground: Ground, guest: Guest) -> None:
    """Waiting, in an open transaction, and in the middle of a long statement; the bench says how soon."""
    lines = [guest.gate.place.connect(guest.role, guest.password) for _ in range(2)]
    waiting, working = lines
    waiting.execute("BEGIN")
    ended: list[psycopg.Error] = []

    def work() -> None:
        try:
            working.execute("SELECT pg_sleep(600)")
        except psycopg.Error as error:
            ended.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    DEACTIVATED(ground, guest)
    thread.join(AT_ONCE)
    assert len(ended) == 1, "the long statement went on"
    for line in (guest.line, waiting):
        assert cut_in_time(Guest(guest.gate, guest.session, guest.role, guest.password, line)).rows == (("cut",),)
    assert come_again(guest).state == "28000"
