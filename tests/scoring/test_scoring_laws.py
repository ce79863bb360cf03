"""What holds for the sheet of any body whatever."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.scoring.sheet.compute import score, tallies_of, verdicts_of
from services.scoring.sheet.edition import edition_for
from services.scoring.sheet.effect import effect
from services.scoring.sheet.facts import Facts
from services.scoring.sheet.result import Sheet
from tests.scoring.bodies import KINDS, PERIOD, facts, organisation

EDITION = edition_for(2022)
PARTS = st.sampled_from(sorted(KINDS))
NORMS = ("areas", "cars", "telephones-furniture", "special-vehicles")
SUBMITTED = [{"due_by": "2022-06-01", "given_on": day} for day in (None, "2022-05-05", "2022-07-07")]
UNPLANNED: dict[str, Any] = {"fact": "indicators", "indicators": []}
"""Contradicts that indicators are measurable or tied."""

Body = list[dict[str, Any]]


def net_result(year: int) -> st.SearchStrategy[dict[str, Any]]:
    amounts = st.sampled_from(["-1000.5", "-0.01", "0", "7", *([None] if year < PERIOD else [])])
    return amounts.map(lambda amount: {"fact": "net-result", "year": year, "amount": amount})


def audits(norm: str) -> st.SearchStrategy[dict[str, Any]]:
    held = st.lists(st.sampled_from([{"on": "2022-03-03", "violations": n} for n in (0, 0, 1, 4)]), max_size=2)
    return held.map(lambda found: {"fact": "audits", "norm": norm, "audits": found})


FACTS = st.one_of(
    net_result(2022),
    net_result(2021),
    *map(audits, NORMS),
    st.sampled_from(
        [
            {"fact": "transfer", "due": "0", "due_by": None, "payments": []},
            {"fact": "transfer", "due": "9", "due_by": "2022-06-01", "payments": []},
            {"fact": "objects", "inventory": 1, "passporting": 0, "revaluation": 0},
            {"fact": "objects", "inventory": 0, "passporting": 2, "revaluation": 0},
            *({"fact": kind, "submissions": [given_]} for kind in ("plans", "reports") for given_ in SUBMITTED),
            {"fact": "plans", "submissions": []},
            *({"fact": "plan-quality", "measurable": m, "tied": t} for m in (True, False) for t in (True, False)),
            UNPLANNED,
            {
                "fact": "indicators",
                "indicators": [{"name": "output", "planned": "9", "reached": "8", "better": "more"}],
            },
            {"fact": "solvency", "solvent": False},
        ]
    ),
)
KEYS = ("net-result:2022", "net-result:2021", "transfer", "audits:cars", "objects", "plans", "indicators", "solvency")
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "instead": st.lists(
            FACTS, max_size=6, unique_by=lambda fact: (fact["fact"], fact.get("year"), fact.get("norm"))
        ),
        "without": st.lists(st.sampled_from(KEYS), max_size=2),
        "also": st.lists(FACTS, max_size=1),
    },
)
COMPLETE = st.fixed_dictionaries(
    {}, optional={"instead": CHANGES.map(lambda c: [fact for fact in c.get("instead", []) if fact != UNPLANNED])}
)


@st.composite
def bodies(draw: st.DrawFn, changes: st.SearchStrategy[dict[str, Any]] = CHANGES, least: int = 0) -> tuple[str, Body]:
    """A part with a body of up to four organisations of its kind; `COMPLETE` ones lack nothing."""
    part = draw(PARTS)
    each = draw(st.lists(changes, min_size=least, max_size=4))
    return part, [organisation(i, part, **change) for i, change in enumerate(each)]


def sheet(part: str, body: Sequence[dict[str, Any]]) -> Sheet:
    return score(EDITION, part, facts(*body))


def violations(body: Body) -> list[tuple[int, int]]:
    """Where in a body something could still be violated: organisation and fact."""
    return [(i, j) for i, each in enumerate(body) for j, _ in enumerate(each["facts"])]


WORSE: dict[str, dict[str, Any]] = {
    "transfer": {"due": "9", "due_by": "2022-06-01", "payments": []},
    "audits": {"audits": [{"on": "2022-03-03", "violations": 3}]},
    "objects": {"inventory": 1, "passporting": 1, "revaluation": 1},
    "plans": {"submissions": [{"due_by": "2022-06-01", "given_on": None}]},
    "reports": {"submissions": [{"due_by": "2022-06-01", "given_on": None}]},
    "plan-quality": {"measurable": False, "tied": False},
    "indicators": {"indicators": [{"name": "output", "planned": "9", "reached": "8", "better": "more"}]},
    "solvency": {"solvent": False},
}


def worse(fact: dict[str, Any]) -> dict[str, Any]:
    """The fact with a violation in it; last year's loss is none of this year."""
    if fact["fact"] == "net-result":
        return fact | ({"amount": "-1"} if fact["year"] == 2022 else {})
    return fact | WORSE[fact["fact"]]


