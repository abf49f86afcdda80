"""What a supplier is, how one is reached and paid, and what may be agreed: decisions without a database."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from uuid import UUID

from ims_desktop.domain import contact
from ims_desktop.domain.contact import CONTACT
from ims_desktop.domain.errors import Problem
from ims_desktop.domain.sensitive import same_account
from ims_desktop.domain.wording import Words, say

LONGEST = {**contact.LONGEST, "account_holder": 200, "account": 60, "bank_code": 20, "bank_name": 200}
BANK = ("account_holder", "account", "bank_code", "bank_name")
LONGEST_TEXT = {"name": 120, "code": 40, "status_reason": 200, "note": 2000}
LONGEST_DUTY, LONGEST_PACK, LONGEST_CODE, LONGEST_TERM = 80, 120, 60, 365
MOST = Decimal(10) ** 9
MOST_PRICE = Decimal(10) ** 9
STATES: Mapping[str, Words] = {"ACTIVE": "Active", "ON_HOLD": "On hold", "ENDED": "Ended"}


@dataclass(frozen=True, slots=True)
class SupplierDraft:
    """A supplier as it was typed; without an id a new one. Order days are ISO weekdays, 1 = Monday."""

    code: str
    name: str
    currency: str
    status: str = "ACTIVE"
    status_reason: str = ""
    rating: Decimal | None = None
    payment_days: Decimal | None = None
    order_days: tuple[int, ...] = ()
    order_cutoff: time | None = None
    minimum_order: Decimal | None = None
    note: str = ""
    id: UUID | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class StatusDraft:
    """Whether something is ordered from suppliers, and why not."""

    keys: tuple[UUID, ...]
    status: str
    status_reason: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody else to reach there, and what for; `id` is None as long as nobody kept it."""

    duty: str = ""
    contact: str = ""
    email: str = ""
    phone: str = ""
    id: UUID | None = None


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
    others: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferDraft:
    """How a supplier sells an item: the pack as they write it, and how much of `unit` is in it."""

    supplier_id: UUID | None
    item_id: UUID | None
    pack: str
    amount: Decimal | None
    unit: str = ""
    supplier_code: str = ""
    is_preferred: bool = False
    price: Decimal | None = None
    id: UUID | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class PriceDraft:
    """What a pack costs from a day on; with a last day it is a contract."""

    offer_id: UUID
    price: Decimal | None
    valid_from: date | None
    valid_until: date | None = None
    is_contract: bool = False


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the deliveries of the last days tell; without any of them nothing is known."""

    deliveries: int = 0
    last: date | None = None
    priced: int = 0  # lines of items whose price was known on the day
    exact: int = 0  # of these, as many as cost what was listed or agreed
    days: int = field(default=90, compare=False)

    @property
    def price_accuracy(self) -> Decimal | None:
        """The part of the lines that cost what was listed or agreed."""
        return Decimal(self.exact) / self.priced if self.priced else None


NOTHING_DELIVERED = Delivered()


def problems_of_supplier(draft: SupplierDraft) -> list[Problem]:
    """Everything that is wrong with a supplier."""
    found = contact.text_problems({name: getattr(draft, name) for name in LONGEST_TEXT}, LONGEST_TEXT)
    for name, words in (("code", say("Give the supplier a short code.")), ("name", say("Give the supplier a name."))):
        if not getattr(draft, name).strip():
            found.append(Problem(words, name))
    if not re.fullmatch(r"[A-Z]{3}", draft.currency):
        found.append(Problem("A currency has three capital letters, such as EUR.", "currency"))
    if draft.status not in STATES:
        found.append(Problem("A supplier is active, on hold, or ended.", "status"))
    elif draft.status != "ACTIVE" and not draft.status_reason.strip():
        found.append(Problem("Say why nothing is ordered from them.", "status_reason"))
    if draft.rating is not None and not 0 <= draft.rating <= 5:
        found.append(Problem("A rating lies between 0 and 5.", "rating"))
    days = draft.payment_days
    if days is not None and not (0 <= days <= LONGEST_TERM and days == int(days)):
        found.append(Problem(say("Payment is due after 0 to {most} whole days.", most=LONGEST_TERM), "payment_days"))
    if draft.minimum_order is not None and not 0 <= draft.minimum_order < MOST:
        found.append(Problem("A minimum is 0 or more, and not absurdly large.", "minimum_order"))
    if not set(draft.order_days) <= set(range(1, 8)):
        found.append(Problem("Order days are days of the week.", "order_days"))
    return found


def problems_of(draft: ContactDraft) -> list[Problem]:
    """Everything that is wrong with how a supplier is reached and paid."""
    texts = {name: getattr(draft, name) for name in (*CONTACT, *BANK)}
    found = contact.text_problems(texts, LONGEST) + contact.contact_problems(texts)
    account = same_account(draft.account)
    if draft.account.strip() and len(account) < 4:
        found.append(Problem("An account number has at least four digits or letters.", "account"))
    elif re.match(r"[A-Z]{2}[0-9]{2}", account) and not is_iban(account):
        found.append(Problem("This IBAN has a typing error: its check digits do not fit.", "account"))
    if is_iban(account) and draft.bank_code.strip() and not is_bic(draft.bank_code):
        found.append(Problem("A BIC has 8 or 11 letters and digits, such as DEUTDEFF.", "bank_code"))
    if not account and any(getattr(draft, name).strip() for name in BANK):
        found.append(Problem("Enter the account, or leave all bank details empty.", "account"))
    return found + [problem for row, person in enumerate(draft.others, 1) for problem in _of_person(person, row)]


def _of_person(person: Person, row: int) -> list[Problem]:
    texts = {name: getattr(person, name) for name in CONTACT}
    found = contact.text_problems(texts, contact.LONGEST) + contact.contact_problems(texts)
    if len(person.duty) > LONGEST_DUTY:
        found.append(Problem(say("This has at most {most} letters.", most=LONGEST_DUTY), "duty"))
    if not any(text.strip() for text in texts.values()):
        found.append(Problem("Give a name, a phone number or an e-mail address.", "contact"))
    return [Problem(one.text, f"others.{one.field}", row) for one in found]


def is_iban(account: str) -> bool:
    """Whether the check digits of an international account number fit (ISO 13616)."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", account):
        return False
    digits = "".join(str(int(letter, 36)) for letter in account[4:] + account[:4])
    return int(digits) % 97 == 1


