"""The views of one list that its person keeps: chosen like the tabs beside them, changed in a small menu."""

from collections.abc import Callable, Set
from dataclasses import replace
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from ims_desktop.domain.list_view import ListView, SavedView, ViewDraft
from ims_desktop.domain.listing import ListQuery, Summary
from ims_desktop.ui.desk import Desk, ViewUseCases
from ims_desktop.ui.list_reader import count_all

SUBJECT = "views"
MOST_COUNTED = 12


class Viewed(Protocol):
    """A list that can be looked at in different ways."""

    def view(self) -> ListView:
        """How it is looked at now."""

    def show_view(self, view: ListView) -> None:
        """Look at it like that."""

    def query_of(self, view: ListView) -> ListQuery:
        """What a view selects."""


class SavedViews(QObject):
    """Reads the views of a list, shows them, and changes them; `changed` says that the tabs must be shown anew."""

    changed = Signal()
    counted = Signal(object)  # Mapping[str, int] by the key of a view in words

    def __init__(
        self, desk: Desk, listed: Viewed, key: str, summary: Callable[..., Summary] | None, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk, self._list, self._key, self._summary = desk, listed, key, summary
        self._cases: ViewUseCases | None = desk.views
        self.views: tuple[SavedView, ...] = ()
        self.current: SavedView | None = None
        self._as_shown: ListView | None = None
        self._wanted: str | None = str(desk.own.value(self._default, "") or "") or None
        desk.background.changed.connect(self._concerned)

    def _concerned(self, subjects: Set[str]) -> None:
        if SUBJECT in subjects:
            self.load()

    @property
    def offered(self) -> bool:
        """Whether views can be kept here."""
        return self._cases is not None

    @property
    def may_share(self) -> bool:
        """Whether the person may share views and change shared ones."""
        return self._cases is not None and self._desk.may(self._cases.share)

    @property
    def may_change(self) -> bool:
        """Whether the shown view may be changed."""
        return self.current is not None and (self.may_share if self.current.is_shared else self.current.is_mine)

    @property
    def modified(self) -> bool:
        """Whether the list is looked at otherwise than the shown view says."""
        return self.current is not None and self._list.view() != self._as_shown

    @property
    def is_default(self) -> bool:
        """Whether the list opens with the shown view."""
        return self.current is not None and self._desk.own.value(self._default) == str(self.current.key)

    def load(self) -> None:
        """Read the views; the first time, show the one that the list opens with."""
        if self._cases is not None:
            start = self._desk.start
            start(self, self._loaded, self._cases.read, self._key, failed=_unread, replace="views")

    def choose(self, key: str) -> bool:
        """Show a view by its key in words; False when there is none."""
        found = next((view for view in self.views if str(view.key) == key), None)
        if found is None:
            self.leave()
            return False
        self.current = found
        self._list.show_view(found.view)
        self._as_shown = self._list.view()
        self.changed.emit()
        return True

    def leave(self) -> None:
        """Show none of them."""
        self._wanted = None
        if self.current is not None:
            self.current = self._as_shown = None
            self.changed.emit()

    def save_as(self, name: str, shared: bool, failed: Callable[[Exception], None]) -> None:
        """Keep what is shown under a new name."""
        self._save(ViewDraft(self._key, name, self._list.view(), shared), self.tr("Saved {name}"), failed)

    def update(self) -> None:
        """Keep what is shown under the name of the shown view."""
        if self.current is not None:
            self._save(replace(self._draft(self.current), view=self._list.view()), self.tr("Updated {name}"))

    def rename(self, name: str, failed: Callable[[Exception], None]) -> None:
        """Give the shown view another name."""
        if self.current is not None:
            self._save(replace(self._draft(self.current), name=name), self.tr("Renamed to {name}"), failed)

    def share(self, on: bool) -> None:
        """Share the shown view with everybody who may open the list, or take it back."""
        if self.current is not None:
            said = self.tr("{name} is shared") if on else self.tr("{name} is yours alone")
            self._save(replace(self._draft(self.current), is_shared=on), said)

    def remove(self) -> None:
        """Remove the shown view, with a way back."""
        view, cases = self.current, self._cases
        if view is None or cases is None:
            return
        again = replace(self._draft(view), key=None, version=0)

        def gone(_key: Any) -> None:
            self.leave()
            words = self.tr("Deleted the view {name}").format(name=view.name)
            self._desk.messages.done(words, undo=lambda: self._save(again, self.tr("{name} is back")))

        self._desk.start(self, gone, cases.remove, view.key)

    def make_default(self, on: bool) -> None:
        """Open the list with the shown view from now on, or as it is described."""
        if self.current is not None and on:
            self._desk.own.setValue(self._default, str(self.current.key))
        else:
            self._desk.own.remove(self._default)

    def count(self) -> None:
        """Count what the views select."""
        summary = self._summary
        if summary is not None and self.views:
            queries = {str(view.key): self._list.query_of(view.view) for view in self.views[:MOST_COUNTED]}
            start = self._desk.start
            start(self, self.counted.emit, count_all, summary, queries, failed=_unread, replace="view counts")

    @property
    def _default(self) -> str:
        return f"lists/{self._key}/view"

    def _loaded(self, views: tuple[SavedView, ...]) -> None:
        self.views = views
        if self.current is not None:
            key = self.current.key
            self.current = next((view for view in views if view.key == key), None)
        self.changed.emit()
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self.choose(wanted)
        self.count()

    def _draft(self, view: SavedView) -> ViewDraft:
        return ViewDraft(self._key, view.name, view.view, view.is_shared, key=view.key, version=view.version)

    def _save(self, draft: ViewDraft, said: str, failed: Callable[[Exception], None] | None = None) -> None:
        if self._cases is None:
            return
        shown = draft.view == self._list.view()

        def saved(key: Any) -> None:
            self._desk.messages.done(said.format(name=draft.name))
            if draft.key is None:
                self._wanted = str(key)
            elif shown:
                self._as_shown = draft.view
            self.load()

        whole = replace(draft, needs=self._cases.needs.get(draft.list))
        self._desk.start(self, saved, self._cases.save, whole, failed=failed)


def _unread(_error: Exception) -> None:
    """The rows tell the same failure."""
