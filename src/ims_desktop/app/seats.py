"""Who sits at this PC: one person at work or away from a locked desk, and the parked desks of others."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QSettings, Signal

from ims_desktop.app.desk_session import DeskSession
from ims_desktop.app.entrance import Entered, Entrance
from ims_desktop.app.journal.way_in import Unlocked
from ims_desktop.app.lock import Lock
from ims_desktop.app.parking import Parking
from ims_desktop.app.porter import Porter
from ims_desktop.app.seat import Seat
from ims_desktop.app.way_keeper import WayKeeper
from ims_desktop.database.endings import EndedBecause
from ims_desktop.database.sign_in import Identity, sign_out
from ims_desktop.database.transaction import Opening
from ims_desktop.domain.wording import say, say_count
from ims_desktop.ui.background import Background
from ims_desktop.ui.journal import UNSETTLED
from ims_desktop.ui.language import said
from ims_desktop.ui.messages import Messages


class Seats(QObject):
    """Gives a person their seat, the parked one or a new one, and takes care that nobody loses what they typed."""

    vacated = Signal(object)  # str: what the next person is told, or nothing
    awaited = Signal(object)  # Known: whose desk was opened without the server, and who is to sign in now
    closed = Signal()

    def __init__(
        self, entrance: Entrance, porter: Porter, settings: QSettings, background: Background, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._entrance, self._view, self._settings, self._background = entrance, porter.view, settings, background
        self._messages = Messages(self)
        self.current: Seat | None = None
        self.guard = Lock(porter, entrance.remembered, entrance.ways, self)
        self.guard.opened.connect(self._unlocked)
        self.parking = Parking(background, self)
        self.parking.let_go.connect(porter.tell)

    def sit(self, entered: Entered, identity: Identity, found: Opening) -> Seat:
        """Lead somebody to the desk that waits for them, or to a new one."""
        seat = self.parking.take((identity.tenant.id, found.member_id))
        if seat is None:
            seat = self._new(entered, identity, found)
            seat.desk.start()
        else:
            if not seat.desk.is_here:
                self._end_old_session(seat.entered)
            seat.take_up(entered, identity, found)
        self._keep_way(seat)
        self.current = seat
        self._show(seat)
        return seat

    def sit_here(self, entered: Entered, unlocked: Unlocked) -> Seat:
        """Give somebody a desk without the server: the one that waits for them, or one from what this PC knows."""
        known, place = unlocked.known, entered.gate.place
        seat = self.parking.take((known.tenant.id, known.member_id))
        if seat is None:
            identity = Identity(place, known.tenant, "", "", known.at, "", entered.gate.password)
            seat = self._new(entered, identity, known.opening)
            seat.desk.start_here(unlocked)
        else:
            seat.show()
        self.current = seat
        self._show(seat)
        return seat

    def refuse_for_good(self, seat: Seat) -> str:
        """Let a desk go whose person belongs to the group no more; says what becomes of what was not sent."""
        left = len(seat.desk.journal.entries(*UNSETTLED))
        told = say("The access of {name} was deactivated, so the desk kept here was let go.", name=seat.name)
        if left:
            told = say_count(
                "{told} {count} entry that was saved on this PC was not sent, and is not any more.",
                "{told} {count} entries that were saved on this PC were not sent, and are not any more.",
                left,
                told=told,
            )
        self.parking.take(seat.desk.member)
        self._entrance.forget(seat.entered)
        seat.close()
        return said(told)

    def _keep_way(self, seat: Seat) -> None:
        """Whoever came by the password may come in without the server for some days; it is forgotten right after."""
        entered, seat.entered = seat.entered, replace(seat.entered, secret="")
        for before in seat.findChildren(WayKeeper):
            before.deleteLater()
        WayKeeper(self._entrance.ways, seat.desk, entered, self._background, seat)

    def lock(self) -> None:
        """Hide the desk until its person gives the password again; what is typed there stays."""
        if self.current is not None and not self.current.is_hidden:
            self.current.hide()
            self.guard.shut(self.current.entered, self.current.name)

    def switch(self) -> None:
        """Let somebody else take over; the desk is kept as it is until its person comes back."""
        loss = self.parking.next_loss
        if loss is None:
            self._park("")
            return
        question = self.tr("So many desks are kept here that what {name} typed and did not save is lost. Go on?")
        self._messages.ask(question.format(name=loss.name), lambda: self._park(""), parent=self._front)

    def before_end(self, go_on: Callable[[], None]) -> None:
        """Go on when nobody loses anything, or when that was answered with yes; the question names whose work it is."""
        if not self.unsaved:
            go_on()
            return
        question = self.tr("What {names} typed and did not save is lost when the program ends. End it?")
        words = question.format(names=", ".join(self.unsaved))
        self._messages.ask(words, go_on, go_on=self.tr("End the program"), parent=self._front)

    @property
    def unsaved(self) -> list[str]:
        """Whose desk holds something that is not saved."""
        own = [self.current.name] if self.current is not None and self.current.has_unsaved else []
        return [*own, *self.parking.unsaved]

    def close(self) -> None:
        """Let every desk go."""
        self._leave()
        self.parking.close()

    def _new(self, entered: Entered, identity: Identity, found: Opening) -> Seat:
        desk = DeskSession(entered.gate, entered.session, identity, found, self._settings)
        seat = Seat(entered, desk, self._entrance.remembered, self._background, self._settings)
        desk.ended.connect(self._ended)
        desk.shell.closed.connect(self.closed)
        desk.shell.before_closing = self.before_end
        seat.lock_wanted.connect(self.lock)
        seat.switch_wanted.connect(self.switch)
        desk.sign_in_wanted.connect(self._await)
        return seat

    def _await(self) -> None:
        seat = self.current
        if seat is not None:
            self._park("")
            self.awaited.emit(seat.known)

    def _show(self, seat: Seat) -> None:
        self._view.hide()
        self._view.credentials.password.clear()
        self._view.credentials.wait(False)
        seat.desk.shell.activateWindow()

    def _unlocked(self) -> None:
        if self.current is not None:
            self.current.show()
            self._show(self.current)

    def _ended(self, why: Exception | None) -> None:
        """Signed out by the person or by others; whoever may come back finds what was typed."""
        seat = self.current
        if seat is None:
            return
        self._entrance.forget(seat.entered)
        if why is None or (isinstance(why, EndedBecause) and why.ending.is_for_good):
            self._leave()
            self.vacated.emit("" if why is None else str(why))
        else:
            kept = [self.tr("What you typed is kept here until you sign in again.")] if seat.has_unsaved else []
            self._park(" ".join([str(why), *kept]))

    def _park(self, told: str) -> None:
        self.guard.release()
        seat, self.current = self.current, None
        if seat is not None:
            self.parking.put(seat)
        self.vacated.emit(told)

    def _leave(self) -> None:
        """Let the desk go; the session on the server is not touched."""
        self.guard.release()
        seat, self.current = self.current, None
        if seat is not None:
            seat.close()

    def _end_old_session(self, old: Entered) -> None:
        """Who came back by the password has one session too many, unless this PC keeps the old one for a PIN."""
        if self._entrance.remembered.find(old.profile, old.login) is None:
            self._background.start(self, _unheard, sign_out, old.gate, old.session, failed=_unheard)

    @property
    def _front(self) -> Any:
        seat = self.current
        return self._view if seat is None or seat.is_hidden else seat.desk.shell


def _unheard(_result: Any) -> None:
    """Nobody waits for this."""
