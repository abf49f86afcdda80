"""How somebody is reached, in forms and panels: kept encrypted, and said to be where this PC has no key."""

from typing import Protocol

from ims_desktop.domain.contact import LONGEST
from ims_desktop.domain.wording import Words, say
from ims_desktop.ui.detail import Fact
from ims_desktop.ui.fields import Field
from ims_desktop.ui.language import said

LOCKED: Words = "Locked on this PC"
DAMAGED: Words = "Cannot be opened: enter it anew"
ASK: Words = "An administrator can share it with this PC, under PCs and keys"
CONTACT_FIELDS = (
    Field("contact", "Person", max_length=LONGEST["contact"]),
    Field("phone", "Phone", max_length=LONGEST["phone"], half=True),
    Field("email", "E-mail", max_length=LONGEST["email"], half=True),
)


class Sealed(Protocol):
    """A text that was encrypted; None where it cannot be read here."""

    @property
    def text(self) -> str | None:
        """What it says."""

    @property
    def is_locked(self) -> bool:
        """Whether it is the key that is missing."""


def sealed_facts(title: Words, *values: Sealed) -> tuple[Fact, ...]:
    """What is kept encrypted; where this PC has no key, that is said instead. Nothing where all are empty."""
    if any(value.is_locked for value in values):
        return (Fact(title, said(LOCKED), wide=True),)
    texts = [said(DAMAGED) if value.text is None else value.text for value in values if value.text != ""]
    return (Fact(title, texts[0], " · ".join(texts[1:]), wide=True),) if texts else ()


def key_facts(fingerprint: str) -> tuple[Fact, ...]:
    """How this PC comes to the key; nothing where it holds it."""
    return (
        (Fact("Key", said(ASK), say("Fingerprint {fingerprint}", fingerprint=fingerprint), wide=True),)
        if fingerprint
        else ()
    )
