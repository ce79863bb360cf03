"""Random bodies in the published form of the facts: all kinds, with gaps, contradictions, repetitions, values at the edges.

Always the same ones for the same seed. How much goes wrong differs from body to body, so that whole sheets and single
missing facts both come up often.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from shared.identity.number import check_digit
from tests.scoring.bodies import KINDS, PERIOD

Json = dict[str, Any]
Maker = Callable[["_Body"], Json]

LOSSES, GAINS = ("-0.01", "-1", "-250000.5", "-99999999999.99"), ("0", "-0", "0.00", "0.01", "1", "7000000.10")
WITHIN = (date(PERIOD, 1, 1), date(PERIOD, 12, 31))
LONG_BEFORE, DUE_BY, LONG_AFTER = date(PERIOD - 1, 12, 31), date(PERIOD, 6, 30), date(PERIOD + 1, 2, 1)


@dataclass(frozen=True, slots=True)
class Mood:
    """How likely a fact of this body is bad, absent, contradicted, said again, assumed; an audit took place; an organisation
    didn't exist yet in the year before."""

    bad: float
    absent: float
    contradicted: float
    again: float
    assumed: float
    audited: float
    young: float

    @classmethod
    def of(cls, chance: Random) -> "Mood":
        absent, contradicted = chance.choice([(0, 0), (0, 0), (0, 0), (0.02, 0), (0, 0.02), (0.2, 0.1)])
        return cls(
            chance.choice([0, 0.05, 0.3, 0.9]), absent, contradicted, chance.choice([0, 0.2]),
            chance.choice([0, 0.1]), chance.choice([0, 0, 0.3, 1]), chance.choice([0, 0, 0.3]),
        )  # fmt: skip


def bodies(seed: int, count: int) -> Iterator[tuple[str, Json]]:
    """A part of the sheet and what is known of a body's organisations, others among them too; a few bodies have none."""
    chance = Random(seed)
    for part in chance.choices([*KINDS], k=count):
        yield part, _Body(chance, Mood.of(chance), KINDS[part]).facts()


