"""What is asked around the sign-in, as values."""

from ims_desktop.domain.wording import say
from ims_desktop.ui.sign_in_steps import Step, StepField, StepKind


def new_password(name: str) -> Step:
    """The first sign-in, or the first after a reset: a password of one's own."""
    lead = say("{name}, the password you came with was given to you. Choose one that only you know.", name=name)
    return Step(say("Choose your password"), lead, _new_fields(), say("Save and go on"))


def by_code() -> Step:
    """The way back in for who lost the password."""
    fields = (
        StepField("login", say("Login")),
        StepField("code", say("One-time code"), StepKind.CODE, say("From your administrator; it lasts a day.")),
    )
    lead = say("With a code from your administrator you choose a new password.")
    return Step(say("Can’t sign in?"), lead, fields + _new_fields(), say("Save and sign in"))


def set_up() -> Step:
    """How a PC becomes one of the server's."""
    fields = (
        StepField("file", say("Profile file"), StepKind.FILE, say("It works once, within a week.")),
        StepField("code", say("Its code"), StepKind.CODE, say("Your administrator tells you the code separately.")),
    )
    lead = say("The file says where the server is; the code opens the file.")
    return Step(say("Set up this PC"), lead, fields, say("Set up"), files=say("Profile files (*)"))


def code_of_pc(server: str) -> Step:
    """A PC that keeps no secrets asks for its code at each start."""
    lead = say("This computer has no key store, so {server} needs the code this PC was set up with.", server=server)
    return Step(say("Code of this PC"), lead, (StepField("code", say("Code"), StepKind.CODE),), say("Go on"))


def pin_of(name: str) -> Step:
    """A person of a shared PC takes over."""
    fields = (StepField("pin", say("PIN"), StepKind.PIN),)
    return Step(name, say("Type the PIN you chose on this PC."), fields, say("Go on"), say("Use the password"))


def change_password() -> Step:
    """Another password for who knows the old one."""
    fields = (StepField("old", say("Old password"), StepKind.SECRET), *_new_fields())
    lead = say("On all other PCs you are signed out.")
    return Step(say("Change password"), lead, fields, say("Change"))


def new_pin() -> Step:
    """A PIN for this PC."""
    fields = (
        StepField("password", say("Password"), StepKind.SECRET),
        StepField("pin", say("New PIN"), StepKind.PIN, say("Four to eight digits, for this PC alone.")),
        StepField("again", say("New PIN once more"), StepKind.PIN, again="pin"),
    )
    lead = say("With a PIN you take over quickly at a PC that several people share.")
    return Step(say("PIN for this PC"), lead, fields, say("Save"))


def _new_fields() -> tuple[StepField, ...]:
    rules = say("At least 10 characters; three or four words that do not belong together are best.")
    return (
        StepField("new", say("New password"), StepKind.SECRET, rules),
        StepField("again", say("New password once more"), StepKind.SECRET, again="new"),
    )
