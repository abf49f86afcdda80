"""What is asked around the sign-in, as values."""

from PySide6.QtCore import QCoreApplication

from ims_desktop.ui.sign_in_steps import Step, StepField, StepKind


def new_password(name: str) -> Step:
    """The first sign-in, or the first after a reset: a password of one's own."""
    lead = _tr("{name}, the password you came with was given to you. Choose one that only you know.").format(name=name)
    return Step(_tr("Choose your password"), lead, _new_fields(), _tr("Save and go on"))


def by_code() -> Step:
    """The way back in for who lost the password."""
    fields = (
        StepField("login", _tr("Login")),
        StepField("code", _tr("One-time code"), StepKind.CODE, _tr("From your administrator; it lasts a day.")),
    )
    lead = _tr("With a code from your administrator you choose a new password.")
    return Step(_tr("Can’t sign in?"), lead, fields + _new_fields(), _tr("Save and sign in"))


def set_up() -> Step:
    """How a PC becomes one of the server's."""
    fields = (
        StepField("file", _tr("Profile file"), StepKind.FILE, _tr("It works once, within a week.")),
        StepField("code", _tr("Its code"), StepKind.CODE, _tr("Your administrator tells you the code separately.")),
    )
    lead = _tr("The file says where the server is; the code opens the file.")
    return Step(_tr("Set up this PC"), lead, fields, _tr("Set up"), files=_tr("Profile files (*)"))


def code_of_pc(server: str) -> Step:
    """A PC that keeps no secrets asks for its code at each start."""
    lead = _tr("This computer has no key store, so {server} needs the code this PC was set up with.").format(
        server=server
    )
    return Step(_tr("Code of this PC"), lead, (StepField("code", _tr("Code"), StepKind.CODE),), _tr("Go on"))


def pin_of(name: str) -> Step:
    """A person of a shared PC takes over."""
    fields = (StepField("pin", _tr("PIN"), StepKind.PIN),)
    return Step(name, _tr("Type the PIN you chose on this PC."), fields, _tr("Go on"), _tr("Use the password"))


def change_password() -> Step:
    """Another password for who knows the old one."""
    fields = (StepField("old", _tr("Old password"), StepKind.SECRET), *_new_fields())
    lead = _tr("On all other PCs you are signed out.")
    return Step(_tr("Change password"), lead, fields, _tr("Change"))


def new_pin() -> Step:
    """A PIN for this PC."""
    fields = (
        StepField("password", _tr("Password"), StepKind.SECRET),
        StepField("pin", _tr("New PIN"), StepKind.PIN, _tr("Four to eight digits, for this PC alone.")),
        StepField("again", _tr("New PIN once more"), StepKind.PIN, again="pin"),
    )
    lead = _tr("With a PIN you take over quickly at a PC that several people share.")
    return Step(_tr("PIN for this PC"), lead, fields, _tr("Save"))


def _new_fields() -> tuple[StepField, ...]:
    rules = _tr("At least 10 characters; three or four words that do not belong together are best.")
    return (
        StepField("new", _tr("New password"), StepKind.SECRET, rules),
        StepField("again", _tr("New password once more"), StepKind.SECRET, again="new"),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("Steps", text)
