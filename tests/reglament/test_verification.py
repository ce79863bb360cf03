"""How `verify` waits for what is on its way."""

from typing import Any

import pytest

from reglament.asking import verify
from reglament.asking.client import Client
from reglament.asking.verify import Verification

WHOLE: dict[str, Any] = {"differences": [], "next": None}
FIRST, SECOND = ["intake:a", 1, "id-a", "aa"], ["intake:b", 1, "id-b", "bb"]


class Services(Client):
    """Intake has two facts, each in a part of its own. Commission never gets the first; the second comes late."""

    def __init__(self) -> None:
        self.looks = 0

    async def get(self, path: str, **params: Any) -> Any:
        if not path.endswith("/facts"):
            return WHOLE
        service, first = path.split("/")[2], "after" not in params
        facts = self._of(service, first) if params["of"] == "intake" else []
        until = "middle" if first and params["of"] == "intake" else None
        return {"count": len(facts), "digest": str(facts), "until": until, "facts": facts}

    def _of(self, service: str, first: bool) -> list[list[Any]]:
        if service != "commission":
            return [FIRST if first else SECOND]
        self.looks += not first
        return [SECOND] if not first and self.looks > 2 else []  # not when it is compared, nor when it is listed


class TestWhenOneFactNeverComesAndALaterOneIsOnItsWay:
    async def test_only_the_first_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(verify, "AGAIN", 0.01)
        told = await Verification(Services(), lambda _: None, patience=0.05).run()
        lacking = {"service": "commission", "check": "copy", "subject": "intake:a@1", "what": "it hasn't come"}
        assert told["differences"] == [lacking]
