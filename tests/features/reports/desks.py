"""A desk at which a person sits in front of a real tenant, for tests of pages."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import QSettings

from ims_desktop.domain.permissions import CODES
from ims_desktop.ui.background import Background
from ims_desktop.ui.desk import Desk, Person, Place, Site
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.messages import Message, Messages


@dataclass
class Seat:
    """The desk, the places it was led to and what was said."""

    desk: Desk
    opened: list[Place] = field(default_factory=list)
    said: list[Message] = field(default_factory=list)
    crashed: list[Exception] = field(default_factory=list)

    def close(self) -> None:
        """End the threads; nothing may have gone wrong unseen."""
        self.desk.background.close()
        assert self.crashed == []


def seat(
    run: Callable[..., Any],
    folder: Path,
    sites: dict[str, UUID],
    *,
    rights: frozenset[str] = CODES,
    site: str | None = "Downtown",
) -> Seat:
    """Sit down."""
    messages = Messages()
    background = Background(run, messages)
    settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    desk = Desk(
        background, messages, Formats("en_GB", "USD", "America/New_York"),
        sites=tuple(Site(key, name) for name, key in sites.items()), site=sites[site] if site else None, rights=rights,
        person=Person("Maria Ortega", "Manager"), settings=settings,
    )  # fmt: skip
    made = Seat(desk)
    desk.navigation.opened.connect(made.opened.append)
    messages.posted.connect(made.said.append)
    background.crashed.connect(made.crashed.append)
    return made
