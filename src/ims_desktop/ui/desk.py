"""The desk: what every page is given to work with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, QSettings, Signal

from ims_desktop.domain.listing import Filter
from ims_desktop.ui.background import Background
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.journal import Journal
from ims_desktop.ui.messages import Messages
from ims_desktop.ui.theme import theme


@dataclass(frozen=True)
class Site:
    """A restaurant, kitchen or store a person may choose in the navigation."""

    key: UUID
    name: str
    detail: str = ""


@dataclass(frozen=True)
class Person:
    """Who sits at the desk."""

    name: str
    role: str = ""
    key: UUID | None = None  # what is remembered for this person alone is kept under it


@dataclass(frozen=True)
class Place:
    """Where a page is opened: the record to show, and filters to begin with."""

    page: str
    record: Any = None
    filters: tuple[Filter, ...] = ()


MOST_STEPS = 49


class Navigation(QObject):
    """Opens pages by key, so that screens never import each other; remembers the way back."""

    opened = Signal(object)  # Place

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._way: list[Place] = []
        self._ahead: list[Place] = []  # where the person came back from
        self.leave: Callable[[Callable[[], None]], None] = lambda go_on: go_on()  # the shell asks the page first

    @property
    def place(self) -> Place | None:
        """Where the person is."""
        return self._way[-1] if self._way else None

    def open(self, page: str, record: Any = None, filters: tuple[Filter, ...] = ()) -> None:
        """Go to a page, to one of its records, or to its list with filters set."""
        place = Place(page, record, filters)
        if place != self.place:
            self.leave(lambda: self._go([*self._way[-MOST_STEPS:], place], []))

    def note(self, record: Any) -> None:
        """The open page shows another of its records: one step of the way, to which nobody has to be taken."""
        here = self.place
        if here is not None and record != here.record:
            self._way = [*self._way[-MOST_STEPS:], Place(here.page, record, here.filters)]
            self._ahead = []

    def back(self) -> None:
        """Go where the person was before (Alt+Left)."""
        if len(self._way) > 1:
            self.leave(lambda: self._go(self._way[:-1], [*self._ahead, self._way[-1]]))

    def forward(self) -> None:
        """Go where the person came back from (Alt+Right)."""
        if self._ahead:
            self.leave(lambda: self._go([*self._way, self._ahead[-1]], self._ahead[:-1]))

    def _go(self, way: list[Place], ahead: list[Place]) -> None:
        self._way, self._ahead = way, ahead
        self.opened.emit(way[-1])


@dataclass(frozen=True)
class ViewUseCases:
    """How views of lists are kept: read(connection, list), save(connection, ViewDraft), remove(connection, key).

    `needs` says by list which permission opens it, `share` which one lets share a view.
    """

    read: Callable[..., Any]
    save: Callable[..., Any]
    remove: Callable[..., Any]
    needs: Mapping[str, str | None]
    share: str


@dataclass(frozen=True)
class ImportPlace:
    """What of a list can come from a file: the page that imports, what it calls these records, and who may."""

    page: str
    entity: str
    permission: str


class Desk(QObject):
    """Background, messages, navigation, formats, the current site and the person's rights in one place."""

    site_changed = Signal(object)  # UUID or None: all sites

    def __init__(
        self,
        background: Background,
        messages: Messages,
        formats: Formats | None = None,
        *,
        sites: tuple[Site, ...] = (),
        site: UUID | None = None,
        rights: frozenset[str] = frozenset(),
        person: Person | None = None,
        settings: QSettings | None = None,
        views: ViewUseCases | None = None,
        imports: Mapping[str, ImportPlace] | None = None,
        journal: Journal | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.background, self.messages = background, messages
        self.navigation = Navigation(self)
        self.formats = formats or Formats()
        self.sites, self.rights = sites, rights
        self.person = person or Person("")
        self.settings = settings or QSettings()
        self.own = self._own_settings()
        self.views = views
        self.imports = imports or {}
        self.journal = journal  # where entries are kept until the server has them; None: they go to it directly
        self._site = site

    def _own_settings(self) -> QSettings:
        """What this PC remembers for the person: lists, views, recents. `settings` is for everybody at it."""
        if self.person.key is None:
            return self.settings
        own = QSettings(self.settings.fileName(), self.settings.format(), self)
        own.beginGroup(f"people/{self.person.key}")
        return own

    @property
    def site(self) -> UUID | None:
        """The chosen site; None when all are shown together."""
        return self._site

    def choose_site(self, site: UUID | None) -> None:
        """Change the site; pages bound to a site read again."""
        if site != self._site:
            self._site = site
            self.site_changed.emit(site)

    @property
    def site_name(self) -> str:
        """The name of the chosen site."""
        return next((site.name for site in self.sites if site.key == self._site), self.tr("All sites"))

    @property
    def dark(self) -> bool:
        """Whether the dark theme is on."""
        return theme.dark

    def may(self, permission: str | tuple[str, ...] | None) -> bool:
        """Whether the person holds a permission, or one of several; None needs none. The database decides anyway."""
        if isinstance(permission, tuple):
            return any(one in self.rights for one in permission)
        return permission is None or permission in self.rights

    def start(
        self,
        owner: QObject,
        done: Callable[[Any], None],
        use_case: Callable[..., Any],
        *args: Any,
        failed: Callable[[Exception], None] | None = None,
        replace: str | None = None,
    ) -> None:
        """Run a use case off the GUI thread; short for `background.start`."""
        self.background.start(owner, done, use_case, *args, failed=failed, replace=replace)
