"""What a customer is, and how one is reached: what may be entered."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from ims_desktop.domain import contact
from ims_desktop.domain.contact import CONTACT
from ims_desktop.domain.errors import Problem
from ims_desktop.domain.wording import Words, say

KINDS: Mapping[str, Words] = {"CATERING": "Catering", "WHOLESALE": "Wholesale", "INTERNAL": "Internal"}
LONGEST = {"code": 40, "name": 200, "tax_id": 40, "note": 2000}
LONGEST_PAYMENT = 365


@dataclass(frozen=True, slots=True)
class CustomerDraft:
    """A customer as it was typed; without an id a new one."""

    code: str
    name: str
    kind: str = "CATERING"
    tax_id: str = ""
    payment_days: Decimal | None = None
    note: str = ""
    id: UUID | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """How to reach them; every text may be empty."""

    id: UUID
    version: int
    contact: str = ""
    email: str = ""
    phone: str = ""


def problems_of(draft: CustomerDraft) -> list[Problem]:
    """Everything that is wrong with a customer."""
    found = contact.text_problems({name: getattr(draft, name) for name in LONGEST}, LONGEST)
    for name, words in (("code", say("Give the customer a short code.")), ("name", say("Give the customer a name."))):
        if not getattr(draft, name).strip():
            found.append(Problem(words, name))
    if draft.kind not in KINDS:
        found.append(Problem("A customer is one for catering, for wholesale, or internal.", "kind"))
    days = draft.payment_days
    if days is not None and not (0 <= days <= LONGEST_PAYMENT and days == int(days)):
        found.append(
            Problem(
                say("Payment is due after 0 to {most} whole days.", most=LONGEST_PAYMENT),
                "payment_days",
            )
        )
    return found


def problems_of_contact(draft: ContactDraft) -> list[Problem]:
    """Everything that is wrong with how to reach them."""
    texts = {name: getattr(draft, name) for name in CONTACT}
    return contact.text_problems(texts, contact.LONGEST) + contact.contact_problems(texts)
