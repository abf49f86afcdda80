"""Desks that wait for their people while others work at this PC."""

from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal

from ims_desktop.app.remembered import Known
from ims_desktop.app.seat import Seat
from ims_desktop.database.endings import Ending, ending_of
from ims_desktop.ui.background import Background

PLACES = 4
LOOK_MS = 30_000


class Parking(QObject):
    """Keeps a few desks, exactly as they were left; whose person may not come back is let go, with a sentence."""

    let_go = Signal(object)  # str: whose desk, and why

    def __init__(self, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._background = background
        self._seats: list[Seat] = []  # the oldest first
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look_after)

    def __len__(self) -> int:
        return len(self._seats)

    @property
    def next_loss(self) -> Seat | None:
        """The desk that would lose what was typed if one more came; None while there is room."""
        full = len(self._seats) >= PLACES
        return self._seats[0] if full and all(seat.has_unsaved for seat in self._seats) else None

    @property
    def unsaved(self) -> list[str]:
        """Whose desk holds something that is not saved."""
        return [seat.name for seat in self._seats if seat.has_unsaved]

    def people(self) -> dict[Known, str]:
        """Whose desks wait here, and since when."""
        words = self.tr("Desk kept since {time}")
        return {seat.known: words.format(time=f"{seat.since:%H:%M}") for seat in reversed(self._seats)}

    def put(self, seat: Seat) -> None:
        """Keep a desk. Where there is no room, the oldest one that loses nothing goes, or else the oldest."""
        if len(self._seats) >= PLACES:
            self._close(next((one for one in self._seats if not one.has_unsaved), self._seats[0]))
        seat.put_aside()
        self._seats.append(seat)
        self._timer.start()
        self.look_after()

    def find(self, profile: str, login: str) -> Seat | None:
        """The desk of somebody who comes in by this login."""
        return next((one for one in self._seats if _same(one, profile, login)), None)

    def take(self, member: tuple[UUID, UUID]) -> Seat | None:
        """Give a desk back to its person."""
        seat = next((one for one in self._seats if one.desk.member == member), None)
        if seat is not None:
            self._remove(seat)
        return seat

    def look_after(self) -> None:
        """Ask whether everybody may still come back."""
        for seat in self._seats:
            entered, tenant = seat.entered, seat.desk.database.identity.tenant
            self._background.start(
                seat, partial(self._judge, seat), ending_of, entered.gate, entered.session, tenant, failed=_unheard
            )

    def close(self) -> None:
        """Let all of them go."""
        for seat in tuple(self._seats):
            self._close(seat)

    def _judge(self, seat: Seat, ending: Ending | None) -> None:
        if ending is None or not ending.is_for_good or seat not in self._seats:
            return
        words = [self.tr("The access of {name} was deactivated, so the desk kept here was let go.")]
        if seat.has_unsaved:
            words.append(self.tr("What was typed there is gone."))
        self._close(seat)
        self.let_go.emit(" ".join(words).format(name=seat.name))

    def _close(self, seat: Seat) -> None:
        self._remove(seat)
        seat.close()

    def _remove(self, seat: Seat) -> None:
        self._seats.remove(seat)
        if not self._seats:
            self._timer.stop()


def _same(seat: Seat, profile: str, login: str) -> bool:
    return seat.entered.profile == profile and seat.entered.login.casefold() == login.casefold()


def _unheard(_error: Exception) -> None:
    """The server is away: it is asked again."""
