"""Why a session ended, as its PC may know it: told in a sentence to who sat there, and to nobody else."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from ims_desktop.database.sign_in import Gate, Identity, SessionEnded, SignedIn, TenantChoice, at_gate, open_tenant
from ims_desktop.domain.work import read

DEACTIVATED = "DEACTIVATED"
SENTENCES = {
    DEACTIVATED: "Your access was deactivated{moment}. Ask your administrator.",
    "ENDED": "{by} ended your session{moment}. Sign in again, or ask your administrator.",
    "PASSWORD": "Your password was changed{moment}, which ends every other session. Sign in with the new one.",
    "CODE": "An administrator gave you a one-time code{moment}, in place of your password. Sign in with it.",
    "STOLEN": "Your session turned up at two places{moment} and was ended. Sign in again, and change your password.",
    "PC": "This PC was taken away{moment}. Set it up again.",
    "SIGNED_OUT": "You signed out{moment}. Sign in again.",
    "EXPIRED": "Your session expired{moment}. Sign in again.",
}


@dataclass(frozen=True)
class Ending:
    """What ended a session, when, and the colleague who did it: "" for the person, None where nobody is named."""

    why: str
    at: datetime | None = None
    by: str | None = None

    @property
    def is_for_good(self) -> bool:
        """Whether the person may not come back."""
        return self.why == DEACTIVATED

    @property
    def sentence(self) -> str:
        """What the person is told, in the time of this PC."""
        by = "An administrator" if self.by is None else self.by or "You, at another PC,"
        return SENTENCES[self.why].format(moment=_moment(self.at), by=by)


class EndedBecause(SessionEnded):
    """A session is over, and the server said why."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.sentence)
        self.ending = ending


@read
def ending_of(gate: Gate, session: SignedIn, tenant: TenantChoice) -> Ending | None:
    """What ended a session in a restaurant group; None while it goes on, or when this PC may not know."""
    with at_gate(gate) as connection:
        row = connection.execute(
            "SELECT why, at, ended_by FROM auth.ending(%s, %s)", [hashlib.sha256(session.token).digest(), tenant.id]
        ).fetchone()
    return Ending(*row) if row and row[0] in SENTENCES else None


def _moment(at: datetime | None) -> str:
    if at is None:
        return ""
    here = at.astimezone()
    return f" at {here:%H:%M}" if here.date() == datetime.now().astimezone().date() else f" on {here:%Y-%m-%d at %H:%M}"


@read
def renew_identity(gate: Gate, session: SignedIn, tenant: TenantChoice) -> Identity:
    """A fresh identity for a desk at work; SessionEnded, with the reason, when somebody ended session or membership."""
    try:
        return open_tenant(gate, session, tenant, renews=True)
    except SessionEnded as error:
        ending = ending_of(gate, session, tenant)
        if ending is None:
            raise
        raise EndedBecause(ending) from error
