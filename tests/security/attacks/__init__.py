"""All attacks."""

from types import ModuleType

from tests.security.attack import Attack
from tests.security.attacks import (
    approving,
    buying,
    carrying,
    costs,
    counting,
    customers,
    elsewhere,
    endings,
    entering,
    foretelling,
    gates,
    guessing,
    history,
    journals,
    keys,
    leftovers,
    limits,
    lots,
    menus,
    merging,
    objects,
    oracles,
    people,
    postings,
    powers,
    pricing,
    records,
    returning,
    roles,
    secrecy,
    selling,
    signins,
    sites,
    tenants,
    terminal,
    twists,
    undoing,
    views,
    wire,
)

MODULES: tuple[ModuleType, ...] = (
    gates,
    guessing,
    tenants,
    sites,
    secrecy,
    history,
    keys,
    journals,
    postings,
    undoing,
    foretelling,
    selling,
    buying,
    carrying,
    entering,
    menus,
    records,
    elsewhere,
    people,
    roles,
    objects,
    powers,
    endings,
    returning,
    views,
    terminal,
    leftovers,
    oracles,
    twists,
    costs,
    customers,
    limits,
    approving,
    pricing,
    signins,
    merging,
    counting,
    lots,
)
ATTACKS: tuple[Attack, ...] = tuple(attack for module in MODULES for attack in module.ATTACKS)
WIRE: tuple[Attack, ...] = wire.ATTACKS  # only where a server speaks TLS
# What `ims-admin harden` closes of the open ones, on a server whose superuser runs it.
HARDENED = frozenset(
    {
        "counts people by their roles",
        "sees that others are connected",
        "stores large objects",
        "takes a lock that another tenant wants",
        "writes to the server's log of changes",
        "enters another database of the server",
        "holds the sealing of the history up",
    }
)
# What the lines that `ims-admin network` prints close besides: they name the product's database.
KEPT_OUT_BY_RULES = frozenset({"enters another database of the server"})
OPEN: tuple[Attack, ...] = tuple(attack for module in MODULES for attack in getattr(module, "OPEN", ()))
