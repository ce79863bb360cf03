"""Tokens say who calls, for a short time."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest

from shared.identity.roles import Grant, Role
from shared.identity.tokens import (
    Caller,
    NotYourBody,
    NotYourProvider,
    TokenExpired,
    TokenInvalid,
    create_key_pair,
    issue,
    load_private_key,
    load_public_key,
    verify,
)

ACCOUNT = UUID("5b1c1f6e-0000-4000-8000-000000000001")
BODY = UUID("5b1c1f6e-0000-4000-8000-000000000002")
GRANTS = (Grant(role=Role.EXECUTOR, provider="karaganda"), Grant(role=Role.SECRETARY, body=BODY))

PRIVATE, PUBLIC = create_key_pair()
KEY, PUBLIC_KEY = load_private_key(PRIVATE), load_public_key(PUBLIC)


def token(lifetime: timedelta) -> str:
    return issue(KEY, account=ACCOUNT, grants=GRANTS, language="kk", lifetime=lifetime)


def caller() -> Caller:
    return verify(PUBLIC_KEY, token(timedelta(minutes=5)))


class TestWhenATokenWasIssued:
    def test_it_names_account_grants_and_language(self) -> None:
        assert (caller().account, caller().grants, caller().language) == (ACCOUNT, GRANTS, "kk")

    def test_it_names_the_end_of_its_time(self) -> None:
        assert caller().expires_at > datetime.now(UTC)

    def test_after_its_time_it_is_refused_as_expired(self) -> None:
        with pytest.raises(TokenExpired):
            verify(PUBLIC_KEY, token(-timedelta(seconds=1)))

    def test_another_key_refuses_it(self) -> None:
        with pytest.raises(TokenInvalid):
            verify(load_public_key(create_key_pair()[1]), token(timedelta(minutes=5)))

    def test_a_changed_letter_makes_it_invalid(self) -> None:
        header, claims, signature = token(timedelta(minutes=5)).split(".")
        other = "A" if claims[10] != "A" else "B"
        with pytest.raises(TokenInvalid):
            verify(PUBLIC_KEY, ".".join((header, claims[:10] + other + claims[11:], signature)))


class TestWhenItIsNoTokenOfOurs:
    @pytest.mark.parametrize("text", ["", "x", "a.b.c", "ж.ж.ж"])
    def test_other_text_is_refused(self, text: str) -> None:
        with pytest.raises(TokenInvalid):
            verify(PUBLIC_KEY, text)

    def test_an_unsigned_token_is_refused(self) -> None:
        claims = jwt.decode(token(timedelta(minutes=5)), options={"verify_signature": False})
        with pytest.raises(TokenInvalid):
            verify(PUBLIC_KEY, jwt.encode(claims, "", algorithm="none"))

    def test_a_role_we_do_not_know_is_refused(self) -> None:
        claims = jwt.decode(token(timedelta(minutes=5)), options={"verify_signature": False})
        claims["grants"] = [{"role": "emperor"}]
        with pytest.raises(TokenInvalid):
            verify(PUBLIC_KEY, jwt.encode(claims, KEY, algorithm="EdDSA"))

    def test_a_token_without_an_end_is_refused(self) -> None:
        claims = jwt.decode(token(timedelta(minutes=5)), options={"verify_signature": False})
        del claims["exp"]
        with pytest.raises(TokenInvalid):
            verify(PUBLIC_KEY, jwt.encode(claims, KEY, algorithm="EdDSA"))


class TestWhenTheCallerIsExecutorOfOneProviderAndSecretaryOfOneBody:
    def test_the_roles_are_held_there(self) -> None:
        assert caller().holds(Role.EXECUTOR)
        assert caller().holds(Role.EXECUTOR, provider="karaganda")
        assert caller().holds(Role.SECRETARY, body=BODY)

    def test_they_are_not_held_elsewhere(self) -> None:
        assert not caller().holds(Role.EXECUTOR, provider="shymkent")
        assert not caller().holds(Role.SECRETARY, body=ACCOUNT)
        assert not caller().holds(Role.SECRETARY, provider="karaganda")
        assert not caller().holds(Role.HEAD)

    def test_what_must_be_held_and_is_passes(self) -> None:
        caller().must(Role.EXECUTOR, provider="karaganda")
        caller().must_in(Role.SECRETARY, body=BODY)

    def test_another_provider_is_refused(self) -> None:
        with pytest.raises(NotYourProvider):
            caller().must(Role.EXECUTOR, provider="shymkent")

    def test_another_body_is_refused(self) -> None:
        with pytest.raises(NotYourBody):
            caller().must_in(Role.SECRETARY, body=ACCOUNT)


class TestWhenThePemHoldsAnotherKind:
    def test_the_public_key_does_not_sign(self) -> None:
        with pytest.raises(ValueError, match=r".*"):
            load_private_key(PUBLIC)
