"""The way in: signing in with a password, and what a desk asks first."""

import bcrypt
from tests.tenants import PASSWORD

from bench.case import Case, Step, again, floor_sql
from bench.cases.lists import kitchen, reads, selects
from bench.world import World
from ims_desktop.database.proof import new_salt
from ims_desktop.database.sign_in import Gate, sign_in
from ims_desktop.database.tenancy import NewUser, create_user, grant_user
from ims_desktop.database.transaction import opening

LOGIN = "bench@example.com"


def _login(world: World) -> str:
    """A person whose password costs as much to check as everybody's."""

    def made() -> str:
        with world.server.operator() as operator:
            user = create_user(operator, NewUser("Bea", "Bench", PASSWORD, email=LOGIN))
            grant_user(operator, user, world.kitchen.tenant.id, "MANAGER")
        return LOGIN

    return world.once("login", made)


def _floor(world: World) -> Step:
    login, salt = _login(world), new_salt()
    statement = floor_sql("sign_in").encode()

    def work() -> None:
        with world.server.root() as connection:
            connection.execute(statement, {"login": login})
        bcrypt.hashpw(PASSWORD.encode(), salt)

    return again(work)


def _run(world: World, gate: Gate) -> Step:
    login, own = _login(world), world.gate_of_its_own("sign-in", gate)
    return again(lambda: sign_in(own, login, PASSWORD))


CASES = (
    # Connecting by SCRAM takes four trips, asks for no TLS here, and sets its limits of time in a fifth; then come the
    # login, the proof and the session.
    Case("sign-in", "Signing in with a password", _floor, _run, target=1.5, limit=400, trips=8, far=True, rounds=7),
    Case(
        "opening",
        "What a desk begins with",
        selects(kitchen, "opening", lambda _world: {}),
        reads(kitchen, opening),
        target=8,
        far=True,
    ),
)
