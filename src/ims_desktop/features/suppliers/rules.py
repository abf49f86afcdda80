"""How a supplier is reached and paid: what may be entered."""

import re
from dataclasses import dataclass
from uuid import UUID

from ims_desktop.domain import contact
from ims_desktop.domain.contact import CONTACT
from ims_desktop.domain.errors import Problem
from ims_desktop.domain.sensitive import same_account

LONGEST = {**contact.LONGEST, "account_holder": 200, "account": 60, "bank_code": 20, "bank_name": 200}
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


def problems_of(draft: ContactDraft) -> list[Problem]:
    """Everything that is wrong with it."""
    texts = {name: getattr(draft, name) for name in (*CONTACT, *BANK)}
    found = contact.text_problems(texts, LONGEST) + contact.contact_problems(texts)
    account = same_account(draft.account)
    if draft.account.strip() and len(account) < 4:
        found.append(Problem("An account number has at least four digits or letters.", "account"))
    elif re.match(r"[A-Z]{2}[0-9]{2}", account) and not is_iban(account):
        found.append(Problem("This IBAN has a typing error: its check digits do not fit.", "account"))
    if not account and any(getattr(draft, name).strip() for name in BANK):
        found.append(Problem("Enter the account, or leave all bank details empty.", "account"))
    return found


def is_iban(account: str) -> bool:
    """Whether the check digits of an international account number fit (ISO 13616)."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", account):
        return False
    digits = "".join(str(int(letter, 36)) for letter in account[4:] + account[:4])
    return int(digits) % 97 == 1
