"""What people and PCs may be called, and what somebody may sign in with."""

import re
import unicodedata

from ims_desktop.domain.errors import Problem
from ims_desktop.domain.wording import Words, say, word

LONGEST_NAME = 100
LONGEST_LOGIN = 254

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
NO_USERNAME = re.compile(r"[@\s]")
MORE_THAN_DIGITS = re.compile(r"[^-+0-9()./]")
PHONE = re.compile(r"(\+|00)?[0-9(][-0-9 ()./]{5,}")


def has_unseen(text: str) -> bool:
    """Whether a character is in it that nobody can see; a space is seen by what stands beside it."""
    return any(unicodedata.category(letter)[0] in "CZ" and letter != " " for letter in text)


def name_problems(name: str, what: Words, field: str, longest: int = LONGEST_NAME) -> list[Problem]:
    """What is wrong with a name that people are to read."""
    found = []
    if has_unseen(name):
        found.append(say("{what} has a character in it that nobody can see: type it anew.", what=word(what)))
    if len(name) > longest:
        found.append(say("{what} has at most {longest} characters.", what=word(what), longest=longest))
    return [Problem(text, field) for text in found]


def login_problems(email: str | None, username: str | None, phone: str | None) -> list[Problem]:
    """What is wrong with what somebody is to sign in with."""
    found = []
    if not (email or username or phone):
        found.append(Problem("Give an e-mail address, a username or a phone number to sign in with.", "email"))
    if email:
        found += name_problems(email, "An e-mail address", "email", LONGEST_LOGIN)
        if not EMAIL.fullmatch(email):
            found.append(Problem(say("{email} is not an e-mail address.", email=_short(email)), "email"))
    if username:
        found += name_problems(username, "A username", "username", LONGEST_LOGIN)
        if NO_USERNAME.search(username) or not MORE_THAN_DIGITS.search(username):
            found.append(Problem("A username has letters in it, and no @ and no space.", "username"))
    if phone and (len(phone) > LONGEST_NAME or not PHONE.fullmatch(phone.strip())):
        found.append(Problem(say("{phone} is not a phone number.", phone=_short(phone)), "phone"))
    return found


def _short(typed: str) -> str:
    return typed if len(typed) <= 60 else f"{typed[:60]}…"
