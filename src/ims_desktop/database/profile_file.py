"""The file with which a PC is set up: server, certificate and gate, sealed with a one-time code that travels apart."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ims_desktop.database import locked_box
from ims_desktop.database.place import Place
from ims_desktop.database.proof import code_letters
from ims_desktop.domain.errors import Problem, UserError

DAYS = 7
MOST_BYTES = 200_000
KIND = "ims-desktop profile 1"


@dataclass(frozen=True)
class ProfileFile:
    """What is in the file."""

    name: str
    place: Place
    gate_user: str
    gate_password: str = field(repr=False)
    certificate: str = ""  # PEM; empty: the authorities this system knows


def write(file: ProfileFile, code: str, now: datetime | None = None) -> str:
    """The text of a profile file; good for a week. How old it is cannot be changed without the code."""
    until = ((now or datetime.now(UTC)) + timedelta(days=DAYS)).isoformat(timespec="seconds")
    place = file.place
    content = {
        "name": file.name, "host": place.host, "port": place.port, "database": place.database,
        "ssl_mode": place.ssl_mode, "channel_binding": place.channel_binding,
        "gate_user": file.gate_user, "gate_password": file.gate_password,
        "certificate": file.certificate,
    }  # fmt: skip
    sealed = locked_box.lock(json.dumps(content).encode(), code_letters(code), f"{KIND} {until}")
    check = _check(until, sealed)
    return json.dumps({"kind": KIND, "until": until, "sealed": sealed, "check": check}, indent=1) + "\n"


def read(text: str, code: str, now: datetime | None = None) -> ProfileFile:
    """What a profile file holds. UserError for a wrong code, a damaged file, one that is too old, and no such file."""
    until, sealed = _outside(text)
    if (now or datetime.now(UTC)) > until:
        raise _refused(f"This profile file is older than {DAYS} days. Ask your administrator for a new one.", "file")
    try:
        found = json.loads(
            locked_box.unlock(sealed, code_letters(code), f"{KIND} {until.isoformat(timespec='seconds')}")
        )
        place = Place(found["host"], int(found["port"]), found["database"], found["ssl_mode"])
        place = replace(place, channel_binding=found.get("channel_binding", ""))
        return ProfileFile(found["name"], place, found["gate_user"], found["gate_password"], found["certificate"])
    except locked_box.WrongSecret as error:
        raise _refused(
            "This code does not open the profile file. Type it again as it was given to you.", "code"
        ) from error
    except (locked_box.Damaged, ValueError, KeyError, TypeError) as error:
        raise _damaged() from error


def _outside(text: str) -> tuple[datetime, str]:
    try:
        found: dict[str, Any] = json.loads(text)
        if found["kind"] != KIND:
            raise _refused("This is not a profile file of this program.", "file")
        until, sealed = datetime.fromisoformat(found["until"]), str(found["sealed"])
        if found["check"] != _check(found["until"], sealed) or until.tzinfo is None:
            raise _damaged()
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _refused("This is not a profile file of this program, or it is damaged.", "file") from error
    return until, sealed


def _check(until: str, sealed: str) -> str:
    """Tells a damaged file from a wrong code; it protects nothing."""
    return hashlib.sha256(f"{until} {sealed}".encode(errors="replace")).hexdigest()[:16]


def _damaged() -> UserError:
    return _refused("This profile file is damaged. Copy it anew, or ask your administrator for another one.", "file")


def _refused(sentence: str, where: str) -> UserError:
    return UserError(sentence, [Problem(sentence, where)])
