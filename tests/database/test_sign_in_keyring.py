"""Secrets of this PC: in a real keyring, in one that is locked, dead or not to be trusted, and in none."""

import threading
import time
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import SecretService, chainer, fail

from ims_desktop.database import keyring_store, pins
from ims_desktop.domain.errors import UserError
from tests.secret_service import MISSING, secret_service

real = pytest.mark.skipif(bool(MISSING), reason=f"{', '.join(MISSING)} is not installed here")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    chosen = keyring.get_keyring()
    keyring_store._Silence.until = 0.0
    yield
    keyring.set_keyring(chosen)
    keyring_store._Silence.until = 0.0


class InMemory(KeyringBackend):
    """A keyring that works."""

    priority = 1  # type: ignore[assignment]
    name = "Memory Keyring"

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[username]


@real
def test_a_real_secret_service_keeps_recalls_and_forgets() -> None:
    secret = "pä$$ wörd\n" * 100
    with secret_service():
        keyring.set_keyring(SecretService.Keyring())
        assert keyring_store.where()
        assert keyring_store.recall("gate:one") is None
        keyring_store.keep("gate:one", secret)
        assert keyring_store.recall("gate:one") == secret
        keyring_store.keep("gate:one", "another")
        assert keyring_store.recall("gate:one") == "another"
        keyring_store.forget("gate:one")
        keyring_store.forget("gate:one")
        assert keyring_store.recall("gate:one") is None


@real
def test_a_pin_works_on_a_real_secret_service() -> None:
    with secret_service():
        keyring.set_keyring(SecretService.Keyring())
        pins.keep("session:a", b"token", "4711")
        assert pins.open_with("session:a", "4711") == b"token"


@real
def test_a_locked_collection_and_a_dead_bus_are_no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring_store, "PATIENCE", 3.0)
    with secret_service(unlocked=False) as bus:
        keyring.set_keyring(SecretService.Keyring())
        with pytest.raises(keyring_store.NoKeyring):
            keyring_store.keep("gate:one", "secret")
        bus.kill()
        bus.wait()
        keyring_store._Silence.until = 0.0
        with pytest.raises(keyring_store.NoKeyring):
            keyring_store.recall("gate:one")


@real
def test_a_bus_that_dies_in_between_is_no_keyring() -> None:
    with secret_service() as bus:
        keyring.set_keyring(SecretService.Keyring())
        keyring_store.keep("gate:one", "secret")
        bus.kill()
        bus.wait()
        with pytest.raises(keyring_store.NoKeyring):
            keyring_store.recall("gate:one")


def test_a_keyring_that_waits_for_a_prompt_is_given_up_and_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answered = [], threading.Event()

    class Waiting(InMemory):
        def get_password(self, service: str, username: str) -> str | None:
            asked.append(username)
            answered.wait(10)
            return None

    monkeypatch.setattr(keyring_store, "PATIENCE", 0.2)
    keyring.set_keyring(Waiting())
    begun = time.monotonic()
    for _ in range(3):
        with pytest.raises(keyring_store.NoKeyring, match="did not answer"):
            keyring_store.recall("gate:one")
    assert time.monotonic() - begun < 9
    assert asked == ["gate:one"]
    waiting = [thread for thread in threading.enumerate() if thread.name == "keyring"]
    assert waiting
    assert all(thread.daemon for thread in waiting), "the program could not end"
    answered.set()


def test_without_a_keyring_nothing_is_kept_anywhere() -> None:
    keyring.set_keyring(fail.Keyring())
    for ask in (keyring_store.where, lambda: keyring_store.recall("x"), lambda: keyring_store.keep("x", "y")):
        with pytest.raises(keyring_store.NoKeyring):
            ask()


def test_a_keyring_that_writes_files_of_its_own_is_not_used() -> None:
    class PlainText(InMemory):
        __module__ = "keyrings.alt.file"

    plain, good = PlainText(), InMemory()
    keyring.set_keyring(plain)
    with pytest.raises(keyring_store.NoKeyring):
        keyring_store.keep("gate:one", "secret")
    assert plain.kept == {}

    class Both(chainer.ChainerBackend):
        backends = (plain, good)  # type: ignore[assignment]

    keyring.set_keyring(Both())
    keyring_store.keep("gate:one", "secret")
    assert (plain.kept, good.kept) == ({}, {"gate:one": "secret"})


# ---- PINs ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def memory() -> InMemory:
    made = InMemory()
    keyring.set_keyring(made)
    return made


def test_a_pin_opens_and_the_fifth_wrong_one_forgets(memory: InMemory) -> None:
    pins.keep("session:a", b"token", "4711")
    assert b"token".hex() not in memory.kept["session:a"]
    for left in (4, 3, 2):
        with pytest.raises(UserError, match=f"{left} tries left"):
            pins.open_with("session:a", "1174")
    assert pins.open_with("session:a", "4711") == b"token"
    for _ in range(4):
        with pytest.raises(UserError, match="left"):
            pins.open_with("session:a", "1174")
    with pytest.raises(UserError, match="forgotten you"):
        pins.open_with("session:a", "1174")
    assert "session:a" not in memory.kept
    with pytest.raises(UserError, match="no longer remembers"):
        pins.open_with("session:a", "4711")


def test_a_try_counts_even_when_the_program_is_ended_over_it(memory: InMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    pins.keep("session:a", b"token", "4711")

    def killed(*_args: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(pins.locked_box, "unlock", killed)
        for _ in range(4):
            with pytest.raises(KeyboardInterrupt):
                pins.open_with("session:a", "1174")
    with pytest.raises(UserError, match="forgotten you"):
        pins.open_with("session:a", "1174")


def test_an_entry_is_worth_nothing_without_the_secret_of_the_pc_or_under_another_name(memory: InMemory) -> None:
    pins.keep("session:a", b"token", "4711")
    memory.kept["session:b"] = memory.kept["session:a"]
    with pytest.raises(UserError, match="not your PIN"):
        pins.open_with("session:b", "4711")
    del memory.kept["pin-secret"]
    with pytest.raises(UserError, match="not your PIN"):
        pins.open_with("session:a", "4711")


@pytest.mark.parametrize(
    "kept", ["", "x", "[]", '{"wrong": 0}', '{"wrong": 0, "sealed": "{}"}', '{"wrong": "x", "sealed": 1}']
)
def test_a_damaged_entry_is_one_sentence(memory: InMemory, kept: str) -> None:
    memory.kept["session:a"] = kept
    with pytest.raises(UserError, match=r"not your PIN|no longer remembers"):
        pins.open_with("session:a", "4711")
