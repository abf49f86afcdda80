"""The servers this PC knows: one small file each; the secret of its gate lies in the keyring of the system."""

import json
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from ims_desktop.database.place import Place
from ims_desktop.domain.errors import UserError

DEMO = "Sample data"


@dataclass(frozen=True)
class Profile:
    """A server by the name people call it; the demo has no place: it is started when needed."""

    name: str
    place: Place | None
    gate_user: str = ""

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
    """Remember a profile; its gate's password is not in it."""
    if profile.place is None:
        raise UserError("The sample data need no profile.")
    folder().mkdir(parents=True, exist_ok=True)
    place = profile.place
    content = {
        "name": profile.name, "host": place.host, "port": place.port, "database": place.database,
        "ssl_mode": place.ssl_mode, "ssl_root": place.ssl_root, "gate_user": profile.gate_user,
    }  # fmt: skip
    name = "".join(letter if letter.isalnum() else "-" for letter in profile.name.lower())
    (folder() / f"{name}.json").write_text(json.dumps(content, indent=2), "utf-8")


def _read(path: Path) -> Profile:
    try:
        found = json.loads(path.read_text("utf-8"))
        place = Place(found["host"], int(found["port"]), found["database"], found["ssl_mode"], found["ssl_root"])
        return Profile(found["name"], place, found["gate_user"])
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"The profile {path} is damaged. Set this PC up again, or remove the file.") from error
