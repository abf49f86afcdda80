"""What the panel of a person shows below: the roles with a way to withdraw each, and where every right comes from."""

from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.domain.wording import say
from ims_desktop.features.people import service
from ims_desktop.ui.controls import Button, column, label, line, row
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail import Line, Related, Section
from ims_desktop.ui.detail_panel import related_block
from ims_desktop.ui.language import said

EDIT = "people.edit"


class HeldRoles(QWidget):
    """The roles of a person, the sessions, and the rights these give."""

    def __init__(self, desk: Desk, person: service.Person, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._person = desk, person
        content = QVBoxLayout(self)
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(0)
        for number, held in enumerate(person.assignments):
            if number:
                content.addWidget(line())
            content.addLayout(self._held(held))
        if not person.assignments:
            content.addWidget(
                label(self.tr("Without a role nothing can be seen or done."), 12, role="muted", wrap=True)
            )
        content.addSpacing(14)
        where = Place("sessions", filters=(Filter("member_id", Match.IN, (person.id,)),))
        content.addLayout(related_block(desk, Related(self.tr("Where they are signed in"), (), place=where)))
        content.addSpacing(14)
        rights = tuple(map(right_line, person.rights))
        content.addLayout(
            related_block(desk, Related(self.tr("What the roles permit"), rights, empty=self.tr("Nothing.")))
        )

    def _held(self, held: service.Assignment) -> QVBoxLayout:
        words = column(
            label(held.role, 13, 500, elide=True), label(held.site or self.tr("All sites"), 11, role="muted"), spacing=1
        )
        whole = row(words, margins=(0, 6, 0, 6))
        whole.setStretch(0, 1)
        if self._desk.may(EDIT) and not self._person.is_self:
            take = Button("", "ghost", "x", name=self.tr("Withdraw {role}").format(role=held.role))
            take.clicked.connect(partial(self._withdraw, held))
            whole.addWidget(take)
        return column(whole)

    def _withdraw(self, held: service.Assignment, _checked: bool = False) -> None:
        desk, person = self._desk, self._person
        again = service.Grant(person.id, person.name, held.role_id, held.site_id)

        def done(_: Any) -> None:
            said = self.tr("{name} no longer has the role {role}").format(name=person.name, role=held.role)
            desk.messages.done(said, undo=partial(desk.start, desk, lambda _: None, service.give_role, again))

        desk.start(self, done, service.withdraw, held.id)


def right_line(right: service.Right) -> Line:
    """A right: where it counts, and the role that gives it."""
    where = ", ".join(right.sites) or said(say("All sites"))
    note = say("{sites} · from {roles}", sites=where, roles=", ".join(right.roles))
    return Line(said(right.title), note, say("inherited") if right.inherited else say("own"))


ROLES_SECTION = Section("Roles", HeldRoles)