@given(bodies())
def test_points_are_of_the_rows_scale_and_the_total_is_their_sum_below_the_maximum(body: tuple[str, Body]) -> None:
    found = sheet(*body)
    scale = {row.number: {o.code: o.points for o in row.criterion.outcomes} for row in EDITION.rows(body[0])}
    scored = [row for row in found.rows if row.outcome is not None]
    assert all(row.points == scale[row.number][str(row.outcome)] <= row.max for row in scored)
    if len(scored) == len(found.rows):
        assert found.total == sum(row.points or 0 for row in scored) <= found.max
    else:
        assert found.total is None


@given(bodies())
def test_a_row_is_scored_or_says_what_it_lacks_and_never_both(body: tuple[str, Body]) -> None:
    found = sheet(*body)
    assert {m.row for m in found.missing} == {row.number for row in found.rows if row.outcome is None}


@given(bodies())
def test_a_row_that_lacks_one_organisations_fact_is_never_scored(body: tuple[str, Body]) -> None:
    part, organisations = body
    verdicts = verdicts_of(EDITION, part, facts(*organisations))
    lacking = {number for number, found in verdicts.items() if any(v.standing == "missing" for v in found.values())}
    assert not any(row.number in lacking for row in sheet(part, organisations).rows if row.outcome is not None)


@given(bodies(COMPLETE, least=1), st.data())
def test_more_violations_never_give_more_points(body: tuple[str, Body], data: st.DataObject) -> None:
    part, organisations = body
    before = sheet(part, organisations)
    i, j = data.draw(st.sampled_from(violations(organisations)))
    reports = [worse(fact) if n == j else fact for n, fact in enumerate(organisations[i]["facts"])]
    after = sheet(part, [each | {"facts": reports} if n == i else each for n, each in enumerate(organisations)])
    assert before.total is not None
    assert after.total is not None
    for old, new in zip(before.rows, after.rows, strict=True):
        assert (new.points or 0) <= (old.points or 0)


@given(bodies(), st.randoms(use_true_random=False))
def test_order_and_repetition_of_reports_change_nothing(body: tuple[str, Body], shuffled: Any) -> None:
    part, organisations = body
    again = [dict(each, facts=list(each["facts"])) for each in [*organisations, *organisations]]
    for each in again:
        shuffled.shuffle(each["facts"])
    shuffled.shuffle(again)
    assert sheet(part, again) == sheet(part, organisations)


@given(bodies())
def test_organisations_of_another_kind_change_nothing(body: tuple[str, Body]) -> None:
    part, organisations = body
    others = [organisation(10 + i, other, without=["solvency"]) for i, other in enumerate(sorted({*KINDS} - {part}))]
    assert sheet(part, [*organisations, *others]) == sheet(part, organisations)


@given(bodies(), bodies())
def test_what_a_change_would_change_is_what_it_changes(body: tuple[str, Body], other: tuple[str, Body]) -> None:
    """The tallies moved by one organisation are those counted anew."""
    part, organisations = body
    old = facts(*organisations)
    new: Facts = facts(*(organisation(i, part) | {"facts": o["facts"]} for i, o in enumerate(other[1])))
    if not old.organisations or not new.organisations:
        return
    tallies = tallies_of(verdicts_of(EDITION, part, old))
    told = effect(EDITION, part, 2022, tallies, old.organisations[0], new.organisations[0])
    after = score(
        EDITION, part, old.model_copy(update={"organisations": (new.organisations[0], *old.organisations[1:])})
    )
    before = score(EDITION, part, old)
    came = [
        (a.number, (a.outcome, a.points), (b.outcome, b.points)) for a, b in zip(before.rows, after.rows, strict=True)
    ]
    assert [(c.row, c.before, c.after) for c in told] == [each for each in came if each[1] != each[2]]
