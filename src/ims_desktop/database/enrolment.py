"""Setting a PC up with a profile file, and finding its gate's secret again at each start."""

import secrets
from dataclasses import replace
from pathlib import Path

from ims_desktop.database import keyring_store, locked_box, profile_file
from ims_desktop.database.place import Place
from ims_desktop.database.profiles import Profile, keep, path_of
from ims_desktop.database.proof import code_letters
from ims_desktop.database.sign_in import Gate, enrol
from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.wording import say


class NeedsCode(UserError):
    """This system keeps no secrets: the code of the PC is asked for at each start."""

    def __init__(self, profile: Profile) -> None:
        super().__init__("This computer keeps no secrets, so it needs the code it was set up with.")
        self.profile = profile


def set_up(path: Path, code: str) -> tuple[Profile, Gate]:
    """Make this PC one of the server's; the file is worth nothing afterwards. On failure nothing is left behind."""
    file = profile_file.read(_text(path), code)
    before = {kept: kept.read_bytes() for kept in _paths(file.name) if kept.is_file()}
    password = secrets.token_urlsafe(32)
    try:
        place = _with_certificate(file)
        profile = Profile(file.name, place, file.gate_user, _keep_secret(file.gate_user, password, code))
        keep(profile)
        return profile, enrol(Gate(place, file.gate_user, file.gate_password), password)
    except BaseException:
        _put_back(file, before)
        raise


def gate_of(profile: Profile) -> Gate:
    """The gate of this PC to a server; NeedsCode where the person has to help."""
    place = _place(profile)
    try:
        secret = keyring_store.recall(f"gate:{profile.gate_user}")
    except keyring_store.NoKeyring as error:
        if profile.sealed:
            raise NeedsCode(profile) from error
        raise UserError(
            say(
                "{error} The key of this PC to {name} lies in it: unlock it, then try again.",
                error=error,
                name=profile.name,
            )
        ) from error
    if secret is not None:
        return Gate(place, profile.gate_user, secret)
    if profile.sealed:
        raise NeedsCode(profile)
    raise UserError(
        say("This PC has lost its key to {name}. Ask your administrator to set it up again.", name=profile.name)
    )


def gate_by_code(profile: Profile, code: str) -> Gate:
    """The gate of a PC without a keyring, by the code it was set up with."""
    try:
        secret = locked_box.unlock(profile.sealed, code_letters(code), profile.gate_user).decode()
    except locked_box.WrongSecret as error:
        sentence = "This is not the code that this PC was set up with."
        raise UserError(sentence, [Problem(sentence, "code")]) from error
    except locked_box.Damaged as error:
        raise UserError(
            say("The profile {name} is damaged. Ask for a new profile file.", name=path_of(profile.name))
        ) from error
    return Gate(_place(profile), profile.gate_user, secret)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > profile_file.MOST_BYTES:
            raise UserError("This is not a profile file of this program.", [Problem("It is too big.", "file")])
        return path.read_text("utf-8")
    except (OSError, ValueError) as error:
        sentence = "This file cannot be read. Choose the profile file you were given."
        raise UserError(sentence, [Problem(sentence, "file")]) from error


def _keep_secret(user: str, password: str, code: str) -> str:
    """Put the secret into the keyring; without one, answer it sealed."""
    try:
        keyring_store.keep(f"gate:{user}", password)
    except keyring_store.NoKeyring:
        return locked_box.lock(password.encode(), code_letters(code), user)
    return ""


def _with_certificate(file: profile_file.ProfileFile) -> Place:
    if not file.certificate:
        return file.place
    path = path_of(file.name, "pem")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(file.certificate, "utf-8")
    return replace(file.place, ssl_root=str(path))


def _put_back(file: profile_file.ProfileFile, before: dict[Path, bytes]) -> None:
    for path in _paths(file.name):
        if path in before:
            path.write_bytes(before[path])
        else:
            path.unlink(missing_ok=True)
    try:
        keyring_store.forget(f"gate:{file.gate_user}")
    except keyring_store.NoKeyring:
        return


def _paths(name: str) -> tuple[Path, Path]:
    return path_of(name), path_of(name, "pem")


def _place(profile: Profile) -> Place:
    if profile.place is None:
        raise UserError("The sample data have no gate of their own.")
    return profile.place
