"""Every attack is stopped or listed as open, on every version at hand, and could have worked."""

import re
from pathlib import Path

import pytest

from tests.security.attack import Answer, Attack
from tests.security.attacks import ATTACKS, HARDENED, KEPT_OUT_BY_RULES, OPEN, WIRE
from tests.security.conftest import DEBIAN, VERSIONS, GroundOf
from tests.security.ground import Ground

PAPER = Path(__file__).parents[2] / "docs" / "security.md"
LEAST = 100

versions = pytest.mark.parametrize("version", VERSIONS)


def shown(answer: Answer) -> str:
    return f"{answer.words} {answer.rows}"


def leaked(ground: Ground, answer: Answer) -> list[str]:
    return [secret for secret in ground.secrets if secret in shown(answer)]


@versions
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_is_stopped_and_could_have_worked(attack: Attack, version: str, ground_of: GroundOf) -> None:
    stopped_and_could_have_worked(attack, ground_of(version))


@pytest.mark.skipif(not DEBIAN, reason="no server at hand speaks TLS")
@pytest.mark.parametrize("attack", WIRE, ids=lambda attack: attack.name)
def test_an_attack_on_the_wire_is_stopped_and_could_have_worked(attack: Attack, ground_of: GroundOf) -> None:
    stopped_and_could_have_worked(attack, ground_of(DEBIAN))


@pytest.mark.skipif(not DEBIAN, reason="no server at hand speaks TLS")
def test_nobody_reaches_the_server_with_tls_in_plain(ground_of: GroundOf) -> None:
    """So that every attack there, psql's among them, came over TLS."""
    ground = ground_of(DEBIAN)
    for who in ("gate", "counter", "owner", "stranger", "operator"):
        assert ground.line(who).pgconn.ssl_in_use
    plain = ground.send(
        ground.line("root"),
        "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
        " WHERE backend_type = 'client backend' AND NOT ssl",
    )
    assert plain.rows == ((0,),)


def stopped_and_could_have_worked(attack: Attack, ground: Ground) -> None:
    answer = ground.run(attack.hostile)
    assert attack.stopped.holds(answer), f"{attack.stopped}, but: {answer}"
    assert not leaked(ground, answer), answer
    assert attack.honest, "an attack without a control proves nothing"
    control = ground.run(attack.honest)
    assert attack.works.holds(control), f"the control should have: {attack.works}, but: {control}"


@versions
@pytest.mark.parametrize("attack", OPEN, ids=lambda attack: attack.name)
def test_what_is_open_is_open(attack: Attack, version: str, ground_of: GroundOf) -> None:
    """Should the server begin to refuse one of these, it belongs among the others."""
    ground = ground_of(version)
    answer = ground.run(attack.hostile)
    by_rules = version == DEBIAN and attack.name in KEPT_OUT_BY_RULES
    assert attack.stopped.holds(answer) != by_rules, f"{attack.stopped}, but: {answer}"
    assert not leaked(ground, answer), answer


@pytest.mark.parametrize("attack", OPEN, ids=lambda attack: attack.name)
def test_hardening_closes_what_it_says(attack: Attack, hardened_ground: Ground) -> None:
    answer = hardened_ground.run(attack.hostile)
    assert attack.stopped.holds(answer) != (attack.name in HARDENED), answer


def statement(attack: Attack) -> object:
    """What an attack is told apart by: not by who sends it, nor by numbers and names in it."""
    if not isinstance(attack.what, str):
        return attack.name
    return re.sub(r"\s+", " ", attack.what)


def test_there_are_a_hundred_different_ones() -> None:
    everything = ATTACKS + OPEN + WIRE
    assert len({attack.name for attack in everything}) == len(everything)
    assert len({statement(attack) for attack in everything}) == len(everything)
    assert len(ATTACKS) >= LEAST


def test_no_attack_is_its_own_control() -> None:
    same = [a.name for a in ATTACKS + WIRE if a.honest and (a.honest.who, a.honest.what) == (a.who, a.what)]
    assert not same


def test_the_paper_lists_what_is_open() -> None:
    table = PAPER.read_text("utf-8").partition("## Open")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("| ")
    ]
    listed = {row[0]: (row[2], row[3]) for row in rows[1:]}
    assert listed == {a.name: (a.open_because, "yes" if a.name in HARDENED else "") for a in OPEN}
