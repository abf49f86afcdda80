"""The sign-in view: it only shows and asks; the program answers its signals."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsDropShadowEffect, QStackedWidget, QWidget

from ims_desktop.domain.errors import Problem
from ims_desktop.domain.wording import say
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.controls import Button, Picture, column, frame, label, row
from ims_desktop.ui.language import languages, said, speaker
from ims_desktop.ui.language_menu import LanguageMenu
from ims_desktop.ui.sign_in_cards import Credentials, CredentialsCard, Group, GroupCard, Profile
from ims_desktop.ui.sign_in_people import KnownPerson, PeopleCard
from ims_desktop.ui.sign_in_steps import Step, StepCard
from ims_desktop.ui.theme import Tone

__all__ = ["Credentials", "Group", "KnownPerson", "Profile", "SignIn"]

Answered = Callable[[Mapping[str, str]], None]


class SignIn(QWidget):
    """The whole first window: brand above, a card in the middle, version and safety below."""

    submitted = Signal(object)  # Credentials
    group_chosen = Signal(object, object)  # key, open next time without asking
    sample_wanted = Signal()
    set_up_wanted = Signal()
    help_wanted = Signal()
    code_wanted = Signal()
    person_chosen = Signal(object)  # the key of a KnownPerson
    somebody_else = Signal()
    language_chosen = Signal(str)  # its code

    def __init__(self, profiles: Sequence[Profile], *, computer: str, version: str = "") -> None:
        super().__init__()
        self.setObjectName("root")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("IMS Desktop")
        self.credentials, self.groups = CredentialsCard(), GroupCard()
        self.step, self.people = StepCard(), PeopleCard()
        self._answered: Answered = lambda _values: None
        self._other: Callable[[], None] = lambda: None
        self.offer_profiles(profiles)
        self._stack = QStackedWidget()
        for card in (self.credentials, self.groups, self.step, self.people):
            shadow = QGraphicsDropShadowEffect(card)
            shadow.setBlurRadius(36)
            shadow.setOffset(0, 10)
            shadow.setColor(QColor(10, 18, 35, 40))
            self._stack.addWidget(frame("clear", column(None, row(None, card, None), None)))
        self._computer, self._foot = computer, label("", 12, role="muted")
        self._lay_out()
        self.tell_version(version)
        self._connect()
        self.resize(1366, 768)

    def _lay_out(self) -> None:
        help_button = Button(say("Help"), icon="question")
        help_button.clicked.connect(self.help_wanted)
        self.languages = LanguageMenu(parent=self)
        self.languages.chosen.connect(self.language_chosen)
        self._language = Button("", icon="translate", name=said(say("Language")))
        self._language.setMenu(self.languages)
        self._tell_language()
        where = label(say("Back office"), 13, role="muted")
        head = row(
            Picture("stack", "primary", 28),
            label("IMS Desktop", 18, 700),
            where,
            None,
            self._language,
            help_button,
            spacing=10,
        )
        safe = say("The program never opens the database with more rights than yours")
        right = row(Picture("shield-check", "ok"), label(safe, 12, role="muted"), spacing=6)
        foot = row(self._foot, None, right)
        whole = column(head, self._stack, foot, margins=(32, 24, 32, 20))
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def _connect(self) -> None:
        card = self.credentials
        card.submitted.connect(self.submitted)
        card.sample_wanted.connect(self.sample_wanted)
        card.set_up_wanted.connect(self.set_up_wanted)
        card.lost.connect(self.code_wanted)
        self.groups.chosen.connect(self.group_chosen)
        self.groups.back.connect(self.show_credentials)
        self.step.answered.connect(self._answer)
        self.step.other.connect(self._go_another_way)
        self.step.back.connect(self.show_credentials)
        self.people.chosen.connect(self.person_chosen)
        self.people.somebody_else.connect(self.somebody_else)

    def tell_version(self, version: str) -> None:
        """Say which program this is, and at which PC."""
        here = say("This PC: {computer}", computer=self._computer)
        both = say("Version {version} · This PC: {computer}", version=version, computer=self._computer)
        self._foot.say(both if version else here)

    def changeEvent(self, event: QEvent) -> None:
        """What is said here follows the language by itself; the names for screen readers are told."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._tell_language()
            self.credentials.tell_names()

    def _tell_language(self) -> None:
        self._language.say(languages().get(speaker.code, speaker.code), said(say("Language")))
        self.languages.mark()

    def offer_profiles(self, profiles: Sequence[Profile]) -> None:
        """Let the person choose among these servers; the first is chosen unless one was."""
        chosen = self.credentials.profile.value()
        self.credentials.profile.offer([Choice(one.key, one.name, one.detail) for one in profiles])
        if chosen is None and profiles:
            self.credentials.profile.choose(profiles[0].key)

    def show_credentials(self, login: str | None = None) -> None:
        """Show the first step, perhaps with a remembered login."""
        self._stack.setCurrentIndex(0)
        self.credentials.wait(False)
        if login is not None:
            self.credentials.login.setText(login)
        (self.credentials.password if self.credentials.login.text() else self.credentials.login).setFocus()

    def ask(self, step: Step, answered: Answered, other: Callable[[], None] | None = None) -> None:
        """Show a step; `answered` gets what was typed, and answers by leading on or by `refuse_step`."""
        self.credentials.wait(False)
        self._answered, self._other = answered, other or self.show_credentials
        self._stack.setCurrentIndex(2)
        self.step.begin(step)

    def _answer(self, values: Mapping[str, str]) -> None:
        self._answered(values)

    def _go_another_way(self) -> None:
        self._other()

    def refuse_step(self, text: str, problems: Sequence[Problem] = ()) -> None:
        """Say what is wrong with the step that is shown."""
        self.step.refuse(text, problems)

    @property
    def asks(self) -> bool:
        """Whether a step is shown."""
        return self._stack.currentIndex() == 2

    def show_people(self, people: Sequence[KnownPerson]) -> None:
        """Let the person choose among those this PC remembers."""
        self._stack.setCurrentIndex(3)
        self.people.offer(people)

    def show_groups(self, groups: Sequence[Group], person: str = "") -> None:
        """Let the person choose among the groups of the login."""
        self.credentials.wait(False)
        self._stack.setCurrentIndex(1)
        self.groups.offer(groups, person)

    def refuse(self, text: str, tone: Tone = Tone.BAD) -> None:
        """Say why signing in did not work."""
        self.show_credentials()
        self.credentials.say(text, tone)
        self.credentials.password.selectAll()

    def tell(self, text: str, tone: Tone = Tone.WARN) -> None:
        """Say what happened to who was here before, on the card that is shown."""
        card = self.people if self._stack.currentIndex() == 3 else self.credentials
        card.say(text, tone)

    def show_unreachable(self, why: str, seconds: int = 15) -> None:
        """Say that the server does not answer; it is tried again by itself."""
        self._stack.setCurrentIndex(0)
        self.credentials.show_unreachable(self.credentials.profile.currentText(), why, seconds)
