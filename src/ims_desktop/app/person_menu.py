"""What a person does with the sign-in while at work: password, PIN, switching, locking when away."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup

from ims_desktop.app import idle, steps
from ims_desktop.app.desk_session import DeskSession
from ims_desktop.app.entrance import Entered
from ims_desktop.app.remembered import Known, Remembered, keep_session
from ims_desktop.database.sign_in import change_password, sign_in, sign_out
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.passwords import pin_problems
from ims_desktop.ui.background import Background
from ims_desktop.ui.language_menu import LanguageMenu
from ims_desktop.ui.sign_in_steps import Step, StepDialog


class PersonMenu(QObject):
    """Adds itself to the menu at the person in the navigation."""

    switch_wanted = Signal()
    waiting_changed = Signal()

    def __init__(self, session: DeskSession, entered: Entered, remembered: Remembered, background: Background) -> None:
        super().__init__(session)
        self._session, self._entered = session, entered
        self._remembered, self._background = remembered, background
        self.dialog: StepDialog | None = None
        self.actions = {
            "switch": self._action(self.switch_wanted.emit),
            "password": self._action(self.change_password),
            "pin": self._action(self.choose_pin),
        }
        self._add()
        session.shell.rebuilt.connect(self._add)

    def renew(self, entered: Entered) -> None:
        """The person came back, with another session."""
        self._entered = entered

    def change_password(self) -> None:
        """Ask for the old and a new password."""
        entered = self._entered

        def change(values: Mapping[str, str]) -> None:
            change_password(entered.gate, entered.login, values["old"], values["new"], entered.session)

        self._ask(steps.change_password(), change, self.tr("Your password is changed. Other PCs were signed out."))

    def choose_pin(self) -> None:
        """Ask for the password, so that nobody passing by sets a PIN, and for the PIN."""
        entered = self._entered
        known = Known(entered.profile, entered.login, entered.session.person, pinned=True)

        def save(values: Mapping[str, str]) -> None:
            if problems := pin_problems(values["pin"]):
                raise UserError(problems[0].text, problems)
            sign_out(entered.gate, sign_in(entered.gate, entered.login, values["password"]))
            if not keep_session(known, entered.session, values["pin"]):
                raise UserError("This computer has no key store, so a PIN cannot be kept.")

        self._ask(steps.new_pin(), save, self.tr("Your PIN is saved."), lambda: self._remembered.add(known))

    def _add(self) -> None:
        menu = self._session.shell.navigation_bar.person_menu
        titles = (self.tr("Switch person"), self.tr("Change password …"), self.tr("PIN for this PC …"))
        for action, title in zip(self.actions.values(), titles, strict=True):
            action.setText(title)
        menu.addSeparator()
        menu.addActions(list(self.actions.values()))
        self._offer_waiting(menu.addMenu(self.tr("Lock when away")))
        self.languages = LanguageMenu(self.tr("Language"), menu)
        self.languages.chosen.connect(self._session.choose_language)
        menu.addMenu(self.languages)

    def _ask(
        self, step: Step, work: Callable[[Mapping[str, str]], None], said: str, then: Callable[[], None] | None = None
    ) -> None:
        dialog = self.dialog = StepDialog(step, self._session.shell)
        dialog.finished.connect(self._closed)

        def done(_result: Any) -> None:
            if then is not None:
                then()
            self._session.messages.note(said)
            dialog.accept()

        def refused(error: Exception) -> None:
            if isinstance(error, UserError):
                dialog.card.refuse(error.text, error.problems)
            else:
                dialog.reject()
                self._session.background.crashed.emit(error)

        dialog.card.answered.connect(lambda values: self._background.start(dialog, done, work, values, failed=refused))
        dialog.open()

    def _closed(self) -> None:
        self.dialog = None

    def _offer_waiting(self, menu: Any) -> None:
        group, chosen = QActionGroup(menu), idle.minutes(self._session.desk.settings)
        for choice in idle.CHOICES:
            words = self.tr("After {minutes} minutes").format(minutes=choice) if choice else self.tr("Never")
            action = QAction(words, menu, checkable=True, checked=choice == chosen)
            action.triggered.connect(partial(self._wait, choice))
            group.addAction(action)
            menu.addAction(action)

    def _wait(self, choice: int, _checked: bool = False) -> None:
        self._session.desk.settings.setValue(idle.MINUTES, choice)
        self.waiting_changed.emit()

    def _action(self, act: Callable[[], Any]) -> QAction:
        action = QAction(self)
        action.triggered.connect(lambda _checked=False: act())
        return action
