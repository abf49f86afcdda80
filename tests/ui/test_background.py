"""Work runs off the GUI thread, answers come back on it, and every way of failing has its own way."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication, QMessageBox

from ims_desktop.domain.errors import Confirm, Offline, Problem, UnknownOutcome, UserError
from ims_desktop.domain.work import Changed, read
from ims_desktop.ui.background import Background
from ims_desktop.ui.messages import Message, Messages

Settle = Callable[..., None]


@pytest.fixture
def owner(app: QApplication) -> QObject:
    return QObject()


def test_start_returns_at_once_and_answers_on_the_gui_thread(background: Background, owner: QObject, settle: Settle):
    answers: list[tuple[Any, bool]] = []

    def slow(connection: Any, value: int) -> int:
        time.sleep(0.05)
        assert threading.current_thread() is not threading.main_thread()
        return value * 2

    background.start(owner, lambda result: answers.append((result, QThread.isMainThread())), slow, 21)
    assert not background.idle(), "start waited for the answer"
    settle()
    assert answers == [(42, True)]


def test_the_gui_thread_stays_free_while_work_runs(background: Background, owner: QObject, app: QApplication):
    background.start(owner, lambda _: None, lambda connection: time.sleep(1.5))
    longest = 0.0
    while not background.idle():
        begun = time.perf_counter()
        app.processEvents()
        longest = max(longest, time.perf_counter() - begun)
        time.sleep(0.001)
    assert longest < 1.2, "the GUI thread waited for the work"


def test_changes_keep_their_order_and_reads_overtake_them(background: Background, owner: QObject, settle: Settle):
    order: list[str] = []
    gate = threading.Event()

    def change(connection: Any, name: str) -> str:
        gate.wait(2)
        return name

    @read
    def look(connection: Any) -> str:
        return "read"

    background.start(owner, order.append, change, "first")
    background.start(owner, order.append, change, "second")
    background.start(owner, lambda result: (order.append(result), gate.set()), look)
    settle()
    assert order == ["read", "first", "second"]


def test_only_the_newest_of_replaced_reads_is_answered(background: Background, owner: QObject, settle: Settle):
    answers: list[int] = []
    gates = [threading.Event(), threading.Event()]

    @read
    def look(connection: Any, place: int) -> int:
        gates[place].wait(2)
        return place

    background.start(owner, answers.append, look, 0, replace="rows")
    background.start(owner, answers.append, look, 1, replace="rows")
    gates[1].set()
    time.sleep(0.02)
    gates[0].set()
    settle()
    assert answers == [1]


def test_subjects_are_announced_before_the_result(background: Background, owner: QObject, settle: Settle):
    heard: list[Any] = []
    background.changed.connect(heard.append)
    background.start(owner, heard.append, lambda connection: Changed("saved", frozenset({"items"})))
    settle()
    assert heard == [frozenset({"items"}), "saved"]


def test_answers_to_closed_pages_are_dropped_but_their_changes_are_announced(background: Background, settle: Settle):
    import shiboken6

    heard: list[Any] = []
    background.changed.connect(heard.append)
    page = QObject()
    background.start(page, heard.append, lambda connection: Changed("saved", frozenset({"items"})))
    shiboken6.delete(page)
    settle()
    assert heard == [frozenset({"items"})]


def test_problems_are_all_told(background: Background, owner: QObject, settle: Settle, said: list[Message]):
    def refuse(connection: Any) -> None:
        raise UserError("Two things are wrong.", [Problem("No name."), Problem("No unit.")])

    background.start(owner, lambda _: None, refuse)
    settle()
    assert [message.text for message in said] == ["Two things are wrong. No name. No unit."]


def test_failed_takes_the_place_of_the_message(
    background: Background, owner: QObject, settle: Settle, said: list[Message]
):
    errors: list[Exception] = []

    def refuse(connection: Any) -> None:
        raise UserError("No.")

    background.start(owner, lambda _: None, refuse, failed=errors.append)
    settle()
    assert [str(error) for error in errors] == ["No."]
    assert not said


def test_a_question_is_asked_and_the_same_call_goes_again_with_consent(
    background: Background, owner: QObject, settle: Settle, monkeypatch: pytest.MonkeyPatch, messages: Messages
):
    asked: list[str] = []
    monkeypatch.setattr(messages, "ask", lambda question, yes, *rest, **more: (asked.append(question), yes()))
    answers: list[Any] = []

    def close(connection: Any, day: str, consents: frozenset[str] = frozenset()) -> Any:
        if "close" not in consents:
            raise Confirm("Close the day?", "close")
        if "empty" not in consents:
            raise Confirm("Even without sales?", "empty")
        return day, consents

    background.start(owner, answers.append, close, "monday")
    settle()
    assert asked == ["Close the day?", "Even without sales?"]
    assert answers == [("monday", frozenset({"close", "empty"}))]


def test_who_declines_a_question_is_not_kept_waiting(
    background: Background, owner: QObject, settle: Settle, monkeypatch: pytest.MonkeyPatch, messages: Messages
):
    monkeypatch.setattr(messages, "ask", lambda _question, _yes, no, **_more: no())
    errors: list[Exception] = []

    def close(connection: Any) -> Any:
        raise Confirm("Close the day?", "close")

    background.start(owner, lambda _: None, close, failed=errors.append)
    settle()
    assert [str(error) for error in errors] == ["Nothing was changed."]


def test_the_question_box_runs_yes_only_after_agreement(messages: Messages, app: QApplication):
    for button, expected in ((0, ["yes"]), (1, ["no"])):
        answers: list[str] = []
        messages.ask("Close the day?", lambda: answers.append("yes"), lambda: answers.append("no"))  # noqa: B023
        box = next(one for one in app.topLevelWidgets() if isinstance(one, QMessageBox) and one.isVisible())
        roles = (QMessageBox.ButtonRole.AcceptRole, QMessageBox.ButtonRole.RejectRole)
        next(one for one in box.buttons() if box.buttonRole(one) == roles[button]).click()
        assert answers == expected


def test_offline_and_unknown_outcome_are_told_apart(
    background: Background, owner: QObject, settle: Settle, said: list[Message], messages: Messages
):
    states: list[bool] = []
    messages.connection.connect(states.append)

    @read
    def look(connection: Any) -> None:
        raise Offline("The server cannot be reached.")

    def change(connection: Any) -> None:
        raise UnknownOutcome("The line broke.")

    background.start(owner, lambda _: None, look)
    background.start(owner, lambda _: None, change)
    settle()
    assert states == [False]
    assert [message.text for message in said] == ["The line broke. Look whether it was saved before doing it again."]


def test_what_nobody_expected_is_a_crash_and_the_page_is_told(background: Background, owner: QObject, settle: Settle):
    errors: list[Exception] = []
    background.start(owner, lambda _: None, lambda connection: 1 / 0, failed=errors.append)
    settle()
    crashes = background.crashes  # type: ignore[attr-defined]
    assert [type(error) for error in crashes] == [ZeroDivisionError]
    assert errors == crashes
    crashes.clear()


def test_close_drops_what_waits(app: QApplication):
    own = Background(lambda use_case, *args: use_case(None, *args))
    ran: list[int] = []

    def slow(connection: Any, number: int) -> None:
        time.sleep(0.3)
        ran.append(number)

    for number in range(20):
        own.start(own, lambda _: None, slow, number)
    own.close()
    assert len(ran) < 20


def test_what_is_asked_after_the_end_is_dropped(app: QApplication):
    made = Background(lambda use_case, *args: use_case(None, *args))
    owner = QObject()
    made.close()
    made.start(owner, lambda _: None, lambda connection: 1)
    assert made.idle()
