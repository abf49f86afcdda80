"""Runs use cases off the GUI thread; the only place that starts threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from ims_desktop.domain.errors import Confirm, Offline, UnknownOutcome, UserError
from ims_desktop.domain.wording import Words, say, sentences
from ims_desktop.domain.work import Changed, Lane, is_rehearsal, lane_of, memory_of
from ims_desktop.ui.language import said
from ims_desktop.ui.messages import Messages

Run = Callable[..., Any]
UseCase = Callable[..., Any]
Done = Callable[[Any], None]
Failed = Callable[[Exception], None]


@dataclass(frozen=True)
class _Call:
    """One use case on its way, and who waits for it."""

    owner: QObject
    done: Done
    use_case: UseCase
    args: tuple[Any, ...]
    failed: Failed | None
    replace: str | None
    ticket: int
    consents: frozenset[str] = field(default_factory=frozenset)


class Background(QObject):
    """Changes run one after another on one worker, reads on two, what this PC does alone on one more.

    Answers come back on the GUI thread. Some reads are answered from memory while the server is away.

    `run(use_case, *args, **keywords)` is how the database executes a use case.
    """

    changed = Signal(object)  # Set[str]: subjects to read again
    crashed = Signal(object)  # Exception nobody expected
    busy = Signal(object)  # int: calls under way
    _answered = Signal(object, object, object)

    def __init__(self, run: Run, messages: Messages | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._run, self._messages = run, messages or Messages(self)
        self._lanes = {
            Lane.CHANGE: ThreadPoolExecutor(1, "change"),
            Lane.READ: ThreadPoolExecutor(2, "read"),
            Lane.HERE: ThreadPoolExecutor(1, "here"),
        }
        self._is_closed = self._is_away = False
        self._messages.connection.connect(self._note_connection)
        self._tickets = 0
        self._calls: dict[int, _Call] = {}
        self._overtaken: set[int] = set()
        self._answered.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    def start(
        self, owner: QObject, done: Done, use_case: UseCase, *args: Any,
        failed: Failed | None = None, replace: str | None = None,
    ) -> None:  # fmt: skip
        """Run use_case(connection, *args) and tell `done` its result, unless `owner` was closed meanwhile.

        Of calls by one owner with the same `replace` only the newest is answered. Without `failed` the messages
        tell what went wrong; `failed` gets the error instead. What nobody expected is a crash report besides.
        """
        self._tickets += 1
        if replace is not None:
            older = (one for one in self._calls.values() if one.replace == replace and one.owner is owner)
            self._overtaken.update(one.ticket for one in older)
        self._submit(_Call(owner, done, use_case, args, failed, replace, self._tickets))

    def idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._calls

    def close(self) -> None:
        """Let what runs finish, drop what waits for the server, and join the threads."""
        self._is_closed = True
        for kind, lane in self._lanes.items():
            lane.shutdown(wait=True, cancel_futures=kind is not Lane.HERE)

    def _submit(self, call: _Call) -> None:
        """Workers get no widget into their hands: the last reference to one must not be dropped on their thread."""
        if self._is_closed:  # a timer or a click that comes after the end finds nobody to ask
            return
        self._calls[call.ticket] = call
        self.busy.emit(len(self._calls))
        consents = {"consents": call.consents} if call.consents else {}
        lane = self._lanes[lane_of(call.use_case)]
        lane.submit(self._work, call.ticket, call.use_case, call.args, consents)

    def _work(self, ticket: int, use_case: UseCase, args: tuple[Any, ...], consents: dict[str, Any]) -> None:
        result: Any = None
        error: Exception | None = None
        if ticket not in self._overtaken:
            try:
                result = self._result(use_case, args, consents)
            except Exception as caught:  # handed over to the GUI thread, never swallowed
                error = caught
        self._answered.emit(ticket, result, error)

    def _result(self, use_case: UseCase, args: tuple[Any, ...], consents: dict[str, Any]) -> Any:
        if lane_of(use_case) is Lane.HERE:
            return use_case(*args, **consents)
        answer = memory_of(use_case)
        if answer is None:
            return self._run(use_case, *args, **consents)
        if not self._is_away:
            with suppress(Offline):
                return self._run(use_case, *args, **consents)
        return answer(*args)

    def _note_connection(self, answers: object) -> None:
        self._is_away = not answers

    @Slot(object, object, object)
    def _answer(self, ticket: int, result: Any, error: Exception | None) -> None:
        call = self._calls.pop(ticket)
        stale = ticket in self._overtaken
        self._overtaken.discard(ticket)
        self.busy.emit(len(self._calls))
        if is_rehearsal(call.use_case) and not isinstance(error, UserError):
            error = None  # it stumbled over what cannot be read yet
        if error is not None:
            self._explain(call, error, stale)
            return
        if isinstance(result, Changed):
            if result.subjects:
                self.changed.emit(result.subjects)
            result = result.result
        if shiboken6.isValid(call.owner) and not stale:
            call.done(result)

    def _explain(self, call: _Call, error: Exception, stale: bool) -> None:
        alive = shiboken6.isValid(call.owner)
        if isinstance(error, Confirm):
            if alive:
                self._ask(call, error)
            return
        if not isinstance(error, UserError):
            self.crashed.emit(error)
            if call.failed is not None and alive and not stale:
                call.failed(error)
            return
        if isinstance(error, Offline):
            self._messages.online(False)
        if stale:
            return
        if call.failed is not None and alive:
            call.failed(error)
        elif not isinstance(error, Offline) or lane_of(call.use_case) is Lane.CHANGE:
            self._messages.failed(self._sentence(error))

    def _sentence(self, error: UserError) -> Words:
        problems = [said(problem.text) for problem in error.problems if problem.text != error.text]
        told = sentences([said(error.text), *problems])
        if isinstance(error, UnknownOutcome):
            return say("{sentence} Look whether it was saved before doing it again.", sentence=told)
        return told

    def _ask(self, call: _Call, error: Confirm) -> None:
        again = _Call(
            call.owner, call.done, call.use_case, call.args, call.failed, call.replace, call.ticket,
            call.consents | {error.consent},
        )  # fmt: skip

        def declined() -> None:
            if call.failed is not None and shiboken6.isValid(call.owner):  # who waits is told that it is over
                call.failed(UserError("Nothing was changed."))

        self._messages.ask(error.question, lambda: self._submit(again), declined)
