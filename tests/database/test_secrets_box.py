"""Sensitive fields: what is sealed is opened at its place with its key, and by nothing else."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.database.secrets_box import (
    CannotOpen,
    Holder,
    Spot,
    TenantKeys,
    fingerprint,
    new_key,
    new_recovery_code,
    plain_code,
    version_of,
    wrap,
)
from ims_desktop.domain.sensitive import same_account, same_email, same_phone

TENANT = UUID(int=7)
KEYS = TenantKeys(TENANT, {1: new_key(), 2: new_key()})
SPOT = Spot("suppliers", "email", UUID(int=1))
TEXTS = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), min_size=1, max_size=200)


@given(TEXTS, st.uuids())
def test_what_is_sealed_is_opened_again(text: str, record: UUID) -> None:
    spot = Spot("suppliers", "contact", record)
    sealed = KEYS.seal(text, spot)
    assert sealed is not None
    assert KEYS.open(sealed, spot) == text
    assert version_of(sealed) == 2
    assert text.encode() not in sealed or len(text) < 3
    assert (len(sealed) - 33) % 32 == 0


def test_nothing_stays_nothing_and_no_two_are_alike() -> None:
    assert KEYS.seal("", SPOT) is None
    assert KEYS.open(None, SPOT) == ""
    assert KEYS.seal("a", SPOT) != KEYS.seal("a", SPOT)
    with pytest.raises(ValueError, match="zero"):
        KEYS.seal("a\0b", SPOT)


@given(TEXTS, st.data())
def test_whatever_is_changed_in_it_is_noticed(text: str, data: st.DataObject) -> None:
    sealed = KEYS.seal(text, SPOT) or b""
    place = data.draw(st.integers(0, len(sealed) - 1))
    change = data.draw(st.integers(1, 255))
    with pytest.raises(CannotOpen):
        KEYS.open(sealed[:place] + bytes([sealed[place] ^ change]) + sealed[place + 1 :], SPOT)
    with pytest.raises(CannotOpen):
        KEYS.open(sealed[:place], SPOT)


@pytest.mark.parametrize(
    "other",
    [
        Spot("suppliers", "email", UUID(int=2)),
        Spot("suppliers", "phone", UUID(int=1)),
        Spot("supplier_banks", "email", UUID(int=1)),
    ],
    ids=["record", "column", "table"],
)
def test_a_ciphertext_cannot_be_moved(other: Spot) -> None:
    with pytest.raises(CannotOpen):
        KEYS.open(KEYS.seal("ann@example.com", SPOT), other)


def test_a_ciphertext_cannot_be_moved_to_another_tenant_or_version() -> None:
    sealed = KEYS.seal("ann@example.com", SPOT) or b""
    with pytest.raises(CannotOpen):
        TenantKeys(uuid4(), KEYS.versions).open(sealed, SPOT)
    with pytest.raises(CannotOpen):
        TenantKeys(TENANT, {1: KEYS.versions[1]}).open(sealed, SPOT)
    with pytest.raises(CannotOpen):
        KEYS.open(sealed[:4] + b"\x01" + sealed[5:], SPOT)
    with pytest.raises(CannotOpen):
        KEYS.open(b"ann@example.com", SPOT)


def test_an_older_version_still_opens_what_it_sealed() -> None:
    old = TenantKeys(TENANT, {1: KEYS.versions[1]})
    assert KEYS.open(old.seal("before", SPOT), SPOT) == "before"


@given(st.binary(min_size=32, max_size=32), st.text(min_size=1), st.text(min_size=1), st.integers(1, 9))
def test_a_wrap_is_opened_by_its_holder_alone(key: bytes, secret: str, other: str, version: int) -> None:
    holder = Holder(secret.encode("utf-8", "replace").decode(), TENANT)
    wrapped = wrap(key, holder.public, TENANT, version)
    assert len(wrapped) == 92
    assert holder.unwrap(wrapped, TENANT, version) == key
    for wrong in (
        Holder(f"{secret!r}{other!r}", TENANT),
        Holder(secret.encode("utf-8", "replace").decode(), UUID(int=8)),
    ):
        with pytest.raises(CannotOpen):
            wrong.unwrap(wrapped, TENANT, version)
    for tenant, number in ((UUID(int=8), version), (TENANT, version + 1)):
        with pytest.raises(CannotOpen):
            holder.unwrap(wrapped, tenant, number)


@given(st.binary(max_size=120))
def test_rubbish_is_refused(rubbish: bytes) -> None:
    with pytest.raises(CannotOpen):
        Holder("pc", TENANT).unwrap(rubbish, TENANT, 1)
    with pytest.raises(CannotOpen):
        KEYS.open(rubbish, SPOT)
    if len(rubbish) != 32:
        with pytest.raises(CannotOpen):
            wrap(new_key(), rubbish, TENANT, 1)


def test_a_public_key_that_gives_no_secret_is_refused() -> None:
    with pytest.raises(CannotOpen):
        wrap(new_key(), bytes(32), TENANT, 1)


def test_a_recovery_code_is_read_however_it_is_typed() -> None:
    code = new_recovery_code()
    assert len(plain_code(code)) == 32
    assert plain_code(f" {code.lower().replace('-', ' ')}\n") == plain_code(code)
    assert len({new_recovery_code() for _ in range(50)}) == 50


def test_equal_values_are_found_in_any_spelling_and_in_their_column_alone() -> None:
    def found(text: str, column: str = "email") -> bytes | None:
        return KEYS.digest(text, "suppliers", column, same_email)

    assert found(" Ann@Example.com") == found("ann@example.com")
    assert found("ann@example.com", "contact") != found("ann@example.com")
    assert found("   ") is None
    assert KEYS.digests("a@b.c", "suppliers", "email", same_email)[1] == TenantKeys(
        TENANT, {1: KEYS.versions[1]}
    ).digest("a@b.c", "suppliers", "email", same_email)
    assert same_phone("0044 (20) 7946-0958") == same_phone("+44 20 7946 0958")
    assert same_account("gb33 bukb 2020 1555 5555 55") == "GB33BUKB20201555555555"


def test_a_fingerprint_can_be_read_out() -> None:
    assert len(fingerprint(Holder("pc", TENANT).public).split()) == 4
    assert str(KEYS.versions[1]) not in repr(KEYS)
