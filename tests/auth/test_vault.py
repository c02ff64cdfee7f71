import base64
from dataclasses import replace

import pytest

from auth.vault import Bound, Sealed, Vault, new_vault_key, parse_vault_keys
from models.errors import DecryptionFailed, NotConfigured
from models.ids import Kind, new_id

VALUE = "sk-canary-0123456789"
OLD, NEW = new_vault_key(), new_vault_key()
BOUND = Bound(new_id(Kind.ORGANIZATION), new_id(Kind.CREDENTIAL), 3)


def test_what_is_sealed_opens_with_the_same_key_and_shows_nothing() -> None:
    sealed = Vault((OLD,)).seal(BOUND, VALUE)

    assert Vault((NEW, OLD)).open(BOUND, sealed) == VALUE
    assert sealed.kid == OLD.kid
    assert VALUE.encode() not in sealed.sealed + sealed.wrapped_key
    assert OLD.secret.hex() not in repr(Vault((OLD,)))


def test_the_same_value_is_sealed_otherwise_each_time() -> None:
    first, second = (Vault((OLD,)).seal(BOUND, VALUE) for _ in range(2))

    assert first.sealed != second.sealed
    assert first.wrapped_key != second.wrapped_key


@pytest.mark.parametrize(
    "other",
    [
        replace(BOUND, organization_id=new_id(Kind.ORGANIZATION)),
        replace(BOUND, credential_id=new_id(Kind.CREDENTIAL)),
        replace(BOUND, version=4),
    ],
    ids=["organization", "credential", "version"],
)
def test_a_sealed_value_opens_as_nothing_else(other: Bound) -> None:
    vault = Vault((OLD,))

    with pytest.raises(DecryptionFailed):
        vault.open(other, vault.seal(BOUND, VALUE))


@pytest.mark.parametrize("at", [0, -1])
def test_an_altered_value_does_not_open(at: int) -> None:
    def altered(text: bytes) -> bytes:
        changed = bytearray(text)
        changed[at] ^= 1
        return bytes(changed)

    vault = Vault((OLD,))
    sealed = vault.seal(BOUND, VALUE)

    for other in (
        replace(sealed, sealed=altered(sealed.sealed)),
        replace(sealed, wrapped_key=altered(sealed.wrapped_key)),
    ):
        with pytest.raises(DecryptionFailed):
            vault.open(BOUND, other)


def test_a_value_whose_key_is_missing_or_another_one_says_so_without_telling_it() -> None:
    sealed = Vault((OLD,)).seal(BOUND, VALUE)

    for keys in ((NEW,), (replace(NEW, kid=OLD.kid),)):
        with pytest.raises(DecryptionFailed) as refused:
            Vault(keys).open(BOUND, sealed)
        assert VALUE not in str(refused.value)


def test_wrapping_anew_changes_the_key_and_not_the_value() -> None:
    sealed = Vault((OLD,)).seal(BOUND, VALUE)

    again = Vault((NEW, OLD)).rewrap(BOUND, sealed)

    assert again.kid == NEW.kid
    assert again.sealed == sealed.sealed
    assert Vault((NEW,)).open(BOUND, again) == VALUE


def test_without_a_key_nothing_is_sealed() -> None:
    with pytest.raises(NotConfigured):
        Vault().seal(BOUND, VALUE)
    with pytest.raises(DecryptionFailed):
        Vault().open(BOUND, Sealed("gone", b"", b""))


def test_keys_are_read_as_they_are_written() -> None:
    assert parse_vault_keys(f" {NEW.text},\n{OLD.text} ") == (NEW, OLD)


SHORT = base64.b64encode(bytes(31)).decode()


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", f"a:{SHORT}", "a:****", f"{OLD.text},{OLD.text}", OLD.text.replace(":", " :"), f":{SHORT}"],
    ids=["empty", "no kid", "too short", "no base64", "one kid twice", "a space", "an empty kid"],
)
def test_keys_that_are_none_are_refused_without_being_told(text: str) -> None:
    with pytest.raises(ValueError, match="kid:base64") as refused:
        parse_vault_keys(text)

    assert SHORT not in str(refused.value)
