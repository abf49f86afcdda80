"""Runs use cases off the GUI thread; the only place that starts threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from ims_desktop.domain.errors import Confirm, Offline, UnknownOutcome, UserError
from ims_desktop.domain.work import Changed, Lane, lane_of
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
    """Changes run one after another on one worker, reads on two; answers come back on the GUI thread.

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
        }
        self._tickets = 0
        self._newest: dict[tuple[int, str], int] = {}
        self._under_way = 0
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
            self._newest[id(owner), replace] = self._tickets
        self._submit(_Call(owner, done, use_case, args, failed, replace, self._tickets))

    def idle(self) -> bool:
        """Whether nothing is under way."""
        return self._under_way == 0

    def close(self) -> None:
        """Let what runs finish, drop what waits, and join the threads."""
        for lane in self._lanes.values():
            lane.shutdown(wait=True, cancel_futures=True)

    def _submit(self, call: _Call) -> None:
        self._under_way += 1
        self.busy.emit(self._under_way)
        self._lanes[lane_of(call.use_case)].submit(self._work, call)

    def _work(self, call: _Call) -> None:
        if self._stale(call):
            self._answered.emit(call, None, None)
            return
        consents = {"consents": call.consents} if call.consents else {}
        try:
            result, error = self._run(call.use_case, *call.args, **consents), None
        except Exception as caught:  # handed over to the GUI thread, never swallowed
            result, error = None, caught
        self._answered.emit(call, result, error)

    def _stale(self, call: _Call) -> bool:
        if call.replace is None:
            return False
        return self._newest.get((id(call.owner), call.replace), call.ticket) != call.ticket

    @Slot(object, object, object)
    def _answer(self, call: _Call, result: Any, error: Exception | None) -> None:
        self._under_way -= 1
        self.busy.emit(self._under_way)
        if error is not None:
            self._explain(call, error)
            return
        if isinstance(result, Changed):
            if result.subjects:
                self.changed.emit(result.subjects)
            result = result.result
        if shiboken6.isValid(call.owner) and not self._stale(call):
            call.done(result)

    def _explain(self, call: _Call, error: Exception) -> None:
        alive = shiboken6.isValid(call.owner)
        if isinstance(error, Confirm):
            if alive:
                self._ask(call, error)
            return
        if not isinstance(error, UserError):
            self.crashed.emit(error)
            if call.failed is not None and alive and not self._stale(call):
                call.failed(error)
            return
        if isinstance(error, Offline):
            self._messages.online(False)
        if self._stale(call) and lane_of(call.use_case) is Lane.READ:
            return
        if call.failed is not None and alive:
            call.failed(error)
        elif not isinstance(error, Offline) or lane_of(call.use_case) is Lane.CHANGE:
            self._messages.failed(self._sentence(error))

    def _sentence(self, error: UserError) -> str:
        problems = [problem.text for problem in error.problems if problem.text != error.text]
        sentence = " ".join([error.text, *problems])
        if isinstance(error, UnknownOutcome):
            return self.tr("{sentence} Look whether it was saved before doing it again.").format(sentence=sentence)
        return sentence

    def _ask(self, call: _Call, error: Confirm) -> None:
        again = _Call(
            call.owner, call.done, call.use_case, call.args, call.failed, call.replace, call.ticket,
            call.consents | {error.consent},
        )  # fmt: skip
        self._messages.ask(str(error), lambda: self._submit(again))
