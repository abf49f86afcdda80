"""All attacks."""

from types import ModuleType

from tests.security.attack import Attack
from tests.security.attacks import (
    elsewhere,
    endings,
    gates,
    guessing,
    history,
    keys,
    objects,
    people,
    postings,
    powers,
    records,
    roles,
    secrecy,
    selling,
    sites,
    tenants,
    undoing,
)

MODULES: tuple[ModuleType, ...] = (
    gates,
    guessing,
    tenants,
    sites,
    secrecy,
    history,
    keys,
    postings,
    undoing,
    selling,
    records,
    elsewhere,
    people,
    roles,
    objects,
    powers,
    endings,
)
ATTACKS: tuple[Attack, ...] = tuple(attack for module in MODULES for attack in module.ATTACKS)
OPEN: tuple[Attack, ...] = tuple(attack for module in MODULES for attack in getattr(module, "OPEN", ()))
