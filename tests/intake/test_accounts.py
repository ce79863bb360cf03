"""Accounts over REST: log-in, the one-time code, the operator's work."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from httpx import Response

from services.intake.account.handlers import SetPassword, set_password
from services.intake.main import app
from shared.contracts.intake import ContactGiven
from shared.identity.digests import one_time_code
from shared.identity.roles import Grant, Role
from shared.identity.tokens import verify
from shared.web.access import routes_without_role
from shared.web.idempotency import commands_without_key
from tests.intake.counter import BIN, IIN, OTHER_IIN, PREFIX, SECRET, Counter

PASSWORD = "қысқа емес құпиясөз"
EXECUTOR = {"role": "executor", "provider": "karaganda-region"}


async def log_in(counter: Counter, number: str = IIN, password: str = PASSWORD) -> Response:
    body = {"number": number, "password": password}
    return await counter.client.post(f"{PREFIX}/sessions", json=body, headers={"Accept-Language": "en"})


async def claim(counter: Counter, registered: str, **changed: Any) -> Response:
    number, code = (await counter.shown(registered))["number"], one_time_code(SECRET, UUID(registered))
    body = {"number": IIN, "application": number, "code": code, "password": PASSWORD, **changed}
    headers = {"Idempotency-Key": str(uuid4()), "Accept-Language": "en"}
    return await counter.client.post(f"{PREFIX}/accounts/claims", json=body, headers=headers)


class TestWhenTheOperatorOpensAnAccount:
    async def test_the_official_logs_in_with_the_roles_granted(self, counter: Counter) -> None:
        account = await self._open(counter)
        session = (await log_in(counter)).json()
        caller = verify(counter.key.public_key(), session["token"])
        assert str(caller.account) == session["account"] == account
        assert caller.grants == (Grant(role=Role.EXECUTOR, provider="karaganda-region"),)
        assert caller.language == "ru"
        assert (datetime.fromisoformat(session["expires_at"]) - datetime.now(UTC)).total_seconds() <= 15 * 60

    async def test_a_wrong_password_and_an_unknown_number_are_told_alike(self, counter: Counter) -> None:
        await self._open(counter)
        wrong, unknown = await log_in(counter, password="another one"), await log_in(counter, number=BIN)
        assert wrong.status_code == unknown.status_code == 401
        assert wrong.json()["code"] == unknown.json()["code"] == "login-failed"

    async def test_who_guesses_is_slowed_down(self, counter: Counter) -> None:
        codes = [(await log_in(counter, number=OTHER_IIN, password=str(n))).status_code for n in range(11)]
        assert codes == [401] * 10 + [429]

    async def test_a_role_taken_away_is_not_in_the_next_token(self, counter: Counter) -> None:
        account = await self._open(counter)
        await counter.post(f"/accounts/{account}/revocations", EXECUTOR, Role.OPERATOR)
        await counter.post(
            f"/accounts/{account}/grants", {"role": "head", "provider": "karaganda-region"}, Role.OPERATOR
        )
        token = (await log_in(counter)).json()["token"]
        assert [g.role for g in verify(counter.key.public_key(), token).grants] == [Role.HEAD]

    async def test_opening_it_again_adds_and_repeats_nothing(self, counter: Counter) -> None:
        account = await self._open(counter)
        assert await self._open(counter) == account
        shown = (await counter.get(f"/accounts/{account}", Role.OPERATOR, provider=None)).json()
        assert (shown["name"], len(shown["grants"])) == ("Ерлан Ахметов", 1)

    async def test_a_new_password_replaces_the_old_one(self, counter: Counter) -> None:
        account = await self._open(counter)
        await counter.post(f"/accounts/{account}/password", {"password": "another good one"}, Role.OPERATOR)
        assert (await log_in(counter)).status_code == 401
        assert (await log_in(counter, password="another good one")).status_code == 200

    async def test_its_holder_sees_it(self, counter: Counter) -> None:
        account = UUID(await self._open(counter))
        shown = await counter.get("/accounts/me", Role.EXECUTOR, account=account)
        assert (shown.json()["name"], shown.json()["claimed"]) == ("Ерлан Ахметов", False)

    async def test_nobody_else_may_open_one(self, counter: Counter) -> None:
        refused = await counter.post("/accounts", {"number": IIN, "name": "X"}, Role.HEAD)
        assert (refused.status_code, refused.json()["code"]) == (403, "wrong-role")

    async def _open(self, counter: Counter) -> str:
        body = {"number": IIN, "name": "Ерлан Ахметов", "language": "ru", "password": PASSWORD, "grants": [EXECUTOR]}
        answer = await counter.post("/accounts", body, Role.OPERATOR, provider=None)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


class TestWhenAnOfficialsContactIsGiven:
    async def facts(self, counter: Counter, account: str) -> list[ContactGiven]:
        rows = await counter.node.log.stream(f"intake:{account}")
        keys = await counter.node.vault.keys([UUID(account)])
        return [ContactGiven.model_validate_json(row.data, context=keys) for row in rows]

    async def opened(self, counter: Counter, **more: str) -> str:
        body = {"number": IIN, "name": "Ерлан Ахметов", "language": "ru", "grants": [EXECUTOR], **more}
        return str((await counter.post("/accounts", body, Role.OPERATOR, provider=None)).json()["id"])

    async def test_with_the_account_it_is_told_sealed_in_the_accounts_language(self, counter: Counter) -> None:
        account = await self.opened(counter, email="erlan@example.kz")
        [row] = await counter.node.log.stream(f"intake:{account}")
        assert "erlan" not in row.data
        [given] = await self.facts(counter, account)
        assert (given.email.text, given.language) == ("erlan@example.kz", "ru")

    async def test_by_the_holder_it_takes_the_place_of_the_old_one(self, counter: Counter) -> None:
        account = await self.opened(counter, email="erlan@example.kz")
        mine = {"email": "own@example.kz", "language": "kk"}
        answer = await counter.post("/accounts/me/contact", mine, Role.EXECUTOR, account=UUID(account))
        assert answer.status_code == 200
        shown = await counter.get("/accounts/me", Role.EXECUTOR, account=UUID(account))
        assert (shown.json()["email"], shown.json()["language"]) == ("own@example.kz", "kk")
        assert [f.language for f in await self.facts(counter, account)] == ["ru", "kk"]

    async def test_an_operator_who_names_no_language_leaves_the_holders(self, counter: Counter) -> None:
        account = await self.opened(counter, email="erlan@example.kz")
        again = {"number": IIN, "name": "Ерлан Ахметов", "email": "new@example.kz"}
        await counter.post("/accounts", again, Role.OPERATOR, provider=None)
        shown = (await counter.get(f"/accounts/{account}", Role.OPERATOR, provider=None)).json()
        assert (shown["email"], shown["language"]) == ("new@example.kz", "ru")
        assert [f.language for f in await self.facts(counter, account)] == ["ru", "ru"]

    async def test_the_same_again_tells_nothing_new(self, counter: Counter) -> None:
        account = await self.opened(counter, email="erlan@example.kz")
        await self.opened(counter, email="erlan@example.kz")
        assert len(await self.facts(counter, account)) == 1

    async def test_by_nobody_but_the_operator_for_others(self, counter: Counter) -> None:
        account, given = await self.opened(counter), {"email": "erlan@example.kz", "language": "kk"}
        path = f"/accounts/{account}/contact"
        assert (await counter.post(path, given, Role.EXECUTOR)).status_code == 403
        assert (await counter.post(path, given, Role.OPERATOR, provider=None)).status_code == 200

    async def test_what_is_no_address_is_refused(self, counter: Counter) -> None:
        account = await self.opened(counter)
        given = {"email": "erlan at home", "language": "kk"}
        answer = await counter.post(f"/accounts/{account}/contact", given, Role.OPERATOR, provider=None)
        assert answer.status_code == 422

    async def test_an_erasure_is_told_all_the_same(self, counter: Counter) -> None:
        account = await self.opened(counter, email="erlan@example.kz")
        await counter.post(f"/accounts/{account}/revocations", EXECUTOR, Role.OPERATOR, provider=None)
        for _ in range(2):
            answer = await counter.post(f"/persons/{account}/erasure", {}, Role.OPERATOR, provider=None)
            assert answer.status_code == 200
        rows = await counter.node.log.stream(f"intake:{account}")
        assert [row.type for row in rows] == ["ContactGiven", "ApplicantErased"]


class TestWhenSettingAPasswordDoesNotTakeEffect:
    async def test_the_old_one_still_holds(self, counter: Counter) -> None:
        body = {"number": IIN, "name": "Ерлан Ахметов", "password": PASSWORD, "grants": [EXECUTOR]}
        account = (await counter.post("/accounts", body, Role.OPERATOR, provider=None)).json()["id"]
        never_committed = await counter.node.work()
        await set_password(never_committed, UUID(account), SetPassword(password="another good one"))
        assert (await log_in(counter)).status_code == 200
        assert (await log_in(counter, password="another good one")).status_code == 401


class TestWhenAnApplicantHasAReceipt:
    async def test_its_code_opens_the_cabinet_account(self, counter: Counter) -> None:
        application = await counter.registered()
        assert (await log_in(counter)).status_code == 401
        assert (await claim(counter, application)).status_code == 200
        token = (await log_in(counter)).json()["token"]
        caller = verify(counter.key.public_key(), token)
        assert [g.role for g in caller.grants] == [Role.APPLICANT]
        assert str(caller.account) == (await counter.shown(application))["applicant"]["account"]

    async def test_a_second_time_it_opens_nothing(self, counter: Counter) -> None:
        application = await counter.registered()
        await claim(counter, application)
        again = await claim(counter, application, password="of somebody else")
        assert (again.status_code, again.json()["code"]) == (409, "already-claimed")
        assert (await log_in(counter)).status_code == 200

    async def test_of_two_who_open_it_at_once_the_one_who_is_told_so_has_the_password(self, counter: Counter) -> None:
        application = await counter.registered()
        passwords = [f"chosen by number {n}" for n in range(4)]
        answers = await asyncio.gather(*(claim(counter, application, password=each) for each in passwords))
        logged_in = [await log_in(counter, password=each) for each in passwords]
        assert sorted(a.status_code for a in answers) == [200, 409, 409, 409]
        assert [s.status_code == 200 for s in logged_in] == [a.status_code == 200 for a in answers]

    async def test_the_receipt_shows_the_code_until_it_was_used(self, counter: Counter) -> None:
        application = await counter.registered()
        path = f"/applications/{application}/receipt"
        assert (await counter.get(path)).json()["code"] == one_time_code(SECRET, UUID(application))
        await claim(counter, application)
        assert (await counter.get(path)).json()["code"] is None

    async def test_another_code_number_or_application_is_told_alike(self, counter: Counter) -> None:
        application = await counter.registered()
        wrong = [{"code": "00000-00000-000"}, {"number": OTHER_IIN}, {"application": "KRG/2019/000009"}]
        answers = [await claim(counter, application, **each) for each in wrong]
        assert {(a.status_code, a.json()["code"]) for a in answers} == {(422, "code-not-accepted")}


class TestWhenAnOfficialAppliesThemselves:
    """Whoever registers a package under an official's number must not come by the official's account."""

    async def _official_who_applied(self, counter: Counter) -> tuple[str, str]:
        given = {"number": IIN, "name": "Ерлан Сағатов", "password": PASSWORD, "grants": [EXECUTOR]}
        account = (await counter.post("/accounts", given, Role.OPERATOR)).json()["id"]
        return account, await counter.registered()

    async def test_the_code_with_another_password_opens_nothing(self, counter: Counter) -> None:
        _, application = await self._official_who_applied(counter)
        stolen = await claim(counter, application, password="of somebody else")
        assert stolen.json()["code"] == "code-not-accepted"
        assert (await log_in(counter, password="of somebody else")).status_code == 401
        assert (await log_in(counter)).status_code == 200

    async def test_the_code_with_their_own_password_adds_the_cabinet(self, counter: Counter) -> None:
        _, application = await self._official_who_applied(counter)
        assert (await claim(counter, application)).status_code == 200
        caller = verify(counter.key.public_key(), (await log_in(counter)).json()["token"])
        assert [g.role for g in caller.grants] == [Role.EXECUTOR, Role.APPLICANT]

    async def test_the_clerk_does_not_rename_them(self, counter: Counter) -> None:
        account, _ = await self._official_who_applied(counter)
        assert (await counter.get(f"/accounts/{account}", Role.OPERATOR)).json()["name"] == "Ерлан Сағатов"


class TestWhenManyGuessAtOnce:
    async def test_no_more_are_let_through_than_one_after_another(self, counter: Counter) -> None:
        guesses = (log_in(counter, number=OTHER_IIN, password=f"guess {n}") for n in range(30))
        codes = sorted(a.status_code for a in await asyncio.gather(*guesses))
        assert codes == [401] * 10 + [429] * 20


class TestEveryRoute:
    async def test_says_for_whom_it_is_and_takes_a_key_when_it_changes_something(self, counter: Counter) -> None:
        made = app(counter.node, counter.key, SECRET)
        assert routes_without_role(made) == []
        assert commands_without_key(made) == []

    async def test_is_described(self, counter: Counter) -> None:
        described = (await counter.client.get(f"{PREFIX}/openapi.json")).json()
        assert described["openapi"] == "3.1.0"
        assert all(operation.get("summary") for path in described["paths"].values() for operation in path.values())
