"""Who signs in to the sample data, and with what: printed by `dev.py run`, never used on a server for real work."""

from dataclasses import dataclass

PLATO = "Plato's Pizza"
LANTERNA = "Trattoria Lanterna"
DEMO_PASSWORD = "sample-data-only"  # noqa: S105  # the sample data live on this computer alone


@dataclass(frozen=True)
class Account:
    """A person of the sample data; `label` picks the first role in each tenant."""

    login: str
    first_name: str
    last_name: str
    label: str
    title: str
    tenants: tuple[str, ...]


OWNER = Account("owner", "Olivia", "Marsh", "OWNER", "Owner", (PLATO, LANTERNA))
ACCOUNTS: tuple[Account, ...] = (
    OWNER,
    Account("manager", "Marco", "Ortega", "MANAGER", "Manager", (PLATO,)),
    Account("counter", "Keiko", "Chen", "EMPLOYEE", "Stock counter", (PLATO,)),
    Account("lucia", "Lucia", "Ferri", "MANAGER", "Manager", (LANTERNA,)),
)
