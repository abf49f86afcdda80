"""Nothing that was tried against the first prototype is forgotten."""

from tests.security.attacks import ATTACKS, OPEN
from tests.security.attacks.earlier import EARLIER

AT_A_PC = "1 2 2b 3 4 5 6 7 7b 8 9 9b 10 11 11b 12 13 14 15 16 17 17b 18 19 20 21 22 23"
AS_A_PERSON = (
    "1 1b 2 3 4 5 6 7 7b 7c 8 8b 8c 9 9b 9c 9d 10 11 11b 11c 11d 11e 12 12b 12c 12d 12e 12f 13 13b 14 14b 14c 14d 14e"
    " 14f 16 16b 16c 16d 17 17b 17c 17d 17e 18 18b 18c 19 20 20b 20c 20d 20e 21 22 22b 23 23b 24 25 26 27 28 28b 29 30"
    " 31 32 32b 32c 32d 33 33b 34 35 35b 35c 36 37 37b 37c 38 39 39b 39c 40 42 44 44b 45 46 46b 48 49 50 50b 50c 50d"
)
BY_WORDS = {"D": 9, "A": 3, "B": 3}


def test_every_earlier_attack_has_one_of_ours() -> None:
    wanted = {f"G{number}" for number in AT_A_PC.split()} | {f"M{number}" for number in AS_A_PERSON.split()}
    wanted |= {f"{letter}{number}" for letter, count in BY_WORDS.items() for number in range(1, count + 1)}
    assert {name.split()[0] for name in EARLIER} == wanted
    assert len(EARLIER) == len(wanted)


def test_those_that_are_named_are_there() -> None:
    known = {attack.name for attack in ATTACKS + OPEN}
    assert not {name for names in EARLIER.values() for name in names} - known
    assert all(EARLIER.values())
