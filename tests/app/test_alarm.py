"""What nobody expected is logged, and told to the person with its number."""

import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection
from structlog.testing import capture_logs

from ims_desktop.app import logs
from ims_desktop.domain.work import read
from tests.app.robot import robot_at
from tests.tenants import PASSWORD, Tenant


@pytest.fixture
def hooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hooks as the program sets them, and the numbers that were told."""
    monkeypatch.setattr(logs, "log_file", lambda: tmp_path / "desktop.log")
    for module, name in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(module, name, getattr(module, name))
    monkeypatch.setattr(logs, "alarm", logs.Alarm())
    monkeypatch.setattr(sys, "__excepthook__", lambda *_what: None)
    told: list[str] = []
    logs.alarm.hear = told.append
    logs.watch()
    return told


def stumble() -> None:
    """Always at the same place."""
    raise ValueError("over a stone")


def test_the_same_error_at_the_same_place_is_told_once(hooks: list[str]) -> None:
    with capture_logs() as logged:
        for _ in range(100):
            try:
                stumble()
            except ValueError as error:
                sys.excepthook(type(error), error, error.__traceback__)
    assert [one["number"] for one in logged] == hooks
    assert len(hooks) == 1


def test_threads_and_what_is_let_go_are_heard_as_well(hooks: list[str]) -> None:
    class Stubborn:
        def __del__(self) -> None:
            raise LookupError("it does not go")

    with capture_logs() as logged:
        thread = threading.Thread(target=stumble)
        thread.start()
        thread.join()
        one: Any = Stubborn()
        del one
    assert [type(entry["exc_info"]) for entry in logged] == [ValueError, LookupError]
    assert [entry["number"] for entry in logged] == hooks


@read
def stumble_there(connection: Connection) -> None:
    """A use case nobody thought through."""
    raise ZeroDivisionError("a case nobody thought of")


def test_the_person_at_the_desk_is_told_the_number(tenant: Tenant, qtbot: QtBot, tmp_path: Path) -> None:
    with robot_at(tenant.server.gate, tmp_path) as robot:
        robot.sign_in(tenant.owner_login, PASSWORD)
        with capture_logs() as logged:
            robot.session.desk.start(robot.session.shell, lambda _: None, stumble_there)
            robot.settle()
        (number,) = [entry["number"] for entry in logged if entry["event"] == "unexpected"]
        assert [message.text for message in robot.said] == [
            f"Something unexpected went wrong. The log has it under {number}."
        ]
