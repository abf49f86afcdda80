"""Every attack that is a plain text, and every control, sent by psql as well: it gets what psycopg gets."""

import pytest

from tests.security.attack import Expected, Try
from tests.security.attacks import ATTACKS, OPEN
from tests.security.conftest import VERSIONS, GroundOf
from tests.security.psql import sent_by_psql

CONTROL = ": control"
Case = tuple[str, Try, Expected]


def cases() -> list[Case]:
    """What is sent, by whom, and what must come of it."""
    hostile = [(attack.name, attack.hostile, attack.stopped) for attack in ATTACKS + OPEN]
    honest = [(attack.name + CONTROL, attack.honest, attack.works) for attack in ATTACKS if attack.honest]
    return [case for case in hostile + honest if isinstance(case[1].what, str)]


CASES = cases()
LEAST = 360


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("who", sorted({tried.who for _name, tried, _expected in CASES}))
def test_psql_gets_no_more_and_no_less(who: str, version: str, ground_of: GroundOf) -> None:
    ground = ground_of(version)
    own = [case for case in CASES if case[1].who == who]
    answers = sent_by_psql(ground, who, [tried for _name, tried, _expected in own])
    wrong = [
        f"{name}: {expected}, but: {answer}"
        for (name, _tried, expected), answer in zip(own, answers, strict=True)
        if not expected.holds(answer)
    ]
    assert not wrong, "\n".join(wrong)
    shown = "\n".join(
        f"{answer.rows}" for (name, *_), answer in zip(own, answers, strict=True) if "control" not in name
    )
    assert not [secret for secret in ground.secrets if secret in shown]


def test_hardly_anything_is_left_out() -> None:
    assert sum(not name.endswith(CONTROL) for name, *_ in CASES) >= LEAST
