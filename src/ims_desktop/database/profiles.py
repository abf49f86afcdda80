"""The servers this PC knows: one small file each; the secret of its gate lies in the keyring of the system."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import platformdirs

from ims_desktop.database.place import Place
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say

DEMO = "Sample data"


@dataclass(frozen=True)
class Profile:
    """A server by the name people call it; the demo has no place: it is started when needed."""

    name: str
    place: Place | None
    gate_user: str = ""
    sealed: str = ""  # the gate's secret, sealed with the code of this PC, where the system has no keyring

    @property
    def is_demo(self) -> bool:
        """Whether this is the embedded server with the sample data."""
        return self.place is None

    @property
    def detail(self) -> str:
        """One line about it under its name."""
        if self.place is None:
            return "On this computer"
        return f"{self.place.host}:{self.place.port}"


def folder() -> Path:
    """Where profiles are kept."""
    return platformdirs.user_config_path("ims-desktop", appauthor=False) / "profiles"


def profiles() -> tuple[Profile, ...]:
    """All known profiles, the demo last."""
    kept = sorted(folder().glob("*.json")) if folder().is_dir() else []
    return (*(_read(path) for path in kept), Profile(DEMO, None))


def keep(profile: Profile) -> None:
    """Remember a profile; its gate's password is not in it, or sealed."""
    if profile.place is None:
        raise UserError("The sample data need no profile.")
    place = profile.place
    content = {
        "name": profile.name, "host": place.host, "port": place.port, "database": place.database,
        "ssl_mode": place.ssl_mode, "ssl_root": place.ssl_root, "channel_binding": place.channel_binding,
        "gate_user": profile.gate_user, "sealed": profile.sealed,
    }  # fmt: skip
    path_of(profile.name).parent.mkdir(parents=True, exist_ok=True)
    path_of(profile.name).write_text(json.dumps(content, indent=2), "utf-8")


def path_of(name: str, ending: str = "json") -> Path:
    """Where the profile called this lies, or its certificate."""
    return folder() / f"{''.join(letter if letter.isalnum() else '-' for letter in name.lower())[:80]}.{ending}"


def _read(path: Path) -> Profile:
    try:
        found = json.loads(path.read_text("utf-8"))
        place = Place(found["host"], int(found["port"]), found["database"], found["ssl_mode"], found["ssl_root"])
        place = replace(place, channel_binding=found.get("channel_binding", ""))
        return Profile(found["name"], place, found["gate_user"], found.get("sealed", ""))
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(
            say("The profile {path} is damaged. Set this PC up again, or remove the file.", path=path)
        ) from error
