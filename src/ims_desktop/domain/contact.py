"""How a supplier or a customer is reached: what may be entered."""

import re
from collections.abc import Mapping

from ims_desktop.domain.errors import Problem
from ims_desktop.domain.sensitive import same_phone
from ims_desktop.domain.wording import say

CONTACT = ("contact", "email", "phone")
LONGEST = {"contact": 200, "email": 254, "phone": 40}


def contact_problems(texts: Mapping[str, str]) -> list[Problem]:
    """Everything that is wrong with an e-mail address and a phone number; both may be empty."""
    found, email, phone = [], texts["email"].strip(), texts["phone"].strip()
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", email):
        found.append(Problem("An e-mail address looks like name@example.com.", "email"))
    if phone and (re.search(r"[^-+0-9()./ ]", phone) or len(same_phone(phone)) < 5):
        found.append(Problem("A phone number has at least five digits, and no letters.", "phone"))
    return found


def text_problems(texts: Mapping[str, str], longest: Mapping[str, int]) -> list[Problem]:
    """What is too long, or cannot be written at all."""
    return [problem for name, text in texts.items() for problem in _text_problems(name, text, longest[name])]


def _text_problems(name: str, text: str, longest: int) -> list[Problem]:
    if len(text) > longest:
        return [Problem(say("This has at most {longest} letters.", longest=longest), name)]
    if any(not (letter.isprintable() or letter in "\n\t") for letter in text):
        return [Problem("This has a character that cannot be written.", name)]
    return []
