"""What may be permitted, and the roles a new restaurant group starts with.

A permission is written `resource.action`. A role says true or false about some of them and leaves the others to the
role it inherits from: the nearest role that says anything decides, and false overrides.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.wording import Words, say


@dataclass(frozen=True, slots=True)
class Permission:
    """One right that a role can give."""

    resource: str
    action: str
    title: Words
    limited: bool = False  # a role may give it up to an amount of money

    @property
    def code(self) -> str:
        """The way it is written in a role: `resource.action`."""
        return f"{self.resource}.{self.action}"


CATALOGUE: tuple[Permission, ...] = (
    Permission("sites", "view", "See restaurants and other sites"),
    Permission("sites", "edit", "Create and change sites"),
    Permission("storage", "edit", "Arrange storage locations"),
    Permission("items", "view", "See items"),
    Permission("items", "edit", "Create and change items, units and categories"),
    Permission("items", "merge", "Make one item of two"),
    Permission("stock", "view", "See stock and movements"),
    Permission("stock", "cost", "See costs and values"),
    Permission("waste", "record", "Record waste", limited=True),
    Permission("adjustments", "record", "Record adjustments", limited=True),
    Permission("production", "record", "Produce preps and repack", limited=True),
    Permission("counts", "enter", "Enter counts"),
    Permission("counts", "post", "Post a count", limited=True),
    Permission("deliveries", "receive", "Receive deliveries"),
    Permission("transfers", "send", "Send transfers and move stock", limited=True),
    Permission("transfers", "receive", "Receive transfers"),
    Permission("documents", "reverse", "Reverse posted documents"),
    Permission("sales", "view", "See sales"),
    Permission("sales", "import", "Import sales"),
    Permission("sales", "enter", "Enter orders and staff meals"),
    Permission("sales", "price", "Change prices and give discounts on orders"),
    Permission("sales", "void", "Take sales back", limited=True),
    Permission("recipes", "view", "See recipes"),
    Permission("recipes", "edit", "Create and change recipes"),
    Permission("menu", "view", "See the menu"),
    Permission("menu", "edit", "Change the menu"),
    Permission("menu", "price", "Set prices of the menu"),
    Permission("suppliers", "view", "See suppliers"),
    Permission("suppliers", "edit", "Create and change suppliers and their prices"),
    Permission("customers", "view", "See customers"),
    Permission("customers", "edit", "Create and change customers"),
    Permission("reports", "view", "See reports"),
    Permission("periods", "close", "Close and reopen periods"),
    Permission("people", "view", "See people and roles"),
    Permission("people", "edit", "Invite people and change roles"),
    Permission("views", "share", "Share views of lists with others"),
    Permission("audit", "view", "See who changed what"),
)

CODES: frozenset[str] = frozenset(permission.code for permission in CATALOGUE)


@dataclass(frozen=True, slots=True)
class RoleDesign:
    """A role as it is first made: its own permissions, and the name of the role it inherits from."""

    name: str
    description: str
    permissions: Mapping[str, bool]
    parent: str | None = None


def _granted(*codes: str) -> dict[str, bool]:
    return dict.fromkeys(codes, True)


COUNTER = RoleDesign(
    "Counter",
    "Counts stock, receives deliveries and records waste, without seeing costs.",
    _granted(
        *("sites.view", "items.view", "stock.view", "recipes.view", "menu.view"),
        *("counts.enter", "waste.record", "deliveries.receive", "transfers.receive"),
    ),
)
MANAGER = RoleDesign(
    "Manager",
    "Runs a site: stock, counts, recipes, the menu, suppliers, sales and reports.",
    _granted(
        *("storage.edit", "items.edit", "stock.cost", "adjustments.record", "production.record", "counts.post"),
        "views.share",
        "transfers.send",
        *("documents.reverse", "sales.view", "sales.import", "sales.enter", "sales.price", "sales.void"),
        *("recipes.edit", "menu.edit", "menu.price"),
        *("suppliers.view", "suppliers.edit", "reports.view", "people.view"),
        *("customers.view", "customers.edit"),
    ),
    parent="Counter",
)
ADMINISTRATOR = RoleDesign(
    "Administrator",
    "Sets the group up: sites, people and roles, and sees the audit log.",
    _granted("sites.edit", "people.edit", "audit.view", "items.merge", "periods.close"),
    parent="Manager",
)
OWNER = RoleDesign(
    "Owner",
    "May do everything an administrator may; one person at least always keeps this role.",
    {},
    parent="Administrator",
)

DEFAULT_ROLES: tuple[RoleDesign, ...] = (COUNTER, MANAGER, ADMINISTRATOR, OWNER)
"""Parents before the roles that inherit from them."""


def effective(role: str, roles: Mapping[str, RoleDesign]) -> frozenset[str]:
    """Everything a role permits, its own and what it inherits; raises UserError on a circle or a missing parent."""
    decided: dict[str, bool] = {}
    passed: list[str] = []
    name: str | None = role
    while name is not None:
        if name in passed:
            raise UserError(
                say("The role {name} inherits from itself: {way}.", name=name, way=" → ".join([*passed, name]))
            )
        if name not in roles:
            raise UserError(say("The role {name} does not exist.", name=name))
        passed.append(name)
        decided = {**roles[name].permissions, **decided}
        name = roles[name].parent
    return frozenset(code for code, permitted in decided.items() if permitted)


def checked(permissions: Mapping[str, object]) -> dict[str, bool]:
    """The permissions of a role as they come from JSON; raises UserError with everything that is wrong in them."""
    problems = [
        Problem(say("There is no permission {code}.", code=code), code) for code in permissions if code not in CODES
    ] + [
        Problem(say("{code} must be true or false, not {value!r}.", code=code, value=value), code)
        for code, value in permissions.items()
        if not isinstance(value, bool)
    ]
    if problems:
        raise UserError("This role cannot be saved.", problems)
    return {code: bool(value) for code, value in permissions.items()}
