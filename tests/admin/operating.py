"""`ims-admin` as an operator types it, for the tests of its commands."""

import sys
from collections.abc import Callable

import pytest

from ims_desktop.admin.command_line import main
from ims_desktop.database.installation import OPERATOR
from tests.tenants import PASSWORD, Server, Tenant

Admin = Callable[..., str]


def admin_of(server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Admin:
    """Runs a command against a server; gives what it said and checks its exit code. Named values are settings."""
    usual = {
        "DB_HOST": server.place.host,
        "DB_PORT": str(server.place.port),
        "DB_NAME": server.place.database,
        "DB_USER": OPERATOR,
        "DB_PASSWORD": server.operator_password,
        "IMS_PASSWORD": PASSWORD,
    }

    def run(*words: str, expect: int = 0, **settings: str) -> str:
        with monkeypatch.context() as patched:
            for name, value in {**usual, **settings}.items():
                patched.setenv(name, value)
            patched.setattr(sys, "argv", ["ims-admin", *words])
            with pytest.raises(SystemExit) as ended:
                main()
        said = capsys.readouterr()
        assert ended.value.code == expect, said.out + said.err
        return said.out + said.err

    return run


def name_of(tenant: Tenant) -> str:
    """How an operator calls it."""
    with tenant.server.root() as root:
        [name] = root.execute("SELECT name FROM public.tenants WHERE id = %s", [tenant.id]).fetchone() or [""]
    return str(name)
