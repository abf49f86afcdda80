"""Rows that are put out of use and taken back: at once, with the way back, instead of asking beforehand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ims_desktop.domain.wording import Words
from ims_desktop.ui.list_spec import Action, ActionPage, Needs

Rows = Sequence[Any]


@dataclass(frozen=True)
class Archiving:
    """`use_case(connection, keys, active)` does both; `archived` and `restored` say of rows what was done."""

    use_case: Callable[..., Any]
    permission: str
    archived: Callable[[Rows], Words]
    restored: Callable[[Rows], Words]
    archive: Words = "Archive"
    restore: Words = "Bring back"
    already_archived: Words = "Archived already."
    already_active: Words = "In use already."

    def run(self, active: bool, page: ActionPage, rows: Rows) -> None:
        """Put rows out of use, or take them back."""
        keys = tuple(row.id for row in rows)

        def done(_answer: Any) -> None:
            said = self.restored(rows) if active else self.archived(rows)
            page.desk.messages.done(said, lambda: page.start(lambda _back: None, self.use_case, keys, not active))

        page.start(done, self.use_case, keys, active)

    def one(self, active: bool, page: ActionPage, record: Any) -> None:
        """The same from the panel of a record."""
        self.run(active, page, (record,))

    @property
    def actions(self) -> tuple[Action, Action]:
        """Both as actions of a list."""
        return (
            self._action(False, self.archive, "archive"),
            self._action(True, self.restore, "arrow-counter-clockwise"),
        )

    def _action(self, active: bool, title: Words, icon: str) -> Action:
        why_not = partial(self._already, active)
        return Action(title, partial(self.run, active), icon, self.permission, Needs.SOME, why_not=why_not)

    def _already(self, active: bool, rows: Rows) -> Words | None:
        said = self.already_active if active else self.already_archived
        return said if any(row.is_active is active for row in rows) else None
