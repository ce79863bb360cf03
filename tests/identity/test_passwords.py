"""Passwords, one-time codes and keyed digests."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.identity import passwords
from shared.identity.digests import keyed_digest, one_time_code, same_code
from shared.identity.passwords import hash_password, verify_password

SECRET = b"a secret of this installation"
APPLICATION = UUID("5b1c1f6e-0000-4000-8000-000000000003")
REAL = passwords._HASHER


@pytest.fixture(autouse=True)
def as_in_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes as they are kept, not the quick ones of all other tests."""
    monkeypatch.setattr(passwords, "_HASHER", REAL)


class TestWhenAPasswordWasHashed:
    async def test_the_same_password_matches(self) -> None:
        assert await verify_password(await hash_password("құпия сөз"), "құпия сөз")

    async def test_another_does_not(self) -> None:
        assert not await verify_password(await hash_password("құпия сөз"), "Құпия сөз")

    async def test_the_hash_is_a_slow_argon2id_and_new_each_time(self) -> None:
        first, second = await hash_password("x"), await hash_password("x")
        assert first.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
        assert first != second


class TestWhenThereIsNothingToMatch:
    async def test_no_account_matches_no_password(self) -> None:
        assert not await verify_password(None, "")

    async def test_a_broken_hash_matches_nothing(self) -> None:
        assert not await verify_password("not a hash", "x")


class TestTheOneTimeCode:
    def test_it_is_the_same_each_time(self) -> None:
        assert one_time_code(SECRET, APPLICATION) == one_time_code(SECRET, APPLICATION)

    def test_another_application_or_secret_has_another(self) -> None:
        code = one_time_code(SECRET, APPLICATION)
        assert code != one_time_code(SECRET, UUID(int=1))
        assert code != one_time_code(b"another", APPLICATION)

    def test_it_has_sixty_five_bits_in_groups(self) -> None:
        # 13 letters of an alphabet of 32: 13 · 5 bits
        assert [len(group) for group in one_time_code(SECRET, APPLICATION).split("-")] == [5, 5, 3]

    @given(st.uuids())
    def test_nothing_in_it_is_read_for_something_else(self, application: UUID) -> None:
        assert not set(one_time_code(SECRET, application)) & set("ILOU")

    def test_case_separators_and_look_alikes_do_not_matter(self) -> None:
        assert same_code(" 7k3q dmоxRt–9ав ", "7K3QD-M0XRT-9AB")  # with Cyrillic о, а, в

    def test_another_letter_does(self) -> None:
        assert not same_code("7K3QD-M0XRT-9AC", "7K3QD-M0XRT-9AB")


class TestAKeyedDigest:
    def test_it_depends_on_where_a_part_ends(self) -> None:
        assert keyed_digest(SECRET, "ab", "c") != keyed_digest(SECRET, "a", "bc")

    def test_it_depends_on_the_secret(self) -> None:
        assert keyed_digest(SECRET, "a") != keyed_digest(b"another", "a")

    def test_it_is_hmac_sha256_in_hex(self) -> None:
        assert len(bytes.fromhex(keyed_digest(SECRET, "a"))) == 32
