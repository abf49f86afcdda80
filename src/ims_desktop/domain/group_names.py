"""What a restaurant group may be called."""

import re
import unicodedata

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.login_names import has_unseen
from ims_desktop.domain.wording import say

LONGEST = 100


def group_name(typed: str) -> str:
    """The name as it is kept; UserError says everything that is wrong with it."""
    name = unicodedata.normalize("NFC", typed.strip())
    problems = []
    if len(name) > LONGEST:
        problems.append(
            Problem(say("The name of a restaurant group has at most {most} characters.", most=LONGEST), "name")
        )
    if has_unseen(name):
        problems.append(Problem("The name has a character in it that nobody can see: type it anew.", "name"))
    if not any(letter.isalnum() for letter in name):
        problems.append(Problem("Give the restaurant group a name with letters in it.", "name"))
    if problems:
        raise UserError(" ".join(problem.text for problem in problems), problems)
    return name


def slug_of(name: str) -> str:
    """The name as part of an address: plain letters and digits; empty when it has none, as in other alphabets."""
    plain = unicodedata.normalize("NFKD", name.lower().replace("'", "").replace("’", ""))
    return re.sub(r"[^a-z0-9]+", "-", "".join(letter for letter in plain if not unicodedata.combining(letter))).strip(
        "-"
    )
