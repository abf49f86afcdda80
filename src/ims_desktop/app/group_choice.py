"""Which restaurant group somebody who has entered opens: the only one, the usual one, or the one they choose."""

from datetime import datetime
from typing import Any

from babel import Locale
from PySide6.QtCore import QCoreApplication, QObject, QSettings, Signal

from ims_desktop.app.entrance import Entered
from ims_desktop.app.porter import Porter
from ims_desktop.database.sign_in import Identity, TenantChoice, open_tenant
from ims_desktop.database.transaction import Opening, TenantDatabase, opening
from ims_desktop.domain.errors import UserError
from ims_desktop.ui.sign_in import Group


class GroupChoice(QObject):
    """Opens a group, and gives what a desk begins with."""

    opened = Signal(object, object, object)  # Entered, Identity, Opening

    def __init__(self, porter: Porter, settings: QSettings, parent: QObject) -> None:
        super().__init__(parent)
        self._porter, self._settings = porter, settings
        self._entered: Entered | None = None
        porter.view.group_chosen.connect(self._chosen)

    def begin(self, entered: Entered, wanted: object = None) -> None:
        """Open the group that is `wanted` (its name or key), or the usual one, or ask."""
        self._entered = entered
        choices = entered.session.tenants
        usual = self._settings.value(_usual(entered))
        known = [one for one in choices if wanted in (one.name, one.id)] or [
            one for one in choices if str(one.id) == usual or len(choices) == 1
        ]
        if known:
            self._open(entered, known[0])
        elif not choices:
            nowhere = self.tr("You belong to no restaurant group yet. Ask its owner to invite you.")
            self._porter.refuse(UserError(nowhere))
        else:
            self._porter.view.show_groups([_group(one) for one in choices], entered.session.person)

    def _chosen(self, key: Any, always: bool) -> None:
        entered = self._entered
        if entered is None:
            return
        if always:
            self._settings.setValue(_usual(entered), str(key))
        self._open(entered, next(one for one in entered.session.tenants if one.id == key))

    def _open(self, entered: Entered, tenant: TenantChoice) -> None:
        def opened() -> tuple[Identity, Opening]:
            identity = open_tenant(entered.gate, entered.session, tenant)
            database = TenantDatabase(identity)
            try:
                return identity, database.run(opening)
            finally:
                database.close()

        self._porter.ask(lambda pair: self.opened.emit(entered, *pair), opened)


def _usual(entered: Entered) -> str:
    return f"sign-in/group/{entered.gate.user}/{entered.session.person}"


def _group(tenant: TenantChoice) -> Group:
    country = Locale("en").territories.get(tenant.country, tenant.country)
    return Group(
        tenant.id, tenant.name, tenant.role.title(), f"{country} · {tenant.currency}", _used(tenant.last_opened_at)
    )


def _used(at: datetime | None) -> str:
    if at is None:
        return _tr("Not used yet")
    here = at.astimezone()
    if here.date() == datetime.now().astimezone().date():
        return _tr("Last used today at {time}").format(time=f"{here:%H:%M}")
    return _tr("Last used {day}").format(day=f"{here:%a %d %b %Y, %H:%M}")


def _tr(text: str) -> str:
    return QCoreApplication.translate("GroupChoice", text)
