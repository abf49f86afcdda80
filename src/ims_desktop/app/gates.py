"""The servers this PC knows, and its gate to each of them."""

from ims_desktop.database.enrolment import gate_of
from ims_desktop.database.local import LocalServer
from ims_desktop.database.profiles import DEMO, Profile, profiles
from ims_desktop.database.sign_in import Gate
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say
from ims_desktop.ui.sign_in import Profile as Offered


class Gates:
    """Opens no gate before somebody asks for it; the embedded server of the sample data is started then."""

    def __init__(self, first: str | None = None) -> None:
        self._profiles = {known.name: known for known in profiles()}
        if first is not None and first not in self._profiles:
            raise UserError(
                say(
                    "This PC knows no server called {first}. It knows {profiles}.",
                    first=first,
                    profiles=", ".join(self._profiles),
                )
            )
        self._first = first
        self._gates: dict[str, Gate] = {}
        self._sample: LocalServer | None = None

    def __contains__(self, name: object) -> bool:
        return name in self._profiles

    def offered(self) -> list[Offered]:
        """The servers as the sign-in offers them: the one asked for first, the sample data last."""
        names = sorted(self._profiles, key=lambda name: (name != self._first, name == DEMO))
        return [Offered(name, name, self._profiles[name].detail) for name in names]

    def add(self, profile: Profile, gate: Gate | None = None) -> None:
        """Know one more server, or its gate."""
        self._profiles[profile.name] = profile
        if gate is not None:
            self._gates[profile.name] = gate

    def gate(self, name: str) -> Gate:
        """The gate to a server; not for the GUI thread."""
        profile = self._profiles[name]
        if profile.place is None:
            self._sample = self._sample or LocalServer()
            return self._sample.start().gate
        if name not in self._gates:
            self._gates[name] = gate_of(profile)
        return self._gates[name]

    def close(self) -> None:
        """The embedded server stops with its last user."""
        if self._sample is not None:
            self._sample.stop()