class _Body:
    def __init__(self, chance: Random, mood: Mood, kind: str) -> None:
        self.chance, self.mood, self.kind = chance, mood, kind
        self.unplanned = False

    def often(self, share: float) -> bool:
        return self.chance.random() < share

    def facts(self) -> Json:
        wanted = self.chance.choice([0, 1, 1, 2, 2, 3])
        numbers = {self.number() for _ in range(wanted)}
        organisations = [part for number in sorted(numbers) for part in self.parts(self.organisation(number))]
        self.chance.shuffle(organisations)
        return {"period": PERIOD, "organisations": organisations}

    def number(self) -> str:
        eleven = f"{self.chance.randrange(10**11):011}"
        last = check_digit(eleven)
        return self.number() if last is None else f"{eleven}{last}"

    def organisation(self, number: str) -> Json:
        """What its part of the sheet asks for, seldom also something that it doesn't."""
        kind = self.chance.choice([*KINDS.values()]) if self.often(0.1) else self.kind
        asked = [name for name in MAKERS if name in ASKED[kind] or self.often(0.05)]
        self.unplanned = self.often(0.1)
        facts = [fact for name in asked for fact in self.reported(MAKERS[name])]
        self.chance.shuffle(facts)
        return {"bin": number, "name": f"«{number[:4]}» ұйымы", "kind": kind, "region": "KZ-10", "facts": facts}

    def parts(self, organisation: Json) -> list[Json]:
        """An organisation as it is, seldom as two reports of it, one after the other or far apart."""
        facts, half = organisation["facts"], len(organisation["facts"]) // 2
        apart = [facts[:half], facts[half:]] if self.often(0.05) else [facts]
        return [{**organisation, "facts": some} for some in apart]

    def net_result(self, year: int) -> Json:
        amount = None if year < PERIOD and self.often(self.mood.young) else self.result()
        return {"fact": "net-result", "year": year, "amount": amount}

    def objects(self) -> Json:
        passporting = self.chance.randint(1, 3) if self.often(self.mood.bad) else 0
        inventory, revaluation = self.chance.choice([0, 0, 5]), self.chance.choice([0, 0, 1])
        return {"fact": "objects", "inventory": inventory, "passporting": passporting, "revaluation": revaluation}

    def plan_quality(self) -> Json:
        """None of a plan that sets no indicator, unless somebody says otherwise."""
        if self.unplanned and self.often(0.7):
            return {"fact": "plan-quality", "measurable": False, "tied": False}
        measurable, tied = not self.often(self.mood.bad), not self.often(self.mood.bad / 2)
        return {"fact": "plan-quality", "measurable": measurable, "tied": tied}

    def result(self) -> str:
        return self.chance.choice(LOSSES if self.often(self.mood.bad) else GAINS)

    def transfer(self) -> Json:
        """Paid in parts of which the last is late, short, or just right; nothing may have been due."""
        due = self.chance.choice([0, 300, 300])
        late, short = self.often(self.mood.bad / 2), self.often(self.mood.bad / 2)
        last = DUE_BY + timedelta(days=1 if late else self.chance.choice([0, -1, -30]))
        parts = [(last, "99.99" if short else "100.00"), (DUE_BY - timedelta(days=9), "200")] if due else []
        payments = [{"on": str(on), "amount": amount} for on, amount in parts]
        self.chance.shuffle(payments)
        return {"fact": "transfer", "due": str(due), "due_by": str(DUE_BY) if due else None, "payments": payments}

    def audits(self, norm: str) -> Json:
        return {"fact": "audits", "norm": norm, "audits": self.audited() if self.often(self.mood.audited) else []}

    def audited(self) -> list[Json]:
        days = self.chance.choices(WITHIN, k=self.chance.randint(1, 2))
        return [
            {"on": str(on), "violations": self.chance.randint(1, 4) if self.often(self.mood.bad) else 0} for on in days
        ]

    def submissions(self, what: str) -> Json:
        given = [DUE_BY, LONG_BEFORE, LONG_AFTER]
        days = [
            None if self.often(self.mood.bad) else self.chance.choice(given) for _ in range(self.chance.randint(0, 2))
        ]
        told = [{"due_by": str(DUE_BY), "given_on": str(day) if day else None} for day in days]
        return {"fact": what, "submissions": told}

    def indicators(self) -> Json:
        count = 0 if self.unplanned else self.chance.choice([1, 1, 3])
        return {"fact": "indicators", "indicators": [self.indicator(f"көрсеткіш {n}") for n in range(count)]}

    def indicator(self, name: str) -> Json:
        """Reached to the last digit, or missed by one; where less is better the other way round."""
        missed, less = self.often(self.mood.bad / 2), self.often(0.3)
        over, under, just = ["50.001", "51"], ["49.999999", "-1"], ["50", "50.0"]
        reached = self.chance.choice((over if less else under) if missed else (under if less else over) + just)
        return {"name": name, "planned": "50.00", "reached": reached, "better": "less" if less else "more"}

    def solvency(self) -> Json:
        return {"fact": "solvency", "solvent": not self.often(self.mood.bad)}

    def reported(self, make: Maker) -> Iterator[Json]:
        """Who said it, as often as it was said: never, once, again, and otherwise."""
        if self.often(self.mood.absent):
            return
        fact = make(self)
        yield self.said(fact, assumed=self.often(self.mood.assumed))
        if self.often(self.mood.again):
            yield self.said(self.reordered(fact), assumed=False)
        if self.often(self.mood.contradicted):
            yield self.said(make(self), assumed=self.often(0.3))

    def reordered(self, fact: Json) -> Json:
        again = copy.deepcopy(fact)
        for value in again.values():
            if isinstance(value, list):
                self.chance.shuffle(value)
        return again

    def said(self, fact: Json, *, assumed: bool) -> Json:
        """An assumption has its reason, and seldom a source."""
        number = self.chance.randrange(1000)
        told = {**fact, "date": str(LONG_AFTER + timedelta(days=number % 28)), "reporter": f"орындаушы-{number % 7}"}
        if assumed:
            told["assumed"] = "құжат жоғалған"
        if not assumed or self.often(0.3):
            told["source"] = {"kind": self.chance.choice(["document", "register", "audit"]), "reference": f"№ {number}"}
        return told


MAKERS: dict[str, Maker] = {
    "result": lambda body: body.net_result(PERIOD),
    "result-before": lambda body: body.net_result(PERIOD - 1),
    "areas": lambda body: body.audits("areas"),
    "cars": lambda body: body.audits("cars"),
    "telephones-furniture": lambda body: body.audits("telephones-furniture"),
    "special-vehicles": lambda body: body.audits("special-vehicles"),
    "plans": lambda body: body.submissions("plans"),
    "reports": lambda body: body.submissions("reports"),
    "transfer": _Body.transfer,
    "objects": _Body.objects,
    "plan-quality": _Body.plan_quality,
    "indicators": _Body.indicators,
    "solvency": _Body.solvency,
}
RESULTS = {"result", "result-before"}
COMPANY = RESULTS | {"transfer", "areas", "cars", "plans", "reports", "plan-quality", "indicators", "solvency"}
ASKED = {
    "state-institution": RESULTS | {"areas", "cars", "telephones-furniture", "objects"},
    "state-enterprise": COMPANY | {"special-vehicles", "objects"},
    "joint-stock-company": COMPANY,
    "llp": COMPANY,
}
"""What the rows of annex 2 ask of an organisation of each kind."""
