"""How a supplier is reached and paid: what may be entered."""

import re
from dataclasses import dataclass, fields
from uuid import UUID

from ims_desktop.domain.errors import Problem
from ims_desktop.domain.sensitive import same_account, same_phone

LONGEST = {
    "contact": 200,
    "email": 254,
    "phone": 40,
    "account_holder": 200,
    "account": 60,
    "bank_code": 20,
    "bank_name": 200,
}
CONTACT = ("contact", "email", "phone")
BANK = ("account_holder", "account", "bank_code", "bank_name")


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """Whom to reach and where to pay; every text may be empty."""

    id: UUID
    version: int
    contact: str = ""
    email: str = ""
    phone: str = ""
    account_holder: str = ""
    account: str = ""
    bank_code: str = ""
    bank_name: str = ""

    def texts(self, columns: tuple[str, ...]) -> dict[str, str]:
        """These fields, without blanks around them."""
        return {column: getattr(self, column).strip() for column in columns}


def problems_of(draft: ContactDraft) -> list[Problem]:
    """Everything that is wrong with it."""
    found = [problem for field in fields(draft) if field.name in LONGEST for problem in _shape(draft, field.name)]
    email, phone, account = draft.email.strip(), draft.phone.strip(), same_account(draft.account)
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", email):
        found.append(Problem("An e-mail address looks like name@example.com.", "email"))
    if phone and (re.search(r"[^-+0-9()./ ]", phone) or len(same_phone(phone)) < 5):
        found.append(Problem("A phone number has at least five digits, and no letters.", "phone"))
    if draft.account.strip() and len(account) < 4:
        found.append(Problem("An account number has at least four digits or letters.", "account"))
    elif re.match(r"[A-Z]{2}[0-9]{2}", account) and not is_iban(account):
        found.append(Problem("This IBAN has a typing error: its check digits do not fit.", "account"))
    if not account and any(getattr(draft, name).strip() for name in BANK):
        found.append(Problem("Enter the account, or leave all bank details empty.", "account"))
    return found


def _shape(draft: ContactDraft, name: str) -> list[Problem]:
    text = getattr(draft, name)
    if len(text) > LONGEST[name]:
        return [Problem(f"This has at most {LONGEST[name]} letters.", name)]
    if any(not (letter.isprintable() or letter in "\n\t") for letter in text):
        return [Problem("This has a character that cannot be written.", name)]
    return []


def is_iban(account: str) -> bool:
    """Whether the check digits of an international account number fit (ISO 13616)."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", account):
        return False
    digits = "".join(str(int(letter, 36)) for letter in account[4:] + account[:4])
    return int(digits) % 97 == 1
