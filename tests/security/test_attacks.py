"""Every attack is stopped or listed as open, on every version at hand, and could have worked."""

import re
from pathlib import Path

import pytest

from tests.security.attack import Answer, Attack
from tests.security.attacks import ATTACKS, HARDENED, OPEN
from tests.security.conftest import VERSIONS, GroundOf
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
    ground = ground_of(version)
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
    answer = ground_of(version).run(attack.hostile)
    assert attack.stopped.holds(answer), f"{attack.stopped}, but: {answer}"
    assert not leaked(ground_of(version), answer), answer


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
    everything = ATTACKS + OPEN
    assert len({attack.name for attack in everything}) == len(everything)
    assert len({statement(attack) for attack in everything}) == len(everything)
    assert len(ATTACKS) >= LEAST


def test_no_attack_is_its_own_control() -> None:
    same = [a.name for a in ATTACKS if a.honest and (a.honest.who, a.honest.what) == (a.who, a.what)]
    assert not same


def test_the_paper_lists_what_is_open() -> None:
    table = PAPER.read_text("utf-8").partition("## Open")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("| ")
    ]
    listed = {row[0]: (row[2], row[3]) for row in rows[1:]}
    assert listed == {a.name: (a.open_because, "yes" if a.name in HARDENED else "") for a in OPEN}