def is_bic(code: str) -> bool:
    """Whether a text is formed like the code of a bank (ISO 9362)."""
    return re.fullmatch(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", code.strip().upper()) is not None


def masked(account: str) -> str:
    """An account number of which only the ends are seen, and of a short one only the last two."""
    plain = same_account(account)
    if len(plain) < 8:
        return f"•••• {plain[-2:]}" if plain else ""
    start = f"{plain[:4]} " if is_iban(plain) else ""
    return f"{start}•••• •••• {plain[-4:]}"


def problems_of_offer(draft: OfferDraft) -> list[Problem]:
    """What is wrong with how an item is sold, before its units are asked."""
    found = []
    if draft.supplier_id is None:
        found.append(Problem("Choose the supplier.", "supplier_id"))
    if draft.item_id is None:
        found.append(Problem("Choose the item.", "item_id"))
    if not draft.pack.strip():
        found.append(Problem("Write the pack as the supplier does, such as Case 6 x 2.5 kg.", "pack"))
    for text, key, most in ((draft.pack, "pack", LONGEST_PACK), (draft.supplier_code, "supplier_code", LONGEST_CODE)):
        if len(text) > most:
            found.append(Problem(say("This has at most {most} letters.", most=most), key))
    if draft.amount is None or not 0 < draft.amount < MOST:
        found.append(Problem("Say how much is in a pack: more than 0.", "amount"))
    if draft.price is not None and not 0 <= draft.price < MOST_PRICE:
        found.append(Problem("A price is 0 or more, and not absurdly large.", "price"))
    return found


def problems_of_price(draft: PriceDraft, contracts: Iterable[tuple[date, date]] = ()) -> list[Problem]:
    """What is wrong with a price; a contract must not lie over one of the others of its pack."""
    found = []
    if draft.price is None or not 0 <= draft.price < MOST_PRICE:
        found.append(Problem("A price is 0 or more, and not absurdly large.", "price"))
    first, last = draft.valid_from, draft.valid_until
    if first is None or not date(1900, 1, 1) <= first <= date(2999, 12, 31):
        found.append(Problem("Say from which day on it holds.", "valid_from"))
    if not draft.is_contract:
        return found
    if last is None or last > date(2999, 12, 31):
        found.append(Problem("Say up to which day the contract holds.", "valid_until"))
    elif first is not None and last < first:
        found.append(Problem("The last day lies before the first.", "valid_until"))
    elif first is not None:
        found += [
            Problem(say("Another contract holds from {start} to {end}.", start=start, end=end), "valid_from")
            for start, end in contracts
            if start <= last and first <= end
        ]
    return found


def pack_problems(pack_quantity: Decimal | None) -> Sequence[Problem]:
    """What is wrong with the quantity of a pack in the base unit of its item."""
    if pack_quantity is None or not 0 < pack_quantity < MOST:
        return (Problem("A pack holds more than 0, and not absurdly much.", "amount"),)
    return ()
